#include "predict/live_medium.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "archive/iso_reader.h"
#include "base/allocate.h"
#include "base/lines.h"
#include "content/root_image.h"
#include "contract/bytes.h"
#include "contract/live_layout.h"
#include "format/squashfs.h"

#define HEAD_SIZE 1100u /* holds either superblock's beginning */
#define HASH ".roothash"

/* Of a boot loader's script no more than this is read. */
#define SCRIPT_SIZE (1u << 20)

static bool ends_with(const char *name, const char *suffix)
{
    size_t length = strlen(name), end = strlen(suffix);

    return length > end && !strcmp(name + length - end, suffix);
}

static bool is_below(const char *name, const char *directory)
{
    size_t length = strlen(directory);

    return length > 0 && !strncmp(name, directory, length) && name[length] == '/';
}

/* Where the traditions have their images, and what lies beside one. */
static bool is_of_image(const char *name)
{
    static const char *const suffixes[] = {".squashfs", ".erofs", ".img", ".sfs", HASH};
    bool is_in_place = false;

    for (enum live_layout layout = 0; layout < LIVE_LAYOUT_COUNT; layout++)
        is_in_place |= is_below(name, live_layout_directory(layout));
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]) && is_in_place; i++) {
        if (ends_with(name, suffixes[i]))
            return true;
    }
    return false;
}

/* What is neither is no root's image: an initramfs is called .img, too. */
static void take(struct live_medium *medium, const struct iso_file *file)
{
    const char *type = root_image_type(file->head.data, file->head.size);
    const struct squashfs_superblock *superblock = (const void *)file->head.data;
    const struct squashfs_compressor *compressor;
    uint64_t used;

    medium->has_hash |= ends_with(file->name, HASH);
    if (!type)
        return;
    string_list_add_once(&medium->types, type);
    string_list_take(&medium->images, allocate_format("/%s", file->name));
    if (strcmp(type, "squashfs") != 0)
        return;
    compressor = squashfs_compressor_of(superblock); /* root_image_type has seen that it is all there */
    if (compressor)
        string_list_add_once(&medium->compressor_options, compressor->option);
    used = get_le64(superblock->bytes_used);
    if (used > file->size && !medium->refusal)
        medium->refusal = allocate_format("the squashfs /%s on the medium is of %" PRIu64
                                          " bytes, and the file has %" PRIu64 ": it was cut off",
            file->name, used, file->size);
}

static bool is_script(const char *name)
{
    return !strcmp(name, "boot/grub/grub.cfg");
}

/* Behind the kernel's path in GRUB's first command linux; a new string, or NULL. */
static char *first_cmdline(char *script)
{
    struct line_reader reader = {script, 0};
    char *line, *word;

    while ((line = lines_next(&reader))) {
        word = lines_word(&line);
        if (word && !strcmp(word, "linux") && lines_word(&line))
            return allocate_string(line);
    }
    return NULL;
}

static void read_cmdline(const char *path, struct live_medium *medium)
{
    struct iso_files files;

    if (iso_files_read(path, is_script, SCRIPT_SIZE, &files) == 0 && files.count > 0) {
        buffer_append(&files.items[0].head, "", 1);
        medium->cmdline = first_cmdline((char *)files.items[0].head.data);
    }
    iso_files_free(&files);
}

int live_medium_read(const char *path, struct live_medium *medium)
{
    struct iso_files files;
    int result = iso_files_read(path, is_of_image, HEAD_SIZE, &files);

    *medium = (struct live_medium){0};
    for (size_t i = 0; i < files.count; i++)
        take(medium, &files.items[i]);
    iso_files_free(&files);
    if (medium->images.count > 0)
        read_cmdline(path, medium);
    return result;
}

void live_medium_free(struct live_medium *medium)
{
    string_list_free(&medium->images);
    string_list_free(&medium->types);
    string_list_free(&medium->compressor_options);
    free(medium->refusal);
    free(medium->cmdline);
    *medium = (struct live_medium){0};
}

static bool is_initrd(const char *name)
{
    return !strcmp(name, "boot/initrd.img");
}

int live_medium_read_initrd(const char *path, struct buffer *bytes)
{
    struct iso_files files;
    int result = iso_files_read(path, is_initrd, SIZE_MAX, &files);

    if (result == 0 && files.count == 0)
        result = -ENOENT;
    if (result == 0)
        buffer_append(bytes, files.items[0].head.data, files.items[0].head.size);
    iso_files_free(&files);
    return result;
}
