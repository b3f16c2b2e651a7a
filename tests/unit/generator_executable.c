#include "unit.h"

#include <elf.h>
#include <string.h>

#include "../../generator/executable.h"

/* An ELF file of one program header. */
struct file {
    Elf64_Ehdr header;
    Elf64_Phdr program;
};

static struct file make_file(uint32_t type)
{
    struct file file = {
        .header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
            .e_phoff = sizeof(Elf64_Ehdr),
            .e_phentsize = sizeof(Elf64_Phdr),
            .e_phnum = 1},
        .program = {.p_type = type},
    };

    return file;
}

static enum executable_kind kind_of(const struct file *file)
{
    return executable_kind((const uint8_t *)file, sizeof(*file));
}

static void an_interpreter_makes_it_dynamic(void **state)
{
    struct file dynamic = make_file(PT_INTERP);
    struct file fixed = make_file(PT_LOAD);
    struct file pie = make_file(PT_DYNAMIC);

    (void)state;
    assert_int_equal(kind_of(&dynamic), EXECUTABLE_DYNAMIC);
    assert_int_equal(kind_of(&fixed), EXECUTABLE_STATIC);
    assert_int_equal(kind_of(&pie), EXECUTABLE_STATIC);
}

static void reads_32_bits_and_the_other_byte_order(void **state)
{
    uint8_t bytes[sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr)] = {
        ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2MSB};

    (void)state;
    bytes[offsetof(Elf32_Ehdr, e_phoff) + 3] = sizeof(Elf32_Ehdr);
    bytes[offsetof(Elf32_Ehdr, e_phentsize) + 1] = sizeof(Elf32_Phdr);
    bytes[offsetof(Elf32_Ehdr, e_phnum) + 1] = 1;
    bytes[sizeof(Elf32_Ehdr) + offsetof(Elf32_Phdr, p_type) + 3] = PT_INTERP;
    assert_int_equal(executable_kind(bytes, sizeof(bytes)), EXECUTABLE_DYNAMIC);
    bytes[sizeof(Elf32_Ehdr) + offsetof(Elf32_Phdr, p_type) + 3] = PT_LOAD;
    assert_int_equal(executable_kind(bytes, sizeof(bytes)), EXECUTABLE_STATIC);
}

static void refuses_what_is_no_program(void **state)
{
    struct file file = make_file(PT_LOAD);

    (void)state;
    assert_int_equal(executable_kind((const uint8_t *)"#!/bin/sh\n", 10), EXECUTABLE_NONE);
    assert_int_equal(executable_kind(NULL, 0), EXECUTABLE_NONE);
    for (size_t size = 0; size < sizeof(file); size++)
        assert_int_equal(executable_kind((const uint8_t *)&file, size), EXECUTABLE_NONE);
    file.header.e_phnum = 0;
    assert_int_equal(kind_of(&file), EXECUTABLE_NONE);
}

static void refuses_headers_outside_the_file(void **state)
{
    struct file file = make_file(PT_LOAD);

    (void)state;
    file.header.e_phoff = UINT64_MAX;
    assert_int_equal(kind_of(&file), EXECUTABLE_NONE);
    file.header.e_phoff = sizeof(file) - 1;
    assert_int_equal(kind_of(&file), EXECUTABLE_NONE);
    file.header.e_phoff = sizeof(Elf64_Ehdr);
    file.header.e_phnum = 2;
    assert_int_equal(kind_of(&file), EXECUTABLE_NONE);
    file.header.e_phnum = 1;
    file.header.e_phentsize = 0;
    assert_int_equal(kind_of(&file), EXECUTABLE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interpreter_makes_it_dynamic),
        cmocka_unit_test(reads_32_bits_and_the_other_byte_order),
        cmocka_unit_test(refuses_what_is_no_program),
        cmocka_unit_test(refuses_headers_outside_the_file),
    };

    return RUN_TESTS(tests);
}
