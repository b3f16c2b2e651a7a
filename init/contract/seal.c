#include "contract/seal.h"

#include <errno.h>
#include <libdeflate.h>
#include <string.h>

#include "contract/bytes.h"

#define MAGIC "KNDLSEAL"
#define ENTRY_COUNT_AT 8u
#define INDEX_SIZE_AT 12u
#define INDEX_CRC_AT 16u
#define INIT_CRC_AT 20u

void seal_write(uint8_t seal[SEAL_SIZE], uint32_t entry_count, const void *index, size_t index_size, const void *init,
    size_t init_size)
{
    memcpy(seal, MAGIC, ENTRY_COUNT_AT);
    put_le32(seal + ENTRY_COUNT_AT, entry_count);
    put_le32(seal + INDEX_SIZE_AT, (uint32_t)index_size);
    put_le32(seal + INDEX_CRC_AT, libdeflate_crc32(0, index, index_size));
    put_le32(seal + INIT_CRC_AT, libdeflate_crc32(0, init, init_size));
}

int seal_check(
    const void *seal, size_t seal_size, const void *index, size_t index_size, const void *init, size_t init_size)
{
    const uint8_t *bytes = seal;

    if (seal_size != SEAL_SIZE)
        return -ENODATA;
    if (memcmp(bytes, MAGIC, ENTRY_COUNT_AT) != 0 || get_le32(bytes + INDEX_SIZE_AT) != index_size
        || get_le32(bytes + INDEX_CRC_AT) != libdeflate_crc32(0, index, index_size))
        return -EILSEQ;
    return !init || get_le32(bytes + INIT_CRC_AT) == libdeflate_crc32(0, init, init_size) ? 0 : -ELIBBAD;
}
