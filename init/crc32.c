/*
 * CRC-32 (RFC 1952) in the place of libdeflate's own, whose variants for each CPU are 12 KB: a tenth of /init. The
 * linker takes this one first, for libdeflate's gzip reader too. Eight bytes a turn ("slicing by 8"), by tables that
 * are cheaper to make than to unpack.
 */
#include <libdeflate.h>

#include "contract/bytes.h"

#define POLYNOMIAL 0xedb88320u /* bits reversed, as the format has them */

/* tables[n][byte]: what the byte does to the sum once n more bytes have followed. */
static uint32_t tables[8][256];

static uint32_t one_byte(uint32_t crc)
{
    for (int bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
    return crc;
}

static void make_tables(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = one_byte(byte);

        for (int n = 0; n < 8; n++) {
            tables[n][byte] = crc;
            crc = crc >> 8 ^ one_byte(crc & 0xff);
        }
    }
}

static uint32_t eight_bytes(uint32_t crc, const uint8_t *bytes)
{
    uint32_t low = crc ^ get_le32(bytes);
    uint32_t high = get_le32(bytes + 4);

    return tables[7][low & 0xff] ^ tables[6][low >> 8 & 0xff] ^ tables[5][low >> 16 & 0xff] ^ tables[4][low >> 24]
           ^ tables[3][high & 0xff] ^ tables[2][high >> 8 & 0xff] ^ tables[1][high >> 16 & 0xff]
           ^ tables[0][high >> 24];
}

uint32_t libdeflate_crc32(uint32_t crc, const void *buffer, size_t size)
{
    const uint8_t *bytes = buffer;

    if (tables[0][1] == 0)
        make_tables();
    crc = ~crc;
    for (; size >= 8; size -= 8, bytes += 8)
        crc = eight_bytes(crc, bytes);
    for (; size > 0; size--, bytes++)
        crc = crc >> 8 ^ tables[0][(crc ^ *bytes) & 0xff];
    return ~crc;
}
