#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command/config.h"

static int parse(struct options *options, const char *source, struct config_error *error)
{
    char *text = strdup(source);
    int result;

    options_init(options);
    result = config_parse(options, text, error);
    free(text);
    return result;
}

static void sets_what_it_names(void **state)
{
    struct options options;
    struct config_error error;

    (void)state;
    assert_int_equal(parse(&options,
                         "# mine\n"
                         "\n"
                         "  profile=generic\n"
                         "feature = a,b\n"
                         "feature = -c\n"
                         "module = m, n\n"
                         "autoload = o\n"
                         "cmdline = root=/dev/vda rootflags=subvol=/@ # no comment\n"
                         "compress = gzip:12\n"
                         "layout = classic\n"
                         "jobs = 7\n"
                         "sysroot = /s\nmodules-dir = /m\ntemplate = /t",
                         &error),
        0);
    assert_string_equal(options.profile, "generic");
    assert_int_equal(options.features.count, 3);
    assert_string_equal(options.features.items[2], "-c");
    assert_int_equal(options.modules.count, 2);
    assert_int_equal(options.autoload.count, 1);
    assert_string_equal(options.settings.cmdline, "root=/dev/vda rootflags=subvol=/@ # no comment");
    assert_int_equal(options.settings.method, COMPRESS_GZIP);
    assert_int_equal(options.settings.level, 12);
    assert_int_equal(options.settings.layout, LAYOUT_CLASSIC);
    assert_int_equal(options.settings.jobs, 7);
    assert_string_equal(options.settings.sysroot, "/s");
    assert_string_equal(options.settings.modules_dir, "/m");
    assert_string_equal(options.settings.template, "/t");
    options_free(&options);
}

static void the_last_value_counts(void **state)
{
    struct options options;
    struct config_error error;

    (void)state;
    assert_int_equal(parse(&options, "profile = a\nprofile = b\ncompress = none\ncompress = gzip\n", &error), 0);
    assert_string_equal(options.profile, "b");
    assert_int_equal(options.settings.method, COMPRESS_GZIP);
    options_free(&options);
}

#define METHODS "there are gzip, zstd, xz and lz4, each with :LEVEL or without, and none"
#define LEVELS "levels go from 1 to 12 (gzip, lz4), 19 (zstd) or 9 (xz), and none has none"

static void says_what_is_wrong_and_where(void **state)
{
    static const struct {
        const char *text;
        unsigned line;
        const char *reason;
    } wrong[] = {
        {"profil = a", 1, "unknown key"},
        {"\nprofile", 2, "not of the form key = value"},
        {"output = x", 1, "unknown key"},
        {"verbose = 1", 1, "unknown key"},
        {"= x", 1, "unknown key"},
        {"jobs = 0", 1, "a number from 1 to 256 is wanted"},
        {"jobs = 1x", 1, "a number from 1 to 256 is wanted"},
        {"jobs = -1", 1, "a number from 1 to 256 is wanted"},
        {"jobs =", 1, "a number from 1 to 256 is wanted"},
        {"jobs = 99999999999999999999", 1, "a number from 1 to 256 is wanted"},
        {"compress = lzo", 1, METHODS},
        {"compress =", 1, METHODS},
        {"compress = gzipped", 1, METHODS},
        {"compress = gz", 1, METHODS},
        {"compress = gzip:", 1, LEVELS},
        {"compress = gzip:13", 1, LEVELS},
        {"compress = xz:10", 1, LEVELS},
        {"compress = zstd:0", 1, LEVELS},
        {"compress = none:1", 1, LEVELS},
        {"layout = lazy\nlayout = other", 2, "there are lazy, kernel and classic"},
        {"sysroot =", 1, "a path is missing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct options options;
        struct config_error error;

        assert_int_equal(parse(&options, wrong[i].text, &error), -EINVAL);
        assert_int_equal(error.line, wrong[i].line);
        assert_string_equal(error.reason, wrong[i].reason);
        options_free(&options);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_what_it_names),
        cmocka_unit_test(the_last_value_counts),
        cmocka_unit_test(says_what_is_wrong_and_where),
    };

    return RUN_TESTS(tests);
}
