#include "unit.h"

#include "format/uuid.h"

static void uuids_have_two_orders(void **state)
{
    static const uint8_t uuid[UUID_SIZE] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xff};
    char text[UUID_TEXT_SIZE];

    (void)state;
    uuid_format(uuid, text);
    assert_string_equal(text, "00010203-0405-0607-0809-0a0b0c0d0eff");
    uuid_format_guid(uuid, text);
    assert_string_equal(text, "03020100-0504-0706-0809-0a0b0c0d0eff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uuids_have_two_orders),
    };

    return RUN_TESTS(tests);
}
