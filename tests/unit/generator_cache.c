#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/cache.h"
#include "archive/checksum.h"
#include "base/allocate.h"
#include "base/debris.h"
#include "contract/bytes.h"

/* Of the index (cache_pack.h). */
#define OFFSET_AT 32
#define RECORD_SIZE 52

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

/* CRC-32 is linear: what is XORed here is its polynomial, twice each way, so that Adler-32's sums are the same too. */
static void keys_differ_where_checksums_collide(void **state)
{
    struct cache_key one = cache_key("recipe", "kindl*o\x1f\xbfm*o\x1f\xbfmkindl", 20);
    struct cache_key other = cache_key("recipe", "*o\x1f\xbfmkindlkindl*o\x1f\xbfm", 20);

    (void)state;
    assert_memory_not_equal(&one, &other, sizeof(one));
}

/* The one file that there is, open. */
static int open_only_pack(const char *kind)
{
    char *path = allocate_format("%s/%s", parent, kind);
    DIR *directory = opendir(path);
    const struct dirent *entry;
    int fd = -1;

    assert_non_null(directory);
    while ((entry = readdir(directory))) {
        if (*entry->d_name == '.')
            continue;
        assert_int_equal(fd, -1);
        fd = openat(dirfd(directory), entry->d_name, O_RDWR);
    }
    assert_true(fd >= 0);
    closedir(directory);
    free(path);
    return fd;
}

static bool is_kept_anew(const char *kind, const struct cache_key *key, const char *text)
{
    struct cache cache;
    bool is_there;

    cache_open(&cache, parent, kind);
    is_there = is_kept(&cache, key, text);
    cache_close(&cache, 1 << 20);
    return is_there;
}

static void keep(const char *kind, const struct cache_key *key, const char *text, uint64_t maximum)
{
    struct cache cache;

    cache_open(&cache, parent, kind);
    cache_put(&cache, key, text, strlen(text));
    cache_close(&cache, maximum);
}

/* Makes the file end with this index, at end, and its true trailer. */
static void write_index(int fd, off_t end, const uint8_t *index, uint32_t count)
{
    uint8_t trailer[16];
    off_t size = (off_t)RECORD_SIZE * count;

    memcpy(trailer + 8, "kindling", 8);
    put_le32(trailer, count);
    put_le32(trailer + 4, checksum_crc32(0, index, (size_t)size));
    assert_int_equal(pwrite(fd, index, (size_t)size, end), size);
    assert_int_equal(pwrite(fd, trailer, sizeof(trailer), end + size), sizeof(trailer));
    assert_int_equal(ftruncate(fd, end + size + (off_t)sizeof(trailer)), 0);
}

/* Every bit of an entry counts, and of what tells where it is. */
static void a_damaged_entry_is_none(void **state)
{
    struct cache_key key = cache_key("recipe", "damaged", 7);
    struct stat status;
    int fd;

    (void)state;
    keep("damaged", &key, "answer", 1 << 20);
    fd = open_only_pack("damaged");
    assert_int_equal(fstat(fd, &status), 0);
    for (off_t i = 0; i < 8 * status.st_size; i++) {
        unsigned char byte;

        assert_int_equal(pread(fd, &byte, 1, i / 8), 1);
        byte ^= (unsigned char)(1u << i % 8);
        assert_int_equal(pwrite(fd, &byte, 1, i / 8), 1);
        assert_false(is_kept_anew("damaged", &key, ""));
        byte ^= (unsigned char)(1u << i % 8);
        assert_int_equal(pwrite(fd, &byte, 1, i / 8), 1);
    }
    assert_true(is_kept_anew("damaged", &key, "answer"));
    for (off_t size = status.st_size - 1; size >= 0; size--) {
        assert_int_equal(ftruncate(fd, size), 0);
        assert_false(is_kept_anew("damaged", &key, ""));
    }
    close(fd);
}

/* That an index is whole does not make it true. */
static void an_index_may_lie(void **state)
{
    struct cache_key key = cache_key("recipe", "lies", 4);
    uint8_t record[RECORD_SIZE];
    int fd;

    (void)state;
    keep("lies", &key, "answer", 1 << 20);
    fd = open_only_pack("lies");
    assert_int_equal(pread(fd, record, sizeof(record), 6), sizeof(record));
    for (int place = OFFSET_AT; place < RECORD_SIZE - 4; place++) {
        uint8_t byte = record[place];

        record[place] = 0xff;
        write_index(fd, 6, record, 1);
        assert_false(is_kept_anew("lies", &key, ""));
        record[place] = byte;
    }
    write_index(fd, 6, record, 1);
    assert_true(is_kept_anew("lies", &key, "answer"));
    close(fd);
}

static void what_replaces_a_damaged_entry_counts(void **state)
{
    struct cache_key key = cache_key("recipe", "replaced", 8);
    struct cache cache;
    int fd;

    (void)state;
    keep("replaced", &key, "answer", 1 << 20);
    fd = open_only_pack("replaced");
    assert_int_equal(pwrite(fd, "?", 1, 0), 1);
    close(fd);
    cache_open(&cache, parent, "replaced");
    assert_false(is_kept(&cache, &key, ""));
    cache_put(&cache, &key, "better", 6);
    cache_close(&cache, 1 << 20);
    assert_true(is_kept_anew("replaced", &key, "better"));
}

static struct cache_key numbered_key(int number)
{
    return cache_key("recipe", &number, sizeof(number));
}

static void add_one(const char *kind, int number, size_t size, uint64_t maximum)
{
    struct cache_key key = numbered_key(number);
    char *text = allocate(size + 1);

    memset(text, 'a' + number % 26, size);
    keep(kind, &key, text, maximum);
    free(text);
}

static bool has_one(const char *kind, int number, size_t size)
{
    struct cache_key key = numbered_key(number);
    char *text = allocate(size + 1);
    bool is_there;

    memset(text, 'a' + number % 26, size);
    is_there = is_kept_anew(kind, &key, text);
    free(text);
    return is_there;
}

static size_t count_packs(const char *kind)
{
    struct cache cache;
    size_t count;

    cache_open(&cache, parent, kind);
    count = cache.count;
    cache_close(&cache, 1 << 20);
    return count;
}

static void many_files_become_few(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        add_one("many", i, 100, 1 << 20);
        assert_true(count_packs("many") <= 16);
    }
    for (int i = 0; i < 200; i++)
        assert_true(has_one("many", i, 100));
}

/* Makes all files that are there older. */
static void age(const char *kind)
{
    char *path = allocate_format("%s/%s", parent, kind);
    DIR *directory = opendir(path);
    const struct dirent *entry;

    while ((entry = readdir(directory))) {
        struct timespec times[2];
        struct stat status;

        assert_int_equal(fstatat(dirfd(directory), entry->d_name, &status, 0), 0);
        times[0] = times[1] = (struct timespec){.tv_sec = status.st_mtim.tv_sec - 100000};
        assert_int_equal(utimensat(dirfd(directory), entry->d_name, times, 0), 0);
    }
    closedir(directory);
    free(path);
}

static void those_unused_longest_make_room(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        add_one("small", i, 1000, 1 << 20);
        age("small");
    }
    /* Read again, the oldest is the youngest. */
    assert_true(has_one("small", 0, 1000));
    add_one("small", 4, 1000, 3500);
    assert_true(has_one("small", 0, 1000));
    assert_false(has_one("small", 1, 1000));
    assert_false(has_one("small", 2, 1000));
    assert_true(has_one("small", 3, 1000));
    assert_true(has_one("small", 4, 1000));
}

/* Too large a one makes no room for itself. */
static void one_that_is_too_large_goes_alone(void **state)
{
    (void)state;
    add_one("large", 1, 100, 1 << 20);
    add_one("large", 2, 5000, 4000);
    assert_true(has_one("large", 1, 100));
    assert_false(has_one("large", 2, 5000));
}

/* A file of that name that is size bytes of nothing, the last of them an index of count entries. */
static void make_void(const char *kind, const char *name, uint32_t count, off_t size)
{
    char *path = allocate_format("%s/%s/%s", parent, kind, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    uint8_t *index = allocate((size_t)RECORD_SIZE * count);

    assert_true(fd >= 0);
    write_index(fd, size - (off_t)RECORD_SIZE * count, index, count);
    close(fd);
    free(index);
    free(path);
}

/* What cannot be a cache's own would take memory that is not there. */
static void giants_are_none(void **state)
{
    (void)state;
    add_one("giants", 1, 100, 1 << 20);
    make_void("giants", "0.pack", 0, (off_t)1 << 30);
    make_void("giants", "1.pack", (1 << 18) + 1, (off_t)100 << 20);
    assert_int_equal(count_packs("giants"), 1);
    make_void("giants", "2.pack", 0, ((off_t)1 << 30) - 16);
    make_void("giants", "3.pack", 1 << 18, (off_t)100 << 20);
    assert_int_equal(count_packs("giants"), 3);
}

/* More files than there may be open ones. */
static void a_crowd_is_no_harm(void **state)
{
    (void)state;
    add_one("crowd", 1, 100, 1 << 20);
    for (int i = 0; i < 1100; i++) {
        char *name = allocate_format("%d.pack", i);

        make_void("crowd", name, 0, 0);
        free(name);
    }
    assert_true(count_packs("crowd") <= 32);
    for (int i = 0; i < 100; i++)
        add_one("crowd", i, 100, 1 << 20);
    assert_true(count_packs("crowd") <= 16);
    assert_true(has_one("crowd", 1, 100));
    assert_true(has_one("crowd", 99, 100));
}

/* Entries that lie on each other would grow when they are copied. */
static void entries_that_overlap_are_none(void **state)
{
    struct cache_key keys[2] = {cache_key("recipe", "a", 1), cache_key("recipe", "b", 1)};
    uint8_t records[2 * RECORD_SIZE];
    struct cache cache;
    int fd;

    (void)state;
    cache_open(&cache, parent, "overlap");
    cache_put(&cache, &keys[0], "same", 4);
    cache_put(&cache, &keys[1], "same", 4);
    cache_close(&cache, 1 << 20);
    fd = open_only_pack("overlap");
    assert_int_equal(pread(fd, records, sizeof(records), 8), sizeof(records));
    memset(records + OFFSET_AT, 0, 8);
    memset(records + RECORD_SIZE + OFFSET_AT, 0, 8);
    write_index(fd, 4, records, 2);
    close(fd);
    assert_false(is_kept_anew("overlap", &keys[0], ""));
}

static void an_empty_entry_may_be_replaced(void **state)
{
    struct cache_key key = cache_key("recipe", "empty", 5);
    struct cache cache;

    (void)state;
    cache_open(&cache, parent, "empty");
    cache_put(&cache, &key, "", 0);
    cache_put(&cache, &key, "answer", 6);
    cache_close(&cache, 1 << 20);
    assert_true(is_kept_anew("empty", &key, "answer"));
}

/* The new file gets the name of one that is merged into it and then removed. */
static void a_merged_file_may_have_the_name_of_the_new(void **state)
{
    struct cache_key key = numbered_key(0);
    int fd;

    (void)state;
    add_one("named", 0, 100, 1 << 20);
    fd = open_only_pack("named");
    assert_int_equal(pwrite(fd, "?", 1, 0), 1);
    close(fd);
    for (int i = 1; i < 16; i++) {
        char *name = allocate_format("%d.pack", i);

        make_void("named", name, 0, 5000);
        free(name);
    }
    assert_false(is_kept_anew("named", &key, ""));
    add_one("named", 0, 100, 1 << 20);
    assert_true(has_one("named", 0, 100));
}

static void nothing_goes_while_nothing_comes(void **state)
{
    struct cache cache;

    (void)state;
    add_one("still", 1, 1000, 1 << 20);
    cache_open(&cache, parent, "still");
    cache_close(&cache, 0);
    assert_true(has_one("still", 1, 1000));
}

/* What is not a cache's own stays. */
static void other_files_stay(void **state)
{
    char *path = allocate_format("%s/others", parent);
    int directory, fd;

    (void)state;
    assert_int_equal(mkdir(path, 0700), 0);
    directory = open(path, O_RDONLY | O_DIRECTORY);
    fd = openat(directory, "letter", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "dear", 4), 4);
    close(fd);
    fd = openat(directory, "wolf.pack", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "dear", 4), 4);
    close(fd);
    fd = openat(directory, ".new-letter", O_WRONLY | O_CREAT, 0600);
    close(fd);
    fd = openat(directory, "bad-bad.pack", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "dear", 4), 4);
    close(fd);
    fd = openat(directory, ".new-1-2", O_WRONLY | O_CREAT, 0600);
    close(fd);
    add_one("others", 1, 1000, 1);
    assert_int_equal(faccessat(directory, "letter", F_OK, 0), 0);
    assert_int_equal(faccessat(directory, "wolf.pack", F_OK, 0), 0);
    assert_int_equal(faccessat(directory, ".new-letter", F_OK, 0), 0);
    assert_int_equal(faccessat(directory, "bad-bad.pack", F_OK, 0), -1);
    assert_int_equal(faccessat(directory, ".new-1-2", F_OK, 0), -1);
    close(directory);
    free(path);
}

struct thread {
    struct cache *cache;
    int number;
};

static void *put_and_get(void *argument)
{
    const struct thread *thread = argument;

    for (int i = 0; i < 200; i++) {
        struct cache_key key = numbered_key(1000 * thread->number + i);
        char *text = allocate_format("%d of %d", i, thread->number);

        cache_put(thread->cache, &key, text, strlen(text));
        assert_true(is_kept(thread->cache, &key, text));
        free(text);
    }
    return NULL;
}

static void threads_share_it(void **state)
{
    struct cache cache;
    struct thread threads[4];
    pthread_t ids[4];

    (void)state;
    cache_open(&cache, parent, "shared");
    for (int i = 0; i < 4; i++) {
        threads[i] = (struct thread){&cache, i};
        assert_int_equal(pthread_create(&ids[i], NULL, put_and_get, &threads[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(ids[i], NULL);
    cache_close(&cache, 1 << 20);
    for (int i = 0; i < 200; i++) {
        struct cache_key key = numbered_key(3000 + i);
        char *text = allocate_format("%d of 3", i);

        assert_true(is_kept_anew("shared", &key, text));
        free(text);
    }
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
        cmocka_unit_test(keys_differ_where_checksums_collide),
        cmocka_unit_test(a_damaged_entry_is_none),
        cmocka_unit_test(an_index_may_lie),
        cmocka_unit_test(what_replaces_a_damaged_entry_counts),
        cmocka_unit_test(many_files_become_few),
        cmocka_unit_test(those_unused_longest_make_room),
        cmocka_unit_test(one_that_is_too_large_goes_alone),
        cmocka_unit_test(giants_are_none),
        cmocka_unit_test(a_crowd_is_no_harm),
        cmocka_unit_test(entries_that_overlap_are_none),
        cmocka_unit_test(an_empty_entry_may_be_replaced),
        cmocka_unit_test(a_merged_file_may_have_the_name_of_the_new),
        cmocka_unit_test(nothing_goes_while_nothing_comes),
        cmocka_unit_test(other_files_stay),
        cmocka_unit_test(threads_share_it),
        cmocka_unit_test(without_a_directory_nothing_is_kept),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_parent, remove_parent);
}
