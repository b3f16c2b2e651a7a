/* Prints an index, or a left-out table, as text: what the golden tests compare. Reads it as /init does. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/bytes.h"
#include "contract/index.h"

static const uint8_t *record(const struct index *index, enum index_section_number section, uint32_t number, size_t size)
{
    return index->bytes + index->section[section].offset + number * size;
}

static const char *string(const struct index *index, const uint8_t *field)
{
    uint32_t offset = get_le32(field);

    if (offset >= index->section[INDEX_STRINGS].count) {
        fprintf(stderr, "dump_index: a string lies outside\n");
        exit(1);
    }
    return (const char *)index->bytes + index->section[INDEX_STRINGS].offset + offset;
}

static const char *module_name(const struct index *index, uint32_t number)
{
    struct index_module module;

    return index_module(index, number, &module) == 0 ? module.name : "?";
}

static void print_modules(const struct index *index)
{
    for (uint32_t i = 0; i < index_module_count(index); i++) {
        struct index_module module;

        index_module(index, i, &module);
        printf("module %s path=%s options=%s size=%u format=%u flags=%u\n", module.name, module.path, module.options,
            module.size, module.format, module.flags);
        printf("steps %s:", module.name);
        for (uint32_t k = 0; k < module.step_count; k++) {
            uint32_t step;
            bool is_needed = false;
            int result = index_step(index, module.first_step + k, &step, &is_needed);

            printf(" %s%s", result == 0 ? module_name(index, step) : "?", is_needed ? "!" : "");
        }
        putchar('\n');
    }
}

static void print_aliases(const struct index *index)
{
    for (uint32_t i = 0; i < index->section[INDEX_ALIASES].count; i++) {
        const uint8_t *alias = record(index, INDEX_ALIASES, i, INDEX_ALIAS_SIZE);

        printf("alias %s prefix=%u %s\n", string(index, alias), get_le32(alias + 4),
            module_name(index, get_le32(alias + 8)));
    }
}

static void print_autoload(const struct index *index)
{
    uint32_t module;

    for (uint32_t i = 0; index_autoload(index, i, &module) == 0; i++)
        printf("autoload %s\n", module_name(index, module));
}

static void print_programs(const struct index *index)
{
    struct index_program program;
    struct index_file file;
    uint32_t number;

    for (uint32_t i = 0; index_file(index, i, &file) == 0; i++)
        printf("file %s member=%s size=%u format=%u permissions=%o\n", file.path, file.member, file.size, file.format,
            file.permissions);
    for (uint32_t i = 0; index_program(index, i, &program) == 0; i++) {
        printf("program %s:", program.wanted_at);
        for (uint32_t k = 0; k < program.need_count; k++)
            printf(
                " %s", index_need(index, program.first_need + k, &number) == 0 && index_file(index, number, &file) == 0
                           ? file.path
                           : "?");
        putchar('\n');
    }
}

static void print_settings(const struct index *index)
{
    for (uint32_t i = 0; i < index->section[INDEX_SETTINGS].count; i++) {
        const uint8_t *setting = record(index, INDEX_SETTINGS, i, INDEX_SETTING_SIZE);

        printf("setting %s=%s\n", string(index, setting), string(index, setting + 4));
    }
}

int main(int argc, char **argv)
{
    int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    struct stat status;
    struct index index;
    void *bytes;

    if (fd < 0 || fstat(fd, &status) < 0) {
        fprintf(stderr, "usage: dump_index FILE\n");
        return 2;
    }
    bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED || index_attach(&index, bytes, (size_t)status.st_size) < 0) {
        fprintf(stderr, "dump_index: %s is not an index\n", argv[1]);
        return 1;
    }
    print_modules(&index);
    print_aliases(&index);
    print_autoload(&index);
    print_programs(&index);
    print_settings(&index);
    return 0;
}
