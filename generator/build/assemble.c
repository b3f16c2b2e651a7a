#include "build/assemble.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "build/assembly.h"
#include "build/depfile.h"
#include "predict/built_image.h"

static int compose(struct assembly *assembly)
{
    const struct output_settings *settings = &assembly->plan->settings;
    int result = skeleton_add(assembly);

    if (result == 0)
        result = members_add(assembly);
    if (result == 0)
        result = descriptions_add(assembly);
    image_arrange(&assembly->image);
    assembly->early.mtime = assembly->image.mtime;
    if (result == 0 && settings->microcode != MICROCODE_NONE)
        result = microcode_add(&assembly->early, settings->sysroot, settings->microcode, &assembly->plan->inputs);
    return result;
}

static void list_image(const struct image *image)
{
    for (size_t i = 0; i < image->count; i++)
        puts(image->entries[i]->name);
}

static int finish(struct assembly *assembly)
{
    struct plan *plan = assembly->plan;
    const struct selection *selection = &assembly->selection;
    const struct packed_files *files = &assembly->programs.files;
    int result;

    for (size_t i = 0; i < selection->count; i++)
        log_note("%s: %s", selection->items[i].module->name, selection->items[i].origin);
    for (size_t i = 0; i < files->count; i++)
        log_note("/%s: %s", files->items[i]->name, files->items[i]->origin);
    log_note("%zu modules of %s, %zu programs, %zu entries", selection->count, plan->settings.release,
        assembly->programs.program_count, assembly->image.count);
    if (plan->settings.is_dry_run) {
        list_image(&assembly->early);
        list_image(&assembly->image);
        return 0;
    }
    result = image_file_write(assembly);
    if (result == 0)
        built_image_check(&assembly->image, plan->settings.output, &plan->wanted.machines);
    if (result < 0 || !plan->settings.depfile)
        return result;
    kernel_tree_add_inputs(assembly->tree, &plan->inputs);
    return depfile_write(plan->settings.depfile, plan->settings.output, &plan->inputs);
}

int assemble_read_epoch(long long *epoch)
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

/* An image without modules may be what the kernel needs, or what is left of its tree. */
static bool is_known_to_have_none(const struct assembly *assembly)
{
    char *order = allocate_format("%s/modules.order", kernel_tree_directory(assembly->tree));
    bool is_known = assembly->config.path || access(order, F_OK) == 0;

    free(order);
    return is_known;
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
    if (!source) {
        if (!is_known_to_have_none(assembly))
            log_warning("%s has no modules, and neither a modules.order nor a configuration of kernel %s says that "
                        "there are none",
                kernel_tree_directory(assembly->tree), assembly->plan->settings.release);
        return 0;
    }
    log_error("no image for kernel %s: %s has none of the modules that it was built with (by %s)",
        assembly->plan->settings.release, kernel_tree_directory(assembly->tree), source);
    free(source);
    return -ENOENT;
}

int assemble(struct plan *plan)
{
    struct assembly assembly = {.plan = plan};
    int result = assemble_read_epoch(&assembly.image.mtime);

    if (result == 0)
        result = kernel_config_read(&assembly.config, plan->settings.modules_dir, plan->settings.release);
    if (assembly.config.path)
        string_list_add(&plan->inputs, assembly.config.path);
    if (result == 0)
        result = kernel_tree_open(&assembly.tree, plan->settings.modules_dir, plan->settings.release,
            !kernel_config_forbids_modules(&assembly.config), &plan->configuration, plan->settings.jobs,
            plan->settings.cache);
    if (result < 0) {
        kernel_config_free(&assembly.config);
        return result;
    }
    result = check_modules(&assembly);
    if (result == 0)
        result = check_method(&assembly);
    if (result == 0)
        result = selection_make(&assembly.selection, assembly.tree, &plan->wanted);
    program_pack_open(&assembly.programs, &assembly.image, plan->settings.sysroot, plan->architecture, &plan->inputs);
    if (result == 0)
        result = compose(&assembly);
    if (result == 0)
        result = finish(&assembly);
    assembly_free(&assembly);
    return result;
}
