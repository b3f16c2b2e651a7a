#include "unit.h"

#include <errno.h>
#include <string.h>

#include "build/index_writer.h"
#include "contract/bytes.h"

static const size_t steps_of_b[] = {2, 1};
static const size_t steps_of_c[] = {2};

static const struct index_module_record modules[] = {
    {.name = "a", .path = "/a.ko", .options = "", .size = 1, .format = MEMBER_PLAIN},
    {.name = "b",
        .path = "/b.ko.gz",
        .options = "x=1",
        .steps = steps_of_b,
        .step_count = 2,
        .size = 2,
        .format = MEMBER_GZIP,
        .flags = MODULE_LATE},
    {.name = "c", .path = "/c.ko", .options = "", .steps = steps_of_c, .step_count = 1, .size = 3},
};

static uint32_t number_at(const struct buffer *index, size_t offset)
{
    assert_true(offset + 4 <= index->size);
    return get_le32(index->data + offset);
}

static uint32_t section_offset(const struct buffer *index, unsigned section)
{
    return number_at(index, INDEX_MAGIC_SIZE + 8 + 8 * section);
}

static uint32_t section_count(const struct buffer *index, unsigned section)
{
    return number_at(index, INDEX_MAGIC_SIZE + 8 + 8 * section + 4);
}

/* The field'th number of a record. */
static uint32_t field(const struct buffer *index, unsigned section, size_t record, size_t size, size_t number)
{
    return number_at(index, section_offset(index, section) + record * size + 4 * number);
}

static const char *string(const struct buffer *index, uint32_t offset)
{
    assert_true(offset < section_count(index, INDEX_STRINGS));
    return (const char *)index->data + section_offset(index, INDEX_STRINGS) + offset;
}

static void writes_the_header(void **state)
{
    struct index_content content = {0};
    struct buffer index = {0};

    (void)state;
    assert_int_equal(index_write(&content, &index), 0);
    assert_memory_equal(index.data, INDEX_MAGIC, INDEX_MAGIC_SIZE);
    assert_int_equal(number_at(&index, INDEX_MAGIC_SIZE), INDEX_VERSION);
    assert_int_equal(number_at(&index, INDEX_MAGIC_SIZE + 4), index.size);
    assert_int_equal(index.size, INDEX_HEADER_SIZE + 1);
    assert_int_equal(section_count(&index, INDEX_STRINGS), 1);
    assert_string_equal(string(&index, 0), "");
    for (unsigned i = 1; i < INDEX_SECTION_COUNT; i++)
        assert_int_equal(section_count(&index, i), 0);
    buffer_free(&index);
}

static void writes_modules_and_steps(void **state)
{
    static const size_t autoload[] = {2, 0};
    struct index_content content = {.modules = modules, .module_count = 3, .autoload = autoload, .autoload_count = 2};
    struct buffer index = {0};

    (void)state;
    assert_int_equal(index_write(&content, &index), 0);
    assert_int_equal(section_count(&index, INDEX_MODULES), 3);
    assert_string_equal(string(&index, field(&index, INDEX_MODULES, 1, INDEX_MODULE_SIZE, 0)), "b");
    assert_string_equal(string(&index, field(&index, INDEX_MODULES, 1, INDEX_MODULE_SIZE, 1)), "/b.ko.gz");
    assert_string_equal(string(&index, field(&index, INDEX_MODULES, 1, INDEX_MODULE_SIZE, 2)), "x=1");
    assert_int_equal(field(&index, INDEX_MODULES, 0, INDEX_MODULE_SIZE, 2), 0);
    assert_int_equal(field(&index, INDEX_MODULES, 1, INDEX_MODULE_SIZE, 3), 0);
    assert_int_equal(field(&index, INDEX_MODULES, 1, INDEX_MODULE_SIZE, 4), 2);
    assert_int_equal(field(&index, INDEX_MODULES, 1, INDEX_MODULE_SIZE, 5), 2);
    assert_int_equal(field(&index, INDEX_MODULES, 1, INDEX_MODULE_SIZE, 6), MEMBER_GZIP);
    assert_int_equal(field(&index, INDEX_MODULES, 1, INDEX_MODULE_SIZE, 7), MODULE_LATE);
    assert_int_equal(field(&index, INDEX_MODULES, 2, INDEX_MODULE_SIZE, 3), 2);
    assert_int_equal(section_count(&index, INDEX_STEPS), 3);
    assert_int_equal(field(&index, INDEX_STEPS, 0, INDEX_STEP_SIZE, 0), 2);
    assert_int_equal(field(&index, INDEX_STEPS, 1, INDEX_STEP_SIZE, 0), 1);
    assert_int_equal(field(&index, INDEX_AUTOLOAD, 0, INDEX_AUTOLOAD_SIZE, 0), 2);
    assert_int_equal(field(&index, INDEX_AUTOLOAD, 1, INDEX_AUTOLOAD_SIZE, 0), 0);
    buffer_free(&index);
}

static void sorts_aliases_by_what_is_literal(void **state)
{
    /* In the order in which they shall come out. */
    static const struct index_alias_record sorted[] = {{"*", 1}, {"?x", 0}, {"pci:*", 2}, {"pci:[a-c]", 2},
        {"pci:v1*", 0}, {"pci:v1*", 1}, {"pci:v1*a", 0}, {"pci:v10", 0}, {"pci:v1\\*", 0}, {"\377x", 1}};
    static const size_t shuffled[] = {7, 2, 9, 0, 5, 8, 1, 3, 6, 4};
    struct index_alias_record aliases[10];
    struct index_content content = {.modules = modules, .module_count = 3, .aliases = aliases, .alias_count = 10};
    struct buffer index = {0};

    (void)state;
    for (size_t i = 0; i < 10; i++)
        aliases[i] = sorted[shuffled[i]];
    assert_int_equal(index_write(&content, &index), 0);
    assert_int_equal(section_count(&index, INDEX_ALIASES), 10);
    for (size_t i = 1; i < 10; i++) {
        const char *before = string(&index, field(&index, INDEX_ALIASES, i - 1, INDEX_ALIAS_SIZE, 0));
        const char *here = string(&index, field(&index, INDEX_ALIASES, i, INDEX_ALIAS_SIZE, 0));
        uint32_t prefix_before = field(&index, INDEX_ALIASES, i - 1, INDEX_ALIAS_SIZE, 1);
        uint32_t prefix = field(&index, INDEX_ALIASES, i, INDEX_ALIAS_SIZE, 1);
        int order = strncmp(before, here, prefix_before < prefix ? prefix_before : prefix);

        assert_true(order < 0 || (order == 0 && prefix_before <= prefix));
        if (order == 0 && prefix_before == prefix)
            assert_true(strcmp(before, here) <= 0);
    }
    assert_string_equal(string(&index, field(&index, INDEX_ALIASES, 0, INDEX_ALIAS_SIZE, 0)), "*");
    assert_int_equal(field(&index, INDEX_ALIASES, 0, INDEX_ALIAS_SIZE, 1), 0);
    assert_string_equal(string(&index, field(&index, INDEX_ALIASES, 9, INDEX_ALIAS_SIZE, 0)), "\377x");
    buffer_free(&index);
}

static void writes_programs_with_their_files(void **state)
{
    static const struct index_file_record files[] = {
        {"/lib/libc.so", "/lib/libc.so.gz", 7, MEMBER_GZIP, 0644}, {"/sbin/z", "/sbin/z", 8, MEMBER_PLAIN, 0755}};
    static const size_t needs[] = {1, 0};
    struct index_program_record programs[] = {{"/sbin/z", needs, 2}, {"/bin/a", needs, 1}};
    struct index_content content = {.files = files, .file_count = 2, .programs = programs, .program_count = 2};
    struct buffer index = {0};

    (void)state;
    assert_int_equal(index_write(&content, &index), 0);
    assert_string_equal(string(&index, field(&index, INDEX_FILES, 0, INDEX_FILE_SIZE, 0)), "/lib/libc.so");
    assert_string_equal(string(&index, field(&index, INDEX_FILES, 0, INDEX_FILE_SIZE, 1)), "/lib/libc.so.gz");
    assert_int_equal(field(&index, INDEX_FILES, 0, INDEX_FILE_SIZE, 2), 7);
    assert_int_equal(field(&index, INDEX_FILES, 0, INDEX_FILE_SIZE, 3), MEMBER_GZIP);
    assert_int_equal(field(&index, INDEX_FILES, 0, INDEX_FILE_SIZE, 4), 0644);
    assert_string_equal(string(&index, field(&index, INDEX_PROGRAMS, 0, INDEX_PROGRAM_SIZE, 0)), "/bin/a");
    assert_int_equal(field(&index, INDEX_PROGRAMS, 0, INDEX_PROGRAM_SIZE, 1), 0);
    assert_int_equal(field(&index, INDEX_PROGRAMS, 0, INDEX_PROGRAM_SIZE, 2), 1);
    assert_string_equal(string(&index, field(&index, INDEX_PROGRAMS, 1, INDEX_PROGRAM_SIZE, 0)), "/sbin/z");
    assert_int_equal(field(&index, INDEX_PROGRAMS, 1, INDEX_PROGRAM_SIZE, 1), 1);
    assert_int_equal(field(&index, INDEX_PROGRAMS, 1, INDEX_PROGRAM_SIZE, 2), 2);
    assert_int_equal(field(&index, INDEX_NEEDS, 1, INDEX_NEED_SIZE, 0), 1);
    assert_int_equal(field(&index, INDEX_NEEDS, 2, INDEX_NEED_SIZE, 0), 0);
    buffer_free(&index);
}

static void sorts_settings(void **state)
{
    struct index_setting_record settings[] = {{"key2", "value2"}, {"key1", ""}};
    struct index_content content = {.settings = settings, .setting_count = 2};
    struct buffer index = {0};

    (void)state;
    assert_int_equal(index_write(&content, &index), 0);
    assert_string_equal(string(&index, field(&index, INDEX_SETTINGS, 0, INDEX_SETTING_SIZE, 0)), "key1");
    assert_int_equal(field(&index, INDEX_SETTINGS, 0, INDEX_SETTING_SIZE, 1), 0);
    assert_string_equal(string(&index, field(&index, INDEX_SETTINGS, 1, INDEX_SETTING_SIZE, 1)), "value2");
    buffer_free(&index);
}

static void refuses_what_init_could_not_use(void **state)
{
    static const struct index_module_record unsorted[] = {
        {.name = "b", .path = "", .options = ""}, {.name = "a", .path = "", .options = ""}};
    static const struct index_module_record twice[] = {
        {.name = "a", .path = "", .options = ""}, {.name = "a", .path = "", .options = ""}};
    static const size_t beyond[] = {3};
    static const struct index_file_record files[] = {{"/b", "", 0, MEMBER_PLAIN, 0}, {"/a", "", 0, MEMBER_PLAIN, 0}};
    struct index_alias_record alias = {"x", 3};
    struct index_program_record program = {"/a", beyond, 1};
    struct index_content contents[] = {
        {.modules = unsorted, .module_count = 2},
        {.modules = twice, .module_count = 2},
        {.modules = modules, .module_count = 2},
        {.modules = modules, .module_count = 3, .autoload = beyond, .autoload_count = 1},
        {.modules = modules, .module_count = 3, .aliases = &alias, .alias_count = 1},
        {.files = files, .file_count = 2},
        {.files = files, .file_count = 1, .programs = &program, .program_count = 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
        struct buffer index = {0};

        assert_int_equal(index_write(&contents[i], &index), -EINVAL);
        assert_int_equal(index.size, 0);
        buffer_free(&index);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_header),
        cmocka_unit_test(writes_modules_and_steps),
        cmocka_unit_test(sorts_aliases_by_what_is_literal),
        cmocka_unit_test(writes_programs_with_their_files),
        cmocka_unit_test(sorts_settings),
        cmocka_unit_test(refuses_what_init_could_not_use),
    };

    return RUN_TESTS(tests);
}
