#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../generator/cache.h"
#include "../../generator/debris.h"

static char parent[] = "/tmp/kindling-unit-XXXXXX";

static int make_parent(void **state)
{
    (void)state;
    return mkdtemp(parent) ? 0 : -1;
}

static int remove_parent(void **state)
{
    (void)state;
    debris_remove(parent);
    return 0;
}

static bool is_kept(struct cache *cache, const struct cache_key *key, const char *text)
{
    struct buffer bytes = {0};
    bool is_there;

    buffer_append_string(&bytes, "before ");
    is_there = cache_get(cache, key, &bytes);
    assert_int_equal(bytes.size, strlen("before ") + (is_there ? strlen(text) : 0));
    assert_memory_equal(bytes.data, "before ", strlen("before "));
    if (is_there)
        assert_memory_equal(bytes.data + strlen("before "), text, strlen(text));
    buffer_free(&bytes);
    return is_there;
}

static void gives_back_what_it_was_given(void **state)
{
    struct cache_key key = cache_key("recipe", "bytes", 5);
    struct cache_key empty = cache_key("recipe", "", 0);
    struct cache cache;

    (void)state;
    cache_open(&cache, parent, "kind");
    assert_false(is_kept(&cache, &key, ""));
    cache_put(&cache, &key, "answer", 6);
    cache_put(&cache, &empty, NULL, 0);
    assert_true(is_kept(&cache, &key, "answer"));
    assert_true(is_kept(&cache, &empty, ""));
    cache_put(&cache, &key, "other", 5);
    assert_true(is_kept(&cache, &key, "other"));
    cache_close(&cache, 1 << 20);
    cache_open(&cache, parent, "kind");
    assert_true(is_kept(&cache, &key, "other"));
    cache_close(&cache, 1 << 20);
}

static void keys_differ_by_recipe_and_bytes(void **state)
{
    struct cache_key key = cache_key("recipe", "bytes", 5);
    struct cache_key same = cache_key("recipe", "bytes", 5);
    struct cache_key recipe = cache_key("recipe 2", "bytes", 5);
    struct cache_key bytes = cache_key("recipe", "bytez", 5);
    struct cache_key size = cache_key("recipe", "bytes", 6);

    (void)state;
    assert_memory_equal(&key, &same, sizeof(key));
    assert_memory_not_equal(&key, &recipe, sizeof(key));
    assert_memory_not_equal(&key, &bytes, sizeof(key));
    assert_memory_not_equal(&key, &size, sizeof(key));
}

/* Every bit of an entry counts. */
static void a_damaged_entry_is_none(void **state)
{
    struct cache_key key = cache_key("recipe", "damaged", 7);
    struct cache cache;
    struct stat status;
    int fd;

    (void)state;
    cache_open(&cache, parent, "kind");
    cache_put(&cache, &key, "answer", 6);
    fd = openat(cache.directory, key.name, O_RDWR);
    assert_int_equal(fstat(fd, &status), 0);
    for (off_t i = 0; i < 8 * status.st_size; i++) {
        unsigned char byte;

        assert_int_equal(pread(fd, &byte, 1, i / 8), 1);
        byte ^= (unsigned char)(1u << i % 8);
        assert_int_equal(pwrite(fd, &byte, 1, i / 8), 1);
        assert_false(is_kept(&cache, &key, ""));
        byte ^= (unsigned char)(1u << i % 8);
        assert_int_equal(pwrite(fd, &byte, 1, i / 8), 1);
    }
    assert_true(is_kept(&cache, &key, "answer"));
    for (off_t size = status.st_size - 1; size >= 0; size--) {
        assert_int_equal(ftruncate(fd, size), 0);
        assert_false(is_kept(&cache, &key, ""));
    }
    close(fd);
    cache_close(&cache, 1 << 20);
}

static void those_unused_longest_make_room(void **state)
{
    struct cache_key keys[4];
    char text[1000] = "";
    struct cache cache;

    (void)state;
    cache_open(&cache, parent, "small");
    for (int i = 0; i < 4; i++) {
        struct timespec times[2] = {
            {.tv_sec = 1000000000 + 100 * ((i + 2) % 4)}, {.tv_sec = 1000000000 + 100 * ((i + 2) % 4)}};

        keys[i] = cache_key("recipe", &i, sizeof(i));
        cache_put(&cache, &keys[i], text, sizeof(text));
        assert_int_equal(utimensat(cache.directory, keys[i].name, times, 0), 0);
    }
    cache_close(&cache, 2500);
    cache_open(&cache, parent, "small");
    for (int i = 0; i < 4; i++)
        assert_int_equal(faccessat(cache.directory, keys[i].name, F_OK, 0), i < 2 ? 0 : -1);
    /* Nothing was written since: nothing is removed. */
    cache_close(&cache, 0);
    cache_open(&cache, parent, "small");
    assert_int_equal(faccessat(cache.directory, keys[0].name, F_OK, 0), 0);
    cache_close(&cache, 0);
}

static void without_a_directory_nothing_is_kept(void **state)
{
    struct cache_key key = cache_key("recipe", "bytes", 5);
    struct cache cache;

    (void)state;
    cache_open(&cache, NULL, "kind");
    cache_put(&cache, &key, "answer", 6);
    assert_false(is_kept(&cache, &key, ""));
    cache_close(&cache, 0);
    cache_open(&cache, "/proc/nowhere", "kind");
    cache_put(&cache, &key, "answer", 6);
    assert_false(is_kept(&cache, &key, ""));
    cache_close(&cache, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_it_was_given),
        cmocka_unit_test(keys_differ_by_recipe_and_bytes),
        cmocka_unit_test(a_damaged_entry_is_none),
        cmocka_unit_test(those_unused_longest_make_room),
        cmocka_unit_test(without_a_directory_nothing_is_kept),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_parent, remove_parent);
}
