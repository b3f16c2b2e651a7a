/* Digests that on-disk formats are checked with: made for a superblock, not for speed. Debian's libraries of them would
 * add 15 KB to /init, these add 5. */
#ifndef KINDLING_DIGEST_H
#define KINDLING_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE 32u
#define DIGEST_SHA256_BLOCK 64u
#define DIGEST_NO_BLANK SIZE_MAX

/* SHA-256 (FIPS 180-4). The 64 bytes at blank_at, a multiple of 64, count as zeros, as where the digest itself lies. */
void digest_sha256(const void *data, size_t size, size_t blank_at, uint8_t digest[DIGEST_SIZE]);

/* Of what comes piece by piece, as lists of checksums have it: MD5 (RFC 1321), SHA-256 and SHA-512 (FIPS 180-4). */
enum digest_kind { DIGEST_MD5, DIGEST_SHA256, DIGEST_SHA512 };

#define DIGEST_LARGEST_SIZE 64u
#define DIGEST_LARGEST_BLOCK 128u
#define DIGEST_TEXT_SIZE (2 * DIGEST_LARGEST_SIZE + 1)

struct digest {
    enum digest_kind kind;
    union {
        uint32_t words[8];
        uint64_t wide[8]; /* SHA-512 */
    } state;
    uint8_t block[DIGEST_LARGEST_BLOCK]; /* what is not taken in yet */
    uint64_t size;                       /* bytes so far */
};

void digest_begin(struct digest *digest, enum digest_kind kind);
void digest_add(struct digest *digest, const void *data, size_t size);
/* How many hexadecimal digits it has: 32 of MD5, 64 of SHA-256, 128 of SHA-512. */
size_t digest_digits(enum digest_kind kind);
/* Writes it in these. */
void digest_end(struct digest *digest, char text[DIGEST_TEXT_SIZE]);

/* BLAKE2b of 32 bytes, without a key (RFC 7693). */
void digest_blake2b(const void *data, size_t size, uint8_t digest[DIGEST_SIZE]);

/* XXH64 with seed 0 (xxhash's doc/xxhash_spec.md). */
uint64_t digest_xxh64(const void *data, size_t size);

#endif
