/*
 * The seal: the last entry of an image's archive, so that its presence proves that all before it was unpacked. The
 * kernel looks at no sum of a gzip stream; the seal's are of the two files that a boot believes before any other.
 *
 *   magic[8] "KNDLSEAL", then little-endian uint32: number of archive entries before it, size of the index, CRC-32 of
 *   the index, CRC-32 of /init (the polynomial of gzip, RFC 1952)
 *
 * Pure.
 */
#ifndef KINDLING_SEAL_H
#define KINDLING_SEAL_H

#include <stddef.h>
#include <stdint.h>

#define SEAL_SIZE 24u

/* Writes the seal of an image of that many entries. */
void seal_write(uint8_t seal[SEAL_SIZE], uint32_t entry_count, const void *index, size_t index_size, const void *init,
    size_t init_size);

/* Looks whether the index, and /init unless it is NULL, are those that were sealed. Returns 0, -ENODATA (no whole
 * seal), -EILSEQ (another index) or -ELIBBAD (another /init). */
int seal_check(
    const void *seal, size_t seal_size, const void *index, size_t index_size, const void *init, size_t init_size);

#endif
