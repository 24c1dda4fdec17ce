/* file: opening. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

/* open(2), tried again as often as a signal interrupts it. Gives the descriptor, or -1 with errno. */
int spk_file_open(const char *path, int flags);

#endif
