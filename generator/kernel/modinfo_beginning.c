#include "kernel/modinfo_beginning.h"

#include <errno.h>
#include <string.h>

#include "archive/compressor.h"
#include "archive/image_archive.h"
#include "archive/xz_reader.h"

/* Bytes to inflate before it is looked for again. */
#define STEP (8u << 10)

/* Every entry has one of these keys before its "=" (the kernel's moduleparam.h, module.h and modpost.c). */
static const char *const keys[] = {"alias", "author", "depends", "description", "file", "firmware", "import_ns",
    "intree", "license", "livepatch", "name", "parm", "parmtype", "retpoline", "scmversion", "softdep", "srcversion",
    "staging", "vermagic", "version", "weakdep"};

enum string_kind { STRING_ENTRY, STRING_OTHER, STRING_DOUBTFUL };

/* Only an entry has a "=" in it for certain. */
static enum string_kind kind_of(const uint8_t *text, size_t size)
{
    const uint8_t *equals = memchr(text, '=', size);

    if (!equals)
        return STRING_OTHER;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strlen(keys[i]) == (size_t)(equals - text) && !memcmp(keys[i], text, strlen(keys[i])))
            return STRING_ENTRY;
    }
    return STRING_DOUBTFUL;
}

/* The string before end, which is behind the NUL that ends it; NULL: it begins before the bytes. */
static const uint8_t *string_before(const uint8_t *bytes, const uint8_t *end)
{
    const uint8_t *nul = memrchr(bytes, '\0', (size_t)(end - 1 - bytes));

    return nul ? nul + 1 : NULL;
}

/* Moves *start back over entries; false when it is in doubt that there are no more. */
static bool find_start(const uint8_t *bytes, const uint8_t **start)
{
    const uint8_t *text = *start;
    enum string_kind kind = STRING_ENTRY;

    while (kind == STRING_ENTRY) {
        *start = text;
        text = string_before(bytes, *start);
        if (!text)
            return false;
        kind = kind_of(text, (size_t)(*start - 1 - text));
    }
    if (kind == STRING_OTHER && text == *start - 1) {
        while (text > bytes && text[-1] == '\0')
            text--;
        text = text > bytes ? string_before(bytes, text + 1) : NULL;
        return text && kind_of(text, strlen((const char *)text)) != STRING_ENTRY;
    }
    return kind == STRING_OTHER;
}

/* The same forwards; what ends the last must be among the bytes. */
static bool find_end(const uint8_t *limit, const uint8_t **end)
{
    const uint8_t *text = *end, *nul;
    enum string_kind kind;

    do {
        *end = text;
        nul = memchr(text, '\0', (size_t)(limit - text));
        if (!nul)
            return false;
        kind = kind_of(text, (size_t)(nul - text));
        text = nul + 1;
    } while (kind == STRING_ENTRY);
    if (kind == STRING_OTHER && nul == *end) {
        while (text < limit && *text == '\0')
            text++;
        nul = memchr(text, '\0', (size_t)(limit - text));
        return nul && kind_of(text, (size_t)(nul - text)) != STRING_ENTRY;
    }
    return kind == STRING_OTHER;
}

/* The entries of a section follow each other without a gap, and every module has this one among them (modpost.c). From
 * there, back and forth, to what is none; behind a gap there must be none either. */
bool modinfo_find_strings(const uint8_t *bytes, size_t size, struct modinfo *info)
{
    static const char present[] = "\0vermagic=";
    const uint8_t *found = memmem(bytes, size, present, sizeof(present) - 1);
    const uint8_t *start, *end;

    if (!found)
        return false;
    start = end = found + 1;
    if (!find_start(bytes, &start) || !find_end(bytes + size, &end))
        return false;
    *info = (struct modinfo){(const char *)start, (size_t)(end - start)};
    return true;
}

/* Inflates no further than to where the strings are certain. -ENODATA: they are not, and all of it is inflated. */
static int find_in_stream(struct xz_reader *reader, struct buffer *inflated, struct modinfo *info)
{
    static const char name[] = "vermagic=";
    bool is_begun = false;

    while (!reader->is_at_end) {
        size_t searched = inflated->size > sizeof(name) ? inflated->size - sizeof(name) : 0;

        if (xz_reader_read(reader, STEP, inflated) < 0 || inflated->size > IMAGE_ARCHIVE_INFLATED_MAXIMUM)
            return -EBADMSG;
        /* Most of a large module is code, to be looked through once. */
        is_begun = is_begun || memmem(inflated->data + searched, inflated->size - searched, name, sizeof(name) - 1);
        if (is_begun && modinfo_find_strings(inflated->data, inflated->size, info))
            return 0;
    }
    return -ENODATA;
}

/* Others than xz are inflated in no time. */
static int read_from_xz(const void *bytes, size_t size, struct buffer *inflated, struct modinfo *info)
{
    struct xz_reader reader;
    int result = xz_reader_open(&reader, bytes, size);

    if (result < 0)
        return result;
    result = find_in_stream(&reader, inflated, info);
    xz_reader_close(&reader);
    return result;
}

int modinfo_read_compressed(const void *bytes, size_t size, struct buffer *strings)
{
    struct buffer inflated = {0};
    struct modinfo info;
    int result = -ENODATA;

    if (compressor_of_stream(bytes, size) == &compressors[COMPRESSOR_XZ])
        result = read_from_xz(bytes, size, &inflated, &info);
    else if (image_archive_decompress(bytes, size, NULL, &inflated) < 0)
        result = -EBADMSG;
    if (result == -ENODATA)
        result = modinfo_open(&info, inflated.data, inflated.size);
    if (result == 0)
        buffer_append(strings, info.text, info.size);
    buffer_free(&inflated);
    return result;
}
