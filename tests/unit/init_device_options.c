#include "unit.h"

#include <string.h>

#include "contract/device_options.h"

static void those_that_name_devices_are_found(void **state)
{
    const char *options = "ro,logdev=/dev/sdb1,logbsize=64k,,rtdev=,rtdev=UUID=1-2,xlogdev=/dev/c,journal_path=/dev/d";
    static const struct {
        const char *word;
        const char *value;
    } expected[] = {
        {"logdev=/dev/sdb1", "/dev/sdb1"}, {"rtdev=UUID=1-2", "UUID=1-2"}, {"journal_path=/dev/d", "/dev/d"}};
    struct device_option found;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(device_option_next(&options, &found));
        assert_int_equal(found.length, strlen(expected[i].value));
        assert_memory_equal(found.word, expected[i].word, strlen(expected[i].word));
        assert_memory_equal(found.value, expected[i].value, found.length);
    }
    assert_false(device_option_next(&options, &found));
    assert_string_equal(options, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(those_that_name_devices_are_found)};

    return RUN_TESTS(tests);
}
