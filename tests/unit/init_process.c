#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
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

static void set(void *argument)
{
    *(int *)argument = 7;
}

static void never_return(void *argument)
{
    (void)argument;
    for (;;)
        pause();
}

static void a_call_returns_or_is_given_up(void **state)
{
    int value = 0, status;
    pid_t left;

    (void)state;
    assert_int_equal(process_call(set, &value, UINT64_C(3600000000)), 0);
    assert_int_equal(value, 7);
    assert_int_equal(process_lost(), 0);
    assert_int_equal(process_call(never_return, NULL, 1000), -ETIMEDOUT);
    assert_true(process_lost() >= 1000);
    left = waitpid(-1, &status, WUNTRACED);
    assert_true(left > 0 && WIFSTOPPED(status));
    kill(left, SIGKILL);
    assert_int_equal(waitpid(left, &status, 0), left);
    assert_int_equal(process_call(set, &value, UINT64_C(3600000000)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_a_path),
        cmocka_unit_test(a_call_returns_or_is_given_up),
        cmocka_unit_test(changes_one_that_is_there_when_told_to),
    };

    return RUN_TESTS(tests);
}
