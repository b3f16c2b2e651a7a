/* Digests that on-disk formats are checked with: made for a superblock, not for speed. Debian's libraries of them would
 * add 15 KB to /init, these add 3. */
#ifndef KINDLING_DIGEST_H
#define KINDLING_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE 32u
#define DIGEST_SHA256_BLOCK 64u
#define DIGEST_NO_BLANK SIZE_MAX

/* SHA-256 (FIPS 180-4). The 64 bytes at blank_at, a multiple of 64, count as zeros, as where the digest itself lies. */
void digest_sha256(const void *data, size_t size, size_t blank_at, uint8_t digest[DIGEST_SIZE]);

/* BLAKE2b of 32 bytes, without a key (RFC 7693). */
void digest_blake2b(const void *data, size_t size, uint8_t digest[DIGEST_SIZE]);

/* XXH64 with seed 0 (xxhash's doc/xxhash_spec.md). */
uint64_t digest_xxh64(const void *data, size_t size);

#endif
