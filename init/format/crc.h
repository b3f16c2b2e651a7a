/* Checksums of on-disk formats that libdeflate (CRC-32) does not have. */
#ifndef KINDLING_CRC_H
#define KINDLING_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli), continued from `crc`. Neither the start value nor the result is inverted here: formats
 * differ in that (ext4 starts with ~0 and stores as it is; xfs and btrfs store the complement). */
uint32_t crc32c(uint32_t crc, const void *data, size_t size);

/* The same, with the four bytes at blank_at counted as zeros: there the checksum itself lies. blank_at + 4 <= size. */
uint32_t crc32c_blanking(uint32_t crc, const void *data, size_t size, size_t blank_at);

/* CRC-64 (ECMA-182, most significant bit first), continued from `crc`; no inversion. bcache's. */
uint64_t crc64(uint64_t crc, const void *data, size_t size);

#endif
