#include "command/live_system.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/allocate.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "content/root_image.h"
#include "contract/cmdline.h"
#include "kernel/kernel_releases.h"

#define MODULES "/lib/modules"

static bool is_directory(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* As the kernel looks for it (kernel_init in init/main.c), and /init with it. */
static bool has_init(const char *root)
{
    static const char *const places[] = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (sysroot_has(root, places[i]))
            return true;
    }
    return false;
}

int live_system_check(const char *root, const char *words)
{
    struct cmdline cmdline;
    struct stat status;
    bool is_named;

    if (stat(root, &status) < 0) {
        log_error("cannot read the root %s: %s", root, strerror(errno));
        return -ENOENT;
    }
    if (cmdline_parse("", words, &cmdline) < 0)
        return -ENOMEM;
    is_named = cmdline_value(&cmdline, "init") != NULL;
    cmdline_free(&cmdline);
    if (!S_ISDIR(status.st_mode))
        return root_image_check(root);
    if (is_named || has_init(root))
        return 0;
    log_error(
        "there is no /sbin/init in %s: is it the root of a system? (init= with --append names another init)", root);
    return -ENOENT;
}

int live_system_check_output(const char *root, const char *output)
{
    const char *slash = strrchr(output, '/');
    char *directory = slash ? allocate_text(output, (size_t)(slash - output) + 1) : allocate_string(".");
    char *place = realpath(directory, NULL), *top = is_directory(root) ? realpath(root, NULL) : NULL;
    size_t length = top ? strlen(top) : 0;
    bool is_inside =
        place && top && !strncmp(place, top, length) && (length == 1 || place[length] == '/' || place[length] == '\0');

    if (is_inside)
        log_error("cannot write %s: it would lie in %s, and be a part of the root", output, root);
    free(directory);
    free(place);
    free(top);
    return is_inside ? -EINVAL : 0;
}

int live_system_take_kernel(const char *root, struct boot_parts *parts)
{
    struct output_settings *settings = &parts->options.settings;
    struct string_list releases = {0};
    char *modules = NULL, *known;
    int result = 0;

    if (settings->modules_dir || settings->sysroot || !is_directory(root)
        || sysroot_resolve(root, MODULES, &modules) < 0 || !is_directory(modules)) {
        free(modules);
        return 0;
    }
    result = kernel_releases_list(modules, &releases);
    if (result == 0 && !settings->release && releases.count > 1) {
        known = string_list_join(&releases, ", ");
        log_error("%s has several kernels (%s): name one with -k", root, known);
        free(known);
        result = -EINVAL;
    } else if (result == 0 && !settings->release && releases.count == 1) {
        settings->release = allocate_string(releases.items[0]);
    }
    if (result == 0 && settings->release && string_list_contains(&releases, settings->release)) {
        settings->modules_dir = modules;
        modules = NULL;
    } else if (result == 0 && settings->release && releases.count > 0
               && !live_system_has_modules("/", settings->release)) {
        result = kernel_releases_refuse(modules, settings->release); /* and this host has none of that release either */
    }
    string_list_free(&releases);
    free(modules);
    return result;
}

bool live_system_has_modules(const char *root, const char *release)
{
    char *path = allocate_format(MODULES "/%s", release);
    bool has = !is_directory(root) || sysroot_has(root, path);

    free(path);
    return has;
}
