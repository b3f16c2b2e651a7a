#include "unit.h"

#include <errno.h>
#include <string.h>

#include "contract/seal.h"

static const char index_bytes[] = "index";
static const char init_bytes[] = "123456789";

static int check(const uint8_t *seal, size_t size, const char *index, const char *init)
{
    return seal_check(seal, size, index, strlen(index), init, init ? strlen(init) : 0);
}

/* The layout as it stands in images that were made: their /init reads this and no other. */
static void bytes_are_where_they_always_were(void **state)
{
    static const uint8_t expected[SEAL_SIZE] = {
        'K', 'N', 'D', 'L', 'S', 'E', 'A', 'L', 2, 1, 0, 0, 9, 0, 0, 0, 0x26, 0x39, 0xf4, 0xcb, 0x39, 0xa3, 0x4f, 0x41};
    static const char fox[] = "The quick brown fox jumps over the lazy dog";
    uint8_t seal[SEAL_SIZE];

    (void)state;
    seal_write(seal, 258, init_bytes, 9, fox, strlen(fox));
    assert_memory_equal(seal, expected, SEAL_SIZE);
}

static void what_was_sealed_fits(void **state)
{
    uint8_t seal[SEAL_SIZE];

    (void)state;
    seal_write(seal, 1, index_bytes, 5, init_bytes, 9);
    assert_int_equal(check(seal, SEAL_SIZE, "index", "123456789"), 0);
    assert_int_equal(check(seal, SEAL_SIZE, "index", NULL), 0);
}

static void what_was_not_is_told_apart(void **state)
{
    uint8_t seal[SEAL_SIZE];

    (void)state;
    seal_write(seal, 1, index_bytes, 5, init_bytes, 9);
    assert_int_equal(check(seal, SEAL_SIZE - 1, "index", NULL), -ENODATA);
    assert_int_equal(check(seal, 0, "index", NULL), -ENODATA);
    assert_int_equal(check(seal, SEAL_SIZE, "indeX", NULL), -EILSEQ);
    assert_int_equal(check(seal, SEAL_SIZE, "inde", NULL), -EILSEQ);
    assert_int_equal(check(seal, SEAL_SIZE, "index", "12345678"), -ELIBBAD);
    seal[0] = 'k';
    assert_int_equal(check(seal, SEAL_SIZE, "index", NULL), -EILSEQ);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_where_they_always_were),
        cmocka_unit_test(what_was_sealed_fits),
        cmocka_unit_test(what_was_not_is_told_apart),
    };

    return RUN_TESTS(tests);
}
