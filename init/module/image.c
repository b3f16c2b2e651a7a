#include "module/image.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "contract/seal.h"
#include "system/file.h"

/* Of a seal that is not there, or not wholly, 0 bytes. */
static size_t read_seal(uint8_t seal[SEAL_SIZE])
{
    int fd = open(IMAGE_SEAL_PATH, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (fd < 0)
        return 0;
    length = read(fd, seal, SEAL_SIZE);
    close(fd);
    return length == SEAL_SIZE ? SEAL_SIZE : 0;
}

static int check_files(const char *init_path, void **index, size_t *index_size)
{
    uint8_t seal[SEAL_SIZE];
    size_t seal_size = read_seal(seal), init_size = 0;
    void *init = NULL;
    int result = file_map(IMAGE_INDEX_PATH, index, index_size);

    if (result == 0 && init_path)
        result = file_map(init_path, &init, &init_size);
    if (result == 0)
        result = seal_check(seal, seal_size, *index, *index_size, init, init_size);
    if (init)
        munmap(init, init_size);
    return result;
}

int image_open(struct index *index, bool with_init)
{
    void *bytes;
    size_t size;
    int result = check_files(with_init ? IMAGE_INIT_PATH : NULL, &bytes, &size);

    return result < 0 ? result : index_attach(index, bytes, size);
}

const char *image_error(int error)
{
    switch (error) {
    case -ENOENT:
        return "it holds no index";
    case -ENODATA:
        return "it was not unpacked to its end (truncated, or too little memory)";
    case -EILSEQ:
        return "its index does not belong to its seal";
    case -ELIBBAD:
        return "its /init is damaged";
    case -EPROTONOSUPPORT:
        return "its index is of another version than /init";
    default:
        return "its index is damaged";
    }
}
