/*
 * Options of a mount, as rootflags= and fstab have them, taken apart: flags of mount(2), words that are for user space
 * and mean nothing here, and what is left for the file system (mount(8)). Pure.
 */
#ifndef KINDLING_MOUNT_OPTIONS_H
#define KINDLING_MOUNT_OPTIONS_H

#define MOUNT_DATA_SIZE 4096u /* mount(2) takes a page */

struct mount_options {
    unsigned long flags;        /* MS_* */
    char data[MOUNT_DATA_SIZE]; /* "commit=7,data=ordered" or "" */
};

/* Takes the comma-separated words of text in, the last one of a kind winning. Returns 0, or -E2BIG when the file
 * system's part does not fit. */
int mount_options_parse(const char *text, struct mount_options *options);

#endif
