/*
 * io: what the classes that read, write and capture share: their lock, what they read from, and the forms in which they give
 * a packet.
 *
 * The library is called with the interpreter's lock held, and that is let go exactly where waiting may happen: around the
 * operating system's read and write, around a poll, and around decompression and compression.
 */
#ifndef STEELPKT_IO_H
#define STEELPKT_IO_H

#include "core.h"

/* PyArg_ParseTupleAndKeywords for names that are constant. */
int core_parse(PyObject *args, PyObject *kwargs, const char *format, const char *const *names, ...);

/*
 * ---- the lock of an object: one call at a time, whatever the thread ----
 *
 * It is taken and released with the interpreter's lock held, so a word says who has it; only a thread that finds another in
 * a call waits for a lock of the operating system.
 */

struct core_lock {
    bool is_held;
    bool is_rung;            /* and nobody has heard it yet */
    unsigned long owner;     /* the thread that has it, while it is held */
    unsigned waiting;        /* threads that want it */
    PyThread_type_lock bell; /* locked, but where it was rung for those that wait */
};

/* -1 with an exception: no memory. */
int core_lock_make(struct core_lock *lock);
void core_lock_free(struct core_lock *lock);
/* Waits for its turn. -1 with an exception: a signal's handler raised, or this very thread has it already. */
int core_lock_take(struct core_lock *lock);
void core_lock_release(struct core_lock *lock);
/* Between two turns of a long call: lets those that wait go first. */
void core_lock_offer(struct core_lock *lock);

/* In a long loop of C: now and then looks for signals, and lets other threads run. -1 with a handler's exception. */
int core_be_patient(unsigned *count);

/* ---- what the objects begin with ---- */

struct core_io {
    PyObject_HEAD
    struct core_state *state;
    struct core_lock lock;
};

/* tp_new: all else is zero until the object is opened. */
PyObject *core_io_new(PyTypeObject *type, PyObject *args, PyObject *kwargs);
/* The end of tp_dealloc. */
void core_io_free(struct core_io *io);
/* __enter__ and __exit__: gives the object; calls its close. */
PyObject *core_io_enter(PyObject *object, PyObject *nothing);
PyObject *core_io_leave(PyObject *object, PyObject *args);

/* ---- a file: a path, a descriptor, or an object that has the methods of one ---- */

struct core_file {
    struct core_state *state;
    PyObject *name;   /* bytes, for errors: the library borrows it */
    PyObject *object; /* the file object; NULL: fd */
    PyObject *method; /* its readinto, read or write */
    bool by_read;     /* method is read */
    bool waits;       /* fd may keep us waiting for another program: a pipe, a terminal */
    bool owned;       /* fd is ours to close */
    int fd;
    bool closing;          /* told by another thread: a wait ends */
    PyThreadState *let_go; /* while the interpreter's lock is not held around a call of the library */
};

enum { CORE_SLICE_MS = 50 }; /* how long a wait goes on before it looks whether it is still wanted */

/* Takes what file says: str, bytes, a path, an int (a descriptor, which stays the caller's), or a file object. */
int core_file_open(struct core_file *file, struct core_state *state, PyObject *from, bool for_writing);
/* Closes what it opened; with objects_too also the file object. -1 with an exception. */
int core_file_close(struct core_file *file, bool objects_too);
void core_file_clear(struct core_file *file);
const char *core_file_name(const struct core_file *file);

/* What spk_reader_options and spk_writer_open_function take; context is the core_file. */
ptrdiff_t core_file_read(void *context, void *to, size_t size);
ptrdiff_t core_file_write(void *context, const void *from, size_t size);

/* Around calls of the library that compute for long: others may run meanwhile. */
void core_file_let_go(struct core_file *file);
void core_file_take_back(struct core_file *file);

/* ---- a packet, as readers and captures give it ---- */

enum core_form {
    CORE_RECORD, /* a Record */
    CORE_ARRAY,  /* (time, array('B'), link type): the tutorial's */
    CORE_BYTES,  /* (time, bytes, link type) */
    CORE_HEADER  /* (time, header, bytes): the later release's */
};

/* Calls a method, where an exception may be on its way: that one goes on. -1 with it, or with the method's. */
int core_call_at_end(PyObject *object, const char *method);
/*
 * At an iterator's end, whether it raised or not: calls the object's close, which a class derived in Python may have made
 * its own. Gives NULL, with the exception there was, or close's.
 */
PyObject *core_close_at_end(PyObject *object);

/* What an event's is_set() says: 1, 0, or -1 with an exception. NULL: there is no event, 0. */
int core_is_set(PyObject *event);

/* By its word; -1 with an exception. */
int core_form_of(const char *word);
PyObject *core_packet(struct core_state *state, enum core_form form, const struct spk_record *record);

/* Seconds as a float, as near as one comes; no time: 0. */
double core_seconds(const struct spk_record *record);
/* Nanoseconds of seconds given as a number, rounded to whole multiples of unit; -1 with an exception. */
int core_nanoseconds(PyObject *seconds, int64_t unit, int64_t *ns);

/* ---- record.c ---- */

int core_add_record(PyObject *module, struct core_state *state);
/* Whether object is a Record; then *record is filled in and borrows from it. */
bool core_record_of(struct core_state *state, PyObject *object, struct spk_record *record);
PyObject *core_record_new(struct core_state *state, const struct spk_record *record);

/* ---- sources of records: reader.c and live.c ---- */

struct core_filter;

/* One that takes any link type: programs are compiled as link types come. NULL with an exception: a bad expression. */
struct core_filter *core_filter_new(struct core_state *state, const char *expression, uint16_t link);
void core_filter_free(struct core_filter *filter);
/* 1: passes, 0: does not, -1 with an exception. */
int core_filter_match(struct core_filter *filter, const struct spk_record *record);

/* A record that was given back, and is the next again: its bytes are still the source's, as nothing came after it. */
struct core_held {
    bool is_there;
    struct spk_record record;
};

/*
 * The next record of a Reader or Live object, which borrows until the next call. 1: there is one; 0: the end; 2: a live
 * source had none within its wait; -1 with an exception. The caller holds the source's lock.
 */
struct core_source {
    struct core_lock *lock;
    int (*next)(PyObject *source, struct spk_record *record);
    struct core_held *held;
};
/* False: object is no such source; no exception. */
bool core_reader_source(struct core_state *state, PyObject *object, struct core_source *source);
bool core_live_source(struct core_state *state, PyObject *object, struct core_source *source);

int core_add_reader(PyObject *module, struct core_state *state);
int core_add_writer(PyObject *module, struct core_state *state);
int core_add_live(PyObject *module, struct core_state *state);
int core_add_devices(PyObject *module);
int core_add_scan(PyObject *module);
int core_add_tutorial(PyObject *module);
int core_add_query(PyObject *module, struct core_state *state);
int core_add_splits(PyObject *module);
int core_add_fields(PyObject *module);

#endif
