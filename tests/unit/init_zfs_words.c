#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "contract/zfs_words.h"

static struct cmdline cmdline;
static struct zfs_words words;

static int read_words(const char *text)
{
    cmdline_free(&cmdline);
    assert_int_equal(cmdline_parse("", text, &cmdline), 0);
    return zfs_words_read(&cmdline, &words);
}

static void other_roots_are_none(void **state)
{
    static const char *const cases[] = {"", "root=UUID=1 ro", "root=/dev/vda1", "root=tank/root", "root=zfsroot",
        "root=LABEL=zfs", "root=/dev/vda1 zfs=tank/root", "root=/dev/vda1 rpool=tank bootfs=tank/root",
        "root=/dev/vda1 rootfstype=ext4 boot=local", "zfs=off", "zfs=", "rpool=tank zfs_force=1"};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i]);
        assert_int_equal(read_words(cases[i]), 0);
    }
}

static void names(void **state)
{
    static const struct {
        const char *text, *dataset, *pool;
    } cases[] = {
        {"root=zfs:tank/ROOT/debian", "tank/ROOT/debian", "tank"},
        {"root=ZFS=tank/ROOT/debian boot=zfs", "tank/ROOT/debian", "tank"},
        {"root=zfs=tank", "tank", "tank"},
        {"root=zfs:tank/my+root", "tank/my root", "tank"},
        {"root=zfs:tank/root@before", "tank/root@before", "tank"},
        {"root=tank/root boot=zfs", "tank/root", "tank"},
        {"root=tank/root rootfstype=zfs", "tank/root", "tank"},
        {"root=zfs zfs=tank/root", "tank/root", "tank"},
        {"root=zfs:AUTO bootfs=tank/root", "tank/root", "tank"},
        {"zfs=tank/root", "tank/root", "tank"},
        {"boot=zfs bootfs=tank/root", "tank/root", "tank"},
        {"root=zfs:tank/root zfs=other/root", "tank/root", "tank"},
        {"root=zfs:AUTO", "", ""},
        {"root=zfs:auto", "", ""},
        {"root=zfs:", "", ""},
        {"root=zfs", "", ""},
        {"boot=zfs", "", ""},
        {"zfs=AUTO root=zfs", "", ""},
        {"root=/dev/vda1 boot=zfs", "", ""},
        {"root=UUID=1 rootfstype=zfs", "", ""},
        {"root=zfs:AUTO rpool=tank", "", "tank"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i].text);
        assert_int_equal(read_words(cases[i].text), 1);
        assert_string_equal(words.dataset, cases[i].dataset);
        assert_string_equal(words.pool, cases[i].pool);
        assert_false(words.is_forced);
    }
}

static void force(void **state)
{
    static const char *const yes[] = {"zfs_force=1", "zfs_force", "zfs.force=1", "zfsforce=1"}, *const no[] = {
                                                                                                    "zfs_force=0",
                                                                                                    "zfsforce=no"};
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        snprintf(text, sizeof(text), "root=zfs:tank %s", yes[i]);
        assert_int_equal(read_words(text), 1);
        assert_true(words.is_forced);
    }
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        snprintf(text, sizeof(text), "root=zfs:tank %s", no[i]);
        assert_int_equal(read_words(text), 1);
        assert_false(words.is_forced);
    }
}

static void a_name_is_no_longer_than_zfs_allows(void **state)
{
    char text[ZFS_NAME_SIZE + 16] = "root=zfs:";

    (void)state;
    memset(text + strlen(text), 'a', ZFS_NAME_SIZE - 1);
    assert_int_equal(read_words(text), 1);
    text[strlen(text)] = 'a';
    assert_int_equal(read_words(text), -ENAMETOOLONG);
    cmdline_free(&cmdline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_roots_are_none),
        cmocka_unit_test(names),
        cmocka_unit_test(force),
        cmocka_unit_test(a_name_is_no_longer_than_zfs_allows),
    };

    return RUN_TESTS(tests);
}
