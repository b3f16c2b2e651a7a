#include "format/crc.h"

/* One entry for each nibble: 64 bytes of table; the superblocks of one device are a few KiB at most. */
static const uint32_t crc32c_nibbles[16] = {
    0x00000000,
    0x105ec76f,
    0x20bd8ede,
    0x30e349b1,
    0x417b1dbc,
    0x5125dad3,
    0x61c69362,
    0x7198540d,
    0x82f63b78,
    0x92a8fc17,
    0xa24bb5a6,
    0xb21572c9,
    0xc38d26c4,
    0xd3d3e1ab,
    0xe330a81a,
    0xf36e6f75,
};

uint32_t crc32c(uint32_t crc, const void *data, size_t size)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ crc32c_nibbles[crc & 15];
        crc = crc >> 4 ^ crc32c_nibbles[crc & 15];
    }
    return crc;
}

uint32_t crc32c_blanking(uint32_t crc, const void *data, size_t size, size_t blank_at)
{
    static const uint8_t blank[4];
    const uint8_t *rest = (const uint8_t *)data + blank_at + sizeof(blank);

    crc = crc32c(crc, data, blank_at);
    crc = crc32c(crc, blank, sizeof(blank));
    return crc32c(crc, rest, size - blank_at - sizeof(blank));
}

uint64_t crc64(uint64_t crc, const void *data, size_t size)
{
    static const uint64_t polynomial = 0x42f0e1eba9ea3693;
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        crc ^= (uint64_t)bytes[i] << 56;
        for (int bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ (crc >> 63 ? polynomial : 0);
    }
    return crc;
}
