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

static const uint32_t sha256_start[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

#define MD5_ROUNDS 64

/* The integer parts of 2^32 * abs(sin(i + 1)). */
static const uint32_t md5_constants[MD5_ROUNDS] = {0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf,
    0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193,
    0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681,
    0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6,
    0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97,
    0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314,
    0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

static const uint32_t md5_start[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

static uint32_t md5_mix(unsigned round, const uint32_t s[4], unsigned *word)
{
    switch (round / 16) {
    case 0:
        *word = round;
        return (s[1] & s[2]) | (~s[1] & s[3]);
    case 1:
        *word = (5 * round + 1) % 16;
        return (s[3] & s[1]) | (~s[3] & s[2]);
    case 2:
        *word = (3 * round + 5) % 16;
        return s[1] ^ s[2] ^ s[3];
    default:
        *word = 7 * round % 16;
        return s[2] ^ (s[1] | ~s[3]);
    }
}

static void md5_add_block(uint32_t state[4], const uint8_t *block)
{
    static const uint8_t turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t s[4];

    memcpy(s, state, sizeof(s));
    for (unsigned i = 0; i < MD5_ROUNDS; i++) {
        unsigned word;
        uint32_t mixed = md5_mix(i, s, &word);
        uint32_t sum = s[0] + mixed + md5_constants[i] + get_le32(block + (size_t)4 * word);

        s[0] = s[3];
        s[3] = s[2];
        s[2] = s[1];
        s[1] += turn32(sum, 32 - turns[i / 16][i % 4]);
    }
    for (unsigned i = 0; i < 4; i++)
        state[i] += s[i];
}

#define SHA512_ROUNDS 80

static const uint64_t sha512_constants[SHA512_ROUNDS] = {0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f,
    0xe9b5dba58189dbbc, 0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f,
    0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3,
    0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65, 0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4,
    0x76f988da831153b5, 0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc,
    0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8,
    0x81c2c92e47edaee6, 0x92722c851482353b, 0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791,
    0xc76c51a30654be30, 0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63,
    0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60,
    0x84c87814a1f0ab72, 0x8cc702081a6439ec, 0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915,
    0xc67178f2e372532b, 0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84,
    0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a,
    0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

/* BLAKE2b begins with them, too. */
static const uint64_t sha512_start[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

static uint64_t turn64(uint64_t value, unsigned bits)
{
    return value >> bits | value << (64 - bits);
}

static uint64_t sha512_next_word(uint64_t words[16], unsigned round)
{
    uint64_t far = words[(round + 1) % 16], near = words[(round + 14) % 16];

    words[round % 16] += (turn64(far, 1) ^ turn64(far, 8) ^ far >> 7) + words[(round + 9) % 16]
                         + (turn64(near, 19) ^ turn64(near, 61) ^ near >> 6);
    return words[round % 16];
}

static void sha512_add_block(uint64_t state[8], const uint8_t *block)
{
    uint64_t words[16], s[8];

    memcpy(s, state, sizeof(s));
    for (unsigned i = 0; i < 16; i++)
        words[i] = get_be64(block + (size_t)8 * i);
    for (unsigned i = 0; i < SHA512_ROUNDS; i++) {
        uint64_t word = i < 16 ? words[i] : sha512_next_word(words, i);
        uint64_t one = s[7] + (turn64(s[4], 14) ^ turn64(s[4], 18) ^ turn64(s[4], 41))
                       + ((s[4] & s[5]) ^ (~s[4] & s[6])) + sha512_constants[i] + word;
        uint64_t two =
            (turn64(s[0], 28) ^ turn64(s[0], 34) ^ turn64(s[0], 39)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

        memmove(s + 1, s, 7 * sizeof(*s));
        s[4] += one;
        s[0] = one + two;
    }
    for (unsigned i = 0; i < 8; i++)
        state[i] += s[i];
}

void digest_begin(struct digest *digest, enum digest_kind kind)
{
    *digest = (struct digest){.kind = kind};
    if (kind == DIGEST_MD5)
        memcpy(digest->state.words, md5_start, sizeof(md5_start));
    else if (kind == DIGEST_SHA256)
        memcpy(digest->state.words, sha256_start, sizeof(sha256_start));
    else
        memcpy(digest->state.wide, sha512_start, sizeof(sha512_start));
}

static size_t block_size(const struct digest *digest)
{
    return digest->kind == DIGEST_SHA512 ? 128 : 64;
}

void digest_add(struct digest *digest, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    size_t whole = block_size(digest);

    while (size > 0) {
        size_t used = digest->size % whole;
        size_t part = whole - used < size ? whole - used : size;

        memcpy(digest->block + used, bytes, part);
        digest->size += part;
        bytes += part;
        size -= part;
        if (digest->size % whole != 0)
            continue;
        if (digest->kind == DIGEST_MD5)
            md5_add_block(digest->state.words, digest->block);
        else if (digest->kind == DIGEST_SHA256)
            sha256_add_block(digest->state.words, digest->block);
        else
            sha512_add_block(digest->state.wide, digest->block);
    }
}

size_t digest_digits(enum digest_kind kind)
{
    switch (kind) {
    case DIGEST_MD5:
        return 32;
    case DIGEST_SHA256:
        return 64;
    default:
        return 128;
    }
}

/* Behind the data: a bit, zeros, and the data's length in bits. bytes: has room for the kind's digest. */
static void finish(struct digest *digest, uint8_t *bytes)
{
    uint64_t bits = digest->size * 8;
    size_t whole = block_size(digest), length_size = whole / 8, size = digest_digits(digest->kind) / 2;
    uint8_t length[16] = {0};

    digest_add(digest, "\x80", 1);
    while (digest->size % whole != whole - length_size)
        digest_add(digest, "", 1);
    if (digest->kind == DIGEST_MD5)
        put_le64(length, bits);
    else
        put_be64(length + length_size - 8, bits);
    digest_add(digest, length, length_size);
    if (digest->kind == DIGEST_SHA512) {
        for (size_t i = 0; i < size; i += 8)
            put_be64(bytes + i, digest->state.wide[i / 8]);
        return;
    }
    for (size_t i = 0; i < size; i += 4) {
        if (digest->kind == DIGEST_MD5)
            put_le32(bytes + i, digest->state.words[i / 4]);
        else
            put_be32(bytes + i, digest->state.words[i / 4]);
    }
}

void digest_end(struct digest *digest, char text[DIGEST_TEXT_SIZE])
{
    uint8_t bytes[DIGEST_LARGEST_SIZE];

    finish(digest, bytes);
    put_hex(text, bytes, digest_digits(digest->kind) / 2);
}

void digest_sha256(const void *data, size_t size, size_t blank_at, uint8_t digest[DIGEST_SIZE])
{
    static const uint8_t blank[DIGEST_SHA256_BLOCK];
    const uint8_t *bytes = data;
    struct digest sum;
    size_t at = 0;

    digest_begin(&sum, DIGEST_SHA256);
    if (blank_at < size && size - blank_at >= sizeof(blank)) {
        digest_add(&sum, bytes, blank_at);
        digest_add(&sum, blank, sizeof(blank));
        at = blank_at + sizeof(blank);
    }
    digest_add(&sum, bytes + at, size - at);
    finish(&sum, digest);
}

#define BLAKE2B_ROUNDS 12
#define BLAKE2B_BLOCK 128u

/* The order in which each round takes the block's sixteen words, a digit for each; the last two rounds begin anew. */
static const uint64_t blake2b_orders[10] = {0x0123456789abcdef, 0xea489fd61c02b753, 0xb8c052fdae367194,
    0x7931dcbe265a40f8, 0x905724afe1bc683d, 0x2c6a0b834d75fe19, 0xc51fed4a0763928b, 0xdb7ec13950f4862a,
    0x6fe9b308c2d714a5, 0xa2847615fb9e3cd0};

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
    memcpy(v + 8, sha512_start, sizeof(v) / 2);
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

    memcpy(state, sha512_start, sizeof(state));
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
