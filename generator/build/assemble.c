#include "build/assemble.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/compressor.h"
#include "archive/image_archive.h"
#include "archive/module_path.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "build/depfile.h"
#include "build/image_index.h"
#include "build/selection.h"
#include "content/firmware.h"
#include "content/program_pack.h"
#include "content/template.h"
#include "content/vconsole.h"
#include "contract/seal.h"
#include "kernel/built_in.h"
#include "kernel/kernel_config.h"
#include "predict/built_image.h"

#define OUR_ORIGIN "every image has it"

/* With no program and so few modules, nearly all that is packed gets loaded at every boot: nothing is gained by leaving
 * it compressed, and one deflated archive is smaller. */
#define CLASSIC_MODULES_MAXIMUM 16u

/* The members of a dozen kernels' generic images, and the keys of 60,000 files. */
#define MEMBER_CACHE_MAXIMUM (256u << 20)
#define SOURCE_CACHE_MAXIMUM (8u << 20)
#define STRETCH_CACHE_MAXIMUM (8u << 20)

/* An image under construction. */
struct assembly {
    struct plan *plan;
    struct kernel_tree *tree;
    struct kernel_config config;
    struct selection selection;
    struct member *members; /* the selected modules in their order, then the programs' files in theirs */
    char **paths;           /* of the members, in the image, with a leading slash */
    size_t member_count;
    struct program_pack programs;
    struct image image;
    struct image early; /* microcode, or nothing */
    struct buffer index;
};

static int fail(const char *name, int error)
{
    const char *why = error == -ENOTDIR ? "something above it is no directory" : strerror(-error);

    log_error("cannot add %s to the image: %s", name, why);
    return error;
}

static int add_file(
    struct assembly *assembly, const char *name, const char *source, mode_t permissions, const char *origin)
{
    struct buffer bytes = {0};
    int result = file_read(source, &bytes);

    string_list_add(&assembly->plan->inputs, source);
    if (result < 0) {
        log_error("cannot read %s: %s", source, strerror(-result));
        buffer_free(&bytes);
        return result;
    }
    result = image_add_file(&assembly->image, name, permissions, &bytes, IMAGE_HEAD, origin);
    return result < 0 ? fail(name, result) : 0;
}

/* A level is that of the whole image's method; members are always gzip's. */
static int member_level(const struct plan *plan)
{
    return plan->settings.method == COMPRESS_GZIP ? plan->settings.level : COMPRESS_LEVEL_DEFAULT;
}

static int add_compressed_text(struct assembly *assembly, const char *name, struct buffer *text)
{
    struct buffer compressed = {0};
    int result = compress_gzip(text->data, text->size, member_level(assembly->plan), &compressed);

    buffer_free(text);
    if (result == 0)
        result = image_add_file(&assembly->image, name, 0644, &compressed, IMAGE_LAZY, OUR_ORIGIN);
    return result < 0 ? fail(name, result) : 0;
}

/* Mount points and directories that /init writes into. What the template has of them stays as it is. */
static int add_directories(struct image *image)
{
    static const struct {
        const char *name;
        mode_t permissions;
    } directories[] = {{"bin", 0755}, {"dev", 0755}, {"etc", 0755}, {"lib", 0755}, {"proc", 0755}, {"run", 0755},
        {"sbin", 0755}, {"sys", 0755}, {IMAGE_ROOT_PATH, 0755}, {"tmp", 01777}};

    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        int result = 0;

        if (!image_find(image, directories[i].name))
            result = image_add_directory(image, directories[i].name, directories[i].permissions, OUR_ORIGIN);
        if (result < 0)
            return fail(directories[i].name, result);
    }
    return 0;
}

/* The kernel opens /dev/console for /init before anything could have made it. */
static int add_console(struct image *image)
{
    int result;

    if (image_find(image, "dev/console"))
        return 0;
    result = image_add_device(image, "dev/console", S_IFCHR | 0600, 5, 1, OUR_ORIGIN);
    return result < 0 ? fail("dev/console", result) : 0;
}

static int add_wanted_files(struct assembly *assembly)
{
    const struct plan *plan = assembly->plan;

    for (size_t i = 0; i < plan->wanted.files.count; i++) {
        const struct wish *wish = &plan->wanted.files.items[i];
        char *source;
        struct stat status = {0};
        int result = sysroot_resolve(plan->settings.sysroot, wish->name, &source);

        if (result < 0) {
            log_error("cannot read %s (%s): %s", wish->name, wish->origin, strerror(-result));
            return result;
        }
        stat(source, &status);
        result = add_file(assembly, wish->name, source, status.st_mode & 0755, wish->origin);
        free(source);
        if (result < 0)
            return result;
    }
    return 0;
}

/* All but the members: what lies plain in every image. */
static int add_skeleton(struct assembly *assembly)
{
    int result = template_add(&assembly->image, assembly->plan->settings.template, &assembly->plan->inputs);

    if (result == 0)
        result = add_directories(&assembly->image);
    if (result == 0)
        result = add_console(&assembly->image);
    if (result == 0)
        result = add_file(assembly, IMAGE_INIT_PATH, assembly->plan->init, 0755, OUR_ORIGIN);
    if (result == 0)
        result = add_wanted_files(assembly);
    if (result == 0 && assembly->plan->wanted.has_console)
        result = vconsole_add(&assembly->image, assembly->plan->settings.sysroot, assembly->plan->settings.cmdline,
            &assembly->plan->inputs);
    return result;
}

/* source becomes the assembly's. */
static void add_member(struct assembly *assembly, char *source, char *path)
{
    assembly->members = allocate_more(assembly->members, assembly->member_count, sizeof(*assembly->members));
    assembly->paths = allocate_more(assembly->paths, assembly->member_count, sizeof(*assembly->paths));
    assembly->members[assembly->member_count] = (struct member){.source = source};
    assembly->paths[assembly->member_count++] = path;
    string_list_add(&assembly->plan->inputs, source);
}

/* "kernel/fs/ext4/ext4.ko.xz" becomes "/lib/modules/RELEASE/kernel/fs/ext4/ext4.ko". */
static void collect_modules(struct assembly *assembly)
{
    for (size_t i = 0; i < assembly->selection.count; i++) {
        const char *path = assembly->selection.items[i].module->path;

        add_member(assembly, allocate_format("%s/%s", kernel_tree_directory(assembly->tree), path),
            allocate_format(
                "/lib/modules/%s/%.*s", assembly->plan->settings.release, (int)module_path_plain_length(path), path));
    }
}

static int collect_programs(struct assembly *assembly)
{
    const struct wanted *wanted = &assembly->plan->wanted;
    int result = program_pack_add_all(&assembly->programs, wanted->programs, wanted->program_count);

    for (size_t i = 0; i < assembly->programs.file_count && result == 0; i++) {
        const struct packed_file *file = assembly->programs.files[i];

        add_member(assembly, allocate_string(file->source), allocate_format("/%s", file->name));
    }
    return result;
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
    return assembly->programs.file_count > 0 || assembly->selection.count > CLASSIC_MODULES_MAXIMUM ? LAYOUT_LAZY
                                                                                                    : LAYOUT_CLASSIC;
}

/* What is left of a module file's name behind ".ko": "" or the suffix of a compressor. */
static const char *suffix_of(const char *source)
{
    return source + module_path_plain_length(source);
}

/* The kernel decompresses what is compressed by its own method, in a form that it knows. What cannot be read fails
 * where it is loaded. */
static bool can_kernel_decompress(const char *source, const char *kernel_suffix)
{
    uint8_t header[COMPRESSOR_HEADER_SIZE];
    FILE *file = fopen(source, "re");
    size_t size = file ? fread(header, 1, sizeof(header), file) : 0;

    if (file)
        fclose(file);
    return !strcmp(suffix_of(source), kernel_suffix)
           && compressor_suits_kernel(compressor_of_file(source), header, size);
}

static void choose_format(struct assembly *assembly, size_t number, const char *kernel_suffix)
{
    struct member *member = &assembly->members[number];
    char *plain = assembly->paths[number];
    bool is_module = number < assembly->selection.count;

    if (is_module && kernel_suffix && can_kernel_decompress(member->source, kernel_suffix))
        member->format = MEMBER_KERNEL;
    else
        member->format = MEMBER_GZIP;
    assembly->paths[number] = allocate_format("%s%s", plain, member->format == MEMBER_KERNEL ? kernel_suffix : ".gz");
    free(plain);
}

static void choose_formats(struct assembly *assembly)
{
    enum layout layout = choose_layout(assembly);
    const char *kernel_suffix = layout == LAYOUT_KERNEL ? kernel_config_module_suffix(&assembly->config) : NULL;

    for (size_t i = 0; layout != LAYOUT_CLASSIC && i < assembly->member_count; i++)
        choose_format(assembly, i, kernel_suffix);
}

/* Of a member that is no module. */
static const struct packed_file *file_of(const struct assembly *assembly, size_t number)
{
    return number < assembly->selection.count ? NULL : assembly->programs.files[number - assembly->selection.count];
}

/* Plain members lie in the deflated head of the image, compressed ones in its stored part. */
static int add_members(struct assembly *assembly)
{
    for (size_t i = 0; i < assembly->member_count; i++) {
        struct member *member = &assembly->members[i];
        const struct packed_file *file = file_of(assembly, i);
        bool is_plain = member->format == MEMBER_PLAIN;
        int result = image_add_file(&assembly->image, assembly->paths[i], file && is_plain ? file->permissions : 0644,
            &member->bytes, is_plain ? IMAGE_HEAD : IMAGE_LAZY,
            file ? file->origin : assembly->selection.items[i].origin);

        if (result < 0)
            return fail(assembly->paths[i], result);
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
    struct module_list modules = {allocate(selection->count * sizeof(*modules.items)), selection->count};
    int result;

    for (size_t i = 0; i < selection->count; i++)
        modules.items[i] = selection->items[i].module;
    result = firmware_pack(&job, assembly->tree, &modules, &assembly->plan->wanted.firmware);
    module_list_free(&modules);
    return result;
}

static int load_members(struct assembly *assembly)
{
    struct member_cache cache;
    int result;

    collect_modules(assembly);
    result = collect_programs(assembly);
    if (result < 0)
        return result;
    choose_formats(assembly);
    cache_open(&cache.contents, assembly->plan->settings.cache, MEMBER_CACHE_KIND);
    cache_open(&cache.sources, assembly->plan->settings.cache, "member-sources");
    result = member_load_all(
        assembly->members, assembly->member_count, member_level(assembly->plan), assembly->plan->settings.jobs, &cache);
    if (result == 0)
        result = add_firmware(assembly, &cache.contents);
    cache_close(&cache.contents, MEMBER_CACHE_MAXIMUM);
    cache_close(&cache.sources, SOURCE_CACHE_MAXIMUM);
    return result < 0 ? result : add_members(assembly);
}

static int add_index(struct assembly *assembly)
{
    const struct plan *plan = assembly->plan;
    char *machines = string_list_join(&plan->wanted.machines, " ");
    struct index_setting_record settings[] = {{SETTING_KERNEL_RELEASE, plan->settings.release},
        {SETTING_CMDLINE, plan->settings.cmdline}, {SETTING_BUILD, plan->command}, {SETTING_MACHINES, machines}};
    struct image_index index = {.tree = assembly->tree,
        .selection = &assembly->selection,
        .members = assembly->members,
        .programs = &assembly->programs,
        .paths = (const char *const *)assembly->paths,
        .settings = settings,
        .setting_count = sizeof(settings) / sizeof(settings[0]) - (*machines == '\0')};
    struct buffer copy = {0};
    int result;

    result = image_index_write(&index, &assembly->index);
    free(machines);
    if (result < 0)
        return fail(IMAGE_INDEX_PATH, result);
    buffer_append(&copy, assembly->index.data, assembly->index.size);
    result = image_add_file(&assembly->image, IMAGE_INDEX_PATH, 0644, &copy, IMAGE_HEAD, OUR_ORIGIN);
    return result < 0 ? fail(IMAGE_INDEX_PATH, result) : 0;
}

static int add_left_out(struct assembly *assembly)
{
    const struct wish_list *wishes = &assembly->plan->left_out.modules;
    struct module_list candidates = {0};
    struct buffer table = {0};
    int result;

    for (size_t i = 0; i < wishes->count; i++)
        kernel_tree_find(assembly->tree, wishes->items[i].name, &candidates);
    result = image_index_write_left_out(assembly->tree, &assembly->selection, &candidates, &table);
    module_list_free(&candidates);
    if (result < 0)
        return fail(IMAGE_LEFT_OUT_PATH, result);
    return add_compressed_text(assembly, IMAGE_LEFT_OUT_PATH, &table);
}

/* Of all that a root can take, what the kernel has without a module: /init sees that, `kindling check` cannot. */
static int add_built_in(struct assembly *assembly)
{
    struct buffer text = {0};
    int result = built_in_collect(kernel_tree_directory(assembly->tree), &assembly->plan->left_out.modules, &text);

    if (result < 0) {
        buffer_free(&text);
        return fail(IMAGE_BUILT_IN_PATH, result);
    }
    return add_compressed_text(assembly, IMAGE_BUILT_IN_PATH, &text);
}

static int add_reasons(struct assembly *assembly)
{
    struct buffer reasons = {0};

    image_index_write_reasons(&assembly->image, &reasons);
    return add_compressed_text(assembly, IMAGE_REASONS_PATH, &reasons);
}

static int add_seal(struct assembly *assembly)
{
    const struct buffer *init = &image_find(&assembly->image, &IMAGE_INIT_PATH[1])->bytes;
    uint8_t seal[SEAL_SIZE];
    struct buffer bytes = {0};
    int result;

    seal_write(
        seal, (uint32_t)assembly->image.count, assembly->index.data, assembly->index.size, init->data, init->size);
    buffer_append(&bytes, seal, sizeof(seal));
    result = image_add_file(&assembly->image, IMAGE_SEAL_PATH, 0644, &bytes, IMAGE_SEAL, OUR_ORIGIN);
    return result < 0 ? fail(IMAGE_SEAL_PATH, result) : 0;
}

static int compose(struct assembly *assembly)
{
    int result = add_skeleton(assembly);

    if (result == 0)
        result = load_members(assembly);
    if (result == 0)
        result = add_index(assembly);
    if (result == 0)
        result = add_left_out(assembly);
    if (result == 0)
        result = add_built_in(assembly);
    if (result == 0)
        result = add_reasons(assembly);
    /* The seal counts what is there, so it comes last. */
    if (result == 0)
        result = add_seal(assembly);
    image_arrange(&assembly->image);
    assembly->early.mtime = assembly->image.mtime;
    if (result == 0 && assembly->plan->settings.microcode != MICROCODE_NONE)
        result = microcode_add(&assembly->early, assembly->plan->settings.sysroot, assembly->plan->settings.microcode,
            &assembly->plan->inputs);
    return result;
}

static void list_image(const struct image *image)
{
    for (size_t i = 0; i < image->count; i++)
        puts(image->entries[i]->name);
}

/* The least that the image can come to. */
static uint64_t expected_size(const struct assembly *assembly)
{
    enum compress_method method = assembly->plan->settings.method;
    uint64_t size = 0;

    for (size_t i = 0; i < assembly->early.count; i++)
        size += assembly->early.entries[i]->bytes.size;
    for (size_t i = 0; i < assembly->image.count; i++) {
        const struct image_entry *entry = assembly->image.entries[i];

        if (method == COMPRESS_NONE || (method == COMPRESS_GZIP && entry->place == IMAGE_LAZY))
            size += entry->bytes.size;
    }
    return size;
}

static int reserve(const struct assembly *assembly, const struct output_file *file)
{
    uint64_t size = expected_size(assembly);
    int result = output_file_reserve(file, size);

    if (result < 0)
        log_error("cannot write %s of %" PRIu64 " bytes and more: %s", assembly->plan->settings.output, size,
            strerror(-result));
    return result;
}

static int write_archive(
    const struct plan *plan, const struct image *image, struct output_file *file, enum compress_method method)
{
    struct compress_stream *stream;
    struct cache stretches;
    int result;

    cache_open(&stretches, plan->settings.cache, "stretches");
    result = compress_stream_open(
        &stream, file, method, method == plan->settings.method ? plan->settings.level : 0, &stretches);
    if (result == 0)
        result = image_archive_write(image, stream, plan->settings.output);
    else
        log_error("cannot compress %s: %s", plan->settings.output, strerror(-result));
    if (result == 0) {
        result = compress_stream_finish(stream);
        if (result < 0)
            log_error("cannot write %s: %s", plan->settings.output, strerror(-result));
    }
    compress_stream_free(stream);
    cache_close(&stretches, STRETCH_CACHE_MAXIMUM);
    return result;
}

/* The kernel reads microcode before it could decompress anything. */
static int write_archives(const struct assembly *assembly, struct output_file *file)
{
    const struct plan *plan = assembly->plan;
    int result = 0;

    if (assembly->early.count > 0)
        result = write_archive(plan, &assembly->early, file, COMPRESS_NONE);
    return result < 0 ? result : write_archive(plan, &assembly->image, file, plan->settings.method);
}

static int write_image(const struct assembly *assembly)
{
    struct output_file file;
    int result = output_file_open(&file, assembly->plan->settings.output);

    if (result < 0)
        return result;
    result = reserve(assembly, &file);
    if (result == 0)
        result = write_archives(assembly, &file);
    if (result < 0) {
        output_file_discard(&file);
        return result;
    }
    return output_file_commit(&file, assembly->plan->settings.if_changed);
}

static void explain(const struct assembly *assembly)
{
    for (size_t i = 0; i < assembly->selection.count; i++)
        log_note("%s: %s", assembly->selection.items[i].module->name, assembly->selection.items[i].origin);
    for (size_t i = 0; i < assembly->programs.file_count; i++)
        log_note("/%s: %s", assembly->programs.files[i]->name, assembly->programs.files[i]->origin);
    log_note("%zu modules of %s, %zu programs, %zu entries", assembly->selection.count,
        assembly->plan->settings.release, assembly->programs.program_count, assembly->image.count);
}

static int finish(struct assembly *assembly)
{
    struct plan *plan = assembly->plan;
    int result;

    explain(assembly);
    if (plan->settings.is_dry_run) {
        list_image(&assembly->early);
        list_image(&assembly->image);
        return 0;
    }
    result = write_image(assembly);
    if (result == 0)
        built_image_check(&assembly->image, plan->settings.output, &plan->wanted.machines);
    if (result < 0 || !plan->settings.depfile)
        return result;
    kernel_tree_add_inputs(assembly->tree, &plan->inputs);
    return depfile_write(plan->settings.depfile, plan->settings.output, &plan->inputs);
}

static void free_assembly(struct assembly *assembly)
{
    selection_free(&assembly->selection);
    for (size_t i = 0; i < assembly->member_count; i++)
        free(assembly->paths[i]);
    free(assembly->paths);
    member_free_all(assembly->members, assembly->member_count);
    program_pack_close(&assembly->programs);
    image_free(&assembly->image);
    image_free(&assembly->early);
    buffer_free(&assembly->index);
    kernel_config_free(&assembly->config);
    kernel_tree_close(assembly->tree);
}

/* SOURCE_DATE_EPOCH, where somebody sets it, is the time of all entries; else there is none. */
static int read_epoch(long long *epoch)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char *end;

    *epoch = 0;
    if (!text || *text == '\0')
        return 0;
    errno = 0;
    *epoch = strtoll(text, &end, 10);
    if (errno || *end || *epoch < 0 || *epoch > UINT32_MAX) {
        log_error("SOURCE_DATE_EPOCH=%s is not a time", text);
        return -EINVAL;
    }
    return 0;
}

/* An image that the kernel cannot unpack is no image. Every kernel of today that takes an initramfs reads gzip, unless
 * its configuration says that it does not. */
static int check_method(const struct assembly *assembly)
{
    const struct plan *plan = assembly->plan;
    const char *option = compress_kernel_option(plan->settings.method);
    const char *name = compress_name(plan->settings.method);

    if (!option || kernel_config_has(&assembly->config, option))
        return 0;
    if (assembly->config.path) {
        log_error("cannot compress with %s: kernel %s could not read it (%s has no %s)", name, plan->settings.release,
            assembly->config.path, option);
        return -EOPNOTSUPP;
    }
    if (plan->settings.method == COMPRESS_GZIP || plan->settings.force_compress)
        return 0;
    log_error("cannot compress with %s: nobody knows whether kernel %s could read it, for its configuration is not at "
              "hand (--force-compress says that it can)",
        name, plan->settings.release);
    return -EOPNOTSUPP;
}

static int read_config(struct assembly *assembly)
{
    struct plan *plan = assembly->plan;
    int result = kernel_config_read(&assembly->config, plan->settings.modules_dir, plan->settings.release);

    if (assembly->config.path)
        string_list_add(&plan->inputs, assembly->config.path);
    return result;
}

/* What says that a kernel's own modules should be there, as a new string; NULL: nothing does. `make modules_install`
 * writes modules.order, empty or not, beside modules.builtin. */
static char *source_of_modules(const struct assembly *assembly)
{
    const char *directory = kernel_tree_directory(assembly->tree);
    char *order = allocate_format("%s/modules.order", directory);
    char *built_in = allocate_format("%s/modules.builtin", directory);
    char *text = NULL;
    char *source = NULL;

    if (assembly->config.path)
        source = kernel_config_has_modules(&assembly->config) ? allocate_string(assembly->config.path) : NULL;
    else if (file_read_text(order, &text) == 0)
        source = strstr(text, ".ko") ? allocate_string(order) : NULL;
    else if (access(built_in, F_OK) == 0)
        source = allocate_format("%s without a modules.order", built_in);
    free(text);
    free(built_in);
    free(order);
    return source;
}

/* Modules that others add, as DKMS does below updates/, are none of the kernel's own. */
static int check_modules(const struct assembly *assembly)
{
    size_t count;
    const struct kernel_module *modules = kernel_tree_modules(assembly->tree, &count);
    char *source;

    for (size_t i = 0; i < count; i++) {
        if (!strncmp(modules[i].path, "kernel/", strlen("kernel/")))
            return 0;
    }
    source = source_of_modules(assembly);
    if (!source)
        return 0;
    log_error("no image for kernel %s: %s has none of the modules that it was built with (by %s)",
        assembly->plan->settings.release, kernel_tree_directory(assembly->tree), source);
    free(source);
    return -ENOENT;
}

int assemble(struct plan *plan)
{
    struct assembly assembly = {.plan = plan};
    int result = read_epoch(&assembly.image.mtime);

    if (result == 0)
        result = read_config(&assembly);
    if (result == 0)
        result = kernel_tree_open(&assembly.tree, plan->settings.modules_dir, plan->settings.release,
            !kernel_config_forbids_modules(&assembly.config), &plan->configuration, plan->settings.cache);
    if (result < 0) {
        kernel_config_free(&assembly.config);
        return result;
    }
    result = check_modules(&assembly);
    if (result == 0)
        result = check_method(&assembly);
    if (result == 0)
        result = selection_make(&assembly.selection, assembly.tree, &plan->wanted);
    program_pack_open(&assembly.programs, &assembly.image, plan->settings.sysroot, &plan->inputs);
    if (result == 0)
        result = compose(&assembly);
    if (result == 0)
        result = finish(&assembly);
    free_assembly(&assembly);
    return result;
}
