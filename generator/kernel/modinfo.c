#include "kernel/modinfo.h"

#include <errno.h>
#include <string.h>

#include "base/elf_reader.h"

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

/* Where a section lies; false when that is not in the file. */
static bool find_section(const struct sections *sections, uint64_t number, struct elf_stretch *stretch)
{
    uint64_t header = header_of(sections, number);
    struct elf_stretch clipped;

    if (number >= sections->count || ELF_FIELD(&sections->elf, header, Shdr, sh_type) == SHT_NOBITS)
        return false;
    stretch->offset = ELF_FIELD(&sections->elf, header, Shdr, sh_offset);
    stretch->size = ELF_FIELD(&sections->elf, header, Shdr, sh_size);
    clipped = *stretch;
    return elf_reader_clip(&sections->elf, &clipped) && clipped.size == stretch->size;
}

int modinfo_open(struct modinfo *info, const uint8_t *bytes, size_t size)
{
    struct sections sections;
    struct elf_stretch names, section;

    *info = (struct modinfo){0};
    if (!open_sections(&sections, bytes, size)
        || !find_section(&sections, ELF_FIELD(&sections.elf, 0, Ehdr, e_shstrndx), &names))
        return -ENOEXEC;
    for (uint64_t i = 0; i < sections.count; i++) {
        uint64_t name = ELF_FIELD(&sections.elf, header_of(&sections, i), Shdr, sh_name);

        if (name >= names.size || names.size - name < sizeof(SECTION)
            || memcmp(bytes + names.offset + name, SECTION, sizeof(SECTION)) != 0)
            continue;
        if (!find_section(&sections, i, &section))
            return -ENOEXEC;
        /* Only what is ended by a NUL is a string. */
        while (section.size > 0 && bytes[section.offset + section.size - 1] != '\0')
            section.size--;
        *info = (struct modinfo){(const char *)bytes + section.offset, section.size};
        return 0;
    }
    return -ENODATA;
}

const char *modinfo_next(const struct modinfo *info, const char *key, size_t *position)
{
    size_t length = strlen(key);

    while (*position < info->size) {
        const char *entry = info->text + *position;

        *position += strlen(entry) + 1;
        if (!strncmp(entry, key, length) && entry[length] == '=')
            return entry + length + 1;
    }
    return NULL;
}

const char *modinfo_get(const struct modinfo *info, const char *key)
{
    size_t position = 0;
    const char *value = modinfo_next(info, key, &position);

    return value ? value : "";
}
