/*
 * main for a fuzz target without libFuzzer: runs it once on every file named, and on every prefix of short ones. Says how
 * many inputs there were.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 1 << 20, PREFIXES = 400 };

static const char *volatile current;

/* A target says no by abort: this says to what. */
static void tell(int number)
{
    const char *name = current;
    signal(number, SIG_DFL);
    if (write(STDERR_FILENO, name, strlen(name)) >= 0 && write(STDERR_FILENO, ": refused\n", 10) >= 0) {
        raise(number);
    }
}

int main(int argc, char **argv)
{
    static uint8_t bytes[LARGEST];
    unsigned long inputs = 0;
    signal(SIGABRT, tell);
    for (int i = 1; i < argc; i++) {
        current = argv[i];
        FILE *file = fopen(argv[i], "rb");
        if (file == NULL) {
            perror(argv[i]);
            return 1;
        }
        size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        for (size_t cut = size < PREFIXES ? 0 : size; cut <= size; cut++) {
            /* a block of its own, so that a read past the end is seen */
            uint8_t *copy = malloc(cut > 0 ? cut : 1);
            if (copy == NULL) {
                return 1;
            }
            memcpy(copy, bytes, cut);
            LLVMFuzzerTestOneInput(copy, cut);
            free(copy);
            inputs++;
        }
    }
    printf("%lu inputs\n", inputs);
    return inputs > 0 ? 0 : 1;
}
