#include "unit.h"

#include <libdeflate.h>

#include "format/crc.h"

/* The catalogue's check values: of the nine digits. */
static const char digits[] = "123456789";

static void crc32c_has_its_check_value(void **state)
{
    (void)state;
    assert_int_equal(~crc32c(~0u, digits, 9), 0xe3069283u);
    assert_int_equal(~crc32c(crc32c(~0u, digits, 4), digits + 4, 5), 0xe3069283u);
    assert_int_equal(crc32c(7, digits, 0), 7);
}

static void blanked_bytes_count_as_zeros(void **state)
{
    static const char blanked[] = "12\0\0\0\0"
                                  "789";

    (void)state;
    assert_int_equal(crc32c_blanking(~0u, digits, 9, 2), crc32c(~0u, blanked, 9));
    assert_int_equal(crc32c_blanking(~0u, digits, 9, 5), crc32c(~0u, "12345\0\0\0\0", 9));
}

static void crc64_has_its_check_value(void **state)
{
    (void)state;
    assert_true(crc64(0, digits, 9) == UINT64_C(0x6c40df5f0b497347));
}

/* Of a length that takes the eight bytes a turn and the rest, and continued in the middle. */
static void crc32_has_its_check_value(void **state)
{
    (void)state;
    assert_int_equal(libdeflate_crc32(0, digits, 9), 0xcbf43926u);
    for (size_t first = 0; first <= 9; first++)
        assert_int_equal(libdeflate_crc32(libdeflate_crc32(0, digits, first), digits + first, 9 - first), 0xcbf43926u);
    assert_int_equal(libdeflate_crc32(0, "The quick brown fox jumps over the lazy dog", 43), 0x414fa339u);
    assert_int_equal(libdeflate_crc32(0, digits, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc32_has_its_check_value),
        cmocka_unit_test(crc32c_has_its_check_value),
        cmocka_unit_test(blanked_bytes_count_as_zeros),
        cmocka_unit_test(crc64_has_its_check_value),
    };

    return RUN_TESTS(tests);
}
