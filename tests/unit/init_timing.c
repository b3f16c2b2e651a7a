#include "unit.h"

#include "system/timing.h"

#define LONG 1000000000000u /* eleven days */

static void what_is_due_waits_again(void **state)
{
    uint64_t next = 0, before = timing_now();

    (void)state;
    assert_true(timing_is_due(&next, LONG));
    assert_true(next >= before + LONG && next <= timing_now() + LONG);
    before = next;
    assert_false(timing_is_due(&next, LONG));
    assert_true(next == before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_due_waits_again),
    };

    return RUN_TESTS(tests);
}
