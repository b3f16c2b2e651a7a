/* What fuzzers share. Included once in a program. */
#ifndef KINDLING_FUZZ_H
#define KINDLING_FUZZ_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool holds)
{
    if (!holds)
        abort();
}

/* In a block of its own size, so that not even a byte behind it is read in silence. The caller frees it. */
static inline uint8_t *fuzz_bytes(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(size ? size : 1);

    require(bytes);
    return size ? memcpy(bytes, data, size) : bytes;
}

/* The same as a text that ends at the first NUL. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);

    require(text);
    return text;
}

/* An input that stands for several files has a line "--" between them. */
#define FUZZ_SEPARATOR "\n--\n"

struct fuzz_input {
    const uint8_t *data;
    size_t size;
};

/* The next part of the input, the last one to its end; then empty ones. */
static inline struct fuzz_input fuzz_part(struct fuzz_input *input)
{
    const size_t length = strlen(FUZZ_SEPARATOR);
    const uint8_t *end = input->size ? memmem(input->data, input->size, FUZZ_SEPARATOR, length) : NULL;
    struct fuzz_input part = {input->data, end ? (size_t)(end - input->data) : input->size};

    input->size -= end ? part.size + length : part.size;
    input->data += end ? part.size + length : part.size;
    return part;
}

/* A directory for what is read as files, in memory where that can be had; it goes with the program. */
static char fuzz_tree_path[64];

static inline int fuzz_remove(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status, (void)kind, (void)walk;
    return remove(path);
}

static inline void fuzz_remove_tree(void)
{
    (void)nftw(fuzz_tree_path, fuzz_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *fuzz_tree(void)
{
    static bool is_made;

    if (!is_made) {
        snprintf(fuzz_tree_path, sizeof(fuzz_tree_path), "%s/kindling-fuzz.XXXXXX",
            access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        require(mkdtemp(fuzz_tree_path) != NULL);
        (void)atexit(fuzz_remove_tree);
        is_made = true;
    }
    return fuzz_tree_path;
}

/* Makes a file of the tree, and the directories above it; path: "/etc/fstab". */
static inline void fuzz_write(const char *path, struct fuzz_input bytes)
{
    char full[1024];
    int fd;

    require((size_t)snprintf(full, sizeof(full), "%s%s", fuzz_tree(), path) < sizeof(full));
    for (char *slash = strchr(full + strlen(fuzz_tree()) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        require(mkdir(full, 0755) == 0 || errno == EEXIST);
        *slash = '/';
    }
    fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    require(fd >= 0 && write(fd, bytes.data, bytes.size) == (ssize_t)bytes.size);
    close(fd);
}

/* A link of the tree, once. */
static inline void fuzz_link(const char *path, const char *target)
{
    char full[1024];

    fuzz_write(path, (struct fuzz_input){(const uint8_t *)"", 0});
    require((size_t)snprintf(full, sizeof(full), "%s%s", fuzz_tree(), path) < sizeof(full));
    require(unlink(full) == 0 && symlink(target, full) == 0);
}

#endif
