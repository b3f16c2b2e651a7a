#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "feature/feature.h"

static void reads_every_keyword(void **state)
{
    char text[] = "# why\n"
                  "description  two words # and a third\n"
                  "feature a b\n"
                  "module c d-e f*\n"
                  "\n"
                  "require g # because\n"
                  "autoload h\n"
                  "late i\n"
                  "program /bin/x /usr/bin/x /bin/y package=z\n"
                  "library libm.so.6 /lib/n/*.so\n"
                  "data /etc/o\n"
                  "file /etc/k\n"
                  "layer l m\n"
                  "network-module p q\n"
                  "own-program /lib/r r";
    static const struct {
        enum feature_keyword keyword;
        unsigned number;
        const char *words;
    } lines[] = {
        {FEATURE_INCLUDE, 3, "a b"},
        {FEATURE_MODULE, 4, "c d-e f*"},
        {FEATURE_REQUIRE, 6, "g"},
        {FEATURE_AUTOLOAD, 7, "h"},
        {FEATURE_LATE, 8, "i"},
        {FEATURE_PROGRAM, 9, "/bin/x /usr/bin/x /bin/y package=z"},
        {FEATURE_LIBRARY, 10, "libm.so.6 /lib/n/*.so"},
        {FEATURE_DATA, 11, "/etc/o"},
        {FEATURE_FILE, 12, "/etc/k"},
        {FEATURE_LAYER, 13, "l m"},
        {FEATURE_NETWORK_MODULE, 14, "p q"},
        {FEATURE_OWN_PROGRAM, 15, "/lib/r r"},
    };
    struct feature feature;
    struct feature_error error;

    (void)state;
    assert_int_equal(feature_parse(&feature, text, &error), 0);
    assert_string_equal(feature.description, "two words # and a third");
    assert_int_equal(feature.line_count, sizeof(lines) / sizeof(lines[0]));
    for (size_t i = 0; i < feature.line_count; i++) {
        char *words = string_list_join(&feature.lines[i].words, " ");

        assert_int_equal(feature.lines[i].keyword, lines[i].keyword);
        assert_int_equal(feature.lines[i].number, lines[i].number);
        assert_string_equal(words, lines[i].words);
        free(words);
    }
    feature_free(&feature);
}

static void nothing_is_a_feature_too(void **state)
{
    char text[] = "";
    struct feature feature;
    struct feature_error error;

    (void)state;
    assert_int_equal(feature_parse(&feature, text, &error), 0);
    assert_string_equal(feature.description, "");
    assert_int_equal(feature.line_count, 0);
    feature_free(&feature);
}

static void says_what_is_wrong_and_where(void **state)
{
    static const struct {
        const char *text;
        unsigned line;
        const char *word;
        const char *reason;
    } wrong[] = {
        {"modul a", 1, "modul", "unknown keyword"},
        {"module a\nMODULE b\n", 2, "MODULE", "unknown keyword"},
        {"\n\nmodule", 3, "module", "needs a name"},
        {"module # a", 1, "module", "needs a name"},
        {"feature a ../b", 1, "../b", "not a feature's name"},
        {"feature -a", 1, "-a", "not a feature's name"},
        {"file etc/x", 1, "etc/x", "not an absolute path"},
        {"program /bin/x bin/x", 1, "bin/x", "not an absolute path"},
        {"program /bin/x package=y", 1, "program", "needs a destination and at least one candidate"},
        {"program /bin/x", 1, "program", "needs a destination and at least one candidate"},
        {"library liba.so b/libb.so", 1, "b/libb.so", "neither a library's name nor an absolute path"},
        {"library lib*.so", 1, "lib*.so", "neither a library's name nor an absolute path"},
        {"own-program /lib/x", 1, "own-program", "needs a destination and a name"},
        {"own-program lib/x x", 1, "lib/x", "not an absolute path"},
        {"own-program /lib/x ../x", 1, "../x", "not a program's name"},
        {"data etc/x", 1, "etc/x", "not an absolute path"},
        {"module a\nlibrary liba.so", 2, "library", "is for the programs of the same file, which has none"},
        {"data /etc/x\nmodule a", 1, "data", "is for the programs of the same file, which has none"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char *text = strdup(wrong[i].text);
        struct feature feature;
        struct feature_error error;

        assert_int_equal(feature_parse(&feature, text, &error), -EINVAL);
        assert_int_equal(error.line, wrong[i].line);
        assert_string_equal(error.word, wrong[i].word);
        assert_string_equal(error.reason, wrong[i].reason);
        feature_free(&feature);
        free(text);
    }
}

static void names_of_features(void **state)
{
    (void)state;
    assert_true(feature_name_is_valid("network-virtio"));
    assert_true(feature_name_is_valid("9p"));
    assert_true(feature_name_is_valid("a_b.c"));
    assert_false(feature_name_is_valid(""));
    assert_false(feature_name_is_valid(".hidden"));
    assert_false(feature_name_is_valid("-a"));
    assert_false(feature_name_is_valid("a/b"));
    assert_false(feature_name_is_valid("a b"));
    assert_false(feature_name_is_valid("\303\274"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_keyword),
        cmocka_unit_test(nothing_is_a_feature_too),
        cmocka_unit_test(says_what_is_wrong_and_where),
        cmocka_unit_test(names_of_features),
    };

    return RUN_TESTS(tests);
}
