/*
 * Files inside the new root, before it is the root. Every look-up stays in there, whatever its symbolic links say.
 */
#ifndef KINDLING_ROOT_FILE_H
#define KINDLING_ROOT_FILE_H

/* Opens path as it is called inside the directory `root`, with O_CLOEXEC, and so that a fifo does not hold us up;
 * what O_CREAT makes is of mode 0644. Returns the descriptor or -errno. */
int root_file_open(int root, const char *path, int flags);

/* The same below IMAGE_ROOT_PATH. */
int new_root_open(const char *path, int flags);

/* Reads a file of the new root whole into *text: NUL-terminated, owned by the caller. Returns 0 or -errno: -EFBIG for
 * one that would take more than an eighth of the memory. */
int new_root_read(const char *path, char **text);

#endif
