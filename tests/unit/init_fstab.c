#include "unit.h"

#include <string.h>

#include "contract/fstab.h"

static struct fstab_entry entry;

static bool finds(const char *text, const char *mount_point)
{
    static char copy[4096];

    assert_true(strlen(text) < sizeof(copy));
    memcpy(copy, text, strlen(text) + 1);
    return fstab_find(copy, mount_point, &entry);
}

/* As Debian's installer writes it. */
static const char debian[] =
    "# /etc/fstab: static file system information.\n"
    "#\n"
    "# <file system> <mount point>   <type>  <options>       <dump>  <pass>\n"
    "UUID=6b6b6b6b-1111-4222-8333-0123456789ab /               ext4    errors=remount-ro 0       1\n"
    "# /usr was on /dev/vda2 during installation\n"
    "UUID=6b6b6b6b-2222-4222-8333-0123456789ab\t/usr\text4\tdefaults,nodev 0 2\n"
    "UUID=6b6b6b6b-3333-4222-8333-0123456789ab none            swap    sw              0       0\n"
    "/dev/sr0        /media/cdrom0   udf,iso9660 user,noauto     0       0";

static void fields(void **state)
{
    (void)state;
    assert_true(finds(debian, "/"));
    assert_string_equal(entry.spec, "UUID=6b6b6b6b-1111-4222-8333-0123456789ab");
    assert_string_equal(entry.type, "ext4");
    assert_string_equal(entry.options, "errors=remount-ro");
    assert_true(entry.check);
    assert_true(finds(debian, "/usr"));
    assert_string_equal(entry.options, "defaults,nodev");
    assert_true(finds(debian, "/media/cdrom0")); /* the last line has no end */
    assert_false(entry.check);
    assert_false(finds(debian, "/home"));
}

static void what_may_be_missing(void **state)
{
    (void)state;
    assert_true(finds("/dev/vda / ext4", "/"));
    assert_string_equal(entry.options, "");
    assert_false(entry.check);
    assert_true(finds("/dev/vda / ext4 ro 0\n", "/"));
    assert_false(entry.check);
    assert_false(finds("/dev/vda /\n", "/"));
    assert_false(finds("", "/"));
    assert_false(finds("\n\n   \n", "/"));
}

static void octal_escapes(void **state)
{
    (void)state;
    assert_true(finds("LABEL=my\\040usr\\011x /my\\134usr ext4 a\\054b 0 0", "/my\\usr"));
    assert_string_equal(entry.spec, "LABEL=my usr\tx");
    assert_string_equal(entry.options, "a,b");
    assert_true(finds("LABEL=a\\04 /\\9 ext4 a\\", "/\\9")); /* none of these is one */
    assert_string_equal(entry.spec, "LABEL=a\\04");
    assert_string_equal(entry.options, "a\\");
}

static void comments_and_line_ends(void **state)
{
    (void)state;
    assert_false(finds("#/dev/vda / ext4 ro 0 1\n  # /dev/vda / ext4 ro 0 1\n", "/"));
    assert_true(finds("/dev/vda / ext4 ro 0 1\r\n", "/"));
    assert_true(entry.check);
}

static void a_hash_is_a_comment_at_the_beginning_alone(void **state)
{
    (void)state;
    assert_true(finds("LABEL=a#b /usr#2 ext4 ro,x=# 0 0 # on the second disk\n", "/usr#2"));
    assert_string_equal(entry.spec, "LABEL=a#b");
    assert_string_equal(entry.options, "ro,x=#");
    assert_true(finds("\\043a / ext4 ro 0 0", "/")); /* it was not one when it was written */
    assert_string_equal(entry.spec, "#a");
}

static void one_by_one(void **state)
{
    char text[] = "# all\n/dev/a / ext4\n\n/dev/b /home/ xfs ro\n/dev/c\n";
    char *rest = text;

    (void)state;
    assert_true(fstab_next(&rest, &entry));
    assert_string_equal(entry.place, "/");
    assert_true(fstab_next(&rest, &entry));
    assert_string_equal(entry.spec, "/dev/b");
    assert_string_equal(entry.place, "/home");
    assert_string_equal(entry.type, "xfs");
    assert_false(fstab_next(&rest, &entry));
    assert_false(fstab_next(&rest, &entry));
}

static void the_first_one_of_a_place(void **state)
{
    (void)state;
    assert_true(finds("/dev/a /usr/ ext4 a\n/dev/b /usr ext4 b\n", "/usr"));
    assert_string_equal(entry.spec, "/dev/a");
    assert_true(finds("/dev/a /usr/local ext4 a\n/dev/b // ext4 b\n", "/"));
    assert_string_equal(entry.spec, "/dev/b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(what_may_be_missing),
        cmocka_unit_test(octal_escapes),
        cmocka_unit_test(comments_and_line_ends),
        cmocka_unit_test(a_hash_is_a_comment_at_the_beginning_alone),
        cmocka_unit_test(one_by_one),
        cmocka_unit_test(the_first_one_of_a_place),
    };

    return RUN_TESTS(tests);
}
