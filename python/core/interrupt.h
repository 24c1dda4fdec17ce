/* interrupt: Ctrl-C while threads of somebody else's read. All but core_interrupts under the interpreter's lock. */
#ifndef CORE_INTERRUPT_H
#define CORE_INTERRUPT_H

#include "core.h"

/* SIGINTs are counted from the first watch to the last leave. */
void core_interrupts_watch(void);
void core_interrupts_leave(void);

/* How many were counted so far. */
unsigned core_interrupts(void);

/* Whether one ends what the thread that asks does: it is none of Python's own, and SIGINT raises KeyboardInterrupt. */
bool core_interrupts_end_this(void);

#endif
