#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/compressor.h"
#include "archive/module_path.h"
#include "base/allocate.h"
#include "base/file.h"
#include "build/assembly.h"
#include "content/firmware.h"

/* With no program and so few modules, nearly all that is packed gets loaded at every boot: nothing is gained by leaving
 * it compressed, and one deflated archive is smaller. */
#define CLASSIC_MODULES_MAXIMUM 16u

/* The members of a dozen kernels' generic images, and the keys of 60,000 files. */
#define MEMBER_CACHE_MAXIMUM (256u << 20)
#define SOURCE_CACHE_MAXIMUM (8u << 20)

/* source becomes the assembly's. */
static void add_member(struct assembly *assembly, char *source, char *path)
{
    assembly->members = allocate_more(assembly->members, assembly->member_count, sizeof(*assembly->members));
    assembly->paths = allocate_more(assembly->paths, assembly->member_count, sizeof(*assembly->paths));
    assembly->members[assembly->member_count] = (struct member){.source = source};
    assembly->paths[assembly->member_count++] = path;
    string_list_add(&assembly->plan->inputs, source);
}

/*
 * Never LAYOUT_KERNEL by itself: Debian's 6.12 cloud kernel, virtio disk, profile vm, guest time (tests/bench/lib.sh):
 * from /init to the real root 199 ms with what /init inflates (.ko.gz), 260 ms with what the kernel does (.ko.xz); from
 * the kernel's start 1.716 s and 1.746 s. It is for those who count bytes: the image has 4.49 MB instead of 5.50 MB.
 */
static enum layout choose_layout(const struct assembly *assembly)
{
    if (assembly->plan->settings.layout != LAYOUT_BY_CONTENT)
        return assembly->plan->settings.layout;
    if (assembly->plan->settings.method > COMPRESS_GZIP)
        return LAYOUT_CLASSIC; /* these have no way to pass on what is compressed, and shrink what is not much further
                                */
    return assembly->programs.files.count > 0 || assembly->selection.count > CLASSIC_MODULES_MAXIMUM ? LAYOUT_LAZY
                                                                                                     : LAYOUT_CLASSIC;
}

/* The kernel decompresses what is compressed by its own method, in a form that it knows. What cannot be read fails
 * where it is loaded. */
static bool can_kernel_decompress(const char *source, const char *kernel_suffix)
{
    uint8_t header[COMPRESSOR_HEADER_SIZE];
    int fd = file_open(source);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
    size_t size = file ? fread(header, 1, sizeof(header), file) : 0;

    if (file)
        fclose(file);
    return !strcmp(source + module_path_plain_length(source), kernel_suffix)
           && compressor_suits_kernel(compressor_of_file(source), header, size);
}

/* Gives members their formats, and their paths the suffix that goes with it. */
static void choose_formats(struct assembly *assembly)
{
    enum layout layout = choose_layout(assembly);
    const char *kernel_suffix = layout == LAYOUT_KERNEL ? kernel_config_module_suffix(&assembly->config) : NULL;

    for (size_t i = 0; layout != LAYOUT_CLASSIC && i < assembly->member_count; i++) {
        struct member *member = &assembly->members[i];
        char *plain = assembly->paths[i];
        bool is_module = i < assembly->selection.count;
        bool is_for_kernel = is_module && kernel_suffix && can_kernel_decompress(member->source, kernel_suffix);

        member->format = is_for_kernel ? MEMBER_KERNEL : MEMBER_GZIP;
        assembly->paths[i] =
            allocate_format("%s%s", plain, is_for_kernel ? kernel_suffix : compressors[COMPRESSOR_GZIP].suffix);
        free(plain);
    }
}

/* Plain members lie in the deflated head of the image, compressed ones in its stored part. */
static int add_loaded(struct assembly *assembly)
{
    size_t modules = assembly->selection.count;

    for (size_t i = 0; i < assembly->member_count; i++) {
        struct member *member = &assembly->members[i];
        const struct packed_file *file = i < modules ? NULL : assembly->programs.files.items[i - modules];
        bool is_plain = member->format == MEMBER_PLAIN;
        int result = image_add_file(&assembly->image, assembly->paths[i], file && is_plain ? file->permissions : 0644,
            &member->bytes, is_plain ? IMAGE_HEAD : IMAGE_LAZY,
            file ? file->origin : assembly->selection.items[i].origin);

        if (result < 0)
            return assembly_fail(assembly->paths[i], result);
    }
    return 0;
}

static int add_firmware(struct assembly *assembly, struct cache *cache)
{
    struct firmware_job job = {.image = &assembly->image,
        .sysroot = assembly->plan->settings.sysroot,
        .release = assembly->plan->settings.release,
        .config = &assembly->config,
        .is_compressed = choose_layout(assembly) != LAYOUT_CLASSIC,
        .cache = cache,
        .inputs = &assembly->plan->inputs};
    const struct selection *selection = &assembly->selection;
    struct module_list modules = {allocate(selection->count * sizeof(struct kernel_module *)), selection->count};
    int result;

    for (size_t i = 0; i < selection->count; i++)
        modules.items[i] = selection->items[i].module;
    result = firmware_pack(&job, assembly->tree, &modules, &assembly->plan->wanted.firmware);
    module_list_free(&modules);
    return result;
}

/* Those of the modules, then those of the programs. */
static int collect(struct assembly *assembly)
{
    const struct wanted *wanted = &assembly->plan->wanted;
    const struct packed_files *files = &assembly->programs.files;
    int result;

    /* "kernel/fs/ext4/ext4.ko.xz" becomes "/lib/modules/RELEASE/kernel/fs/ext4/ext4.ko". */
    for (size_t i = 0; i < assembly->selection.count; i++) {
        const char *path = assembly->selection.items[i].module->path;

        add_member(assembly, allocate_format("%s/%s", kernel_tree_directory(assembly->tree), path),
            allocate_format(
                "/lib/modules/%s/%.*s", assembly->plan->settings.release, (int)module_path_plain_length(path), path));
    }
    result = program_pack_add_all(&assembly->programs, wanted->programs, wanted->program_count);
    for (size_t i = 0; i < files->count && result == 0; i++)
        add_member(assembly, allocate_string(files->items[i]->source), allocate_format("/%s", files->items[i]->name));
    return result;
}

int members_add(struct assembly *assembly)
{
    struct member_cache cache;
    int result = collect(assembly);

    if (result < 0)
        return result;
    choose_formats(assembly);
    cache_open(&cache.contents, assembly->plan->settings.cache, MEMBER_CACHE_KIND);
    cache_open(&cache.sources, assembly->plan->settings.cache, "member-sources");
    result = member_load_all(assembly->members, assembly->member_count, assembly_gzip_level(assembly->plan),
        assembly->plan->settings.jobs, &cache);
    if (result == 0)
        result = add_firmware(assembly, &cache.contents);
    cache_close(&cache.contents, MEMBER_CACHE_MAXIMUM);
    cache_close(&cache.sources, SOURCE_CACHE_MAXIMUM);
    return result < 0 ? result : add_loaded(assembly);
}
