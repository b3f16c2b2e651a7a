#include "kernel/module_summary.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "archive/module_path.h"
#include "base/allocate.h"
#include "base/string_list.h"
#include "contract/module_name.h"

/* In the order in which they lie in the file. */
enum { NONE, SYMBOLS, MODINFO, EXPORTS, STRINGS, NAMES, SECTIONS };
static const char names[] = "\0.symtab\0.modinfo\0__ksymtab_strings\0.strtab\0.shstrtab";

struct headers {
    Elf64_Ehdr file;
    Elf64_Shdr sections[SECTIONS];
};

/* No symbol of a module has such a name. */
static char *symbol_of(const char *module)
{
    char *symbol = allocate_format("module:%s", module);

    module_name_normalise(symbol);
    return symbol;
}

/* A null symbol, and one that is not defined for each of the names "a,b". */
static void want_symbols(const char *dependencies, struct buffer *symbols, struct buffer *strings)
{
    static const Elf64_Sym none;
    struct string_list modules = {0};

    buffer_append(symbols, &none, sizeof(none));
    buffer_append(strings, "", 1);
    string_list_add_parts(&modules, dependencies, ",");
    for (size_t i = 0; i < modules.count; i++) {
        Elf64_Sym wanted = {.st_name = (Elf64_Word)strings->size,
            .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
            .st_shndx = SHN_UNDEF};
        char *symbol = symbol_of(modules.items[i]);

        buffer_append(symbols, &wanted, sizeof(wanted));
        buffer_append(strings, symbol, strlen(symbol) + 1);
        free(symbol);
    }
    string_list_free(&modules);
}

static void append_file(struct buffer *file, const struct buffer contents[SECTIONS])
{
    struct headers headers = {
        .file = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
                     __BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB, EV_CURRENT},
            .e_type = ET_REL,
            .e_version = EV_CURRENT,
            .e_shoff = offsetof(struct headers, sections),
            .e_ehsize = sizeof(Elf64_Ehdr),
            .e_shentsize = sizeof(Elf64_Shdr),
            .e_shnum = SECTIONS,
            .e_shstrndx = NAMES},
    };
    size_t place = sizeof(headers);
    const char *name = names;

    for (size_t i = NONE + 1; i < SECTIONS; i++) {
        name += strlen(name) + 1;
        headers.sections[i] = (Elf64_Shdr){.sh_name = (Elf64_Word)(name - names),
            .sh_type = i == SYMBOLS ? SHT_SYMTAB : SHT_PROGBITS,
            .sh_offset = place,
            .sh_size = contents[i].size};
        place += contents[i].size;
    }
    buffer_append(file, &headers, sizeof(headers));
    for (size_t i = NONE + 1; i < SECTIONS; i++)
        buffer_append(file, contents[i].data, contents[i].size);
}

int module_summary_append(struct buffer *file, const char *path, const struct modinfo *info)
{
    size_t from_start[2] = {0};
    const char *dependencies = modinfo_next(info, "depends", &from_start[0]);
    struct buffer contents[SECTIONS] = {0};
    char *name, *symbol;

    if (!dependencies || !modinfo_next(info, "intree", &from_start[1]))
        return -ENODATA;
    name = module_path_name(path);
    symbol = symbol_of(name);
    /* libkmod reads symbols where they lie: they are first, on a multiple of 8. */
    want_symbols(dependencies, &contents[SYMBOLS], &contents[STRINGS]);
    buffer_append(&contents[MODINFO], info->text, info->size);
    buffer_append(&contents[EXPORTS], symbol, strlen(symbol) + 1);
    buffer_append(&contents[NAMES], names, sizeof(names));
    append_file(file, contents);
    for (size_t i = 0; i < SECTIONS; i++)
        buffer_free(&contents[i]);
    free(symbol);
    free(name);
    return 0;
}
