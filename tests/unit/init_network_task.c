#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/network_task.h"

/* Shared with the child: how often it has tried. */
static volatile unsigned *tries;
static struct boot boot;
static struct network_task task;

static int begin(void **state)
{
    (void)state;
    if (!tries)
        tries = mmap(NULL, sizeof(*tries), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *tries = 0;
    return 0;
}

/* Until the child has told something more, or has ended. */
static bool look(void)
{
    struct pollfd events = {.fd = task.answers, .events = POLLIN};

    assert_int_equal(poll(&events, 1, -1), 1);
    return network_task_look(&task);
}

static void at_the_third_try(struct boot *unused, const void *context, struct network_answer *answer)
{
    (void)unused;
    if (++*tries < 3)
        network_answer(answer, -ECONNREFUSED, "cannot reach ", context, NULL);
    else
        network_answer(answer, 0, "/dev/", context, NULL);
}

static void a_server_that_comes_late(void **state)
{
    (void)state;
    assert_int_equal(network_task_start(&task, &boot, at_the_third_try, "nbd0"), 0);
    while (!look())
        continue;
    assert_int_equal(*tries, 3);
    assert_int_equal(task.answer.error, 0);
    assert_string_equal(task.answer.text, "/dev/nbd0");
    assert_true(network_task_look(&task));
}

static void never(struct boot *unused, const void *context, struct network_answer *answer)
{
    (void)unused;
    (void)context;
    ++*tries;
    network_answer(answer, -ENOENT, "no such export", NULL);
}

static void what_another_try_would_not_mend(void **state)
{
    (void)state;
    assert_int_equal(network_task_start(&task, &boot, never, NULL), 0);
    while (!look())
        continue;
    assert_int_equal(*tries, 1);
    assert_int_equal(task.answer.error, -ENOENT);
    assert_string_equal(task.answer.text, "no such export");
}

static void blocks(struct boot *unused, const void *context, struct network_answer *answer)
{
    (void)unused;
    (void)context;
    (void)answer;
    ++*tries;
    for (;;)
        pause();
}

static void one_that_never_comes_back(void **state)
{
    pid_t child;

    (void)state;
    assert_int_equal(network_task_start(&task, &boot, blocks, NULL), 0);
    child = task.child;
    assert_false(network_task_look(&task));
    assert_int_equal(task.answer.error, -EINPROGRESS);
    network_task_end(&task);
    assert_true(network_task_look(&task));
    assert_int_equal(kill(child, 0), -1);
    assert_int_equal(errno, ESRCH);
    network_task_end(&task); /* a second time does nothing */
}

static void dies(struct boot *unused, const void *context, struct network_answer *answer)
{
    (void)unused;
    (void)context;
    (void)answer;
    raise(SIGKILL);
}

static void one_that_dies(void **state)
{
    (void)state;
    assert_int_equal(network_task_start(&task, &boot, dies, NULL), 0);
    assert_true(look());
    assert_int_equal(task.answer.error, -EINPROGRESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_server_that_comes_late, begin),
        cmocka_unit_test_setup(what_another_try_would_not_mend, begin),
        cmocka_unit_test_setup(one_that_never_comes_back, begin),
        cmocka_unit_test_setup(one_that_dies, begin),
    };

    return RUN_TESTS(tests);
}
