#include "unit.h"

#include <stdio.h>
#include <string.h>

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

static void sha512_piece_by_piece(void **state)
{
    static const struct {
        size_t size;
        const char *sha512;
    } of_sha512[] = {
        {0, "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47"
            "417a81a538327af927da3e"},
        {3, "8081da5f9c1e3d0e1aa16f604d5e5064543cff5d7bace2bb312252461e151b3fe0f034ea8dc1dacff3361a892d625fbe1b614cda26"
            "5f87a473c24b0fa1d91dfd"},
        {111, "a1a111449b198d9b1f538bad7f3fc1022b3a5b1a5e90a0bc860de8512746cbc31599e6c834de3a3235327af0b51ff57bf7acf197"
              "4a73014d9c3953812edc7c8d"},
        {112, "c5fbd731d19d2ae1180f001be72c2c1aaba1d7b094b3748880e24593b8e117a750e11c1bd867cc2f96dace8c8b74abd2d5c4f236"
              "be444e77d30d1916174070b9"},
        {127, "eab89674feaa34e27aebeeff3c0a4d70070bb872d5e9f186cf1dbbdee517b6e35724d629ff025a5b07185e911ada7e3c8acf830a"
              "a0e4f71777bd2d44f504f7f0"},
        {128, "1dffd5e3adb71d45d2245939665521ae001a317a03720a45732ba1900ca3b8351fc5c9b4ca513eba6f80bc7b1d1fdad4abd13491"
              "cb824d61b08d8c0e1561b3f7"},
        {129, "1d9da57fbbdab09afb3506ab2d223d06109d65c1c8ad197f50138f714bc4c3f2fe5787922639c680acad1c651f955990425954ce"
              "2cba0c5cc83f2667d878eb0f"},
        {239, "cb4c7fd522756d5781ad3a4f590a1d862906b960e7720136cb3fb36b563caa1ea5689134291fa79c80ccc2b4092b41df32ebdcb3"
              "6dbe79db483440228c1622a8"},
        {240, "6c48466c9f6c07e4ab762c696b7eeb35cfe236fca73683e5fab873ac3489b4d2eb3d7afcce7e8165dbbf37aded3b5b0c889c0b7e"
              "0f1790a8330d8677429d91a5"},
        {300, "f1dca2eb677b303265b0b9baff0e061202818f35c1470a69bbaa9bb66025e948d90e565e69642506c6213aef3cf9e929357a59da"
              "263deb34d1236dbdcda279b3"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(of_sha512) / sizeof(of_sha512[0]); i++)
        pieces_are_right(DIGEST_SHA512, of_sha512[i].size, of_sha512[i].sha512);
}

/* NIST's examples for FIPS 180-4: one block, two, and a million times the same letter. */
static void sha512_is_right(void **state)
{
    static const struct {
        const char *text;
        unsigned times;
        const char *sha512;
    } of_nist[] = {
        {"abc", 1,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d442364"
            "3ce80e2a9ac94fa54ca49f"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqr"
         "stu",
            1,
            "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6"
            "dd26545e96e55b874be909"},
        {"aaaaaaaaaa", 100000,
            "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c"
            "49aa2e4eadb217ad8cc09b"},
    };
    char text[DIGEST_TEXT_SIZE];
    struct digest digest;

    (void)state;
    for (size_t i = 0; i < sizeof(of_nist) / sizeof(of_nist[0]); i++) {
        digest_begin(&digest, DIGEST_SHA512);
        for (unsigned j = 0; j < of_nist[i].times; j++)
            digest_add(&digest, of_nist[i].text, strlen(of_nist[i].text));
        digest_end(&digest, text);
        assert_string_equal(text, of_nist[i].sha512);
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
        cmocka_unit_test(sha512_piece_by_piece),
        cmocka_unit_test(sha512_is_right),
        cmocka_unit_test(sha256_leaves_a_block_blank),
        cmocka_unit_test(blake2b_is_right),
        cmocka_unit_test(xxh64_is_right),
    };

    fill();
    return RUN_TESTS(tests);
}
