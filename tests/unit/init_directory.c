#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/directory.h"

#define NAMES 500 /* of some 30 bytes each: several calls of the kernel */

static char place[] = "/tmp/kindling-directory-XXXXXX";

/* "file-00042-of-a-long-name" */
static void name_of(int number, char name[32])
{
    memcpy(name, "file-00000-of-a-long-name", sizeof("file-00000-of-a-long-name"));
    for (int digit = 9; number > 0; digit--, number /= 10)
        name[digit] = (char)('0' + number % 10);
}

static int make_names(void **state)
{
    char name[32];
    int directory;

    (void)state;
    if (!mkdtemp(place))
        return -1;
    directory = open(place, O_PATH);
    for (int i = 0; i < NAMES; i++) {
        name_of(i, name);
        close(openat(directory, name, O_CREAT | O_WRONLY, 0600));
    }
    close(openat(directory, ".hidden", O_CREAT | O_WRONLY, 0600));
    mkdirat(directory, "..below", 0700);
    return close(directory);
}

static int remove_names(void **state)
{
    struct directory directory;
    const struct dirent *entry;

    (void)state;
    directory_open(&directory, AT_FDCWD, place);
    while ((entry = directory_next(&directory)))
        unlinkat(directory.fd, entry->d_name, entry->d_type == DT_DIR ? AT_REMOVEDIR : 0);
    directory_close(&directory);
    return rmdir(place);
}

static void lists_each_name_once(void **state)
{
    bool seen[NAMES] = {false};
    struct directory directory;
    const struct dirent *entry;
    char name[32];
    int others = 0;

    (void)state;
    directory_open(&directory, AT_FDCWD, place);
    assert_true(directory.fd >= 0);
    while ((entry = directory_next(&directory))) {
        int number = atoi(entry->d_name + strlen("file-"));

        if (entry->d_name[0] == '.') {
            others++;
            continue;
        }
        name_of(number, name);
        assert_string_equal(entry->d_name, name);
        assert_false(seen[number]);
        seen[number] = true;
    }
    directory_close(&directory);
    for (int i = 0; i < NAMES; i++)
        assert_true(seen[i]);
    assert_int_equal(others, 2); /* ".hidden" and "..below", but neither "." nor ".." */
}

static void goes_on_from_a_descriptor(void **state)
{
    struct directory directory;
    int parent = open("/tmp", O_PATH);

    (void)state;
    directory_begin(&directory, openat(parent, strrchr(place, '/') + 1, O_RDONLY | O_DIRECTORY));
    assert_non_null(directory_next(&directory));
    directory_close(&directory);
    close(parent);
}

static void what_is_not_there_has_no_names(void **state)
{
    struct directory directory;

    (void)state;
    directory_open(&directory, AT_FDCWD, "/nowhere");
    assert_int_equal(errno, ENOENT);
    assert_int_equal(directory.fd, -1);
    assert_null(directory_next(&directory));
    assert_null(directory_next(&directory));
    directory_close(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_each_name_once),
        cmocka_unit_test(goes_on_from_a_descriptor),
        cmocka_unit_test(what_is_not_there_has_no_names),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_names, remove_names);
}
