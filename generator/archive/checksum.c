#include "archive/checksum.h"

#include <libdeflate.h>

uint32_t checksum_crc32(uint32_t crc, const void *bytes, size_t size)
{
    return libdeflate_crc32(crc, bytes, size);
}
