#include "unit.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "kernel/modinfo.h"

static const char names[] = "\0.modinfo";
static const char strings[] = "license=GPL\0\0alias=pci:v1*\0depends=a,b\0alias=pci:v2*\0firmwares=x\0vermagic=6";

/* A module of nothing but its .modinfo, of this machine's class and byte order. */
static struct {
    Elf64_Ehdr header;
    Elf64_Shdr sections[3];
    char names[sizeof(names)];
    char strings[sizeof(strings)];
} module;

static void make_module(void)
{
    memset(&module, 0, sizeof(module));
    memcpy(module.header.e_ident, ELFMAG, SELFMAG);
    module.header.e_ident[EI_CLASS] = ELFCLASS64;
    module.header.e_ident[EI_DATA] = ELFDATA2LSB;
    module.header.e_shoff = offsetof(__typeof__(module), sections);
    module.header.e_shentsize = sizeof(Elf64_Shdr);
    module.header.e_shnum = 3;
    module.header.e_shstrndx = 1;
    module.sections[1] =
        (Elf64_Shdr){.sh_type = SHT_STRTAB, .sh_offset = offsetof(__typeof__(module), names), .sh_size = sizeof(names)};
    module.sections[2] = (Elf64_Shdr){.sh_name = 1,
        .sh_type = SHT_PROGBITS,
        .sh_offset = offsetof(__typeof__(module), strings),
        .sh_size = sizeof(strings)};
    memcpy(module.names, names, sizeof(names));
    memcpy(module.strings, strings, sizeof(strings));
}

static int open_module(struct modinfo *info)
{
    return modinfo_open(info, (const uint8_t *)&module, sizeof(module));
}

static void values_come_by_key(void **state)
{
    struct modinfo info;
    size_t position = 0;

    (void)state;
    make_module();
    assert_int_equal(open_module(&info), 0);
    assert_string_equal(modinfo_get(&info, "depends"), "a,b");
    assert_string_equal(modinfo_get(&info, "vermagic"), "6");
    assert_string_equal(modinfo_get(&info, "firmware"), "");
    assert_string_equal(modinfo_next(&info, "alias", &position), "pci:v1*");
    assert_string_equal(modinfo_next(&info, "alias", &position), "pci:v2*");
    assert_null(modinfo_next(&info, "alias", &position));
}

static void a_string_without_its_end_is_none(void **state)
{
    struct modinfo info;

    (void)state;
    make_module();
    module.sections[2].sh_size -= 1;
    assert_int_equal(open_module(&info), 0);
    assert_string_equal(modinfo_get(&info, "vermagic"), "");
    assert_string_equal(modinfo_get(&info, "firmwares"), "x");
}

static void what_is_no_module_is_told_from_what_is_damaged(void **state)
{
    struct modinfo info;

    (void)state;
    make_module();
    module.names[2] = 'M';
    assert_int_equal(open_module(&info), -ENODATA);
    assert_string_equal(modinfo_get(&info, "depends"), "");
    make_module();
    module.sections[2].sh_size = sizeof(module);
    assert_int_equal(open_module(&info), -ENOEXEC);
    make_module();
    module.header.e_shstrndx = 3;
    assert_int_equal(open_module(&info), -ENOEXEC);
    make_module();
    module.header.e_shoff = sizeof(module) - 8;
    assert_int_equal(open_module(&info), -ENOEXEC);
    make_module();
    module.header.e_ident[0] = 'x';
    assert_int_equal(open_module(&info), -ENOEXEC);
    assert_int_equal(modinfo_open(&info, (const uint8_t *)"", 0), -ENOEXEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_by_key),
        cmocka_unit_test(a_string_without_its_end_is_none),
        cmocka_unit_test(what_is_no_module_is_told_from_what_is_damaged),
    };

    return RUN_TESTS(tests);
}
