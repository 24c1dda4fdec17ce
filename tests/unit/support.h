/* support: cmocka with what it needs, and the captures that tests run over. */
#ifndef UNIT_SUPPORT_H
#define UNIT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/*
 * Calls visit for every file below tests/captures (found through STEELPKT_SOURCE) and, where it is set, STEELPKT_CORPUS;
 * notes and scripts among them are left out.
 */
void for_each_capture(void (*visit)(const char *path, void *context), void *context);

#endif
