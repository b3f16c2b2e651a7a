#include "unit.h"

#include <string.h>
#include <sys/reboot.h>

#include "contract/cmdline.h"
#include "module/boot_options.h"

static void expect_word(const struct cmdline *cmdline, size_t i, const char *key, const char *value)
{
    assert_true(i < cmdline->count);
    assert_string_equal(cmdline->words[i].key, key);
    if (value)
        assert_string_equal(cmdline->words[i].value, value);
    else
        assert_null(cmdline->words[i].value);
}

static void splits_words_and_values(void **state)
{
    struct cmdline cmdline;

    (void)state;
    assert_int_equal(cmdline_parse("", "  root=/dev/vda1\tro  quiet x= a=b=c", &cmdline), 0);
    assert_int_equal(cmdline.count, 5);
    expect_word(&cmdline, 0, "root", "/dev/vda1");
    expect_word(&cmdline, 1, "ro", NULL);
    expect_word(&cmdline, 2, "quiet", NULL);
    expect_word(&cmdline, 3, "x", "");
    expect_word(&cmdline, 4, "a", "b=c");
    cmdline_free(&cmdline);
}

static void quotes_protect_blanks(void **state)
{
    struct cmdline cmdline;

    (void)state;
    assert_int_equal(cmdline_parse("", "root=\"LABEL=my root\" \"mod.param=a b\" z", &cmdline), 0);
    assert_int_equal(cmdline.count, 3);
    expect_word(&cmdline, 0, "root", "LABEL=my root");
    expect_word(&cmdline, 1, "mod.param", "a b");
    expect_word(&cmdline, 2, "z", NULL);
    cmdline_free(&cmdline);
}

static void an_open_quote_runs_to_the_end(void **state)
{
    struct cmdline cmdline;

    (void)state;
    assert_int_equal(cmdline_parse("", "a=\"b c", &cmdline), 0);
    assert_int_equal(cmdline.count, 1);
    expect_word(&cmdline, 0, "a", "b c");
    cmdline_free(&cmdline);
}

static void quotes_inside_a_value_stay(void **state)
{
    struct cmdline cmdline;

    (void)state;
    assert_int_equal(cmdline_parse("", "dyndbg=file\"a b\"d \"x=\"y z\"\"", &cmdline), 0);
    expect_word(&cmdline, 0, "dyndbg", "file\"a b\"d");
    cmdline_free(&cmdline);
}

static void defaults_come_first_and_stay_by_themselves(void **state)
{
    struct cmdline cmdline;

    (void)state;
    assert_int_equal(cmdline_parse("root=/dev/sda x=\"open -- ro", "root=/dev/vda rw", &cmdline), 0);
    expect_word(&cmdline, 0, "root", "/dev/sda");
    expect_word(&cmdline, 1, "x", "open -- ro");
    expect_word(&cmdline, 2, "root", "/dev/vda");
    expect_word(&cmdline, 3, "rw", NULL);
    assert_int_equal(cmdline.count, 4);
    cmdline_free(&cmdline);
    assert_int_equal(cmdline_parse("a -- b", "c", &cmdline), 0);
    assert_int_equal(cmdline.count, 2);
    cmdline_free(&cmdline);
}

static void what_follows_two_dashes_is_not_ours(void **state)
{
    struct cmdline cmdline;

    (void)state;
    assert_int_equal(cmdline_parse("", "ro -- rw root=/dev/sdb", &cmdline), 0);
    assert_int_equal(cmdline.count, 1);
    cmdline_free(&cmdline);
    assert_int_equal(cmdline_parse("", "", &cmdline), 0);
    assert_int_equal(cmdline.count, 0);
    cmdline_free(&cmdline);
}

static void words_that_come_several_times_are_handed_out_one_by_one(void **state)
{
    struct cmdline cmdline;
    size_t position = 0;

    (void)state;
    assert_int_equal(
        cmdline_parse("rd.luks.uuid=a", "rd.luks.uuid \"rd.luks.uuid=b c\" x=rd.luks.uuid=d rd.luks.uuid=", &cmdline),
        0);
    assert_string_equal(cmdline_next(&cmdline, "rd.luks.uuid", &position), "a");
    assert_string_equal(cmdline_next(&cmdline, "rd.luks.uuid", &position), "b c");
    assert_string_equal(cmdline_next(&cmdline, "rd.luks.uuid", &position), "");
    assert_null(cmdline_next(&cmdline, "rd.luks.uuid", &position));
    assert_null(cmdline_next(&cmdline, "rd.luks.uuid", &position));
    cmdline_free(&cmdline);
}

static void the_last_value_wins(void **state)
{
    struct cmdline cmdline;

    (void)state;
    assert_int_equal(cmdline_parse("a=1 b=1", "a=2 b c", &cmdline), 0);
    assert_string_equal(cmdline_value(&cmdline, "a"), "2");
    assert_string_equal(cmdline_value(&cmdline, "b"), "1"); /* the bare word has none */
    assert_null(cmdline_value(&cmdline, "c"));
    assert_null(cmdline_value(&cmdline, "d"));
    cmdline_free(&cmdline);
}

static struct cmdline words;

static const char *read_options(const char *text, struct boot_options *options)
{
    cmdline_free(&words);
    assert_int_equal(cmdline_parse("", text, &words), 0);
    return boot_options_read(&words, options);
}

static void options_have_defaults(void **state)
{
    struct boot_options options;

    (void)state;
    assert_null(read_options("console=ttyS0 foo.bar=1", &options));
    assert_string_equal(options.root, "");
    assert_null(options.rootfstype);
    assert_null(options.init);
    assert_false(options.writable);
    assert_int_equal(options.timeout, 30);
    assert_string_equal(options.repair, "preen");
    assert_false(options.shell);
}

static void the_last_word_wins(void **state)
{
    struct boot_options options;

    (void)state;
    assert_null(read_options("root=/dev/sda rw root=UUID=x ro rd.timeout=5 rd.retry=7", &options));
    assert_string_equal(options.root, "UUID=x");
    assert_false(options.writable);
    assert_int_equal(options.timeout, 7);
    assert_null(read_options("ro rw", &options));
    assert_true(options.writable);
}

static void senseless_values_are_named_and_ignored(void **state)
{
    struct boot_options options;

    (void)state;
    assert_string_equal(read_options("rd.timeout=soon rw", &options), "rd.timeout");
    assert_int_equal(options.timeout, 30);
    assert_true(options.writable);
    assert_string_equal(read_options("fsck.repair=perhaps", &options), "fsck.repair");
    assert_string_equal(options.repair, "preen");
    assert_string_equal(read_options("root", &options), "root");
    assert_string_equal(read_options("rd.break=shutdown", &options), "rd.break");
    assert_int_equal(options.break_at, BREAK_NONE);
    assert_string_equal(read_options("fastboot fsck.mode=bogus", &options), "fsck.mode");
    assert_true(options.skip_fsck);
    assert_string_equal(read_options("kindling.handover=detach kindling.handover=x", &options), "kindling.handover");
    assert_true(options.detach_mounts);
}

static void arrays(void **state)
{
    struct boot_options options;

    (void)state;
    assert_null(read_options("quiet", &options));
    assert_false(options.no_md);
    assert_false(options.no_md_config);
    assert_int_equal(options.md_degraded, 3);
    assert_null(read_options("rd.md=0 rd.md.conf=0 rd.md.degraded=20", &options));
    assert_true(options.no_md);
    assert_true(options.no_md_config);
    assert_int_equal(options.md_degraded, 20);
    assert_null(read_options("rd.md=1 rd.md.degraded=never", &options));
    assert_false(options.no_md);
    assert_true(options.md_degraded == BOOT_TIMEOUT_NEVER);
    assert_string_equal(read_options("rd.md.degraded=soon", &options), "rd.md.degraded");
    assert_int_equal(options.md_degraded, 3);
}

static void an_empty_value_is_none(void **state)
{
    struct boot_options options;

    (void)state;
    assert_null(read_options("init= rootfstype=ext4 rootfstype= resume= rootfallback= mount.usr=", &options));
    assert_null(options.init);
    assert_null(options.rootfstype);
    assert_null(options.resume);
    assert_null(options.rootfallback);
    assert_null(options.usr);
    assert_string_equal(read_options("root= init", &options), "init");
    assert_string_equal(options.root, "");
}

static void waiting_has_a_limit_or_none(void **state)
{
    struct boot_options options;

    (void)state;
    read_options("rd.timeout=0", &options);
    assert_true(options.timeout == BOOT_TIMEOUT_NEVER);
    read_options("rootwait", &options);
    assert_true(options.timeout == BOOT_TIMEOUT_NEVER);
    read_options("rootwait rd.timeout=5", &options);
    assert_true(options.timeout == BOOT_TIMEOUT_NEVER);
    read_options("rootwait=7", &options);
    assert_int_equal(options.timeout, 7);
    read_options("rd.timeout=18446744073709551615", &options);
    assert_true(options.timeout == BOOT_TIMEOUT_NEVER);
}

static void fsck_words_of_all_traditions(void **state)
{
    struct boot_options options;

    (void)state;
    read_options("fsck.mode=force fsck.repair=yes", &options);
    assert_true(options.force_fsck);
    assert_false(options.skip_fsck);
    assert_string_equal(options.repair, "yes");
    read_options("fastboot", &options);
    assert_true(options.skip_fsck);
    read_options("forcefsck fsckfix", &options);
    assert_true(options.force_fsck);
    assert_string_equal(options.repair, "yes");
    read_options("fsck.mode=force fsck.mode=auto", &options);
    assert_false(options.force_fsck);
}

static void panic_means_no_shell_ever(void **state)
{
    struct boot_options options;

    (void)state;
    read_options("rd.shell", &options);
    assert_true(options.shell);
    read_options("rd.shell rd.break=mount panic=10", &options);
    assert_false(options.shell);
    assert_int_equal(options.break_at, BREAK_NONE);
    read_options("rd.break rd.shell=0", &options);
    assert_false(options.shell);
    assert_int_equal(options.break_at, BREAK_NONE);
    read_options("rd.shell=0 rd.shell", &options);
    assert_true(options.shell);
}

static void break_points_have_two_traditions_names(void **state)
{
    static const struct {
        const char *word;
        unsigned stops_before;
    } words_known[] = {
        {"rd.break=cmdline", BREAK_MODULES},
        {"rd.break=pre-udev", BREAK_MODULES},
        {"rd.break=pre-trigger", BREAK_DEVICES},
        {"rd.break=initqueue", BREAK_ROOT},
        {"rd.break=pre-mount", BREAK_CHECK},
        {"rd.break=mount", BREAK_MOUNT},
        {"rd.break=pre-pivot", BREAK_INIT},
        {"rd.break=cleanup", BREAK_HAND_OVER},
        {"rd.break", BREAK_HAND_OVER},
        {"break=top", BREAK_MODULES},
        {"break=modules", BREAK_MODULES},
        {"break=premount", BREAK_CHECK},
        {"break=mount", BREAK_MOUNT},
        {"break=mountroot", BREAK_MOUNT},
        {"break=bottom", BREAK_INIT},
        {"break=init", BREAK_HAND_OVER},
        {"break", BREAK_CHECK},
        {"rd.break=pre-mount rd.break", BREAK_CHECK | BREAK_HAND_OVER},
    };
    struct boot_options options;

    (void)state;
    for (size_t i = 0; i < sizeof(words_known) / sizeof(words_known[0]); i++) {
        assert_null(read_options(words_known[i].word, &options));
        assert_int_equal(options.break_at, words_known[i].stops_before);
    }
    assert_string_equal(read_options("rd.break=nowhere", &options), "rd.break");
}

static void an_emergency_has_an_end(void **state)
{
    struct boot_options options;

    (void)state;
    read_options("ro", &options);
    assert_int_equal(options.emergency, 0);
    read_options("rd.emergency=halt rd.emergency=poweroff", &options);
    assert_int_equal(options.emergency, RB_POWER_OFF);
    assert_false(options.shell);
    read_options("rd.emergency=reboot", &options);
    assert_int_equal(options.emergency, RB_AUTOBOOT);
    read_options("rd.emergency=halt", &options);
    assert_int_equal(options.emergency, (int)RB_HALT_SYSTEM);
    read_options("rd.emergency=shell", &options);
    assert_true(options.shell);
    assert_int_equal(options.emergency, 0);
    read_options("rd.emergency=shell panic=1", &options);
    assert_false(options.shell);
    assert_string_equal(read_options("rd.emergency=party", &options), "rd.emergency");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_words_and_values),
        cmocka_unit_test(quotes_protect_blanks),
        cmocka_unit_test(an_open_quote_runs_to_the_end),
        cmocka_unit_test(quotes_inside_a_value_stay),
        cmocka_unit_test(defaults_come_first_and_stay_by_themselves),
        cmocka_unit_test(what_follows_two_dashes_is_not_ours),
        cmocka_unit_test(words_that_come_several_times_are_handed_out_one_by_one),
        cmocka_unit_test(the_last_value_wins),
        cmocka_unit_test(options_have_defaults),
        cmocka_unit_test(the_last_word_wins),
        cmocka_unit_test(senseless_values_are_named_and_ignored),
        cmocka_unit_test(arrays),
        cmocka_unit_test(an_empty_value_is_none),
        cmocka_unit_test(waiting_has_a_limit_or_none),
        cmocka_unit_test(fsck_words_of_all_traditions),
        cmocka_unit_test(panic_means_no_shell_ever),
        cmocka_unit_test(break_points_have_two_traditions_names),
        cmocka_unit_test(an_emergency_has_an_end),
    };
    int failed = RUN_TESTS(tests);

    cmdline_free(&words);
    return failed;
}
