#include "unit.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "contract/glob.h"

static void aliases_of_real_modules(void **state)
{
    (void)state;
    assert_true(glob_matches("pci:v00001AF4d*sv*sd*bc*sc*i*", "pci:v00001AF4d00001001sv00001AF4sd00000002bc01sc00i00"));
    assert_false(
        glob_matches("pci:v00001AF4d*sv*sd*bc*sc*i*", "pci:v00008086d00001001sv00001AF4sd00000002bc01sc00i00"));
    assert_true(
        glob_matches("usb:v*p*d*dc*dsc*dp*ic08isc06ip50in*", "usb:v46F4p0001d0000dc00dsc00dp00ic08isc06ip50in00"));
    assert_true(glob_matches("input:b0003v*p*e*-e*14,*", "input:b0003v1234p0001e0000-e0,1,14,k71,ramlsfw"));
    assert_true(glob_matches("of:N*T*Cfoo,barC*", "of:NdiskTblockCfoo,barCbaz"));
    assert_true(glob_matches("acpi*:LNRO0005:*", "acpi:LNRO0005:"));
}

static void edges(void **state)
{
    (void)state;
    assert_true(glob_matches("", ""));
    assert_false(glob_matches("", "a"));
    assert_true(glob_matches("***", ""));
    assert_false(glob_matches("?", ""));
    assert_true(glob_matches("[", "["));
    assert_true(glob_matches("a\\*", "a*"));
    assert_false(glob_matches("a\\*", "ab"));
    assert_true(glob_matches("\\", "\\") || fnmatch("\\", "\\", 0) != 0);
}

/* A few letters only, so that matches are common. */
static void random_text(char *out, size_t most, const char *letters, size_t count)
{
    size_t length = (size_t)rand() % most;

    for (size_t i = 0; i < length; i++)
        out[i] = letters[(size_t)rand() % count];
    out[length] = '\0';
}

static void agrees_with_fnmatch(void **state)
{
    unsigned matched = 0;

    (void)state;
    srand(2);
    for (int round = 0; round < 300000; round++) {
        char pattern[12], text[10];

        random_text(pattern, sizeof(pattern), "ab*?[]a-b!*", 11);
        random_text(text, sizeof(text), "ab-]", 4);
        if (glob_matches(pattern, text) != (fnmatch(pattern, text, 0) == 0))
            fail_msg("\"%s\" against \"%s\": fnmatch says %d", pattern, text, fnmatch(pattern, text, 0) == 0);
        matched += glob_matches(pattern, text);
    }
    assert_true(matched > 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aliases_of_real_modules),
        cmocka_unit_test(edges),
        cmocka_unit_test(agrees_with_fnmatch),
    };

    return RUN_TESTS(tests);
}
