#include "base/elf_reader.h"

#include <string.h>

#include "contract/bytes.h"

uint64_t elf_reader_get(const struct elf_reader *reader, uint64_t offset, unsigned width)
{
    const uint8_t *p;

    if (offset > reader->size || reader->size - offset < width)
        return 0;
    p = reader->bytes + offset;
    switch (width) {
    case 2:
        return reader->is_big_endian ? get_be16(p) : get_le16(p);
    case 4:
        return reader->is_big_endian ? get_be32(p) : get_le32(p);
    default:
        return reader->is_big_endian ? get_be64(p) : get_le64(p);
    }
}

bool elf_reader_open(struct elf_reader *reader, const uint8_t *bytes, size_t size)
{
    *reader = (struct elf_reader){.bytes = bytes, .size = size};
    if (size < sizeof(Elf32_Ehdr) || memcmp(bytes, ELFMAG, SELFMAG) != 0)
        return false;
    reader->is_64_bit = bytes[EI_CLASS] == ELFCLASS64;
    reader->is_big_endian = bytes[EI_DATA] == ELFDATA2MSB;
    return true;
}

bool elf_reader_clip(const struct elf_reader *reader, struct elf_stretch *stretch)
{
    if (stretch->offset >= reader->size)
        return false;
    if (stretch->size > reader->size - stretch->offset)
        stretch->size = reader->size - stretch->offset;
    return true;
}
