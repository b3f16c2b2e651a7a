/*
 * `kindling cat IMAGE FILE`: one file of an image, as a boot sees it. What lies compressed on its own is inflated, and
 * is found by the name that it has in use, too: ext4.ko, where the image holds ext4.ko.gz.
 */
#include "command/commands.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/image_archive.h"
#include "archive/image_path.h"
#include "base/allocate.h"
#include "base/log.h"
#include "base/string_list.h"
#include "base/suggestion.h"
#include "command/arguments.h"
#include "contract/index.h"

#define USAGE "cat IMAGE FILE"
#define USAGE_STATUS 2

/* Gives what is at member another name, as a symlink does, so that symlinks of the image lead there as well. */
static void add_name(struct image *image, const char *name, const char *member)
{
    struct image_entry link = {.mode = S_IFLNK | 0777};

    if (*name == '\0' || image_find(image, name))
        return;
    link.name = image_resolve(image, name);
    link.origin = allocate_string("");
    buffer_append_string(&link.bytes, *member == '/' ? "" : "/");
    buffer_append_string(&link.bytes, member);
    image_append(image, &link);
}

static void add_plain_names(struct image *image)
{
    size_t count = image->count;

    for (size_t i = 0; i < count; i++) {
        const struct image_entry *entry = image->entries[i];
        const struct compressor *compressor = image_archive_compressor(entry);
        char *name;

        if (!compressor)
            continue;
        name = allocate_text(entry->name, strlen(entry->name) - strlen(compressor->suffix));
        add_name(image, name, entry->name);
        free(name);
    }
}

/* Programs' files go by the place where /init puts them. */
static void add_places_of_index(struct image *image)
{
    const struct image_entry *entry = image_find(image, IMAGE_INDEX_PATH);
    struct index index;
    struct index_file file;

    if (!entry || index_attach(&index, entry->bytes.data, entry->bytes.size) < 0)
        return;
    for (uint32_t i = 0; index_file(&index, i, &file) == 0; i++)
        add_name(image, file.path, file.member);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* What an image calls its files must not speak to the terminal. */
static bool is_printable(const char *name)
{
    while (*name && !iscntrl((unsigned char)*name))
        name++;
    return *name == '\0';
}

/* " (did you mean PATH?)" for the file whose last part is nearest, in whatever directory; a new string. */
static char *suggest(const struct image *image, const char *path)
{
    struct string_list names = {0};
    const char *nearest;
    char *phrase = NULL;

    for (size_t i = 0; i < image->count; i++) {
        if (!S_ISDIR(image->by_name[i]->mode) && is_printable(image->by_name[i]->name))
            string_list_add(&names, last_part(image->by_name[i]->name));
    }
    nearest = suggestion_nearest(last_part(path), &names);
    for (size_t i = 0; i < image->count && nearest && !phrase; i++) {
        const struct image_entry *entry = image->by_name[i];

        if (!S_ISDIR(entry->mode) && is_printable(entry->name) && !strcmp(last_part(entry->name), nearest))
            phrase = allocate_format(" (did you mean /%s?)", entry->name);
    }
    string_list_free(&names);
    return phrase ? phrase : allocate_string("");
}

static void complain(const struct image *image, const char *image_path, const char *path)
{
    const struct image_entry *entry = image_find(image, path);
    char *phrase;

    if (entry) {
        log_error("%s is no file in %s: it is %s", path, image_path,
            S_ISDIR(entry->mode)   ? "a directory"
            : S_ISLNK(entry->mode) ? "a symlink that leads to none"
                                   : "a device, a pipe or a socket");
        return;
    }
    phrase = suggest(image, path);
    log_error("%s is not in %s%s", path, image_path, phrase);
    free(phrase);
}

static int print_file(const struct image_entry *entry)
{
    struct buffer inflated = {0};
    const struct buffer *bytes = &entry->bytes;
    int result = 0;

    if (image_archive_compressor(entry)) {
        result = image_archive_decompress(entry->bytes.data, entry->bytes.size, entry->name, &inflated);
        bytes = &inflated;
    }
    if (result == 0 && bytes->size > 0)
        fwrite(bytes->data, 1, bytes->size, stdout);
    buffer_free(&inflated);
    return result;
}

int cmd_cat(int argc, char **argv)
{
    struct image image = {0};
    const struct image_entry *entry = NULL;
    int status = 1;

    if (!arguments_are_plain(argc, argv))
        return USAGE_STATUS;
    if (argc - optind != 2) {
        log_error("usage: kindling " USAGE);
        return USAGE_STATUS;
    }
    if (image_archive_read(argv[optind], &image) == 0) {
        image_strip_names(&image);
        add_plain_names(&image);
        add_places_of_index(&image);
        entry = image_path_find(&image, argv[optind + 1]);
        if (!entry)
            complain(&image, argv[optind], argv[optind + 1]);
        else
            status = print_file(entry) < 0 ? 1 : 0;
    }
    image_free(&image);
    return status;
}
