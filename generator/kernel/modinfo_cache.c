#include "kernel/modinfo_cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "archive/compressor.h"
#include "archive/image_archive.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/file_signature.h"
#include "base/log.h"
#include "kernel/modinfo.h"
#include "kernel/modinfo_beginning.h"

#define KIND "module-information"
#define SIZE_MAXIMUM (1u << 20) /* bytes; most answers are empty */

void modinfo_cache_open(struct cache *cache, const char *parent)
{
    cache_open(cache, parent, KIND);
}

void modinfo_cache_close(struct cache *cache)
{
    cache_close(cache, SIZE_MAXIMUM);
}

/* *info is of the bytes. Of a compressed module not all is inflated, unless that does not do. Logs. */
static int read_module(const char *path, struct buffer *bytes, struct modinfo *info)
{
    struct buffer compressed = {0};
    bool is_read = compressor_of_file(path) && file_read(path, &compressed) == 0
                   && modinfo_read_compressed(compressed.data, compressed.size, bytes) == 0;
    int result = 0;

    buffer_free(&compressed);
    if (is_read) {
        *info = (struct modinfo){(const char *)bytes->data, bytes->size};
        return 0;
    }
    result = image_archive_read_file(path, bytes);
    if (result < 0)
        return result;
    result = modinfo_open(info, bytes->data, bytes->size);
    if (result == -ENOEXEC)
        log_error("cannot pack %s: it is damaged, or no kernel module", path);
    return result == -ENODATA ? 0 : result;
}

/* Appends what a module's own .modinfo says of some keys, a line "KEY=VALUE" for each. Logs. */
static int ask(const char *path, struct buffer *lines)
{
    static const char *const keys[] = {"weakdep", "firmware"};
    struct buffer bytes = {0};
    struct modinfo info = {0};
    int result = read_module(path, &bytes, &info);

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *value;
        size_t position = 0;

        while ((value = modinfo_next(&info, keys[i], &position))) {
            char *line = allocate_format("%s=%s\n", keys[i], value);

            buffer_append_string(lines, line);
            free(line);
        }
    }
    buffer_free(&bytes);
    return result;
}

int modinfo_cache_values(struct cache *cache, const char *path, const char *key, struct string_list *values)
{
    struct buffer signature = {0};
    struct buffer text = {0};
    struct string_list lines = {0};
    size_t length = strlen(key);
    struct cache_key file;
    int result = 0;

    file_signature_add(&signature, path);
    file = cache_key("module information", signature.data, signature.size);
    if (!cache_get(cache, &file, &text)) {
        result = ask(path, &text);
        if (result == 0)
            cache_put(cache, &file, text.data, text.size);
    }
    buffer_append(&text, "", 1);
    string_list_add_parts(&lines, (const char *)text.data, "\n");
    for (size_t i = 0; i < lines.count; i++) {
        if (!strncmp(lines.items[i], key, length) && lines.items[i][length] == '=')
            string_list_add(values, lines.items[i] + length + 1);
    }
    string_list_free(&lines);
    buffer_free(&text);
    buffer_free(&signature);
    return result;
}
