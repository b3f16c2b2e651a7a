#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "build/assembly.h"
#include "content/crypttab.h"
#include "content/root_image.h"
#include "content/template.h"
#include "content/vconsole.h"

/* What is no ELF file is none of a processor's. */
static bool is_runnable(const struct assembly *assembly, const uint8_t *bytes, size_t size)
{
    uint16_t machine = architecture_machine_of(bytes, size);

    return machine == EM_NONE || architecture_runs(assembly->plan->architecture, machine);
}

/* The template's programs lie in the image as they are. */
static int check_programs(const struct assembly *assembly)
{
    for (size_t i = 0; i < assembly->image.count; i++) {
        const struct image_entry *entry = assembly->image.entries[i];

        if (!(entry->mode & 0111) || is_runnable(assembly, entry->bytes.data, entry->bytes.size))
            continue;
        log_error("cannot pack %s/%s: %s", assembly->plan->settings.template, entry->name, program_fault(-EMEDIUMTYPE));
        return -EMEDIUMTYPE;
    }
    return 0;
}

static int add_file_at(struct assembly *assembly, const char *name, const char *source, mode_t permissions,
    const char *origin, enum image_place place)
{
    struct buffer bytes = {0};
    int result = file_read(source, &bytes);

    if (result < 0) {
        log_error("cannot read %s: %s", source, strerror(-result));
        buffer_free(&bytes);
        return result;
    }
    /* As a linker leaves /init while it writes it. */
    if (bytes.size == 0 && (permissions & 0111)) {
        log_error("cannot pack %s: it is empty", source);
        buffer_free(&bytes);
        return -ENOEXEC;
    }
    if (!is_runnable(assembly, bytes.data, bytes.size)) {
        log_error("cannot pack %s: %s", source, program_fault(-EMEDIUMTYPE));
        buffer_free(&bytes);
        return -EMEDIUMTYPE;
    }
    result = image_add_file(&assembly->image, name, permissions, &bytes, place, origin);
    return result < 0 ? assembly_fail(name, result) : 0;
}

static int add_file(
    struct assembly *assembly, const char *name, const char *source, mode_t permissions, const char *origin)
{
    string_list_add(&assembly->plan->inputs, source);
    return add_file_at(assembly, name, source, permissions, origin, IMAGE_HEAD);
}

/* Mount points, directories that /init writes into, and the console. What the template has of them stays as it is. */
static int add_places(struct image *image)
{
    static const struct {
        const char *name;
        mode_t permissions;
    } directories[] = {{"bin", 0755}, {"dev", 0755}, {"etc", 0755}, {"lib", 0755}, {"proc", 0755}, {"run", 0755},
        {"sbin", 0755}, {"sys", 0755}, {IMAGE_ROOT_PATH, 0755}, {"tmp", 01777}};

    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        int result = 0;

        if (!image_find(image, directories[i].name))
            result = image_add_directory(image, directories[i].name, directories[i].permissions, ASSEMBLY_ORIGIN);
        if (result < 0)
            return assembly_fail(directories[i].name, result);
    }
    /* The kernel opens it for /init before anything could have made it. */
    if (!image_find(image, "dev/console")) {
        int result = image_add_device(image, "dev/console", S_IFCHR | 0600, 5, 1, ASSEMBLY_ORIGIN);

        if (result < 0)
            return assembly_fail("dev/console", result);
    }
    return 0;
}

static int add_wanted_file(struct assembly *assembly, const char *name, const char *origin)
{
    char *source;
    struct stat status = {0};
    int result = sysroot_resolve(assembly->plan->settings.sysroot, name, &source);

    if (result < 0) {
        log_error("cannot read %s (%s): %s", name, origin, strerror(-result));
        return result;
    }
    stat(source, &status);
    result = add_file(assembly, name, source, status.st_mode & 0755, origin);
    free(source);
    return result;
}

/* Of a glob the template may have its own. */
static int add_wanted_glob(struct assembly *assembly, const char *glob, const char *origin)
{
    struct string_list names = {0};
    int result = 0;

    sysroot_glob(assembly->plan->settings.sysroot, glob, &names);
    for (size_t i = 0; i < names.count && result == 0; i++) {
        if (!image_find(&assembly->image, names.items[i] + 1))
            result = add_wanted_file(assembly, names.items[i], origin);
    }
    string_list_free(&names);
    return result;
}

static int add_wanted_files(struct assembly *assembly)
{
    const struct wish_list *files = &assembly->plan->wanted.files;
    int result = 0;

    for (size_t i = 0; i < files->count && result == 0; i++)
        result = (sysroot_is_glob(files->items[i].name) ? add_wanted_glob : add_wanted_file)(
            assembly, files->items[i].name, files->items[i].origin);
    return result;
}

/* It is compressed by itself: stored among the members, and never inflated. */
static int add_root_image(struct assembly *assembly)
{
    struct scratch scratch = {0};
    char *file;
    int result = root_image_find(assembly->plan->settings.root_image, &scratch, &file);

    string_list_add(&assembly->plan->inputs, assembly->plan->settings.root_image);
    if (result == 0)
        result = add_file_at(assembly, IMAGE_ROOT_FILE_PATH, file, 0444, "--root-image", IMAGE_LAZY);
    free(file);
    scratch_remove(&scratch);
    return result;
}

int skeleton_add(struct assembly *assembly)
{
    int result = template_add(&assembly->image, assembly->plan->settings.template, &assembly->plan->inputs);

    if (result == 0)
        result = check_programs(assembly);
    if (result == 0)
        result = add_places(&assembly->image);
    if (result == 0)
        result = add_file(assembly, IMAGE_INIT_PATH, assembly->plan->init, 0755, ASSEMBLY_ORIGIN);
    if (result == 0)
        result = add_wanted_files(assembly);
    if (result == 0 && assembly->plan->wanted.has_console)
        result = vconsole_add(&assembly->image, assembly->plan->settings.sysroot, assembly->plan->settings.cmdline,
            &assembly->plan->inputs);
    if (result == 0 && assembly->plan->settings.root_image)
        result = add_root_image(assembly);
    if (result == 0 && assembly->plan->has_crypttab)
        result = crypttab_add(
            &assembly->image, &assembly->plan->wanted, assembly->plan->settings.sysroot, &assembly->plan->inputs);
    return result;
}
