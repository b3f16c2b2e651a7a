/* A file of the cache: an entry is what its key says, or none. */
#include "fuzz.h"

#include "archive/cache_pack_writer.h"
#include "archive/checksum.h"
#include "contract/bytes.h"

#define TRAILER_SIZE 16u
#define RECORD_SIZE 52u

/* The index's checksum, which no mutation would get right. */
static void mend(uint8_t *bytes, size_t size)
{
    uint8_t *trailer = bytes + size - TRAILER_SIZE;
    size_t index_size = (size_t)get_le32(trailer) * RECORD_SIZE;

    if (index_size <= size - TRAILER_SIZE)
        put_le32(trailer + 4, checksum_crc32(0, trailer - index_size, index_size));
}

static void look(int directory)
{
    struct cache_key key = cache_key("recipe", "bytes", 5);
    struct cache_pack_writer *writer;
    struct cache_pack pack;
    struct buffer bytes = {0};

    if (cache_pack_open(&pack, directory, "pack") < 0)
        return;
    (void)cache_pack_get(&pack, &key, &bytes);
    writer = cache_pack_writer_open(directory);
    require(writer);
    cache_pack_writer_merge(writer, &pack);
    (void)cache_pack_writer_get(writer, &key, &bytes);
    cache_pack_close(&pack);
    (void)cache_pack_writer_finish(writer);
    buffer_free(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = fuzz_bytes(data, size);
    int directory;

    if (size >= TRAILER_SIZE)
        mend(bytes, size);
    fuzz_write("/pack", (struct fuzz_input){bytes, size});
    directory = open(fuzz_tree(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    require(directory >= 0);
    look(directory);
    close(directory);
    fuzz_remove_tree();
    require(mkdir(fuzz_tree(), 0700) == 0);
    free(bytes);
    return 0;
}
