#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/modprobe_lines.h"

static unsigned check(const char *text)
{
    char *copy = strdup(text);
    unsigned line = modprobe_lines_check(copy);

    free(copy);
    return line;
}

static void knows_each_command(void **state)
{
    (void)state;
    assert_int_equal(check("# a comment\n\nalias fs-x x\nblacklist x\noptions x a=1 b=2\ninstall x /bin/true\n"
                           "remove x /bin/true\nsoftdep x pre: a post: b\nweakdep x a\n"),
        0);
    assert_int_equal(check(""), 0);
    assert_int_equal(check(" \t\n  # indented"), 0);
}

static void finds_what_libkmod_passes_over(void **state)
{
    (void)state;
    assert_int_equal(check("sontdep x pre: a\n"), 1);
    assert_int_equal(check("blacklist x\noption x a=1\n"), 2);
    assert_int_equal(check("alias x\n"), 1);
    assert_int_equal(check("\nblacklist\n"), 2);
}

static void lines_that_go_on(void **state)
{
    (void)state;
    assert_int_equal(check("install x /bin/a \\\nand more \\\nand more\nblacklist y\n"), 0);
    assert_int_equal(check("install x /bin/a \\\nand more\nwrong y\n"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_each_command),
        cmocka_unit_test(finds_what_libkmod_passes_over),
        cmocka_unit_test(lines_that_go_on),
    };

    return RUN_TESTS(tests);
}
