/* The names in a directory, as the kernel lists them; and directories that are made. */
#ifndef KINDLING_DIRECTORY_H
#define KINDLING_DIRECTORY_H

#include <dirent.h>
#include <stddef.h>

struct directory {
    int fd;
    size_t at, length; /* in bytes; of what the kernel has listed so far */
    _Alignas(struct dirent) char bytes[2048];
};

/* Takes the descriptor over; without one (-1) there are no names. */
void directory_begin(struct directory *directory, int fd);

/* The same for a path; whether it is there shows in directory->fd, and in errno. */
void directory_open(struct directory *directory, int parent, const char *path);

/* The next entry but "." and "..", valid until the next call, or NULL. */
const struct dirent *directory_next(struct directory *directory);

void directory_close(struct directory *directory);

/* Makes the directories above the last part of a path, as far as that is possible: what comes to lie there tells. */
void directory_make_parents(const char *path);

/* Makes them and the directory itself. Returns 0, also when it is there already, or -errno. */
int directory_make(const char *path);

#endif
