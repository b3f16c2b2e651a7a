#include "executable.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

#include "../init/bytes.h"

/* One ELF file, of either class and byte order. */
struct reader {
    const uint8_t *bytes;
    size_t size;
    bool is_64_bit;
    bool is_big_endian;
};

static uint64_t get(const struct reader *reader, uint64_t offset, unsigned width)
{
    const uint8_t *p = reader->bytes + offset;

    if (offset > reader->size || reader->size - offset < width)
        return 0;
    switch (width) {
    case 2:
        return reader->is_big_endian ? get_be16(p) : get_le16(p);
    case 4:
        return reader->is_big_endian ? get_be32(p) : get_le32(p);
    default:
        return reader->is_big_endian ? get_be64(p) : get_le64(p);
    }
}

#define FIELD(reader, offset, type, member)                                                                            \
    ((reader)->is_64_bit                                                                                               \
            ? get(reader, (offset) + offsetof(Elf64_##type, member), sizeof(((Elf64_##type *)0)->member))              \
            : get(reader, (offset) + offsetof(Elf32_##type, member), sizeof(((Elf32_##type *)0)->member)))

static bool open_elf(struct reader *reader, const uint8_t *bytes, size_t size)
{
    *reader = (struct reader){.bytes = bytes, .size = size};
    if (size < sizeof(Elf32_Ehdr) || memcmp(bytes, ELFMAG, SELFMAG) != 0)
        return false;
    reader->is_64_bit = bytes[EI_CLASS] == ELFCLASS64;
    reader->is_big_endian = bytes[EI_DATA] == ELFDATA2MSB;
    return true;
}

enum executable_kind executable_kind(const uint8_t *bytes, size_t size)
{
    struct reader reader;
    uint64_t offset;
    uint64_t step;
    uint64_t count;

    if (!open_elf(&reader, bytes, size))
        return EXECUTABLE_NONE;
    offset = FIELD(&reader, 0, Ehdr, e_phoff);
    step = FIELD(&reader, 0, Ehdr, e_phentsize);
    count = FIELD(&reader, 0, Ehdr, e_phnum);
    /* Objects and core files have no program to run. */
    if (count == 0 || offset >= size || step == 0 || count > (size - offset) / step)
        return EXECUTABLE_NONE;
    for (uint64_t i = 0; i < count; i++) {
        if (FIELD(&reader, offset + i * step, Phdr, p_type) == PT_INTERP)
            return EXECUTABLE_DYNAMIC;
    }
    return EXECUTABLE_STATIC;
}
