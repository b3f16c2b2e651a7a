#include <inttypes.h>
#include <string.h>

#include "archive/image_write.h"
#include "base/log.h"
#include "build/assembly.h"

#define STRETCH_CACHE_MAXIMUM (8u << 20)

/* Room for the least that the image can come to. */
static int reserve(const struct assembly *assembly, const struct output_file *file)
{
    enum compress_method method = assembly->plan->settings.method;
    uint64_t size = 0;
    int result;

    for (size_t i = 0; i < assembly->early.count; i++)
        size += assembly->early.entries[i]->bytes.size;
    for (size_t i = 0; i < assembly->image.count; i++) {
        const struct image_entry *entry = assembly->image.entries[i];

        if (method == COMPRESS_NONE || (method == COMPRESS_GZIP && entry->place == IMAGE_LAZY))
            size += entry->bytes.size;
    }
    result = output_file_reserve(file, size);
    if (result < 0)
        log_error("cannot write %s of %" PRIu64 " bytes and more: %s", assembly->plan->settings.output, size,
            strerror(-result));
    return result;
}

static int write_archive(const struct output_settings *settings, const struct image *image, struct output_file *file,
    enum compress_method method)
{
    struct compress_stream *stream;
    struct cache stretches;
    int result;

    cache_open(&stretches, settings->cache, "stretches");
    result = compress_stream_open(&stream, file, method, method == settings->method ? settings->level : 0, &stretches);
    if (result == 0)
        result = image_write(image, stream, settings->output);
    else
        log_error("cannot compress %s: %s", settings->output, strerror(-result));
    if (result == 0) {
        result = compress_stream_finish(stream);
        if (result < 0)
            log_error("cannot write %s: %s", settings->output, strerror(-result));
    }
    compress_stream_free(stream);
    cache_close(&stretches, STRETCH_CACHE_MAXIMUM);
    return result;
}

int image_file_write(const struct assembly *assembly)
{
    const struct output_settings *settings = &assembly->plan->settings;
    struct output_file file;
    int result = output_file_open(&file, settings->output);

    if (result < 0)
        return result;
    result = reserve(assembly, &file);
    /* The kernel reads microcode before it could decompress anything. */
    if (result == 0 && assembly->early.count > 0)
        result = write_archive(settings, &assembly->early, &file, COMPRESS_NONE);
    if (result == 0)
        result = write_archive(settings, &assembly->image, &file, settings->method);
    if (result < 0) {
        output_file_discard(&file);
        return result;
    }
    return output_file_commit(&file, settings->if_changed);
}
