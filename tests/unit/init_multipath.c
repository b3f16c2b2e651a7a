/* Which disks are multipath devices, and their names, as multipath-tools' files tell. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "storage/multipath_settings.h"

static void test_list(void **state)
{
    static const char wwids[] = "# Multipath wwids, Version : 1.0\n# Valid WWIDs:\n/3600140500000001/\n/360014052/\n";

    (void)state;
    assert_true(multipath_is_listed(wwids, "3600140500000001"));
    assert_true(multipath_is_listed(wwids, "360014052"));
    assert_false(multipath_is_listed(wwids, "36001405"));
    assert_false(multipath_is_listed(wwids, "3600140500000002"));
    assert_true(multipath_is_listed("/1/", "1"));
    assert_false(multipath_is_listed("", "1"));
    assert_false(multipath_is_listed("#/1/", "1"));
}

static void test_names(void **state)
{
    static const char bindings[] = "# Format:\n# alias wwid\nmpatha 3600a\nmpathb 3600b\nmpathc",
                      config[] = "defaults { user_friendly_names yes }\n# wwid 3600b alias no\nblacklist {\n  wwid "
                                 "3600b\n  device { vendor \"x{y\" }\n}\n"
                                 "multipaths {\n multipath {\n  wwid \"3600b\"\n  alias system # for /\n }\n multipath "
                                 "{ alias data\n wwid 3600c }\n"
                                 " multipath { wwid 3600d\n alias ../x }\n}\n";
    static const struct {
        const char *wwid, *name;
    } cases[] = {{"3600a", "mpatha"}, {"3600b", "system"}, {"3600c", "data"}, {"3600d", "3600d"}, {"3600e", "3600e"},
        {"3600", "3600"}};
    char name[16];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(multipath_name(config, bindings, cases[i].wwid, name, sizeof(name)), 0);
        assert_string_equal(name, cases[i].name);
    }
    assert_int_equal(multipath_name(NULL, NULL, "3600a", name, sizeof(name)), 0);
    assert_string_equal(name, "3600a");
    assert_int_equal(multipath_name(NULL, bindings, "3600b", name, sizeof(name)), 0);
    assert_string_equal(name, "mpathb");
    assert_int_equal(multipath_name(NULL, NULL, "0123456789012345", name, sizeof(name)), -ENAMETOOLONG);
}

/* Of a text that ends anywhere nothing is read beyond its end. */
static void test_cut(void **state)
{
    static const char whole[] = "multipaths { multipath { wwid \"3600b\" alias \"system\" } } # end\nmpatha 3600a\n";
    char text[sizeof(whole)], name[64];

    (void)state;
    for (size_t length = 0; length < sizeof(whole); length++) {
        memcpy(text, whole, length);
        text[length] = '\0';
        assert_int_equal(multipath_name(text, text, "3600b", name, sizeof(name)), 0);
        (void)multipath_is_listed(text, "3600b");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list), cmocka_unit_test(test_names), cmocka_unit_test(test_cut)};

    return RUN_TESTS(tests);
}
