#include "unit.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "root/mount_options.h"

static struct mount_options parsed(const char *text, unsigned long flags)
{
    struct mount_options options = {.flags = flags};

    assert_int_equal(mount_options_parse(text, &options), 0);
    return options;
}

static void flags_and_data_part(void **state)
{
    struct mount_options options = parsed("noatime,commit=7,nodev,data=ordered", MS_RDONLY);

    (void)state;
    assert_true(options.flags == (MS_RDONLY | MS_NOATIME | MS_NODEV));
    assert_string_equal(options.data, "commit=7,data=ordered");
}

static void the_last_one_wins(void **state)
{
    (void)state;
    assert_true(parsed("noexec,exec", 0).flags == 0);
    assert_true(parsed("exec,noexec", 0).flags == MS_NOEXEC);
    assert_true(parsed("rw", MS_RDONLY).flags == 0);
}

static void empty_words_are_nothing(void **state)
{
    (void)state;
    assert_string_equal(parsed("", 0).data, "");
    assert_string_equal(parsed(",,a,,defaults,,b,", 0).data, "a,b");
}

static void a_prefix_is_not_the_word(void **state)
{
    (void)state;
    assert_string_equal(parsed("nodevice,no,r", 0).data, "nodevice,no,r");
    assert_true(parsed("nodevice,no,r", 0).flags == 0);
}

static void words_for_user_space_are_nothing(void **state)
{
    (void)state;
    assert_string_equal(
        parsed("defaults,x-systemd.growfs,nofail,commit=7,X-mount.mkdir,_netdev,user", 0).data, "commit=7");
    assert_string_equal(parsed("users2,xattr,usr", 0).data, "users2,xattr,usr");
}

static void more_than_a_page_is_refused(void **state)
{
    char text[MOUNT_DATA_SIZE + 16];
    struct mount_options options = {.flags = 0};

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(mount_options_parse(text, &options), -E2BIG);
    text[MOUNT_DATA_SIZE - 2] = '\0';
    assert_int_equal(mount_options_parse(text, &options), 0);
    assert_int_equal(strlen(options.data), MOUNT_DATA_SIZE - 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_and_data_part),
        cmocka_unit_test(the_last_one_wins),
        cmocka_unit_test(empty_words_are_nothing),
        cmocka_unit_test(a_prefix_is_not_the_word),
        cmocka_unit_test(words_for_user_space_are_nothing),
        cmocka_unit_test(more_than_a_page_is_refused),
    };

    return RUN_TESTS(tests);
}
