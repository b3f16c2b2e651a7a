#include "unit.h"

#include <stdio.h>

#include "format/digest.h"

/* The bytes 0, 1, ... 255, 0, 1, ... of which each example takes the first. */
static uint8_t bytes[512];

/* By Python's hashlib: around the ends of blocks, where padding and counting may go wrong. */
static const struct example {
    size_t size;
    const char *sha256;
    const char *blake2b;
} examples[] = {
    {0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
    {3, "ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc",
        "3d8c3d594928271f44aad7a04b177154806867bcf918e1549c0bc16f9da2b09b"},
    {55, "463eb28e72f82e0a96c0a4cc53690c571281131f672aa229e0d45ae59b598b59",
        "ace7db9e8f298e823b7b265bbcd004577e0029256c48684b2d7a7cdfcbff5e47"},
    {56, "da2ae4d6b36748f2a318f23e7ab1dfdf45acdc9d049bd80e59de82a60895f562",
        "a6c1d35f74218e57b4dbd4ed467b41981208666738ffa0d9dc53d3de96be702a"},
    {64, "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108",
        "10d8e6d534b00939843fe9dcc4dae48cdf008f6b8b2b82b156f5404d874887f5"},
    {119, "da18797ed7c3a777f0847f429724a2d8cd5138e6ed2895c3fa1a6d39d18f7ec6",
        "b0d6518afa4e3590746aa5fd1e58f7ec06a347981177737ad6631b22c53b6617"},
    {128, "471fb943aa23c511f6f72f8d1652d9c880cfa392ad80503120547703e56a2be5",
        "c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1"},
    {129, "5099c6a56203f9687f7d33f4bfdf576d31dc91f6b695ecea38b2770c87631135",
        "f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9"},
    {300, "7728ae2f2c36e2aaafbe79ca14c87ae2f89e7c88c4390ecbbf82dce88706958d",
        "3a486e3fe3ee414853000269ac020030aeef748cb05cd62ba85939ec298ef25c"},
};

static void fill(void)
{
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)i;
}

static const char *hex(const uint8_t *digest, size_t size)
{
    static char text[2 * DIGEST_SIZE + 1];

    for (size_t i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return text;
}

/* In pieces of each size that a block may be cut at. */
static void pieces_are_right(enum digest_kind kind, size_t size, const char *expected)
{
    char text[DIGEST_TEXT_SIZE];
    struct digest digest;

    for (size_t piece = 1; piece < 140; piece += 9) {
        digest_begin(&digest, kind);
        for (size_t at = 0; at < size; at += piece)
            digest_add(&digest, bytes + at, size - at < piece ? size - at : piece);
        digest_end(&digest, text);
        assert_string_equal(text, expected);
    }
}

static void piece_by_piece(void **state)
{
    static const struct {
        size_t size;
        const char *md5;
    } of_md5[] = {
        {0, "d41d8cd98f00b204e9800998ecf8427e"},
        {3, "b95f67f61ebb03619622d798f45fc2d3"},
        {55, "6912ee65fff2d9f9ce2508cddf8bcda0"},
        {56, "51fdd1acda72405dfdfa03fcb85896d7"},
        {64, "b2d3f56bc197fd985d5965079b5e7148"},
        {119, "1c772251899a7ff007400b888d6b2042"},
        {128, "37eff01866ba3f538421b30b7cbefcac"},
        {129, "46f986692847558fc38b0cece591c20f"},
        {300, "17b3839204f7b81a93eb2718b1379e6f"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(of_md5) / sizeof(of_md5[0]); i++) {
        pieces_are_right(DIGEST_MD5, of_md5[i].size, of_md5[i].md5);
        pieces_are_right(DIGEST_SHA256, examples[i].size, examples[i].sha256);
    }
}

static void sha256_is_right(void **state)
{
    uint8_t digest[DIGEST_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        digest_sha256(bytes, examples[i].size, DIGEST_NO_BLANK, digest);
        assert_string_equal(hex(digest, sizeof(digest)), examples[i].sha256);
    }
}

static void sha256_leaves_a_block_blank(void **state)
{
    uint8_t digest[DIGEST_SIZE];

    (void)state;
    digest_sha256(bytes, 300, 128, digest);
    assert_string_equal(
        hex(digest, sizeof(digest)), "37528837d35603a4178463d843b43707646aac296cae509c64339ca032e83d84");
}

static void blake2b_is_right(void **state)
{
    uint8_t digest[DIGEST_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        digest_blake2b(bytes, examples[i].size, digest);
        assert_string_equal(hex(digest, sizeof(digest)), examples[i].blake2b);
    }
}

/* By the reference implementation: with and without stripes, words, halves and single bytes. */
static void xxh64_is_right(void **state)
{
    static const struct {
        size_t size;
        uint64_t hash;
    } hashes[] = {
        {0, UINT64_C(0xef46db3751d8e999)},
        {1, UINT64_C(0xe934a84adb052768)},
        {7, UINT64_C(0x14cc643f630c72d2)},
        {12, UINT64_C(0x424af23f1f08dca5)},
        {31, UINT64_C(0xc346d2b59b4d8ee1)},
        {32, UINT64_C(0xcbf59c5116ff32b4)},
        {33, UINT64_C(0x0c535d1acafb8ead)},
        {300, UINT64_C(0x4f1d6de0165b155a)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
        assert_true(digest_xxh64(bytes, hashes[i].size) == hashes[i].hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_is_right),
        cmocka_unit_test(piece_by_piece),
        cmocka_unit_test(sha256_leaves_a_block_blank),
        cmocka_unit_test(blake2b_is_right),
        cmocka_unit_test(xxh64_is_right),
    };

    fill();
    return RUN_TESTS(tests);
}
