/*
 * measure: runs one command and says what it took, as key=value pairs on its own standard output.
 *
 *   measure OUTPUT COMMAND [ARGUMENT...]    the command's standard output goes to the file OUTPUT
 *
 * Peak memory is the kernel's figure for the child (ru_maxrss). It carries over from the process
 * that was there before exec, so the parent has to be as small as this one; a script would hide
 * everything below its own size.
 */
#include "bench.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t nanoseconds(struct timeval t)
{
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_usec * 1000u;
}

static void become(const char *output, char **command)
{
    int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0) {
        perror(output);
        _exit(126);
    }
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

int main(int argc, char **argv)
{
    struct bench_clock start = bench_start();
    struct rusage used;
    pid_t child;
    int status;

    if (argc < 3) {
        fprintf(stderr, "usage: measure OUTPUT COMMAND [ARGUMENT...]\n");
        return 1;
    }
    child = fork();
    if (child == 0) {
        become(argv[1], argv + 2);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child) {
        perror("measure");
        return 2;
    }
    printf("wall=%" PRIu64 " cpu=%" PRIu64 " peak_kib=%ld status=%d\n", bench_now(CLOCK_MONOTONIC) - start.wall,
           nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime), used.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}
