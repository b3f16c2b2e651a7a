#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/string_list.h"

static void parts_are_added_without_the_empty_ones(void **state)
{
    struct string_list list = {0};
    char *joined;

    (void)state;
    string_list_add_parts(&list, ",b,,a:c,", ",:");
    joined = string_list_join(&list, "-");
    assert_string_equal(joined, "b-a-c");
    assert_true(string_list_contains(&list, "a"));
    assert_false(string_list_contains(&list, ""));
    free(joined);
    string_list_free(&list);
}

static void sorting_is_bytewise_and_drops_what_is_there_twice(void **state)
{
    struct string_list list = {0};
    char *joined;

    (void)state;
    string_list_add_parts(&list, "b,a,\xc3\xa4,B,a", ",");
    string_list_take(&list, allocate_string("b"));
    string_list_sort(&list);
    joined = string_list_join(&list, " ");
    assert_string_equal(joined, "B a b \xc3\xa4");
    assert_int_equal(list.count, 4);
    free(joined);
    string_list_free(&list);
}

static void nothing_is_a_list_too(void **state)
{
    struct string_list list = {0};
    char *joined = string_list_join(&list, ",");

    (void)state;
    assert_string_equal(joined, "");
    string_list_sort(&list);
    assert_false(string_list_contains(&list, "a"));
    free(joined);
    string_list_free(&list);
    assert_int_equal(list.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_added_without_the_empty_ones),
        cmocka_unit_test(sorting_is_bytewise_and_drops_what_is_there_twice),
        cmocka_unit_test(nothing_is_a_list_too),
    };

    return RUN_TESTS(tests);
}
