#include "unit.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/compress.h"
#include "base/debris.h"
#include "base/file.h"

#define MIB (1u << 20)
#define CHUNK 70001u /* bytes that are given at once */

static char directory[] = "/tmp/kindling-unit-XXXXXX";

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    debris_remove(directory);
    return 0;
}

/* Neither all alike nor all different. */
static void fill(struct buffer *bytes, size_t size)
{
    uint32_t random = 1;

    buffer_reserve(bytes, size);
    while (bytes->size < size) {
        random = random * 1103515245 + 12345;
        bytes->data[bytes->size++] = (uint8_t)(random >> 16 & (random >> 30 ? 3 : 255));
    }
}

/* sizes: of a deflated stretch, a stored one, a deflated one and so on. */
static void write_stream(const struct buffer *bytes, const size_t *sizes, size_t count, struct cache *cache)
{
    struct output_file file;
    struct compress_stream *stream;
    size_t position = 0;

    assert_int_equal(output_file_open(&file, "stream"), 0);
    assert_int_equal(compress_stream_open(&stream, &file, COMPRESS_GZIP, COMPRESS_LEVEL_DEFAULT, cache), 0);
    for (size_t i = 0; i < count; i++) {
        size_t end = position + sizes[i];

        assert_int_equal(compress_stream_store(stream, i % 2 == 1), 0);
        for (size_t size; position < end; position += size) {
            size = end - position < CHUNK ? end - position : CHUNK;
            assert_int_equal(compress_stream_write(stream, bytes->data + position, size), 0);
        }
    }
    assert_int_equal(position, bytes->size);
    assert_int_equal(compress_stream_finish(stream), 0);
    compress_stream_free(stream);
    assert_int_equal(output_file_commit(&file, false), 0);
}

static void inflates_to(const struct buffer *bytes, const struct buffer *stream)
{
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    uint8_t *inflated = malloc(bytes->size + 1);
    size_t used, size;

    assert_int_equal(libdeflate_gzip_decompress_ex(
                         decompressor, stream->data, stream->size, inflated, bytes->size + 1, &used, &size),
        LIBDEFLATE_SUCCESS);
    assert_int_equal(used, stream->size);
    assert_int_equal(size, bytes->size);
    assert_true(size == 0 || !memcmp(inflated, bytes->data, size));
    free(inflated);
    libdeflate_free_decompressor(decompressor);
}

/* Without a cache, with an empty one and with a full one: one stream, and what was put in comes out of it. */
static void comes_out(const size_t *sizes, size_t count, bool is_kept)
{
    struct buffer bytes = {0}, first = {0};
    struct cache cache;
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size += sizes[i];
    fill(&bytes, size);
    cache_open(&cache, NULL, "stretches");
    write_stream(&bytes, sizes, count, &cache);
    assert_int_equal(file_read("stream", &first), 0);
    inflates_to(&bytes, &first);
    for (int run = 0; run < 2; run++) {
        struct buffer again = {0};

        cache_open(&cache, directory, "stretches");
        write_stream(&bytes, sizes, count, &cache);
        assert_int_equal(cache.added != NULL, run == 0 && is_kept);
        cache_close(&cache, UINT64_MAX);
        assert_int_equal(file_read("stream", &again), 0);
        assert_int_equal(again.size, first.size);
        assert_memory_equal(again.data, first.data, first.size);
        buffer_free(&again);
    }
    buffer_free(&first);
    buffer_free(&bytes);
}

static void stretches_of_any_length(void **state)
{
    static const struct {
        size_t sizes[5];
        bool is_kept;
    } streams[] = {
        {{0, 0, 0, 0, 0}, false},
        {{1, 1, 1, 1, 1}, false},
        {{4095, 100, 0, 0, 0}, false},
        {{4096, 100, 0, 0, 0}, true},
        {{70000, 0, 60000, 65535, 50000}, true},
        {{100, 200000, 124, 65536, 5000}, true},
        {{MIB, 3, 0, 0, 0}, true},
        {{MIB + 1, 65537, 10, 0, 0}, false},
        {{3 * MIB, MIB, 2 * MIB, 10, MIB + 5}, false},
        {{0, 0, 0, 0, 300000}, true},
        {{MIB + 1, 5, 300000, 0, 0}, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
        comes_out(streams[i].sizes, 5, streams[i].is_kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stretches_of_any_length),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
