#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "archive/compressor.h"
#include "archive/module_path.h"

static void streams_by_their_first_bytes(void **state)
{
    static const struct {
        const char *bytes;
        enum compressor_number number;
    } streams[] = {{"\x1f\x8b\x08", COMPRESSOR_GZIP}, {"\x28\xb5\x2f\xfd", COMPRESSOR_ZSTD},
        {"\xfd\x37zXZ", COMPRESSOR_XZ}, {"\x02\x21\x4c\x18", COMPRESSOR_LZ4}, {"BZh9", COMPRESSOR_BZIP2}};

    (void)state;
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
        assert_ptr_equal(compressor_of_stream((const uint8_t *)streams[i].bytes, strlen(streams[i].bytes)),
            &compressors[streams[i].number]);
    assert_ptr_equal(compressor_of_stream((const uint8_t *)"\x5d\0\0", 3), &compressors[COMPRESSOR_LZMA]);
    assert_null(compressor_of_stream((const uint8_t *)"070701", 6));
    assert_null(compressor_of_stream((const uint8_t *)"\x1f", 1));
}

static void files_by_their_suffixes(void **state)
{
    (void)state;
    assert_ptr_equal(compressor_of_file("a/b.ko.zst"), &compressors[COMPRESSOR_ZSTD]);
    assert_ptr_equal(compressor_of_file("b.gz"), &compressors[COMPRESSOR_GZIP]);
    assert_null(compressor_of_file(".gz"));
    assert_null(compressor_of_file("b.gz.bin"));
}

static void the_kernel_knows_one_check_of_xz(void **state)
{
    /* As xz(1) writes them: with CRC-32, with none, and with its default, CRC-64. */
    static const uint8_t crc32[] = {0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x01, 0x69, 0x22, 0xde, 0x36};
    static const uint8_t none[] = {0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x00, 0xff, 0x12, 0xd9, 0x41};
    static const uint8_t crc64[] = {0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46};
    uint8_t damaged[sizeof(crc32)];
    const struct compressor *xz = &compressors[COMPRESSOR_XZ];

    (void)state;
    assert_true(compressor_suits_kernel(xz, crc32, sizeof(crc32)));
    assert_true(compressor_suits_kernel(xz, none, sizeof(none)));
    assert_false(compressor_suits_kernel(xz, crc64, sizeof(crc64)));
    assert_false(compressor_suits_kernel(xz, crc32, sizeof(crc32) - 1));
    memcpy(damaged, crc32, sizeof(crc32));
    damaged[9] ^= 1;
    assert_false(compressor_suits_kernel(xz, damaged, sizeof(damaged)));
    assert_true(compressor_suits_kernel(&compressors[COMPRESSOR_ZSTD], crc64, sizeof(crc64)));
    assert_true(compressor_suits_kernel(NULL, (const uint8_t *)"", 0));
}

static void expect_module(const char *path, const char *name, size_t plain_length)
{
    char *found = module_path_name(path);

    assert_true(module_path_is(path));
    assert_string_equal(found, name);
    assert_int_equal(module_path_plain_length(path), plain_length);
    free(found);
}

static void paths_of_modules(void **state)
{
    (void)state;
    expect_module("kernel/fs/a-b.ko", "a_b", 16);
    expect_module("a-b.ko.xz", "a_b", 6);
    expect_module("a.ko.zst", "a", 4);
    expect_module("x/a.ko.gz", "a", 6);
    assert_false(module_path_is("a.ko.bz2")); /* none that depmod knows */
    assert_int_equal(module_path_plain_length("a.ko.bz2"), 8);
    assert_false(module_path_is(".ko"));
    assert_false(module_path_is("a.ko.xz.gz"));
    assert_false(module_path_is("firmware.xz"));
    assert_int_equal(module_path_plain_length("firmware.xz"), 11);
    assert_true(module_path_is_same("k/a.ko", "k/a.ko.gz"));
    assert_true(module_path_is_same("k/a.ko.xz", "k/a.ko.gz"));
    assert_false(module_path_is_same("k/a.ko", "k/ab.ko"));
    assert_false(module_path_is_same("k/a.ko", "a.ko"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_by_their_first_bytes),
        cmocka_unit_test(files_by_their_suffixes),
        cmocka_unit_test(the_kernel_knows_one_check_of_xz),
        cmocka_unit_test(paths_of_modules),
    };

    return RUN_TESTS(tests);
}
