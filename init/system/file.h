/* Whole files read in one call. */
#ifndef KINDLING_FILE_H
#define KINDLING_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* Maps a regular file for reading; munmap it when done. Returns 0 or -errno, -ENODATA for an empty file. */
int file_map(const char *path, void **bytes, size_t *size);

/* A regular file's text, as a string that may be cut up; free it. NULL when there is none, or no memory. */
char *file_copy(const char *path);

/* Reads a small file of /proc or /sys, which gives itself whole to one read(2), into text, without its last newline,
 * NUL-terminated. Returns its length or -errno, -EMSGSIZE when it does not fit. directory: a descriptor or AT_FDCWD. */
ssize_t file_read_text(int directory, const char *path, char *text, size_t size);

/* Writes a short text into a file of /proc or /sys. Returns 0 or -errno. */
int file_write_text(const char *path, const char *text);

#endif
