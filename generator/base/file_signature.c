#include "base/file_signature.h"

#include <string.h>

void file_signature_add_status(struct buffer *signature, const char *name, const struct stat *status)
{
    const uint64_t numbers[] = {(uint64_t)status->st_size, (uint64_t)status->st_ino, (uint64_t)status->st_mtim.tv_sec,
        (uint64_t)status->st_mtim.tv_nsec, (uint64_t)status->st_ctim.tv_sec, (uint64_t)status->st_ctim.tv_nsec};

    buffer_append(signature, name, strlen(name) + 1);
    buffer_append(signature, numbers, sizeof(numbers));
}

void file_signature_add(struct buffer *signature, const char *path)
{
    struct stat status = {0};

    stat(path, &status);
    file_signature_add_status(signature, path, &status);
}
