#include "kernel/module_info.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "contract/bytes.h"

#define SECTION ".modinfo"

/* A module's file and its section headers, all of which lie in it. */
struct sections {
    const uint8_t *bytes;
    size_t size;
    const uint8_t *headers;
    uint16_t count;
};

static bool open_sections(struct sections *sections, const uint8_t *bytes, size_t size)
{
    uint64_t offset;

    *sections = (struct sections){.bytes = bytes, .size = size};
    if (size < sizeof(Elf64_Ehdr) || memcmp(bytes, ELFMAG, SELFMAG) != 0 || bytes[EI_CLASS] != ELFCLASS64
        || bytes[EI_DATA] != ELFDATA2LSB || get_le16(bytes + offsetof(Elf64_Ehdr, e_shentsize)) != sizeof(Elf64_Shdr))
        return false;
    offset = get_le64(bytes + offsetof(Elf64_Ehdr, e_shoff));
    sections->count = get_le16(bytes + offsetof(Elf64_Ehdr, e_shnum));
    if (offset > size || sections->count > (size - offset) / sizeof(Elf64_Shdr))
        return false;
    sections->headers = bytes + offset;
    return true;
}

/* The content of a section, as far as it lies in the file. */
static bool section_content(
    const struct sections *sections, uint16_t number, const uint8_t **content, uint64_t *content_size)
{
    const uint8_t *header = sections->headers + (size_t)number * sizeof(Elf64_Shdr);
    uint64_t offset;

    if (number >= sections->count)
        return false;
    offset = get_le64(header + offsetof(Elf64_Shdr, sh_offset));
    *content_size = get_le64(header + offsetof(Elf64_Shdr, sh_size));
    if (get_le32(header + offsetof(Elf64_Shdr, sh_type)) == SHT_NOBITS || offset > sections->size
        || *content_size > sections->size - offset)
        return false;
    *content = sections->bytes + offset;
    return true;
}

static bool has_name(const struct sections *sections, uint16_t number, const uint8_t *names, uint64_t names_size)
{
    const uint8_t *header = sections->headers + (size_t)number * sizeof(Elf64_Shdr);
    uint32_t name = get_le32(header + offsetof(Elf64_Shdr, sh_name));

    return name < names_size && names_size - name >= sizeof(SECTION) && !memcmp(names + name, SECTION, sizeof(SECTION));
}

int module_info_open(struct module_info *info, const uint8_t *bytes, size_t size)
{
    struct sections sections;
    const uint8_t *names;
    const uint8_t *content;
    uint64_t length;

    *info = (struct module_info){0};
    if (!open_sections(&sections, bytes, size)
        || !section_content(&sections, get_le16(bytes + offsetof(Elf64_Ehdr, e_shstrndx)), &names, &length))
        return -ENOEXEC;
    for (uint16_t i = 0; i < sections.count; i++) {
        uint64_t content_size;

        if (!has_name(&sections, i, names, length) || !section_content(&sections, i, &content, &content_size))
            continue;
        /* Only what is ended by a NUL is a string. */
        while (content_size > 0 && content[content_size - 1] != '\0')
            content_size--;
        *info = (struct module_info){(const char *)content, content_size};
        return 0;
    }
    return -ENOEXEC;
}

const char *module_info_next(const struct module_info *info, const char *key, size_t *position)
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

const char *module_info_get(const struct module_info *info, const char *key)
{
    size_t position = 0;
    const char *value = module_info_next(info, key, &position);

    return value ? value : "";
}
