#include "archive/image_write.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/allocate.h"
#include "base/log.h"

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

/* A warning is an error here: it means that something of the entry is not in the archive as we gave it. */
static int write_entry(struct archive *archive, const struct image_entry *source, size_t inode)
{
    struct archive_entry *entry = describe(source, inode);
    const struct buffer *bytes = &source->bytes;
    bool is_whole;

    if (!entry)
        return -ENOMEM;
    if (S_ISLNK(source->mode)) {
        char *target = allocate_text((const char *)bytes->data, bytes->size);

        archive_entry_set_symlink(entry, target);
        free(target);
    }
    is_whole = archive_write_header(archive, entry) == ARCHIVE_OK;
    if (is_whole && S_ISREG(source->mode) && bytes->size > 0)
        is_whole = archive_write_data(archive, bytes->data, bytes->size) == (la_ssize_t)bytes->size;
    is_whole = is_whole && archive_write_finish_entry(archive) == ARCHIVE_OK;
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

int image_write(const struct image *image, struct compress_stream *stream, const char *name)
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
