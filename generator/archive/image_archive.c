#include "archive/image_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/compressor.h"
#include "archive/newc.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"

#define READ_SIZE (256u << 10)

/* libarchive's error number is -1 where it knows none. */
static int error_of(struct archive *archive)
{
    int error = archive_errno(archive);

    return error > 0 ? -error : -EIO;
}

/* chunk: how much to ask for at a time. */
static int read_data(struct archive *archive, struct buffer *out, size_t chunk)
{
    la_ssize_t length;

    do {
        if (out->size == out->capacity)
            buffer_reserve(out, chunk);
        length = archive_read_data(archive, out->data + out->size, out->capacity - out->size);
        if (length < 0)
            return error_of(archive);
        out->size += (size_t)length;
        if (out->size > IMAGE_ARCHIVE_INFLATED_MAXIMUM)
            return -EFBIG;
    } while (length > 0);
    return 0;
}

/* *consumed: how many of the bytes belonged to the compressed stream. */
static int decompress(const void *bytes, size_t size, const char *name, struct buffer *out, size_t *consumed)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    int result = 0;

    if (!archive)
        return -ENOMEM;
    /* Only what libarchive reads by itself: it would run programs for the rest. */
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_lzma(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_lz4(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_format_raw(archive);
    if (archive_read_open_memory(archive, bytes, size) != ARCHIVE_OK
        || archive_read_next_header(archive, &entry) != ARCHIVE_OK)
        result = error_of(archive);
    if (result == 0)
        result = read_data(archive, out, READ_SIZE);
    if (result < 0 && name)
        log_error("cannot decompress %s: %s", name,
            archive_error_string(archive) ? archive_error_string(archive) : strerror(-result));
    *consumed = (size_t)archive_filter_bytes(archive, -1);
    archive_read_free(archive);
    return result;
}

const struct compressor *image_archive_compressor(const struct image_entry *entry)
{
    const struct compressor *compressor = S_ISREG(entry->mode) ? compressor_of_file(entry->name) : NULL;

    return compressor && compressor == compressor_of_stream(entry->bytes.data, entry->bytes.size) ? compressor : NULL;
}

int image_archive_decompress(const void *bytes, size_t size, const char *name, struct buffer *out)
{
    size_t consumed;

    return decompress(bytes, size, name, out, &consumed);
}

int image_archive_read_file(const char *path, struct buffer *out)
{
    bool is_compressed = compressor_of_file(path) != NULL;
    struct buffer compressed = {0};
    int result = file_read(path, is_compressed ? &compressed : out);

    if (result < 0)
        log_error("cannot read %s: %s", path, strerror(-result));
    else if (is_compressed)
        result = image_archive_decompress(compressed.data, compressed.size, path, out);
    buffer_free(&compressed);
    return result;
}

/* Of the links to one file only one carries the content, in newc the last. entry: a link, not appended yet, to what is
 * in the image as first. As long as it is being read, a link's origin is the name of the first. */
static void share_content(struct image *image, const char *first, struct image_entry *entry)
{
    const struct image_entry *present = image_find(image, first);

    allocate_replace(&entry->origin, allocate_string(first));
    if (entry->bytes.size == 0 && present)
        buffer_append(&entry->bytes, present->bytes.data, present->bytes.size);
    for (size_t i = 0; i < image->count && entry->bytes.size > 0; i++) {
        struct image_entry *other = image->entries[i];

        if (S_ISREG(other->mode) && other->bytes.size == 0
            && (!strcmp(other->name, first) || !strcmp(other->origin, first)))
            buffer_append(&other->bytes, entry->bytes.data, entry->bytes.size);
    }
}

static int take_entry(struct archive *archive, struct archive_entry *entry, struct image *image)
{
    struct image_entry taken = {
        .mode = archive_entry_mode(entry),
        .device_major = (unsigned)archive_entry_rdevmajor(entry),
        .device_minor = (unsigned)archive_entry_rdevminor(entry),
        .uid = (uid_t)archive_entry_uid(entry),
        .gid = (gid_t)archive_entry_gid(entry),
        .mtime = archive_entry_mtime(entry),
    };
    const char *target = archive_entry_symlink(entry);
    int result = 0;

    if (target)
        buffer_append_string(&taken.bytes, target);
    else if (S_ISREG(taken.mode))
        result = read_data(archive, &taken.bytes, (size_t)archive_entry_size(entry) + 1);
    if (result < 0) {
        buffer_free(&taken.bytes);
        return result;
    }
    taken.name = allocate_string(archive_entry_pathname(entry) ? archive_entry_pathname(entry) : "");
    taken.origin = allocate_string("");
    if (archive_entry_hardlink(entry))
        share_content(image, archive_entry_hardlink(entry), &taken);
    image_append(image, &taken);
    return 0;
}

/* Reads one archive up to its trailer; *consumed is its length. */
static int read_archive(const uint8_t *bytes, size_t size, const char *name, struct image *image, size_t *consumed)
{
    struct archive *archive;
    struct archive_entry *entry;
    int status;
    int result = newc_check(bytes, size, name);

    if (result < 0)
        return result;
    archive = archive_read_new();
    if (!archive)
        return -ENOMEM;
    archive_read_support_format_cpio(archive);
    result = archive_read_open_memory(archive, bytes, size) == ARCHIVE_OK ? 0 : error_of(archive);
    while (result == 0 && (status = archive_read_next_header(archive, &entry)) != ARCHIVE_EOF) {
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
            result = error_of(archive);
            break;
        }
        if (status == ARCHIVE_WARN)
            log_warning("%s: %s", archive_entry_pathname(entry), archive_error_string(archive));
        result = take_entry(archive, entry, image);
    }
    if (result < 0)
        log_error("cannot read %s: %s", name,
            archive_error_string(archive) ? archive_error_string(archive) : strerror(-result));
    *consumed = (size_t)archive_filter_bytes(archive, 0);
    archive_read_free(archive);
    return result == 0 && *consumed == 0 ? -EINVAL : result;
}

static size_t count_padding(const uint8_t *bytes, size_t size)
{
    size_t count = 0;

    while (count < size && bytes[count] == '\0')
        count++;
    return count;
}

/* Reads bare archives, one behind the other. Returns how many bytes they and the NULs around them took, or -errno. */
static ssize_t read_bare(const uint8_t *bytes, size_t size, const char *name, struct image *image)
{
    size_t position = count_padding(bytes, size);

    while (newc_begins(bytes + position, size - position)) {
        size_t consumed;
        int result = read_archive(bytes + position, size - position, name, image, &consumed);

        if (result < 0)
            return result;
        position += consumed;
        position += count_padding(bytes + position, size - position);
    }
    return (ssize_t)position;
}

/* Reads archives until the bytes end. Returns how many bytes they took, or -errno. */
static ssize_t read_archives(const uint8_t *bytes, size_t size, const char *name, struct image *image)
{
    size_t position = 0;

    for (;;) {
        ssize_t length = read_bare(bytes + position, size - position, name, image);
        struct buffer inflated = {0};
        size_t consumed;
        int result;

        if (length < 0)
            return length;
        position += (size_t)length;
        if (!compressor_of_stream(bytes + position, size - position))
            return (ssize_t)position;
        /* What is compressed is not looked into again: the kernel does not do it either, and a stream may hold itself.
         */
        result = decompress(bytes + position, size - position, name, &inflated, &consumed);
        length = result < 0 ? result : read_bare(inflated.data, inflated.size, name, image);
        if (length >= 0 && (size_t)length < inflated.size) {
            log_error("cannot read %s: it holds something else than a newc archive", name);
            length = -EINVAL;
        }
        buffer_free(&inflated);
        if (length < 0)
            return length;
        position += consumed;
    }
}

int image_archive_read_bytes(const uint8_t *bytes, size_t size, const char *name, struct image *image)
{
    /* The one compressor that a kernel may know (CONFIG_RD_LZO) and libarchive has a program for. */
    static const uint8_t lzop_magic[] = {0x89, 'L', 'Z', 'O', 0, '\r', '\n', 0x1a, '\n'};
    ssize_t length = read_archives(bytes, size, name, image);

    if (length >= 0 && size - (size_t)length >= sizeof(lzop_magic)
        && !memcmp(bytes + length, lzop_magic, sizeof(lzop_magic))) {
        log_error(
            "cannot read %s: it is compressed with lzop, which kindling does not read: unpack it with lzop -dc", name);
        return -EINVAL;
    }
    if (length >= 0 && image->count == 0) {
        log_error("cannot read %s: it is not an initramfs", name);
        return -EINVAL;
    }
    if (length >= 0 && (size_t)length < size)
        log_note("%s: %zu bytes at its end are no archive", name, size - (size_t)length);
    return length < 0 ? (int)length : 0;
}

int image_archive_read(const char *path, struct image *image)
{
    struct buffer bytes = {0};
    int result = file_read(path, &bytes);

    if (result < 0)
        log_error("cannot read %s: %s", path, strerror(-result));
    else
        result = image_archive_read_bytes(bytes.data, bytes.size, path, image);
    buffer_free(&bytes);
    return result;
}
