#include "unit.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "content/executable.h"

/* An ELF file of one program header. */
struct file {
    Elf64_Ehdr header;
    Elf64_Phdr program;
};

/* One with all that a loader reads; addresses lie ADDRESS above offsets. */
#define ADDRESS 0x10000u
struct dynamic_file {
    Elf64_Ehdr header;
    Elf64_Phdr programs[3];
    Elf64_Dyn dynamic[6];
    char interpreter[8];
    char strings[32];
};

static Elf64_Ehdr make_header(uint16_t count)
{
    return (Elf64_Ehdr){.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_machine = EM_X86_64,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = count};
}

static struct file make_file(uint32_t type)
{
    return (struct file){.header = make_header(1), .program = {.p_type = type}};
}

static struct dynamic_file make_dynamic(void)
{
    struct dynamic_file file = {
        .header = make_header(3),
        .programs = {{.p_type = PT_LOAD, .p_vaddr = ADDRESS, .p_filesz = sizeof(file)},
            {.p_type = PT_INTERP, .p_offset = offsetof(struct dynamic_file, interpreter), .p_filesz = 8},
            {.p_type = PT_DYNAMIC,
                .p_offset = offsetof(struct dynamic_file, dynamic),
                .p_filesz = 6 * sizeof(Elf64_Dyn)}},
        .dynamic = {{DT_NEEDED, {1}}, {DT_NEEDED, {7}}, {DT_RPATH, {13}},
            {DT_STRTAB, {ADDRESS + offsetof(struct dynamic_file, strings)}}, {DT_STRSZ, {32}}, {DT_NULL, {0}}},
        .interpreter = "/ld.so",
        .strings = "\0one.1\0two.2\0/a:$ORIGIN/b",
    };

    return file;
}

static enum executable_kind kind_of(const void *bytes, size_t size)
{
    /* A copy of its very size, so that a byte read behind it is noticed. */
    uint8_t *copy = malloc(size + !size);
    struct executable executable;
    enum executable_kind kind;
    int result;

    memcpy(copy, bytes, size);
    result = executable_read(&executable, copy, size);
    assert_int_equal(result == 0, executable.kind != EXECUTABLE_NONE);
    kind = executable.kind;
    executable_free(&executable);
    free(copy);
    return kind;
}

#define KIND_OF(file) kind_of(&(file), sizeof(file))

static void without_interpreter_and_needs_it_is_static(void **state)
{
    struct file fixed = make_file(PT_LOAD);
    struct file pie = make_file(PT_DYNAMIC);

    (void)state;
    assert_int_equal(KIND_OF(fixed), EXECUTABLE_STATIC);
    assert_int_equal(KIND_OF(pie), EXECUTABLE_STATIC);
}

static void a_dynamic_program_says_what_it_needs(void **state)
{
    struct dynamic_file file = make_dynamic();
    struct executable executable;

    (void)state;
    assert_int_equal(executable_read(&executable, (const uint8_t *)&file, sizeof(file)), 0);
    assert_int_equal(executable.kind, EXECUTABLE_DYNAMIC);
    assert_int_equal(executable.machine, EM_X86_64);
    assert_string_equal(executable.interpreter, "/ld.so");
    assert_int_equal(executable.needed.count, 2);
    assert_string_equal(executable.needed.items[0], "one.1");
    assert_string_equal(executable.needed.items[1], "two.2");
    assert_int_equal(executable.rpath.count, 2);
    assert_string_equal(executable.rpath.items[1], "$ORIGIN/b");
    executable_free(&executable);
    file.dynamic[1].d_tag = DT_RUNPATH;
    assert_int_equal(executable_read(&executable, (const uint8_t *)&file, sizeof(file)), 0);
    assert_string_equal(executable.runpath.items[0], "two.2");
    assert_int_equal(executable.rpath.count, 0);
    executable_free(&executable);
}

static void reads_32_bits_and_the_other_byte_order(void **state)
{
    uint8_t bytes[sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr) + 4] = {
        ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2MSB};
    const size_t program = sizeof(Elf32_Ehdr);

    (void)state;
    bytes[offsetof(Elf32_Ehdr, e_phoff) + 3] = sizeof(Elf32_Ehdr);
    bytes[offsetof(Elf32_Ehdr, e_phentsize) + 1] = sizeof(Elf32_Phdr);
    bytes[offsetof(Elf32_Ehdr, e_phnum) + 1] = 1;
    bytes[program + offsetof(Elf32_Phdr, p_type) + 3] = PT_INTERP;
    bytes[program + offsetof(Elf32_Phdr, p_offset) + 3] = sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr);
    bytes[program + offsetof(Elf32_Phdr, p_filesz) + 3] = 4;
    memcpy(bytes + sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr), "/ld", 4);
    assert_int_equal(KIND_OF(bytes), EXECUTABLE_DYNAMIC);
    bytes[program + offsetof(Elf32_Phdr, p_type) + 3] = PT_LOAD;
    assert_int_equal(KIND_OF(bytes), EXECUTABLE_STATIC);
}

static void refuses_what_is_no_program(void **state)
{
    struct file file = make_file(PT_LOAD);

    (void)state;
    assert_int_equal(kind_of("true\n", 5), EXECUTABLE_NONE);
    assert_int_equal(kind_of("", 0), EXECUTABLE_NONE);
    for (size_t size = 0; size < sizeof(file); size++)
        assert_int_equal(kind_of(&file, size), EXECUTABLE_NONE);
    file.header.e_phnum = 0;
    assert_int_equal(KIND_OF(file), EXECUTABLE_NONE);
}

static void refuses_headers_outside_the_file(void **state)
{
    struct file file = make_file(PT_LOAD);

    (void)state;
    file.header.e_phoff = UINT64_MAX;
    assert_int_equal(KIND_OF(file), EXECUTABLE_NONE);
    file.header.e_phoff = sizeof(file) - 1;
    assert_int_equal(KIND_OF(file), EXECUTABLE_NONE);
    file.header.e_phoff = sizeof(Elf64_Ehdr);
    file.header.e_phnum = 2;
    assert_int_equal(KIND_OF(file), EXECUTABLE_NONE);
    file.header.e_phnum = 1;
    file.header.e_phentsize = 0;
    assert_int_equal(KIND_OF(file), EXECUTABLE_NONE);
}

static void refuses_strings_outside_the_file(void **state)
{
    static const size_t places[] = {32, 1000, SIZE_MAX};
    struct dynamic_file file = make_dynamic();

    (void)state;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        file.dynamic[0].d_un.d_val = places[i];
        assert_int_equal(KIND_OF(file), EXECUTABLE_NONE);
    }
    file = make_dynamic();
    file.dynamic[3].d_un.d_val = UINT64_MAX;
    assert_int_equal(KIND_OF(file), EXECUTABLE_NONE);
    file = make_dynamic();
    memset(file.strings, 'x', sizeof(file.strings));
    assert_int_equal(KIND_OF(file), EXECUTABLE_NONE);
    file = make_dynamic();
    memset(file.interpreter, 'x', sizeof(file.interpreter));
    assert_int_equal(KIND_OF(file), EXECUTABLE_NONE);
    file = make_dynamic();
    for (size_t size = 0; size < sizeof(file); size++)
        (void)kind_of(&file, size);
}

static void a_script_names_its_interpreter(void **state)
{
    static const char text[] = "#! /bin/sh\t-e -u \ntrue\n";
    struct executable executable;

    (void)state;
    assert_int_equal(executable_read(&executable, (const uint8_t *)text, sizeof(text) - 1), 0);
    assert_int_equal(executable.kind, EXECUTABLE_SCRIPT);
    assert_string_equal(executable.interpreter, "/bin/sh");
    assert_string_equal(executable.argument, "-e -u");
    executable_free(&executable);
    assert_int_equal(kind_of("#!/bin/sh", 9), EXECUTABLE_SCRIPT);
    assert_int_equal(kind_of("#!sh\n", 5), EXECUTABLE_NONE);
    assert_int_equal(kind_of("#!\n/bin/sh", 10), EXECUTABLE_NONE);
    assert_int_equal(kind_of("#!", 2), EXECUTABLE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_interpreter_and_needs_it_is_static),
        cmocka_unit_test(a_dynamic_program_says_what_it_needs),
        cmocka_unit_test(reads_32_bits_and_the_other_byte_order),
        cmocka_unit_test(refuses_what_is_no_program),
        cmocka_unit_test(refuses_headers_outside_the_file),
        cmocka_unit_test(refuses_strings_outside_the_file),
        cmocka_unit_test(a_script_names_its_interpreter),
    };

    return RUN_TESTS(tests);
}
