#include "unit.h"

#include <string.h>

#include "format/utf16.h"

static void assert_text(const void *units, size_t count, enum utf16_order order, const char *expected)
{
    char text[UTF16_TEXT_SIZE(8)];

    assert_true(count <= 8);
    utf16_to_utf8(units, count, order, text, sizeof(text));
    assert_string_equal(text, expected);
}

static void all_lengths_are_encoded(void **state)
{
    (void)state;
    assert_text("A\0\xf6\0\xac\x20\x3d\xd8\x25\xdd", 5, UTF16_LITTLE_ENDIAN, "Aö€🔥");
    assert_text("\0A\0\xf6\x20\xac\xd8\x3d\xdd\x25", 5, UTF16_BIG_ENDIAN, "Aö€🔥");
    assert_text("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 8, UTF16_LITTLE_ENDIAN,
        "\xef\xbf\xbf\xef\xbf\xbf\xef\xbf\xbf\xef\xbf\xbf\xef\xbf\xbf\xef\xbf\xbf\xef\xbf\xbf\xef\xbf\xbf");
}

static void a_zero_ends_it(void **state)
{
    (void)state;
    assert_text("A\0\0\0B", 3, UTF16_LITTLE_ENDIAN, "A");
    assert_text("", 0, UTF16_LITTLE_ENDIAN, "");
}

static void half_a_pair_is_replaced(void **state)
{
    (void)state;
    assert_text("A\0\x3d\xd8", 2, UTF16_LITTLE_ENDIAN, "A\xef\xbf\xbd");
    assert_text("\x3d\xd8"
                "A\0",
        2, UTF16_LITTLE_ENDIAN,
        "\xef\xbf\xbd"
        "A");
    assert_text("\x25\xdd"
                "A\0",
        2, UTF16_LITTLE_ENDIAN,
        "\xef\xbf\xbd"
        "A");
}

static void what_does_not_fit_is_left_off_whole(void **state)
{
    char text[4];

    (void)state;
    utf16_to_utf8((const uint8_t *)"A\0\xac\x20", 2, UTF16_LITTLE_ENDIAN, text, sizeof(text));
    assert_string_equal(text, "A");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_lengths_are_encoded),
        cmocka_unit_test(a_zero_ends_it),
        cmocka_unit_test(half_a_pair_is_replaced),
        cmocka_unit_test(what_does_not_fit_is_left_off_whole),
    };

    return RUN_TESTS(tests);
}
