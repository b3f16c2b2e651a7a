#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

/* What the terminal that is standard error meanwhile gets to see. */
static void on_terminal(void (*act)(void), char *seen, size_t size)
{
    int screen = posix_openpt(O_RDWR | O_NOCTTY);
    int kept = dup(STDERR_FILENO);
    size_t used = 0;
    int terminal;
    ssize_t length;

    assert_true(screen >= 0 && kept >= 0 && grantpt(screen) == 0 && unlockpt(screen) == 0);
    terminal = open(ptsname(screen), O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0 && dup2(terminal, STDERR_FILENO) == STDERR_FILENO);
    act();
    fflush(stderr);
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    close(terminal);
    while ((length = read(screen, seen + used, size - 1 - used)) > 0)
        used += (size_t)length;
    seen[used] = '\0';
    close(screen);
    close(kept);
}

static void fail_while_packing(void)
{
    log_progress("packing", 1, 2);
    log_error("cannot go on");
}

static void pack(void)
{
    log_progress("packing", 1, 1000);
    log_progress("packing", 10, 1000);
    log_progress("packing", 11, 1000);
    log_progress_end();
    log_progress_end();
}

static void a_message_takes_the_place_of_the_progress(void **state)
{
    char seen[256];

    (void)state;
    on_terminal(fail_while_packing, seen, sizeof(seen));
    assert_string_equal(seen, "\rkindling: packing 1 of 2\033[K\r\033[Kkindling: cannot go on\r\n");
}

static void progress_is_told_by_the_hundredth_and_erased_once(void **state)
{
    char seen[256];

    (void)state;
    on_terminal(pack, seen, sizeof(seen));
    assert_string_equal(seen, "\rkindling: packing 10 of 1000\033[K\r\033[K");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_takes_the_place_of_the_progress),
        cmocka_unit_test(progress_is_told_by_the_hundredth_and_erased_once),
    };

    return RUN_TESTS(tests);
}
