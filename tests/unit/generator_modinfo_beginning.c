#include "unit.h"

#include <string.h>

#include "kernel/modinfo_beginning.h"

#define ENTRIES "alias=pci:v1*\0depends=a,b\0vermagic=6.12 SMP\0name=it\0"

/* Whether exactly the entries are found in the bytes, all but the NUL that C adds. */
#define FINDS(bytes) finds((const uint8_t *)(bytes), sizeof(bytes) - 1)

static bool finds(const uint8_t *bytes, size_t size)
{
    struct modinfo info = {0};

    if (!modinfo_find_strings(bytes, size, &info))
        return false;
    assert_int_equal(info.size, sizeof(ENTRIES) - 1);
    assert_memory_equal(info.text, ENTRIES, info.size);
    return true;
}

static void entries_are_found_between_what_is_none(void **state)
{
    (void)state;
    assert_true(FINDS("\x7f"
                      "ELF\0\1\2\0" ENTRIES "\0\0\0other\0"));
    assert_true(FINDS("\0\1\2\3\0\0\0\0" ENTRIES "\1\2\3\0"));
    assert_true(FINDS("text\0text\0" ENTRIES "text\0"));
    /* What is behind a gap has nothing to do with it. */
    assert_true(FINDS("\0inode=%lu\0\0\0" ENTRIES "\0\0state=%d\0"));
}

static void what_may_hide_an_entry_is_a_doubt(void **state)
{
    (void)state;
    assert_false(FINDS("\1\0\1\2alias=pci:v2*\0" ENTRIES "\0\0other\0"));
    assert_false(FINDS("\1\0unheard-of=1\0" ENTRIES "\0\0other\0"));
    assert_false(FINDS("\1\0text\0" ENTRIES "unheard-of=1\0"));
    assert_false(FINDS("\1\0alias=pci:v2*\0\0\0" ENTRIES "\0\0other\0"));
    assert_false(FINDS("\1\0text\0" ENTRIES "\0\0\0alias=pci:v2*\0"));
}

static void what_is_not_there_yet_is_a_doubt(void **state)
{
    (void)state;
    assert_false(FINDS(""));
    assert_false(FINDS("\1\0text\0alias=pci:v2*\0"));
    assert_false(FINDS(ENTRIES "\0\0other\0"));
    assert_false(FINDS("\0" ENTRIES "other\0"));
    assert_false(FINDS("\1\0text\0" ENTRIES));
    assert_false(FINDS("\1\0text\0" ENTRIES "alias=pci"));
    assert_false(FINDS("\1\0text\0" ENTRIES "\0\0\0"));
    assert_false(FINDS("\1\0text\0" ENTRIES "\0\0\0alia"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_found_between_what_is_none),
        cmocka_unit_test(what_may_hide_an_entry_is_a_doubt),
        cmocka_unit_test(what_is_not_there_yet_is_a_doubt),
    };

    return RUN_TESTS(tests);
}
