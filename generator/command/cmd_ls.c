#include "command/commands.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "archive/image_archive.h"
#include "base/allocate.h"
#include "base/json_output.h"
#include "base/log.h"
#include "base/terminal.h"
#include "build/image_index.h"
#include "command/arguments.h"
#include "command/sizes.h"

#define USAGE "ls [-l] [--why] [--size] [--json] IMAGE [PATTERN]"

struct listing {
    bool is_long;
    bool has_reasons;
    bool has_sizes;
    bool is_json;
    const char *path;
    const char *pattern; /* NULL: all */
    char *reasons;       /* the text of IMAGE_REASONS_PATH, or "" */
};

/* As ls -l writes it: "drwxr-xr-t". */
static void print_mode(mode_t mode)
{
    static const char types[] = "?pc?d?b?-?l?s???"; /* by the four bits of S_IFMT */
    static const char letters[] = "rwxrwxrwx";
    static const struct {
        mode_t bit;
        size_t position;
        char with_execution;
        char without;
    } specials[] = {{S_ISUID, 3, 's', 'S'}, {S_ISGID, 6, 's', 'S'}, {S_ISVTX, 9, 't', 'T'}};
    char text[] = "----------";

    text[0] = types[(mode & S_IFMT) >> 12];
    for (size_t i = 0; i < 9; i++) {
        if (mode & (0400u >> i))
            text[i + 1] = letters[i];
    }
    for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
        char *place = &text[specials[i].position];

        if (!(mode & specials[i].bit))
            continue;
        if (*place == 'x')
            *place = specials[i].with_execution;
        else
            *place = specials[i].without;
    }
    fputs(text, stdout);
}

static void print_details(const struct image_entry *entry)
{
    char date[sizeof("YYYYYYYYYYYY-MM-DD HH:MM")] = "?";
    time_t time = (time_t)entry->mtime;
    struct tm parts;

    if (gmtime_r(&time, &parts))
        strftime(date, sizeof(date), "%Y-%m-%d %H:%M", &parts);
    print_mode(entry->mode);
    printf(" %5u %5u ", entry->uid, entry->gid);
    if (S_ISCHR(entry->mode) || S_ISBLK(entry->mode))
        printf("%5u,%5u ", entry->device_major, entry->device_minor);
    else
        printf("%11zu ", entry->bytes.size);
    printf("%s ", date);
}

/* The reason for a name, up to the end of its line; NULL when none is known. */
static const char *find_reason(const char *reasons, const char *name)
{
    size_t length = strlen(name);

    while (*reasons) {
        if (!strncmp(reasons, name, length) && reasons[length] == '\t')
            return reasons + length + 1;
        reasons += strcspn(reasons, "\n");
        reasons += *reasons == '\n';
    }
    return NULL;
}

static void print_entry(const struct listing *listing, const struct image_entry *entry)
{
    const char *reason = listing->has_reasons ? find_reason(listing->reasons, entry->name) : NULL;

    if (listing->is_long)
        print_details(entry);
    terminal_print_name(entry->name);
    if (listing->is_long && S_ISLNK(entry->mode)) {
        char *target = allocate_text((const char *)entry->bytes.data, entry->bytes.size);

        printf(" -> ");
        terminal_print_name(target);
        free(target);
    }
    if (reason) {
        char *text = allocate_text(reason, strcspn(reason, "\n"));

        printf("\t");
        terminal_print_name(text);
        free(text);
    }
    putchar('\n');
}

static const char *type_name(mode_t mode)
{
    return S_ISREG(mode)    ? "file"
           : S_ISDIR(mode)  ? "directory"
           : S_ISLNK(mode)  ? "symlink"
           : S_ISCHR(mode)  ? "character device"
           : S_ISBLK(mode)  ? "block device"
           : S_ISFIFO(mode) ? "fifo"
           : S_ISSOCK(mode) ? "socket"
                            : "unknown";
}

static void set_content(const struct listing *listing, json_t *object, const struct image_entry *entry)
{
    const struct compressor *compressor = image_archive_compressor(entry);
    struct buffer inflated = {0};
    size_t size = entry->bytes.size;

    json_set_number(object, "size", (long long)size);
    if (compressor)
        json_set_text(object, "compressor", compressor->name);
    if (compressor && listing->has_sizes)
        size = image_archive_decompress(entry->bytes.data, size, NULL, &inflated) == 0 ? inflated.size : size;
    if (listing->has_sizes)
        json_set_number(object, "unpacked", (long long)size);
    buffer_free(&inflated);
}

static json_t *describe(const struct listing *listing, const struct image_entry *entry)
{
    const char *reason = listing->reasons ? find_reason(listing->reasons, entry->name) : NULL;
    char *mode = allocate_format("%04o", entry->mode & 07777u);
    json_t *object = json_object();

    json_set_text(object, "name", entry->name);
    json_set_text(object, "type", type_name(entry->mode));
    json_set_text(object, "mode", mode);
    json_set_number(object, "uid", entry->uid);
    json_set_number(object, "gid", entry->gid);
    json_set_number(object, "mtime", entry->mtime);
    if (S_ISREG(entry->mode))
        set_content(listing, object, entry);
    if (S_ISCHR(entry->mode) || S_ISBLK(entry->mode)) {
        json_set_number(object, "major", entry->device_major);
        json_set_number(object, "minor", entry->device_minor);
    }
    if (S_ISLNK(entry->mode)) {
        char *target = allocate_text((const char *)entry->bytes.data, entry->bytes.size);

        json_set_text(object, "target", target);
        free(target);
    }
    if (reason) {
        char *text = allocate_text(reason, strcspn(reason, "\n"));

        json_set_text(object, "reason", text);
        free(text);
    }
    free(mode);
    return object;
}

/* A pattern means the whole name, or its last part. */
static bool is_listed(const struct listing *listing, const char *name)
{
    const char *slash = strrchr(name, '/');

    return !listing->pattern || fnmatch(listing->pattern, name, 0) == 0
           || fnmatch(listing->pattern, slash ? slash + 1 : name, 0) == 0;
}

static int read_reasons(struct listing *listing, const struct image *image)
{
    const struct image_entry *entry = image_find(image, IMAGE_REASONS_PATH);
    struct buffer text = {0};
    int result;

    if (!entry) {
        log_error("cannot say why: %s does not tell (kindling did not make it)", listing->path);
        return -1;
    }
    result = image_archive_decompress(entry->bytes.data, entry->bytes.size, entry->name, &text);
    buffer_append(&text, "", 1);
    listing->reasons = (char *)text.data;
    return result;
}

static int chart_sizes(const struct listing *listing, const struct image *image)
{
    const struct image_entry **entries = allocate((image->count + 1) * sizeof(const struct image_entry *));
    size_t count = 0;
    int result;

    for (size_t i = 0; i < image->count; i++) {
        if (is_listed(listing, image->entries[i]->name))
            entries[count++] = image->entries[i];
    }
    result = sizes_print(image, listing->path, entries, count);
    free(entries);
    return result < 0 ? 1 : 0;
}

static int list_as_json(struct listing *listing, const struct image *image)
{
    json_t *object = json_object();
    json_t *files = json_array();

    if (image_find(image, IMAGE_REASONS_PATH) && read_reasons(listing, image) < 0)
        return 1;
    for (size_t i = 0; i < image->count; i++) {
        if (is_listed(listing, image->entries[i]->name))
            json_array_append_new(files, describe(listing, image->entries[i]));
    }
    json_set_text(object, "image", listing->path);
    json_object_set_new(object, "files", files);
    json_print(object);
    return 0;
}

static int list_image(struct listing *listing, const struct image *image)
{
    if (listing->is_json)
        return list_as_json(listing, image);
    if (listing->has_sizes)
        return chart_sizes(listing, image);
    if (listing->has_reasons && read_reasons(listing, image) < 0)
        return 1;
    for (size_t i = 0; i < image->count; i++) {
        if (is_listed(listing, image->entries[i]->name))
            print_entry(listing, image->entries[i]);
    }
    return 0;
}

static int read_arguments(struct listing *listing, int argc, char **argv)
{
    static const struct option longs[] = {{"long", no_argument, NULL, 'l'}, {"why", no_argument, NULL, 'w'},
        {"size", no_argument, NULL, 's'}, {"json", no_argument, NULL, 'j'}, {0}};
    int option;

    while ((option = arguments_next(argc, argv, ":l", longs)) != -1) {
        if (option == '?')
            return 2;
        listing->is_long |= option == 'l';
        listing->has_reasons |= option == 'w';
        listing->has_sizes |= option == 's';
        listing->is_json |= option == 'j';
    }
    if (listing->has_sizes && !listing->is_json && (listing->is_long || listing->has_reasons)) {
        log_error("--size is a list of its own: not with %s", listing->is_long ? "--long" : "--why");
        return 2;
    }
    if (optind >= argc || argc - optind > 2) {
        log_error("usage: kindling " USAGE);
        return 2;
    }
    listing->path = argv[optind];
    listing->pattern = argv[optind + 1];
    return 0;
}

int cmd_ls(int argc, char **argv)
{
    struct listing listing = {0};
    struct image image = {0};
    int status = read_arguments(&listing, argc, argv);

    if (status == 0)
        status = image_archive_read(listing.path, &image) < 0 ? 1 : list_image(&listing, &image);
    free(listing.reasons);
    image_free(&image);
    return status;
}
