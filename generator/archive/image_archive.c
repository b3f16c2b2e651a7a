#include "archive/image_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/compressor.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"

#define READ_SIZE (256u << 10)
#define NEWC_MAGIC "07070" /* and 1, or 2 with a checksum */

/* A header: the magic, and thirteen numbers of eight hexadecimal digits each. */
#define HEADER_SIZE 110u
#define FIELD_SIZE 8u
#define FIELD_FILE_SIZE 6u
#define FIELD_NAME_SIZE 11u
#define TRAILER "TRAILER!!!"

/* What somebody else wrote may be made to inflate to no end. */
#define INFLATED_MAXIMUM (1u << 30) /* bytes */
#define ENTRIES_MAXIMUM 200000u

/* libarchive's error number is -1 where it knows none. */
static int error_of(struct archive *archive)
{
    int error = archive_errno(archive);

    return error > 0 ? -error : -EIO;
}

/* Where the archive goes, and what went wrong on the way. */
struct sink {
    struct compress_stream *stream;
    int error;
};

/* libarchive never gets to know of an error here, since it would leak its own state; who feeds it asks the sink. */
static la_ssize_t pass_on(struct archive *archive, void *data, const void *bytes, size_t size)
{
    struct sink *sink = data;

    (void)archive;
    if (sink->error == 0)
        sink->error = compress_stream_write(sink->stream, bytes, size);
    return (la_ssize_t)size;
}

/* inode: a running number. Without links all that readers want of it is that no two entries share it. */
static struct archive_entry *describe(const struct image_entry *source, size_t inode)
{
    struct archive_entry *entry = archive_entry_new();

    if (!entry)
        return NULL;
    archive_entry_set_pathname(entry, source->name);
    archive_entry_set_mode(entry, source->mode);
    archive_entry_set_uid(entry, source->uid);
    archive_entry_set_gid(entry, source->gid);
    archive_entry_set_mtime(entry, source->mtime, 0);
    archive_entry_set_ino64(entry, (la_int64_t)inode);
    archive_entry_set_nlink(entry, S_ISDIR(source->mode) ? 2 : 1);
    archive_entry_set_devmajor(entry, 0);
    archive_entry_set_devminor(entry, 0);
    archive_entry_set_rdevmajor(entry, source->device_major);
    archive_entry_set_rdevminor(entry, source->device_minor);
    archive_entry_set_size(entry, S_ISREG(source->mode) ? (la_int64_t)source->bytes.size : 0);
    return entry;
}

static void set_link_target(struct archive_entry *entry, const struct image_entry *source)
{
    char *target;

    if (!S_ISLNK(source->mode))
        return;
    target = allocate_text((const char *)source->bytes.data, source->bytes.size);
    archive_entry_set_symlink(entry, target);
    free(target);
}

static bool is_written(struct archive *archive, const struct buffer *bytes)
{
    return bytes->size == 0 || archive_write_data(archive, bytes->data, bytes->size) == (la_ssize_t)bytes->size;
}

/* A warning is an error here: it means that something of the entry is not in the archive as we gave it. */
static int write_entry(struct archive *archive, const struct image_entry *source, size_t inode)
{
    struct archive_entry *entry = describe(source, inode);
    bool is_whole;

    if (!entry)
        return -ENOMEM;
    set_link_target(entry, source);
    is_whole = archive_write_header(archive, entry) == ARCHIVE_OK
               && (!S_ISREG(source->mode) || is_written(archive, &source->bytes))
               && archive_write_finish_entry(archive) == ARCHIVE_OK;
    archive_entry_free(entry);
    if (is_whole)
        return 0;
    log_error("cannot write %s into the image: %s", source->name, archive_error_string(archive));
    return error_of(archive);
}

static int write_entries(struct archive *archive, const struct image *image, struct sink *sink)
{
    enum image_place place = IMAGE_HEAD;

    for (size_t i = 0; i < image->count; i++) {
        const struct image_entry *entry = image->entries[i];
        int result = 0;

        /* An entry is complete, padding included, when it has been finished: here the stream may change its ways. */
        if (entry->place != place)
            sink->error = compress_stream_store(sink->stream, entry->place == IMAGE_LAZY);
        if (sink->error == 0)
            result = write_entry(archive, entry, i + 1);
        if (result < 0 || sink->error < 0)
            return result;
        place = entry->place;
    }
    return 0;
}

int image_archive_write(const struct image *image, struct compress_stream *stream, const char *name)
{
    struct archive *archive = archive_write_new();
    struct sink sink = {.stream = stream};
    int result;

    if (!archive)
        return -ENOMEM;
    archive_write_set_format_cpio_newc(archive);
    /* No blocks: bytes pass on at once, and nothing is padded at the end. */
    archive_write_set_bytes_per_block(archive, 0);
    archive_write_set_bytes_in_last_block(archive, 1);
    archive_write_open(archive, &sink, NULL, pass_on, NULL);
    result = write_entries(archive, image, &sink);
    if (archive_write_close(archive) != ARCHIVE_OK && result == 0) {
        log_error("cannot end the archive in %s: %s", name, archive_error_string(archive));
        result = error_of(archive);
    }
    archive_write_free(archive);
    if (result == 0 && sink.error < 0) {
        log_error("cannot write %s: %s", name, strerror(-sink.error));
        result = sink.error;
    }
    return result;
}

/* Only what libarchive reads by itself: it would run programs for the rest. */
static struct archive *new_decompressor(void)
{
    struct archive *archive = archive_read_new();

    if (!archive)
        return NULL;
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_lzma(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_lz4(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_format_raw(archive);
    return archive;
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
        if (out->size > INFLATED_MAXIMUM)
            return -EFBIG;
    } while (length > 0);
    return 0;
}

/* *consumed: how many of the bytes belonged to the compressed stream. */
static int decompress(const void *bytes, size_t size, const char *name, struct buffer *out, size_t *consumed)
{
    struct archive *archive = new_decompressor();
    struct archive_entry *entry;
    int result = 0;

    if (!archive)
        return -ENOMEM;
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

int image_archive_decompress(const void *bytes, size_t size, const char *name, struct buffer *out)
{
    size_t consumed;

    return decompress(bytes, size, name, out, &consumed);
}

static bool is_empty_link(const struct image_entry *entry, const char *first)
{
    return S_ISREG(entry->mode) && entry->bytes.size == 0
           && (!strcmp(entry->name, first) || !strcmp(entry->origin, first));
}

/* Of the links to one file only one carries the content, in newc the last. entry: a link, not appended yet, to what is
 * in the image as first. As long as it is being read, a link's origin is the name of the first. */
static void share_content(struct image *image, const char *first, struct image_entry *entry)
{
    const struct image_entry *present = image_find(image, first);

    free(entry->origin);
    entry->origin = allocate_string(first);
    if (entry->bytes.size == 0 && present)
        buffer_append(&entry->bytes, present->bytes.data, present->bytes.size);
    for (size_t i = 0; i < image->count && entry->bytes.size > 0; i++) {
        if (is_empty_link(image->entries[i], first))
            buffer_append(&image->entries[i]->bytes, entry->bytes.data, entry->bytes.size);
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

static int take_entries(struct archive *archive, struct image *image)
{
    struct archive_entry *entry;
    int status;

    while ((status = archive_read_next_header(archive, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN) {
        int result;

        if (status == ARCHIVE_WARN)
            log_warning("%s: %s", archive_entry_pathname(entry), archive_error_string(archive));
        result = take_entry(archive, entry, image);
        if (result < 0)
            return result;
    }
    return status == ARCHIVE_EOF ? 0 : error_of(archive);
}

static bool is_archive(const uint8_t *bytes, size_t size)
{
    return size > strlen(NEWC_MAGIC) && !memcmp(bytes, NEWC_MAGIC, strlen(NEWC_MAGIC))
           && (bytes[strlen(NEWC_MAGIC)] == '1' || bytes[strlen(NEWC_MAGIC)] == '2');
}

/* Eight hexadecimal digits, and nothing else as strtoul would take. */
static bool read_field(const uint8_t *header, unsigned number, uint32_t *value)
{
    const uint8_t *digits = header + strlen(NEWC_MAGIC) + 1 + (size_t)number * FIELD_SIZE;
    char text[FIELD_SIZE + 1] = "";

    memcpy(text, digits, FIELD_SIZE);
    *value = (uint32_t)strtoul(text, NULL, 16);
    return strspn(text, "0123456789abcdefABCDEF") == FIELD_SIZE;
}

static size_t padded(size_t size)
{
    return (size + 3) & ~(size_t)3;
}

/* The length of the entry that begins here, or 0 when it is damaged or not all there. The last may lack its padding. */
static size_t entry_length(const uint8_t *bytes, size_t size)
{
    uint32_t name_size;
    uint32_t file_size;

    if (size < HEADER_SIZE || !is_archive(bytes, size) || !read_field(bytes, FIELD_NAME_SIZE, &name_size)
        || !read_field(bytes, FIELD_FILE_SIZE, &file_size))
        return 0;
    if (name_size == 0 || name_size > IMAGE_NAME_MAXIMUM + 1 || size < padded(HEADER_SIZE + name_size)
        || size - padded(HEADER_SIZE + name_size) < file_size)
        return 0;
    return padded(HEADER_SIZE + name_size) + padded(file_size);
}

/* As libarchive sees it, for it must not read on where nobody looked. */
static bool is_trailer(const uint8_t *entry)
{
    uint32_t name_size;

    return read_field(entry, FIELD_NAME_SIZE, &name_size) && name_size == sizeof(TRAILER)
           && !memcmp(entry + HEADER_SIZE, TRAILER, strlen(TRAILER));
}

/* libarchive asks for as much memory as a header says, and looks for the next header when one is damaged: what it gets
 * to see are archives that the kernel would unpack. */
static int check_entries(const uint8_t *bytes, size_t size, const char *name)
{
    size_t position = 0;
    size_t count = 0;
    bool is_last = false;

    while (position < size && !is_last) {
        size_t length = entry_length(bytes + position, size - position);

        if (length == 0 || ++count > ENTRIES_MAXIMUM) {
            log_error("cannot read %s: %s at byte %zu of an archive", name,
                length == 0 ? "damaged or cut off" : "too many entries", position);
            return -EINVAL;
        }
        is_last = is_trailer(bytes + position);
        position += length;
    }
    return 0;
}

/* Reads one archive up to its trailer; *consumed is its length. */
static int read_archive(const uint8_t *bytes, size_t size, const char *name, struct image *image, size_t *consumed)
{
    struct archive *archive;
    int result = check_entries(bytes, size, name);

    if (result < 0)
        return result;
    archive = archive_read_new();
    if (!archive)
        return -ENOMEM;
    archive_read_support_format_cpio(archive);
    result = archive_read_open_memory(archive, bytes, size) == ARCHIVE_OK ? 0 : error_of(archive);
    if (result == 0)
        result = take_entries(archive, image);
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

    while (is_archive(bytes + position, size - position)) {
        size_t consumed;
        int result = read_archive(bytes + position, size - position, name, image, &consumed);

        if (result < 0)
            return result;
        position += consumed;
        position += count_padding(bytes + position, size - position);
    }
    return (ssize_t)position;
}

/* What is compressed is not looked into again: the kernel does not do it either, and a stream may hold itself. */
static int read_compressed(const uint8_t *bytes, size_t size, const char *name, struct image *image, size_t *consumed)
{
    struct buffer inflated = {0};
    int result = decompress(bytes, size, name, &inflated, consumed);
    ssize_t length = result < 0 ? result : read_bare(inflated.data, inflated.size, name, image);

    if (length >= 0 && (size_t)length < inflated.size) {
        log_error("cannot read %s: it holds something else than a newc archive", name);
        length = -EINVAL;
    }
    buffer_free(&inflated);
    return length < 0 ? (int)length : 0;
}

/* Reads archives until the bytes end. Returns how many bytes they took, or -errno. */
static ssize_t read_archives(const uint8_t *bytes, size_t size, const char *name, struct image *image)
{
    size_t position = 0;

    for (;;) {
        ssize_t length = read_bare(bytes + position, size - position, name, image);
        size_t consumed;
        int result;

        if (length < 0)
            return length;
        position += (size_t)length;
        if (!compressor_of_stream(bytes + position, size - position))
            return (ssize_t)position;
        result = read_compressed(bytes + position, size - position, name, image, &consumed);
        if (result < 0)
            return result;
        position += consumed;
    }
}

int image_archive_read_bytes(const uint8_t *bytes, size_t size, const char *name, struct image *image)
{
    ssize_t length = read_archives(bytes, size, name, image);

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
