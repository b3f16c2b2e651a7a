/* Numbers out of an ELF file, of either class and byte order, wherever they are said to lie. Pure. */
#ifndef KINDLING_ELF_READER_H
#define KINDLING_ELF_READER_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_reader {
    const uint8_t *bytes;
    size_t size;
    bool is_64_bit;
    bool is_big_endian;
};

/* A stretch of the file. */
struct elf_stretch {
    uint64_t offset;
    uint64_t size;
};

/* False for what is no ELF file. */
bool elf_reader_open(struct elf_reader *reader, const uint8_t *bytes, size_t size);
/* A number of 2, 4 or 8 bytes; 0 beyond the file's end. */
uint64_t elf_reader_get(const struct elf_reader *reader, uint64_t offset, unsigned width);
/* Cuts a stretch off at the file's end; false when it does not lie in the file at all. */
bool elf_reader_clip(const struct elf_reader *reader, struct elf_stretch *stretch);

/* A member of an Elf32_TYPE or Elf64_TYPE at an offset. */
#define ELF_FIELD(reader, offset, type, member)                                                                        \
    ((reader)->is_64_bit                                                                                               \
            ? elf_reader_get((reader), (offset) + offsetof(Elf64_##type, member), sizeof(((Elf64_##type *)0)->member)) \
            : elf_reader_get(                                                                                          \
                (reader), (offset) + offsetof(Elf32_##type, member), sizeof(((Elf32_##type *)0)->member)))

#define ELF_SIZE_OF(reader, type) ((reader)->is_64_bit ? sizeof(Elf64_##type) : sizeof(Elf32_##type))

#endif
