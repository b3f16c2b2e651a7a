/*
 * A file that is either written whole or not at all: a temporary file of mode 0600 beside the target, fsync, rename
 * over the target, fsync of the directory or syncfs. A target that was there before stays until then, and stays if
 * anything fails. Two programs may write one target at a time; the last one wins. Where the path is a symlink, it
 * stays, and what it leads to is the target.
 */
#ifndef KINDLING_OUTPUT_FILE_H
#define KINDLING_OUTPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output_file {
    const char *path; /* as people call it; borrowed */
    char *target;     /* where it comes to lie; owned */
    char *temporary;  /* owned; NULL once it has its final name */
    int fd;
};

/* Also removes temporary files of this target whose writers died. Logs. 0 or -errno. */
int output_file_open(struct output_file *file, const char *path);
/* Asks the file system for room, before so many bytes are written. Pure: 0 or -errno, -ENOSPC or -EDQUOT when there is
 * none. */
int output_file_reserve(const struct output_file *file, uint64_t size);
/* Pure: 0 or -errno; -EINTR also when a signal asks the program to stop. */
int output_file_write(struct output_file *file, const void *bytes, size_t size);
/* Gives the file its name; with if_changed, only when the target is not the same already. The file is closed in any
 * case, and gone when this fails. Logs. 0 or -errno. */
int output_file_commit(struct output_file *file, bool if_changed);
/* What was renamed or linked in this file's directory comes to the disk. Pure: 0 or -errno. */
int output_file_sync_directory(const char *path);
/* Closes and removes the unfinished file. */
void output_file_discard(struct output_file *file);

#endif
