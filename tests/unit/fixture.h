/* Bytes from tests/data, which are kept gzipped. Included after unit.h. */
#ifndef KINDLING_FIXTURE_H
#define KINDLING_FIXTURE_H

#include <libdeflate.h>
#include <stdio.h>

/* Inflates the file at path, which must make exactly `size` bytes; else the test fails. */
static inline void read_fixture(const char *path, uint8_t *bytes, size_t size)
{
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    static uint8_t packed[65536];
    FILE *file = fopen(path, "rb");
    size_t packed_size;

    assert_non_null(decompressor);
    assert_non_null(file);
    packed_size = fread(packed, 1, sizeof(packed), file);
    fclose(file);
    assert_int_equal(libdeflate_gzip_decompress(decompressor, packed, packed_size, bytes, size, NULL), 0);
    libdeflate_free_decompressor(decompressor);
}

#endif
