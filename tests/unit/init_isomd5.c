#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "contract/isomd5.h"

#define SUM "1fd0d0a365727c5db868648ced52ebbc"

static uint8_t descriptor[ISO9660_DESCRIPTOR_SIZE];

/* As implantisomd5 leaves a descriptor of 11,883 sectors. */
static void describe(const char *field)
{
    memset(descriptor, 0, sizeof(descriptor));
    memcpy(descriptor, "\1CD001\1", 7);
    descriptor[80] = 0x6b;
    descriptor[81] = 0x2e;
    memset(descriptor + ISOMD5_FIELD_OFFSET - ISO9660_DESCRIPTORS_OFFSET, ' ', ISOMD5_FIELD_SIZE);
    memcpy(descriptor + ISOMD5_FIELD_OFFSET - ISO9660_DESCRIPTORS_OFFSET, field, strlen(field));
}

static void what_is_implanted(void **state)
{
    struct isomd5 found;

    (void)state;
    describe("ISO MD5SUM = " SUM ";SKIPSECTORS = 15;RHLISOSTATUS=0;FRAGMENT SUMS = b88f;FRAGMENT COUNT = 20;");
    assert_int_equal(isomd5_parse(descriptor, &found), 0);
    assert_string_equal(found.sum, SUM);
    assert_int_equal(found.size, (11883 - 15) * 2048);
}

static void what_is_not(void **state)
{
    struct isomd5 found;

    (void)state;
    describe("");
    assert_int_equal(isomd5_parse(descriptor, &found), -ENOENT);
    describe("ISO MD5SUM = " SUM ";");
    assert_int_equal(isomd5_parse(descriptor, &found), -ENOENT);
    describe("ISO MD5SUM = 1fd0;SKIPSECTORS = 15;");
    assert_int_equal(isomd5_parse(descriptor, &found), -EINVAL);
    describe("ISO MD5SUM = " SUM ";SKIPSECTORS = 11883;");
    assert_int_equal(isomd5_parse(descriptor, &found), -EINVAL);
    describe("ISO MD5SUM = " SUM ";SKIPSECTORS = -1;");
    assert_int_equal(isomd5_parse(descriptor, &found), -EINVAL);
    describe("ISO MD5SUM = " SUM ";SKIPSECTORS = 11875;"); /* the sum would not be over itself */
    assert_int_equal(isomd5_parse(descriptor, &found), -EINVAL);
    describe("ISO MD5SUM = " SUM ";SKIPSECTORS = 15;");
    descriptor[1] = 'B';
    assert_int_equal(isomd5_parse(descriptor, &found), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_implanted),
        cmocka_unit_test(what_is_not),
    };

    return RUN_TESTS(tests);
}
