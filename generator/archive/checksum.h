/* Checksums of bytes. Pure. */
#ifndef KINDLING_CHECKSUM_H
#define KINDLING_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The CRC-32 of gzip (RFC 1952) of what has the CRC-32 crc (nothing: 0), followed by bytes. */
uint32_t checksum_crc32(uint32_t crc, const void *bytes, size_t size);

#endif
