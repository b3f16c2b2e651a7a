#include "unit.h"

#include <errno.h>
#include <string.h>

#include "contract/persistence_conf.h"

static char copy[1024];
static char *rest;

static void begin(const char *text)
{
    assert_true(strlen(text) < sizeof(copy));
    memcpy(copy, text, strlen(text) + 1);
    rest = copy;
}

static void is(const char *directory, const char *source, enum persistence_kind kind)
{
    struct persistence_entry entry;

    assert_int_equal(persistence_conf_next(&rest, &entry), 1);
    assert_string_equal(entry.directory, directory);
    assert_string_equal(entry.source, source);
    assert_int_equal(entry.kind, kind);
}

static void ends(void)
{
    struct persistence_entry entry;

    assert_int_equal(persistence_conf_next(&rest, &entry), 0);
    assert_int_equal(persistence_conf_next(&rest, &entry), 0);
}

/* persistence.conf(5)'s own examples, and what may be around them. */
static void entries(void **state)
{
    (void)state;
    begin("# what is kept\n\n/home\n  /etc union,source=config\t\n/ union\n/home/user link,source=config-files/user\n"
          "/var bind,source=.\r\n/srv/data source=x/y");
    is("/home", "home", PERSISTENCE_BIND);
    is("/etc", "config", PERSISTENCE_UNION);
    is("/", "", PERSISTENCE_UNION);
    is("/home/user", "config-files/user", PERSISTENCE_LINK);
    is("/var", "", PERSISTENCE_BIND);
    is("/srv/data", "x/y", PERSISTENCE_BIND);
    ends();
    begin("");
    ends();
}

static void what_is_refused(void **state)
{
    static const char *const lines[] = {"home", "/lib", "/lib/modules", "/run/live/medium", "/home/../etc", "/./x",
        "/x/..", "/home source=/etc", "/home source=../x", "/home source=", "/home source=a/./b", "/home copy",
        "/home bind,ro"};

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct persistence_entry entry;

        begin(lines[i]);
        assert_int_equal(persistence_conf_next(&rest, &entry), -EINVAL);
        assert_non_null(entry.directory);
        ends();
    }
    begin("/library\n/run/lively\n/a..b/.c\n");
    is("/library", "library", PERSISTENCE_BIND);
    is("/run/lively", "run/lively", PERSISTENCE_BIND);
    is("/a..b/.c", "a..b/.c", PERSISTENCE_BIND);
    ends();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries),
        cmocka_unit_test(what_is_refused),
    };

    return RUN_TESTS(tests);
}
