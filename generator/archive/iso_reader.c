#include "archive/iso_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/allocate.h"

#define READ_SIZE (64u << 10)

static int error_of(struct archive *archive)
{
    int error = archive_errno(archive);

    return error > 0 ? -error : -EIO;
}

static int read_head(struct archive *archive, size_t most, struct buffer *head)
{
    uint8_t bytes[READ_SIZE];

    while (head->size < most) {
        size_t wanted = most - head->size < sizeof(bytes) ? most - head->size : sizeof(bytes);
        la_ssize_t length = archive_read_data(archive, bytes, wanted);

        if (length < 0)
            return error_of(archive);
        if (length == 0)
            return 0;
        buffer_append(head, bytes, (size_t)length);
    }
    return 0;
}

static int compare(const void *one, const void *other)
{
    return strcmp(((const struct iso_file *)one)->name, ((const struct iso_file *)other)->name);
}

static int read_all(struct archive *archive, bool (*is_wanted)(const char *name), size_t most, struct iso_files *files)
{
    struct archive_entry *entry;
    int result = 0, status = ARCHIVE_OK;

    while (result == 0 && (status = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
        const char *name = archive_entry_pathname(entry);
        struct iso_file *file;

        if (!name || archive_entry_filetype(entry) != AE_IFREG || !is_wanted(name))
            continue;
        files->items = allocate_more(files->items, files->count, sizeof(*files->items));
        file = &files->items[files->count++];
        *file = (struct iso_file){.name = allocate_string(name), .size = (uint64_t)archive_entry_size(entry)};
        result = read_head(archive, most, &file->head);
    }
    if (result == 0 && status != ARCHIVE_EOF)
        result = error_of(archive);
    if (files->count > 0)
        qsort(files->items, files->count, sizeof(*files->items), compare);
    return result;
}

int iso_files_read(const char *path, bool (*is_wanted)(const char *name), size_t most, struct iso_files *files)
{
    struct archive *archive = archive_read_new();
    int result;

    *files = (struct iso_files){0};
    if (!archive)
        return -ENOMEM;
    archive_read_support_format_iso9660(archive);
    if (archive_read_open_filename(archive, path, READ_SIZE) != ARCHIVE_OK)
        result = -EMEDIUMTYPE;
    else
        result = read_all(archive, is_wanted, most, files);
    archive_read_free(archive);
    return result;
}

void iso_files_free(struct iso_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->items[i].name);
        buffer_free(&files->items[i].head);
    }
    free(files->items);
    *files = (struct iso_files){0};
}
