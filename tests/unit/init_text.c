#include "unit.h"

#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "system/text.h"

static void joins_all_parts(void **state)
{
    char out[16];

    (void)state;
    assert_int_equal(text_join(out, sizeof(out), "a", "", "bc", NULL), 0);
    assert_string_equal(out, "abc");
    assert_int_equal(text_join(out, sizeof(out), NULL), 0);
    assert_string_equal(out, "");
}

static void fills_the_buffer_to_its_last_byte(void **state)
{
    char out[4];

    (void)state;
    assert_int_equal(text_join(out, sizeof(out), "ab", "c", NULL), 0);
    assert_string_equal(out, "abc");
    assert_int_equal(text_join(out, sizeof(out), "ab", "cd", NULL), -ENAMETOOLONG);
    assert_string_equal(out, "abc");
}

static void writes_device_numbers(void **state)
{
    char out[DEVICE_NUMBER_SIZE];

    (void)state;
    assert_string_equal(text_device_number(makedev(254, 1), out), "254:1");
    assert_string_equal(text_device_number(makedev(4095, 1048575), out), "4095:1048575");
}

static void writes_decimals(void **state)
{
    char out[DECIMAL_SIZE];

    (void)state;
    assert_string_equal(text_decimal(0, out), "0");
    assert_string_equal(text_decimal(UINT64_MAX, out), "18446744073709551615");
}

static void reads_numbers_and_nothing_else(void **state)
{
    uint64_t value = 7;

    (void)state;
    assert_int_equal(text_to_number("18446744073709551615", &value), 0);
    assert_true(value == UINT64_MAX);
    assert_int_equal(text_to_number("18446744073709551616", &value), -ERANGE);
    assert_int_equal(text_to_number("", &value), -EINVAL);
    assert_int_equal(text_to_number("1x", &value), -EINVAL);
    assert_int_equal(text_to_number("-1", &value), -EINVAL);
}

static void cuts_lists_at_their_commas(void **state)
{
    const char *list = "a,,bc,", *start = list;
    size_t length;

    (void)state;
    assert_ptr_equal(text_list_next(&list, &length), start);
    assert_int_equal(length, 1);
    assert_ptr_equal(text_list_next(&list, &length), start + 2);
    assert_int_equal(length, 0);
    assert_ptr_equal(text_list_next(&list, &length), start + 3);
    assert_int_equal(length, 2);
    assert_null(text_list_next(&list, &length));
    assert_null(text_list_next(&list, &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_lists_at_their_commas),
        cmocka_unit_test(joins_all_parts),
        cmocka_unit_test(fills_the_buffer_to_its_last_byte),
        cmocka_unit_test(writes_decimals),
        cmocka_unit_test(writes_device_numbers),
        cmocka_unit_test(reads_numbers_and_nothing_else),
    };

    return RUN_TESTS(tests);
}
