/*
 * A decoder that somebody has taken over: a plug-in with a view that tries to do harm, and says on standard error how each
 * try went. The functions can be called without a capture, too, so that a test can see them succeed.
 */
#define _GNU_SOURCE
#include <steelpkt.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HARM "/tmp/steelpkt-harm"

static int try_read(void)
{
    return open("/etc/passwd", O_RDONLY);
}

static int try_write(void)
{
    return open(HARM, O_WRONLY | O_CREAT, 0666);
}

static int try_unlink(void)
{
    return unlink(HARM);
}

static int try_connect(void)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(7), .sin_addr.s_addr = htonl(0x7f000001) };
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    return fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&to, sizeof to);
}

static int try_fork(void)
{
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    return child < 0 ? -1 : waitpid(child, NULL, 0);
}

/* Without a child, which may not be had: whoever comes back from it was refused. */
static int try_exec(void)
{
    pid_t child = getenv("STEELPKT_HARM_FORKS") != NULL ? fork() : 0;
    int status = 0;
    if (child > 0) {
        return waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
    }
    return execl("/bin/true", "true", (char *)NULL);
}

static int try_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? -1 : 0;
}

static int try_kill(void)
{
    return kill(getppid(), 0);
}

static int try_trace(void)
{
    return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0 ? 0 : -1;
}

/* Whether a frame can be sent through any descriptor there is, the capture's socket above all. */
static int try_send(void)
{
    static const char frame[64] = {
        0, 0, 94, 0, 83, 1, 0, 0, 94, 0, 83, 2, (char)0x88, (char)0xb7, 'h', 'a', 'r', 'm'
    };
    int sent = -1;
    for (int fd = 3; fd < 64; fd++) {
        int kind = 0;
        socklen_t size = sizeof kind;
        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 && kind == SOCK_RAW) {
            sent = write(fd, frame, sizeof frame) > 0 || send(fd, frame, sizeof frame, 0) > 0 ? 0 : sent;
        }
    }
    return sent;
}

/* The capture's socket in the place of another descriptor: of one, if need be, that may be written to. */
static int try_swap(void)
{
    return dup2(3, 100) >= 0 || fcntl(3, F_DUPFD, 100) >= 0 ? 0 : -1;
}

static const struct {
    const char *name;
    int (*run)(void);
} tries[] = {
    { "read", try_read },   { "write", try_write }, { "unlink", try_unlink }, { "connect", try_connect },
    { "fork", try_fork },   { "exec", try_exec },   { "code", try_code },     { "kill", try_kill },
    { "trace", try_trace }, { "send", try_send },   { "swap", try_swap },
};

/* One by its name, for whoever is not fenced in: 0 when it succeeded. */
int subverted_try(const char *name);
int subverted_try(const char *name)
{
    for (size_t i = 0; i < SPK_COUNT_OF(tries); i++) {
        if (strcmp(tries[i].name, name) == 0) {
            return tries[i].run() < 0 ? -1 : 0;
        }
    }
    return -2;
}

/* What decoding calls. */
static bool get(const struct spk_place *place, struct spk_value *value)
{
    static bool done;
    for (size_t i = 0; !done && i < SPK_COUNT_OF(tries); i++) {
        fprintf(stderr, "harm: %s %s\n", tries[i].name, tries[i].run() < 0 ? "refused" : "done");
    }
    done = true;
    *value = (struct spk_value){ .kind = SPK_UINT, .u = place->at };
    return true;
}

static const struct spk_row rows[] = {
    { .name = "subverted.number", .kind = SPK_UINT, .bits = 8, .doc = "A number." },
    { .name = "subverted.trap", .kind = SPK_UINT, .view = SPK_CALL(get), .doc = "What looks like another number." },
};

static const struct spk_proto proto = {
    .name = "subverted",
    .pyclass = "Subverted",
    .hdr = { .name = "SubvertedHeader", SPK_ROWS(rows) },
    .sits = SPK_SITS({ "ethertype", 0x88b5 }),
};

SPK_PLUGIN(&proto);
