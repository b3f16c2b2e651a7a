/* Whole files, read or written at once. Pure: 0 or -errno. */
#ifndef KINDLING_GENERATOR_FILE_H
#define KINDLING_GENERATOR_FILE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/string_list.h"

/* Appends what the open file holds. -EFBIG beyond 4 GiB - 1, the most that an entry of a newc archive can have. */
int file_read_fd(int fd, struct buffer *bytes);
/*
 * From now on what lies below the sysroot ("/": nothing) is opened as if that were the root, symlinks and all, and read
 * from what was opened: whoever may change the sysroot gets no file of this host. Not while other threads read.
 */
void file_confine(const char *sysroot);
/* Opens a regular file, or /dev/null, to read it; never waits. The descriptor, or -errno as file_read. */
int file_open(const char *path);
/* Whether others may read what lies there by its path, as file_read would: -EINVAL when it is another file to them, or
 * one that may never end. */
int file_check(const char *path);
/* Appends a regular file's bytes; others are refused: -EISDIR a directory, -EINVAL the rest. */
int file_read(const char *path, struct buffer *bytes);
/* Appends all that can be read from a file of any kind, a pipe for example. */
int file_read_any(const char *path, struct buffer *bytes);
/* A regular file's as a new string. -EINVAL when a NUL byte lies in it. */
int file_read_text(const char *path, char **text);
/* The same of a path of a sysroot. */
int file_read_text_of(const char *sysroot, const char *path, char **text);
/* The same of a file of any kind. */
int file_read_text_any(const char *path, char **text);
/* Whether both are regular files and hold the same bytes. */
bool file_is_same(const char *left, const char *right);
/* Makes a file of mode 0600 that was not there before. */
int file_write_new(const char *path, const struct buffer *bytes);
/* Makes the directories, of mode 0700, between the directory and the last part of a path below it. */
int file_make_parents(const char *directory, const char *path);
/* Adds the path DIRECTORY/NAME to a list when there is such a file. */
void file_add_existing(const char *directory, const char *name, struct string_list *paths);

#endif
