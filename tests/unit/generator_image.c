#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/image.h"

static int add_file(struct image *image, const char *name, enum image_place place)
{
    struct buffer bytes = {0};

    buffer_append_string(&bytes, "content");
    return image_add_file(image, name, 0644, &bytes, place, "a test");
}

static void assert_order(struct image *image, const char *const *names, size_t count)
{
    image_arrange(image);
    assert_int_equal(image->count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(image->entries[i]->name, names[i]);
}

static void parents_come_first_and_by_themselves(void **state)
{
    static const char *const names[] = {"a", "a-b", "a/b", "a/b/c", "z", "a-b/x", "a/b/c/d", "a/y"};
    struct image image = {0};

    (void)state;
    assert_int_equal(add_file(&image, "/a/b/c/d", IMAGE_HEAD), 0);
    assert_int_equal(add_file(&image, "a-b/x", IMAGE_HEAD), 0);
    assert_int_equal(image_add_directory(&image, "z", 01777, "a test"), 0);
    assert_int_equal(add_file(&image, "a/y", IMAGE_HEAD), 0);
    assert_order(&image, names, sizeof(names) / sizeof(names[0]));
    assert_int_equal(image.entries[0]->mode, S_IFDIR | 0755);
    assert_int_equal(image.entries[4]->mode, S_IFDIR | 01777);
    image_free(&image);
}

static void places_come_in_their_order(void **state)
{
    static const char *const names[] = {"d", "d/m", "z", "a", "d/b", "c"};
    struct image image = {0};

    (void)state;
    assert_int_equal(add_file(&image, "c", IMAGE_SEAL), 0);
    assert_int_equal(add_file(&image, "a", IMAGE_LAZY), 0);
    assert_int_equal(add_file(&image, "d/b", IMAGE_LAZY), 0);
    assert_int_equal(add_file(&image, "z", IMAGE_HEAD), 0);
    assert_int_equal(add_file(&image, "d/m", IMAGE_HEAD), 0);
    assert_order(&image, names, sizeof(names) / sizeof(names[0]));
    image_free(&image);
}

static void names_are_bytes(void **state)
{
    static const char *const names[] = {"Z", "a", "\303\274", "\377"};
    struct image image = {0};

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(add_file(&image, names[3 - i], IMAGE_HEAD), 0);
    assert_order(&image, names, sizeof(names) / sizeof(names[0]));
    image_free(&image);
}

static void refuses_what_cannot_be(void **state)
{
    static const char *const names[] = {
        "", "/", ".", "..", "./a", "../a", "a/..", "a/../b", "a/./b", "a//b", "a/", "/a/b/"};
    struct image image = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_int_equal(add_file(&image, names[i], IMAGE_HEAD), -EINVAL);
    assert_int_equal(add_file(&image, "...", IMAGE_HEAD), 0);
    assert_int_equal(add_file(&image, "..a", IMAGE_HEAD), 0);
    assert_int_equal(image.count, 2);
    image_free(&image);
}

static void refuses_a_name_twice(void **state)
{
    struct image image = {0};

    (void)state;
    assert_int_equal(add_file(&image, "a", IMAGE_HEAD), 0);
    assert_int_equal(add_file(&image, "/a", IMAGE_LAZY), -EEXIST);
    assert_int_equal(image_add_symlink(&image, "a", "b", "a test"), -EEXIST);
    assert_int_equal(image_add_directory(&image, "a", 0755, "a test"), -EEXIST);
    assert_int_equal(add_file(&image, "a/b", IMAGE_HEAD), -ENOTDIR);
    assert_int_equal(image_add_directory(&image, "d", 0755, "a test"), 0);
    assert_int_equal(image_add_directory(&image, "d", 0700, "a test"), 0);
    assert_int_equal(image_find(&image, "/d")->mode, S_IFDIR | 0700);
    image_free(&image);
}

static void names_have_a_limit(void **state)
{
    char name[IMAGE_NAME_MAXIMUM + 2];
    struct image image = {0};

    (void)state;
    memset(name, 'x', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    assert_int_equal(add_file(&image, name, IMAGE_HEAD), -ENAMETOOLONG);
    name[IMAGE_NAME_MAXIMUM] = '\0';
    assert_int_equal(add_file(&image, name, IMAGE_HEAD), 0);
    image_free(&image);
}

static void follows_symlinks_to_directories(void **state)
{
    struct image image = {0};

    (void)state;
    assert_int_equal(image_add_symlink(&image, "lib", "usr/lib", "a test"), 0);
    assert_int_equal(image_add_symlink(&image, "usr/lib/here", "there", "a test"), 0);
    assert_int_equal(image_add_symlink(&image, "sbin", "/usr/bin", "a test"), 0);
    assert_int_equal(add_file(&image, "/lib/here/file", IMAGE_HEAD), 0);
    assert_int_equal(add_file(&image, "sbin/file", IMAGE_HEAD), 0);
    assert_non_null(image_find(&image, "usr/lib/there/file"));
    assert_ptr_equal(image_find(&image, "lib/here/file"), image_find(&image, "usr/lib/there/file"));
    assert_non_null(image_find(&image, "usr/bin/file"));
    assert_int_equal(add_file(&image, "usr/bin/file", IMAGE_HEAD), -EEXIST);
    image_free(&image);
}

static void symlinks_that_lead_nowhere_are_errors(void **state)
{
    struct image image = {0};

    (void)state;
    assert_int_equal(image_add_symlink(&image, "a", "b", "a test"), 0);
    assert_int_equal(image_add_symlink(&image, "b", "a", "a test"), 0);
    assert_int_equal(image_add_symlink(&image, "up", "../..", "a test"), 0);
    assert_int_equal(add_file(&image, "a/x", IMAGE_HEAD), -ENOTDIR);
    assert_int_equal(add_file(&image, "up/x", IMAGE_HEAD), -EINVAL);
    assert_null(image_find(&image, "a/x"));
    image_free(&image);
}

static void entries_that_were_read_stay_as_they_were(void **state)
{
    struct image_entry entry = {.mode = S_IFREG};
    struct image image = {0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        entry.name = strdup("same");
        entry.origin = strdup("");
        entry.mtime = i;
        image_append(&image, &entry);
    }
    assert_int_equal(image.count, 3);
    assert_int_equal(image.entries[0]->mtime, 0);
    assert_int_equal(image_find(&image, "same")->mtime, 2);
    image_free(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parents_come_first_and_by_themselves),
        cmocka_unit_test(places_come_in_their_order),
        cmocka_unit_test(names_are_bytes),
        cmocka_unit_test(refuses_what_cannot_be),
        cmocka_unit_test(refuses_a_name_twice),
        cmocka_unit_test(names_have_a_limit),
        cmocka_unit_test(follows_symlinks_to_directories),
        cmocka_unit_test(symlinks_that_lead_nowhere_are_errors),
        cmocka_unit_test(entries_that_were_read_stay_as_they_were),
    };

    return RUN_TESTS(tests);
}
