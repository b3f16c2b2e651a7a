#include "kernel/module_information.h"

#include <errno.h>
#include <string.h>

#include "base/allocate.h"
#include "content/elf_reader.h"

#define SECTION ".modinfo"

/* The section headers: offset, step, count; all of them lie in the file. */
struct sections {
    struct elf_reader elf;
    uint64_t headers;
    uint64_t header_size;
    uint64_t count;
};

static bool open_sections(struct sections *sections, const uint8_t *bytes, size_t size)
{
    if (!elf_reader_open(&sections->elf, bytes, size))
        return false;
    sections->headers = ELF_FIELD(&sections->elf, 0, Ehdr, e_shoff);
    sections->header_size = ELF_FIELD(&sections->elf, 0, Ehdr, e_shentsize);
    sections->count = ELF_FIELD(&sections->elf, 0, Ehdr, e_shnum);
    return sections->count > 0 && sections->header_size >= ELF_SIZE_OF(&sections->elf, Shdr) && sections->headers < size
           && sections->count <= (size - sections->headers) / sections->header_size;
}

static uint64_t header_of(const struct sections *sections, uint64_t number)
{
    return sections->headers + number * sections->header_size;
}

/* What a section holds; false when it does not lie in the file. */
static bool find_section(const struct sections *sections, uint64_t number, struct elf_stretch *stretch)
{
    uint64_t header = header_of(sections, number);
    struct elf_stretch clipped;

    stretch->offset = ELF_FIELD(&sections->elf, header, Shdr, sh_offset);
    stretch->size = ELF_FIELD(&sections->elf, header, Shdr, sh_size);
    clipped = *stretch;
    return elf_reader_clip(&sections->elf, &clipped) && clipped.size == stretch->size;
}

static bool is_wanted(const struct sections *sections, uint64_t number, const struct elf_stretch *names)
{
    uint64_t place = ELF_FIELD(&sections->elf, header_of(sections, number), Shdr, sh_name);

    return place < names->size && names->size - place >= sizeof(SECTION)
           && !memcmp(sections->elf.bytes + names->offset + place, SECTION, sizeof(SECTION));
}

/* Between two strings may lie more than one NUL; the last may lack its own. */
static void add_strings(const struct sections *sections, const struct elf_stretch *section, struct string_list *strings)
{
    const char *text = (const char *)sections->elf.bytes + section->offset;

    for (uint64_t place = 0; place < section->size; place++) {
        size_t length = strnlen(text + place, section->size - place);

        if (length > 0)
            string_list_take(strings, allocate_text(text + place, length));
        place += length;
    }
}

int module_information_read(const uint8_t *bytes, size_t size, struct string_list *strings)
{
    struct sections sections;
    struct elf_stretch names;
    uint64_t names_number;

    if (!open_sections(&sections, bytes, size))
        return -ENOEXEC;
    names_number = ELF_FIELD(&sections.elf, 0, Ehdr, e_shstrndx);
    if (names_number >= sections.count || !find_section(&sections, names_number, &names))
        return -ENOEXEC;
    for (uint64_t i = 0; i < sections.count; i++) {
        struct elf_stretch section;

        if (!is_wanted(&sections, i, &names))
            continue;
        if (!find_section(&sections, i, &section))
            return -ENOEXEC;
        add_strings(&sections, &section, strings);
    }
    return 0;
}
