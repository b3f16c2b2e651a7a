#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contract/bytes.h"
#include "contract/index.h"
#include "contract/module_name.h"

/* An index put together record by record, as index_format.h describes it. */
struct builder {
    uint8_t section[INDEX_SECTION_COUNT][4096];
    uint32_t used[INDEX_SECTION_COUNT];
    uint32_t count[INDEX_SECTION_COUNT];
};

static struct builder builder;
static uint8_t file[32768];

static uint32_t add_string(const char *text)
{
    uint32_t at = builder.used[INDEX_STRINGS];

    memcpy(builder.section[INDEX_STRINGS] + at, text, strlen(text) + 1);
    builder.used[INDEX_STRINGS] += (uint32_t)strlen(text) + 1;
    builder.count[INDEX_STRINGS] = builder.used[INDEX_STRINGS];
    return at;
}

static void add_record(enum index_section_number section, const uint32_t *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_le32(builder.section[section] + builder.used[section], fields[i]);
        builder.used[section] += 4;
    }
    builder.count[section]++;
}

static void add_module(const char *name, const char *options, uint32_t first_step, uint32_t step_count)
{
    uint32_t fields[] = {
        add_string(name), add_string(name), add_string(options), first_step, step_count, 4711, MEMBER_GZIP, 0};

    add_record(INDEX_MODULES, fields, 8);
}

static void add_alias(const char *pattern, uint32_t module)
{
    uint32_t fields[] = {add_string(pattern), (uint32_t)alias_literal_prefix(pattern), module};

    add_record(INDEX_ALIASES, fields, 3);
}

static void add_file(const char *path, uint32_t size, uint32_t permissions)
{
    uint32_t fields[] = {add_string(path), add_string(path), size, MEMBER_GZIP, permissions};

    add_record(INDEX_FILES, fields, sizeof(fields) / sizeof(fields[0]));
}

static void add_program(const char *wanted_at, uint32_t first_need, uint32_t need_count)
{
    add_record(INDEX_PROGRAMS, (uint32_t[]){add_string(wanted_at), first_need, need_count}, 3);
}

static size_t finish(void)
{
    uint32_t at = INDEX_HEADER_SIZE;

    memcpy(file, INDEX_MAGIC, INDEX_MAGIC_SIZE);
    put_le32(file + 8, INDEX_VERSION);
    for (unsigned i = 0; i < INDEX_SECTION_COUNT; i++) {
        put_le32(file + 16 + 8 * i, at);
        put_le32(file + 20 + 8 * i, builder.count[i]);
        memcpy(file + at, builder.section[i], builder.used[i]);
        at += builder.used[i];
    }
    put_le32(file + 12, at);
    return at;
}

static size_t build(void)
{
    static const uint32_t steps[] = {0, 1, 2};
    static const uint32_t needs[] = {1, 0, 2};

    builder = (struct builder){0};
    add_string("");
    add_module("virtio", "", 0, 1);
    add_module("virtio_blk", "queue_depth=8", 0, 2);
    add_module("xfs", "", 2, 1);
    add_record(INDEX_STEPS, (uint32_t[]){steps[0] | INDEX_STEP_NEEDED}, 1);
    add_record(INDEX_STEPS, &steps[1], 1);
    add_record(INDEX_STEPS, &steps[2], 1);
    /* Sorted by literal prefix, the shorter first. */
    add_alias("*", 2);
    add_alias("fs_xfs", 2);
    add_alias("pci:v*", 0);
    add_alias("pci:v00001AF4d*sv*", 1);
    add_alias("pci:v00001AF4d0000100[0-1]sv*", 0);
    add_alias("virtio:d00000002v*", 1);
    add_record(INDEX_AUTOLOAD, &steps[2], 1);
    add_file("/lib/libc.so", 70, 0644);
    add_file("/sbin/dynamic", 80, 0755);
    add_file("/sbin/e2fsck", 99, 0755);
    add_program("/sbin/dynamic", 0, 2);
    add_program("/sbin/e2fsck", 2, 1);
    add_program("/sbin/none", 3, 0);
    for (int i = 0; i < 3; i++)
        add_record(INDEX_NEEDS, (uint32_t[]){needs[i]}, 1);
    add_record(INDEX_SETTINGS, (uint32_t[]){add_string("cmdline"), add_string("root=/dev/sda")}, 2);
    return finish();
}

static struct index attached(size_t size)
{
    struct index index;

    assert_int_equal(index_attach(&index, file, size), 0);
    return index;
}

static void finds_modules_by_name(void **state)
{
    struct index index = attached(build());
    struct index_module module;
    uint32_t number, step;
    bool is_needed;

    (void)state;
    assert_int_equal(index_module_count(&index), 3);
    assert_int_equal(index_find_module(&index, "virtio_blk", &number), 0);
    assert_int_equal(number, 1);
    assert_int_equal(index_find_module(&index, "virtio_bl", &number), -ENOENT);
    assert_int_equal(index_find_module(&index, "zzz", &number), -ENOENT);
    assert_int_equal(index_module(&index, 1, &module), 0);
    assert_string_equal(module.options, "queue_depth=8");
    assert_int_equal(module.size, 4711);
    assert_int_equal(module.step_count, 2);
    assert_int_equal(index_step(&index, module.first_step + 1, &step, &is_needed), 0);
    assert_false(is_needed);
    assert_int_equal(index_step(&index, module.first_step, &step, &is_needed), 0);
    assert_int_equal(step, 0);
    assert_true(is_needed);
    assert_int_equal(index_step(&index, module.first_step + 1, &step, NULL), 0);
    assert_int_equal(step, 1);
    assert_int_equal(index_step(&index, 3, &step, NULL), -ENOENT);
    assert_int_equal(index_module(&index, 3, &module), -ENOENT);
}

static void finds_programs_with_their_files(void **state)
{
    struct index index = attached(build());
    struct index_program program;
    struct index_file needed;
    uint32_t number;

    (void)state;
    assert_int_equal(index_find_program(&index, "/sbin/dynamic", &program), 0);
    assert_int_equal(program.need_count, 2);
    assert_int_equal(index_need(&index, program.first_need + 1, &number), 0);
    assert_int_equal(index_file(&index, number, &needed), 0);
    assert_string_equal(needed.path, "/lib/libc.so");
    assert_string_equal(needed.member, "/lib/libc.so");
    assert_int_equal(needed.size, 70);
    assert_int_equal(needed.format, MEMBER_GZIP);
    assert_int_equal(needed.permissions, 0644);
    assert_int_equal(index_find_program(&index, "/sbin/fsck.xfs", &program), -ENOENT);
    assert_int_equal(index_program(&index, 2, &program), 0);
    assert_string_equal(program.wanted_at, "/sbin/none");
    assert_int_equal(program.need_count, 0);
    assert_int_equal(index_program(&index, 3, &program), -ENOENT);
    assert_int_equal(index_file_count(&index), 3);
    assert_int_equal(index_file(&index, 3, &needed), -ENOENT);
    assert_int_equal(index_need(&index, 3, &number), -ENOENT);
    assert_int_equal(index_need(&index, UINT32_MAX, &number), -ENOENT);
}

static void finds_settings_and_autoload(void **state)
{
    struct index index = attached(build());
    uint32_t number;

    (void)state;
    assert_string_equal(index_setting(&index, "cmdline"), "root=/dev/sda");
    assert_string_equal(index_setting(&index, "nothing"), "");
    assert_int_equal(index_autoload(&index, 0, &number), 0);
    assert_int_equal(number, 2);
    assert_int_equal(index_autoload(&index, 1, &number), -ENOENT);
}

/* Each matching module as a letter, in the order found. */
static const char *matches(const struct index *index, const char *name)
{
    static char letters[16];
    struct index_match match;
    uint32_t module;
    size_t count = 0;

    index_match_begin(&match, index, name);
    while (index_match_next(&match, &module) && count < sizeof(letters) - 1)
        letters[count++] = (char)('A' + module);
    letters[count] = '\0';
    return letters;
}

static void matches_all_patterns_of_a_modalias(void **state)
{
    struct index index = attached(build());

    (void)state;
    assert_string_equal(matches(&index, "pci:v00001AF4d00001001sv00001AF4"), "CABA");
    assert_string_equal(matches(&index, "pci:v00001AF4d00001042sv00001AF4"), "CAB");
    assert_string_equal(matches(&index, "pci:v00008086"), "CA");
    assert_string_equal(matches(&index, "virtio:d00000002v00001AF4"), "CB");
    assert_string_equal(matches(&index, "virtio:d0000000"), "C");
    assert_string_equal(matches(&index, "fs_xfs"), "CC");
    assert_string_equal(matches(&index, "fs_xfss"), "C");
    assert_string_equal(matches(&index, ""), "C");
}

static void refuses_another_format(void **state)
{
    struct index index;
    size_t size = build();

    (void)state;
    assert_int_equal(index_attach(&index, file, size - 1), -EINVAL);
    assert_int_equal(index_attach(&index, file, INDEX_HEADER_SIZE - 1), -EINVAL);
    put_le32(file + 8, INDEX_VERSION + 1);
    assert_int_equal(index_attach(&index, file, size), -EPROTONOSUPPORT);
    build();
    file[0] = 'k';
    assert_int_equal(index_attach(&index, file, size), -EINVAL);
}

static void refuses_sections_that_leave_the_file(void **state)
{
    struct index index;

    (void)state;
    for (unsigned i = 0; i < INDEX_SECTION_COUNT; i++) {
        size_t size = build();

        put_le32(file + 16 + 8 * i, (uint32_t)size + 1);
        assert_int_equal(index_attach(&index, file, size), -EINVAL);
        size = build();
        put_le32(file + 20 + 8 * i, UINT32_MAX);
        assert_int_equal(index_attach(&index, file, size), -EINVAL);
    }
}

static void a_damaged_index_never_leads_out_of_it(void **state)
{
    size_t size = build();

    (void)state;
    srand(1);
    for (int round = 0; round < 20000; round++) {
        struct index index;
        /* A copy of exactly its size, so that the sanitizer sees the first byte too far. */
        uint8_t *copy = malloc(size);
        uint32_t number;

        assert_non_null(copy);
        memcpy(copy, file, size);
        for (int i = 0; i < 4; i++)
            copy[INDEX_MAGIC_SIZE + 8 + (size_t)rand() % (size - INDEX_MAGIC_SIZE - 8)] = (uint8_t)rand();
        if (index_attach(&index, copy, size) == 0) {
            struct index_module module;

            (void)matches(&index, "pci:v00001AF4d00001001sv00001AF4");
            (void)index_setting(&index, "cmdline");
            for (uint32_t i = 0; index_module(&index, i, &module) == 0; i++)
                assert_true(strlen(module.name) < size && strlen(module.path) < size);
            (void)index_find_module(&index, "xfs", &number);
        }
        free(copy);
    }
}

static void names_have_one_spelling(void **state)
{
    char name[] = "virtio-blk";
    char pattern[] = "pci:v0000[0-9]-x";

    (void)state;
    module_name_normalise(name);
    assert_string_equal(name, "virtio_blk");
    module_name_normalise(pattern);
    assert_string_equal(pattern, "pci:v0000[0-9]_x");
    assert_int_equal(alias_literal_prefix("fs-ext4"), 7);
    assert_int_equal(alias_literal_prefix("pci:v*d*"), 5);
    assert_int_equal(alias_literal_prefix("of:N?T"), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_modules_by_name),
        cmocka_unit_test(finds_programs_with_their_files),
        cmocka_unit_test(finds_settings_and_autoload),
        cmocka_unit_test(matches_all_patterns_of_a_modalias),
        cmocka_unit_test(refuses_another_format),
        cmocka_unit_test(refuses_sections_that_leave_the_file),
        cmocka_unit_test(a_damaged_index_never_leads_out_of_it),
        cmocka_unit_test(names_have_one_spelling),
    };

    return RUN_TESTS(tests);
}
