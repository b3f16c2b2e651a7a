/* What the kernel command line says of dm-verity, and what the superblock of a hash tree tells. */
#include "unit.h"

#include <string.h>

#include "fixture.h"
#include "format/verity.h"
#include "storage/verity_words.h"

#define HASH "0011223344556677889900aabbccddeeff00112233445566778899aabbccddee"

static struct cmdline cmdline;
static struct verity_words words[2];

static size_t read_words(const char *text)
{
    cmdline_free(&cmdline);
    assert_int_equal(cmdline_parse("", text, &cmdline), 0);
    return verity_words_read(&cmdline, words);
}

static void test_devices(void **state)
{
    (void)state;
    assert_int_equal(read_words("root=/dev/vda quiet"), 0);
    assert_int_equal(read_words("roothash=" HASH), 1);
    assert_false(words[0].is_refused);
    assert_string_equal(words[0].name, "root");
    assert_string_equal(words[0].hash, HASH);
    assert_string_equal(words[0].data, "PARTUUID=00112233-4455-6677-8899-00aabbccddee");
    assert_string_equal(words[0].tree, "PARTUUID=ff001122-3344-5566-7788-99aabbccddee");
    assert_int_equal(
        read_words("usrhash=" HASH " systemd.verity_usr_data=/dev/sda systemd.verity_root_hash=/dev/sdb"), 1);
    assert_string_equal(words[0].name, "usr");
    assert_string_equal(words[0].data, "/dev/sda");
    assert_string_equal(words[0].tree, "PARTUUID=ff001122-3344-5566-7788-99aabbccddee");
    assert_int_equal(read_words("usrhash=" HASH " roothash=" HASH), 2);
    assert_string_equal(words[0].name, "root");
    assert_string_equal(words[1].name, "usr");
}

static void test_refusals(void **state)
{
    static const char *const refused[] = {"roothash=", "roothash=0011", "roothash=" HASH "0", "roothash=" HASH "g0",
        "roothash=" HASH HASH HASH, "roothash=" HASH " systemd.verity_root_options=superblock=no",
        "roothash=" HASH " systemd.verity_root_options=hash-offset=1x",
        "roothash=" HASH " systemd.verity_root_options=hash-offset=100",
        "roothash=" HASH " systemd.verity_root_options=ignore-corruption,fec-device=/dev/sda"};

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_int_equal(read_words(refused[i]), 1); /* nothing may be taken for it */
        assert_true(words[0].is_refused);
    }
    assert_int_equal(read_words("roothash=" HASH " rd.systemd.verity=0"), 0);
    assert_int_equal(read_words("roothash=" HASH " systemd.verity=no"), 0);
    assert_int_equal(read_words("roothash=0011 systemd.verity_root_data=/dev/vda"), 1);
    assert_string_equal(words[0].data, "/dev/vda");
}

static void test_options(void **state)
{
    (void)state;
    assert_int_equal(read_words("roothash=" HASH
                                " systemd.verity_root_options=hash-offset=1048576,ignore-zero-blocks,x-initrd.attach"),
        1);
    assert_int_equal(words[0].tree_offset, 1048576);
    assert_string_equal(verity_words_option("panic-on-corruption,x", 19), "panic_on_corruption");
    assert_null(verity_words_option("panic-on-corruptio", 18));
}

static void test_superblock(void **state)
{
    static uint8_t ends[SUPERBLOCK_HEAD_SIZE + SUPERBLOCK_TAIL_SIZE];
    /* The version, the type, the algorithm, the two sizes of blocks, how many of them, the size of the salt. */
    static const struct {
        size_t at;
        uint8_t byte;
    } damages[] = {{0, 'V'}, {8, 2}, {12, 2}, {32, 0}, {33, ' '}, {64, 3}, {68, 3}, {81, 2}};
    struct verity_superblock found;

    (void)state;
    read_fixture("tests/data/superblock/verity.gz", ends, sizeof(ends));
    assert_true(verity_superblock_read(ends, &found));
    assert_string_equal(found.uuid, "3b3b3b3b-1111-4222-8333-0123456789ab");
    assert_string_equal(found.algorithm, "sha256");
    assert_int_equal(found.data_block_size, 4096);
    assert_int_equal(found.data_blocks, 256);
    assert_int_equal(found.salt_size, 8);
    assert_memory_equal(found.salt, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        uint8_t before = ends[damages[i].at];

        ends[damages[i].at] = damages[i].byte;
        if (verity_superblock_read(ends, &found))
            fail_msg("what has %d at %zu is taken", damages[i].byte, damages[i].at);
        ends[damages[i].at] = before;
    }
    memset(ends + 72, 0, 8); /* no blocks */
    assert_false(verity_superblock_read(ends, &found));
    memset(ends + 72, 0xff, 8); /* more than there are bytes */
    assert_false(verity_superblock_read(ends, &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_devices),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_superblock),
    };

    return RUN_TESTS(tests);
}
