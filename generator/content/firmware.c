#include "content/firmware.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "archive/compress_whole.h"
#include "archive/compressor.h"
#include "archive/image_archive.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "base/path.h"
#include "base/sysroot.h"

#define ROOT "/lib/firmware"

#define PLAIN NULL /* of no compressor */
#define XZ (&compressors[COMPRESSOR_XZ])

/* The kernel's order, _request_firmware() of drivers/base/firmware_loader/main.c: plain files in all directories come
 * first, then those compressed by each method. */
static const struct compressor *const methods[] = {PLAIN, &compressors[COMPRESSOR_ZSTD], XZ};

#define METHOD_COUNT (sizeof(methods) / sizeof(methods[0]))

/* Documentation/driver-api/firmware/fw_search_path.rst, in its order, below ROOT. */
#define DIRECTORY_COUNT 4u

static char *directory_below_root(const struct firmware_job *job, size_t number)
{
    switch (number) {
    case 0:
        return allocate_format("updates/%s/", job->release);
    case 1:
        return allocate_string("updates/");
    case 2:
        return allocate_format("%s/", job->release);
    default:
        return allocate_string("");
    }
}

static const char *suffix_of(const struct compressor *compressor)
{
    return compressor ? compressor->suffix : "";
}

static bool can_kernel_read(const struct firmware_job *job, const struct compressor *compressor)
{
    return !compressor || kernel_config_has(job->config, compressor->firmware_option);
}

/* One firmware file that was found. */
struct source {
    char *place; /* below ROOT, without a suffix */
    char *path;  /* on this host */
    const struct compressor *compressor;
};

/* A package that was merely unpacked has /usr/lib and no symlink /lib. */
static int resolve(const struct firmware_job *job, const char *place, const char *suffix, char **path)
{
    static const char *const roots[] = {ROOT, "/usr" ROOT};
    int result = -ENOENT;

    for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]) && result < 0; i++) {
        char *name = allocate_format("%s/%s%s", roots[i], place, suffix);

        result = sysroot_resolve(job->sysroot, name, path);
        free(name);
    }
    return result;
}

/* A file that somebody adds where there was none makes another image: the directory is an input, or the nearest above
 * it that there is. */
static void note_absence(const struct firmware_job *job, const char *place)
{
    char *above = allocate_string(place);
    char *path = NULL;

    do
        path_cut_last(above);
    while (resolve(job, above, "", &path) < 0 && *above);
    if (path)
        string_list_take(job->inputs, path);
    free(above);
}

static bool find(const struct firmware_job *job, const char *name, struct source *source)
{
    for (size_t i = 0; i < METHOD_COUNT * DIRECTORY_COUNT; i++) {
        char *directory = directory_below_root(job, i % DIRECTORY_COUNT);

        *source = (struct source){
            .place = allocate_format("%s%s", directory, name), .compressor = methods[i / DIRECTORY_COUNT]};
        free(directory);
        if (resolve(job, source->place, suffix_of(source->compressor), &source->path) == 0)
            return true;
        /* Compressed files lie in the same directories as plain ones. */
        if (i < DIRECTORY_COUNT)
            note_absence(job, source->place);
        free(source->place);
    }
    return false;
}

static int compress(const struct firmware_job *job, struct buffer *bytes)
{
    struct cache_key key = cache_key("firmware xz", bytes->data, bytes->size);
    struct buffer compressed = {0};
    int result = 0;

    if (!cache_get(job->cache, &key, &compressed)) {
        result = compress_xz(bytes, 0, &compressed);
        if (result == 0)
            cache_put(job->cache, &key, compressed.data, compressed.size);
    }
    if (result < 0 || compressed.size >= bytes->size) {
        buffer_free(&compressed);
        return result < 0 ? result : -EFBIG;
    }
    buffer_free(bytes);
    *bytes = compressed;
    return 0;
}

/* Brings the bytes into the form in which they shall lie in the image. */
static int convert(const struct firmware_job *job, const struct source *source, struct buffer *bytes,
    const struct compressor **compressor)
{
    *compressor = source->compressor;
    if (!can_kernel_read(job, source->compressor)
        || !compressor_suits_kernel(source->compressor, bytes->data, bytes->size)) {
        struct buffer plain = {0};
        int result = image_archive_decompress(bytes->data, bytes->size, source->path, &plain);

        buffer_free(bytes);
        *bytes = plain;
        *compressor = PLAIN;
        if (result < 0)
            return result;
    }
    /* What does not get smaller stays plain. */
    if (*compressor == PLAIN && job->is_compressed && can_kernel_read(job, XZ) && compress(job, bytes) == 0)
        *compressor = XZ;
    return 0;
}

static int add_source(const struct firmware_job *job, const struct source *source, const char *origin)
{
    struct buffer bytes = {0};
    const struct compressor *compressor;
    char *name;
    int result = file_read(source->path, &bytes);

    if (result < 0)
        log_error("cannot read %s (%s): %s", source->path, origin, strerror(-result));
    else
        result = convert(job, source, &bytes, &compressor);
    if (result < 0) {
        buffer_free(&bytes);
        return result;
    }
    string_list_add(job->inputs, source->path);
    name = allocate_format("%s/%s%s", ROOT, source->place, suffix_of(compressor));
    result = 0;
    if (image_find(job->image, name)) {
        buffer_free(&bytes);
    } else {
        enum image_place place = compressor ? IMAGE_LAZY : IMAGE_HEAD;

        result = image_add_file(job->image, name, 0644, &bytes, place, origin);
        if (result < 0)
            log_error("cannot add %s to the image: %s", name, strerror(-result));
    }
    free(name);
    return result;
}

static int add_named(const struct firmware_job *job, const char *name, const char *origin)
{
    struct source source;
    int result;

    if (!find(job, name, &source))
        return -ENOENT;
    result = add_source(job, &source, origin);
    free(source.place);
    free(source.path);
    return result;
}

static size_t length_without_suffix(const char *name)
{
    const struct compressor *compressor = compressor_of_file(name);
    size_t length = strlen(name);

    return compressor && compressor->firmware_option ? length - strlen(compressor->suffix) : length;
}

/* The names in one directory that a glob means; a directory is named before its last slash. */
static void expand_in(
    const struct firmware_job *job, const char *directory, const char *glob, struct string_list *names)
{
    const char *slash = strrchr(glob, '/');
    int above = slash ? (int)(slash - glob) + 1 : 0;
    char *place = allocate_format("%s%.*s", directory, above, glob);
    char *path = NULL;
    DIR *stream = resolve(job, place, "", &path) == 0 ? opendir(path) : NULL;
    const struct dirent *entry;

    while (stream && (entry = readdir(stream))) {
        char *name = allocate_text(entry->d_name, length_without_suffix(entry->d_name));

        if (fnmatch(glob + above, name, FNM_PERIOD) == 0)
            string_list_take(names, allocate_format("%.*s%s", above, glob, name));
        free(name);
    }
    if (stream) {
        closedir(stream);
        string_list_add(job->inputs, path);
    } else {
        note_absence(job, place);
    }
    free(path);
    free(place);
}

/* Some modules name a whole family: "brcm/brcmfmac*-sdio.*.bin". */
static int add_family(const struct firmware_job *job, const char *glob, const char *origin)
{
    struct string_list names = {0};
    int result = 0;

    for (size_t i = 0; i < DIRECTORY_COUNT; i++) {
        char *directory = directory_below_root(job, i);

        expand_in(job, directory, glob, &names);
        free(directory);
    }
    string_list_sort(&names);
    for (size_t i = 0; i < names.count && result == 0; i++)
        result = add_named(job, names.items[i], origin);
    if (names.count == 0)
        result = -ENOENT;
    string_list_free(&names);
    return result;
}

/* Names come from modules, which may be anybody's: none leads out of the directory of firmware. */
static int add(const struct firmware_job *job, const char *name, const char *origin)
{
    char *slashed = allocate_format("/%s/", name);
    bool is_sound = *name != '\0' && !strstr(slashed, "/../") && !strstr(slashed, "//") && !strstr(slashed, "/./");

    free(slashed);
    if (!is_sound)
        return -ENOENT;
    return strpbrk(name, "*?[") ? add_family(job, name, origin) : add_named(job, name, origin);
}

static int add_of_module(const struct firmware_job *job, const struct kernel_tree *tree,
    const struct kernel_module *module, const struct wish_list *wishes, struct string_list *missing)
{
    struct string_list names = {0};
    int result = kernel_tree_firmware(tree, module, &names);

    for (size_t i = 0; i < names.count && result == 0; i++) {
        const struct wish *wish = NULL;
        char *origin;

        for (size_t k = 0; k < wishes->count && !wish; k++) {
            if (!wishes->items[k].is_required && fnmatch(wishes->items[k].name, names.items[i], 0) == 0)
                wish = &wishes->items[k];
        }
        origin = wish ? allocate_format("%s may ask for it (%s)", module->name, wish->origin) : NULL;
        result = wish ? add(job, names.items[i], origin) : 0;
        if (result == -ENOENT) {
            string_list_add(missing, names.items[i]);
            result = 0;
        }
        free(origin);
    }
    string_list_free(&names);
    return result;
}

static int add_required(const struct firmware_job *job, const struct wish_list *wishes)
{
    int result = 0;

    for (size_t i = 0; i < wishes->count && result == 0; i++) {
        const struct wish *wish = &wishes->items[i];

        if (!wish->is_required)
            continue;
        result = add(job, wish->name, wish->origin);
        if (result == -ENOENT)
            log_error("cannot find firmware %s in %s" ROOT ": %s requires it", wish->name,
                strcmp(job->sysroot, "/") != 0 ? job->sysroot : "", wish->origin);
    }
    return result;
}

int firmware_pack(const struct firmware_job *job, const struct kernel_tree *tree, const struct module_list *modules,
    const struct wish_list *wishes)
{
    struct string_list missing = {0};
    char *names;
    int result = add_required(job, wishes);

    for (size_t i = 0; i < modules->count && wishes->count > 0 && result == 0; i++)
        result = add_of_module(job, tree, modules->items[i], wishes, &missing);
    string_list_sort(&missing);
    names = string_list_join(&missing, ", ");
    if (missing.count > 0)
        log_note("%zu firmware files that packed modules name are not in %s" ROOT ": %s", missing.count,
            strcmp(job->sysroot, "/") != 0 ? job->sysroot : "", names);
    free(names);
    string_list_free(&missing);
    return result;
}
