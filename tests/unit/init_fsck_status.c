#include "unit.h"

#include <errno.h>

#include "root/fsck_status.h"

#define SIGNAL(number) (256 + (number))

static void each_bit_has_its_verdict(void **state)
{
    (void)state;
    assert_int_equal(fsck_verdict_of(0, true), FSCK_VERDICT_CHECKED);
    assert_int_equal(fsck_verdict_of(1, true), FSCK_VERDICT_CHECKED);
    assert_int_equal(fsck_verdict_of(2, true), FSCK_VERDICT_REBOOT);
    assert_int_equal(fsck_verdict_of(4, true), FSCK_VERDICT_ERRORS_LEFT);
    assert_int_equal(fsck_verdict_of(8, true), FSCK_VERDICT_DID_NOT_WORK);
    assert_int_equal(fsck_verdict_of(16, true), FSCK_VERDICT_DID_NOT_WORK);
    assert_int_equal(fsck_verdict_of(32, true), FSCK_VERDICT_CANCELLED);
    assert_int_equal(fsck_verdict_of(128, true), FSCK_VERDICT_DID_NOT_WORK);
}

static void the_worst_bit_decides(void **state)
{
    (void)state;
    assert_int_equal(fsck_verdict_of(1 | 2, true), FSCK_VERDICT_REBOOT);
    assert_int_equal(fsck_verdict_of(2 | 32, true), FSCK_VERDICT_REBOOT);
    assert_int_equal(fsck_verdict_of(1 | 4, true), FSCK_VERDICT_ERRORS_LEFT);
    assert_int_equal(fsck_verdict_of(2 | 4, true), FSCK_VERDICT_ERRORS_LEFT);
    assert_int_equal(fsck_verdict_of(4 | 32, true), FSCK_VERDICT_ERRORS_LEFT);
    assert_int_equal(fsck_verdict_of(4 | 8, true), FSCK_VERDICT_DID_NOT_WORK);
    assert_int_equal(fsck_verdict_of(1 | 8, true), FSCK_VERDICT_DID_NOT_WORK);
    assert_int_equal(fsck_verdict_of(255, true), FSCK_VERDICT_DID_NOT_WORK);
}

static void a_checker_that_may_change_nothing_corrects_nothing(void **state)
{
    (void)state;
    assert_int_equal(fsck_verdict_of(0, false), FSCK_VERDICT_CHECKED);
    assert_int_equal(fsck_verdict_of(1, false), FSCK_VERDICT_ERRORS_LEFT);
    assert_int_equal(fsck_verdict_of(1 | 2, false), FSCK_VERDICT_ERRORS_LEFT);
    assert_int_equal(fsck_verdict_of(32, false), FSCK_VERDICT_CANCELLED);
}

/* The numbers of signals have bits of their own, which mean nothing. */
static void no_status_at_all(void **state)
{
    (void)state;
    assert_int_equal(fsck_verdict_of(SIGNAL(1), true), FSCK_VERDICT_DID_NOT_WORK);
    assert_int_equal(fsck_verdict_of(SIGNAL(2), true), FSCK_VERDICT_DID_NOT_WORK);
    assert_int_equal(fsck_verdict_of(SIGNAL(4), true), FSCK_VERDICT_DID_NOT_WORK);
    assert_int_equal(fsck_verdict_of(-ENOMEM, true), FSCK_VERDICT_DID_NOT_WORK);
    assert_int_equal(fsck_verdict_of(-ENOENT, false), FSCK_VERDICT_DID_NOT_WORK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bit_has_its_verdict),
        cmocka_unit_test(the_worst_bit_decides),
        cmocka_unit_test(a_checker_that_may_change_nothing_corrects_nothing),
        cmocka_unit_test(no_status_at_all),
    };

    return RUN_TESTS(tests);
}
