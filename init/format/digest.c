#include "format/digest.h"

#include <stdbool.h>
#include <string.h>

#include "contract/bytes.h"

#define SHA256_ROUNDS 64

static const uint32_t sha256_constants[SHA256_ROUNDS] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b,
    0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc,
    0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1,
    0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814,
    0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn32(uint32_t value, unsigned bits)
{
    return value >> bits | value << (32 - bits);
}

/* The schedule needs the last sixteen words only. */
static uint32_t sha256_next_word(uint32_t words[16], unsigned round)
{
    uint32_t far = words[(round + 1) % 16], near = words[(round + 14) % 16];

    words[round % 16] += (turn32(far, 7) ^ turn32(far, 18) ^ far >> 3) + words[(round + 9) % 16]
                         + (turn32(near, 17) ^ turn32(near, 19) ^ near >> 10);
    return words[round % 16];
}

static void sha256_add_block(uint32_t state[8], const uint8_t *block)
{
    uint32_t words[16], s[8];

    memcpy(s, state, sizeof(s));
    for (unsigned i = 0; i < 16; i++)
        words[i] = get_be32(block + (size_t)4 * i);
    for (unsigned i = 0; i < SHA256_ROUNDS; i++) {
        uint32_t word = i < 16 ? words[i] : sha256_next_word(words, i);
        uint32_t one = s[7] + (turn32(s[4], 6) ^ turn32(s[4], 11) ^ turn32(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6]))
                       + sha256_constants[i] + word;
        uint32_t two =
            (turn32(s[0], 2) ^ turn32(s[0], 13) ^ turn32(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

        memmove(s + 1, s, 7 * sizeof(*s));
        s[4] += one;
        s[0] = one + two;
    }
    for (unsigned i = 0; i < 8; i++)
        state[i] += s[i];
}

static void put_be32(uint8_t *bytes, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* After the data: a bit, zeros, and the data's length in bits. */
static void sha256_finish(uint32_t state[8], const uint8_t *rest, size_t size)
{
    uint8_t block[DIGEST_SHA256_BLOCK] = {0};
    size_t used = size % DIGEST_SHA256_BLOCK;

    memcpy(block, rest, used);
    block[used] = 0x80;
    if (used >= DIGEST_SHA256_BLOCK - 8) {
        sha256_add_block(state, block);
        memset(block, 0, sizeof(block));
    }
    put_be32(block + 56, (uint32_t)((uint64_t)size >> 29));
    put_be32(block + 60, (uint32_t)size << 3);
    sha256_add_block(state, block);
}

void digest_sha256(const void *data, size_t size, size_t blank_at, uint8_t digest[DIGEST_SIZE])
{
    static const uint8_t blank[DIGEST_SHA256_BLOCK];
    uint32_t state[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    const uint8_t *bytes = data;
    size_t at;

    for (at = 0; size - at >= DIGEST_SHA256_BLOCK; at += DIGEST_SHA256_BLOCK)
        sha256_add_block(state, at == blank_at ? blank : bytes + at);
    sha256_finish(state, bytes + at, size);
    for (unsigned i = 0; i < 8; i++)
        put_be32(digest + (size_t)4 * i, state[i]);
}

#define BLAKE2B_ROUNDS 12
#define BLAKE2B_BLOCK 128u

static const uint64_t blake2b_start[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

/* The order in which each round takes the block's sixteen words, a digit for each; the last two rounds begin anew. */
static const uint64_t blake2b_orders[10] = {0x0123456789abcdef, 0xea489fd61c02b753, 0xb8c052fdae367194,
    0x7931dcbe265a40f8, 0x905724afe1bc683d, 0x2c6a0b834d75fe19, 0xc51fed4a0763928b, 0xdb7ec13950f4862a,
    0x6fe9b308c2d714a5, 0xa2847615fb9e3cd0};

static uint64_t turn64(uint64_t value, unsigned bits)
{
    return value >> bits | value << (64 - bits);
}

/* Half of RFC 7693's function G. */
static void blake2b_mix(
    uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d, uint64_t word, unsigned d_bits, unsigned b_bits)
{
    *a += *b + word;
    *d = turn64(*d ^ *a, d_bits);
    *c += *d;
    *b = turn64(*b ^ *c, b_bits);
}

/* Four columns, then four diagonals. */
static void blake2b_round(uint64_t v[16], const uint8_t *block, uint64_t order)
{
    for (unsigned i = 0; i < 8; i++) {
        unsigned shift = i / 4, column = i % 4;
        uint64_t *a = &v[column], *b = &v[4 + (column + shift) % 4];
        uint64_t *c = &v[8 + (column + 2 * shift) % 4], *d = &v[12 + (column + 3 * shift) % 4];

        blake2b_mix(a, b, c, d, get_le64(block + 8 * (order >> 60)), 32, 24);
        order <<= 4;
        blake2b_mix(a, b, c, d, get_le64(block + 8 * (order >> 60)), 16, 63);
        order <<= 4;
    }
}

/* so_far: bytes up to the end of this block's data. */
static void blake2b_add_block(uint64_t state[8], const uint8_t *block, uint64_t so_far, bool is_last)
{
    uint64_t v[16];

    memcpy(v, state, sizeof(v) / 2);
    memcpy(v + 8, blake2b_start, sizeof(v) / 2);
    v[12] ^= so_far;
    if (is_last)
        v[14] = ~v[14];
    for (unsigned i = 0; i < BLAKE2B_ROUNDS; i++)
        blake2b_round(v, block, blake2b_orders[i % 10]);
    for (unsigned i = 0; i < 8; i++)
        state[i] ^= v[i] ^ v[8 + i];
}

void digest_blake2b(const void *data, size_t size, uint8_t digest[DIGEST_SIZE])
{
    const uint8_t *bytes = data;
    uint8_t rest[BLAKE2B_BLOCK] = {0};
    uint64_t state[8];
    size_t at;

    memcpy(state, blake2b_start, sizeof(state));
    state[0] ^= 0x01010000 ^ DIGEST_SIZE;
    for (at = 0; size - at > BLAKE2B_BLOCK; at += BLAKE2B_BLOCK)
        blake2b_add_block(state, bytes + at, at + BLAKE2B_BLOCK, false);
    memcpy(rest, bytes + at, size - at);
    blake2b_add_block(state, rest, size, true);
    for (unsigned i = 0; i < DIGEST_SIZE / 8; i++)
        put_le64(digest + (size_t)8 * i, state[i]);
}

#define XXH64_STRIPE 32u
#define XXH64_PRIME_1 0x9e3779b185ebca87u
#define XXH64_PRIME_2 0xc2b2ae3d27d4eb4fu
#define XXH64_PRIME_3 0x165667b19e3779f9u
#define XXH64_PRIME_4 0x85ebca77c2b2ae63u
#define XXH64_PRIME_5 0x27d4eb2f165667c5u

static uint64_t xxh64_add(uint64_t sum, uint64_t word)
{
    return turn64(sum + word * XXH64_PRIME_2, 33) * XXH64_PRIME_1;
}

/* The four sums of all whole stripes, put together; from 32 bytes on. */
static uint64_t xxh64_add_stripes(const uint8_t *bytes, size_t size)
{
    static const uint8_t turns[4] = {63, 57, 52, 46};
    uint64_t sums[4] = {XXH64_PRIME_1 + XXH64_PRIME_2, XXH64_PRIME_2, 0, -XXH64_PRIME_1};
    uint64_t hash = 0;

    for (; size >= XXH64_STRIPE; size -= XXH64_STRIPE) {
        for (unsigned i = 0; i < 4; i++, bytes += 8)
            sums[i] = xxh64_add(sums[i], get_le64(bytes));
    }
    for (unsigned i = 0; i < 4; i++)
        hash += turn64(sums[i], turns[i]);
    for (unsigned i = 0; i < 4; i++)
        hash = (hash ^ xxh64_add(0, sums[i])) * XXH64_PRIME_1 + XXH64_PRIME_4;
    return hash;
}

static uint64_t xxh64_add_rest(uint64_t hash, const uint8_t *bytes, size_t size)
{
    for (; size >= 8; bytes += 8, size -= 8)
        hash = turn64(hash ^ xxh64_add(0, get_le64(bytes)), 37) * XXH64_PRIME_1 + XXH64_PRIME_4;
    if (size >= 4) {
        hash = turn64(hash ^ get_le32(bytes) * XXH64_PRIME_1, 41) * XXH64_PRIME_2 + XXH64_PRIME_3;
        bytes += 4;
        size -= 4;
    }
    for (; size > 0; bytes++, size--)
        hash = turn64(hash ^ *bytes * XXH64_PRIME_5, 53) * XXH64_PRIME_1;
    return hash;
}

uint64_t digest_xxh64(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    size_t rest = size % XXH64_STRIPE;
    uint64_t hash = size >= XXH64_STRIPE ? xxh64_add_stripes(bytes, size) : XXH64_PRIME_5;

    hash = xxh64_add_rest(hash + size, bytes + size - rest, rest);
    hash = (hash ^ hash >> 33) * XXH64_PRIME_2;
    hash = (hash ^ hash >> 29) * XXH64_PRIME_3;
    return hash ^ hash >> 32;
}
