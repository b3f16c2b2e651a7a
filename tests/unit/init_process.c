#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "system/process.h"

static char ours[] = "PATH=/ours";

static void adds_a_path(void **state)
{
    char home[] = "HOME=/", paths[] = "PATHS=/none";
    char *variables[] = {home, paths, NULL};
    char **before = environ, **after;

    (void)state;
    environ = variables;
    process_set_path(ours, false);
    after = environ;
    environ = before;
    assert_ptr_equal(after[0], ours);
    assert_ptr_equal(after[1], home);
    assert_ptr_equal(after[2], paths);
    assert_null(after[3]);
    free(after);
}

static void changes_one_that_is_there_when_told_to(void **state)
{
    char home[] = "HOME=/", theirs[] = "PATH=/theirs";
    char *variables[] = {home, theirs, NULL};
    char **before = environ, **after, *kept;

    (void)state;
    environ = variables;
    process_set_path(ours, false);
    kept = variables[1];
    process_set_path(ours, true);
    after = environ;
    environ = before;
    assert_ptr_equal(after, variables);
    assert_ptr_equal(kept, theirs);
    assert_ptr_equal(variables[0], home);
    assert_ptr_equal(variables[1], ours);
    assert_null(variables[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_a_path),
        cmocka_unit_test(changes_one_that_is_there_when_told_to),
    };

    return RUN_TESTS(tests);
}
