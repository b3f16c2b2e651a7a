#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "file.h"

static int read_seal(uint8_t seal[SEAL_SIZE])
{
    int fd = open(IMAGE_SEAL_PATH, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (fd < 0)
        return -ENODATA;
    length = read(fd, seal, SEAL_SIZE);
    close(fd);
    return length == SEAL_SIZE ? 0 : -ENODATA;
}

static int check_seal(const void *index, size_t size)
{
    uint8_t seal[SEAL_SIZE];

    if (read_seal(seal) < 0)
        return -ENODATA;
    if (memcmp(seal, SEAL_MAGIC, INDEX_MAGIC_SIZE) != 0 || get_le32(seal + 12) != size)
        return -EILSEQ;
    return get_le32(seal + 16) == libdeflate_crc32(0, index, size) ? 0 : -EILSEQ;
}

int image_open(struct index *index)
{
    void *bytes;
    size_t size;
    int result = file_map(IMAGE_INDEX_PATH, &bytes, &size);

    if (result < 0)
        return result;
    result = check_seal(bytes, size);
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
    case -EPROTONOSUPPORT:
        return "its index is of another version than /init";
    default:
        return "its index is damaged";
    }
}
