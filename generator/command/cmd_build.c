#include "command/commands.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/allocate.h"
#include "base/log.h"
#include "base/stop.h"
#include "command/build_image.h"
#include "command/command_line.h"
#include "command/foreign_configuration.h"
#include "kernel/kernel_releases.h"

#define ALL "all"

/* -k all: an image for each kernel; --output is the directory that they are written to. */
static int check_options(const struct options *options)
{
    const struct output_settings *settings = &options->settings;
    struct stat status;

    if (settings->depfile)
        log_error("-k all makes several images, and --depfile tells of one");
    else if (settings->output && (stat(settings->output, &status) < 0 || !S_ISDIR(status.st_mode)))
        log_error("-k all makes several images, and %s is no directory", settings->output);
    else
        return 0;
    return -EINVAL;
}

/* An image that cannot be made does not keep the others from being made. */
static int build_all(struct options *options)
{
    struct output_settings *settings = &options->settings;
    char *directory = settings->output;
    struct string_list releases = {0};
    struct plan plan = {0};
    int result = build_image_plan(&plan, options);

    settings->output = NULL;
    if (result == 0)
        result = kernel_releases_list(plan.settings.modules_dir, &releases);
    if (result == 0 && releases.count == 0) {
        log_error("there is no kernel in %s", plan.settings.modules_dir);
        result = -ENOENT;
    }
    for (size_t i = 0; i < releases.count && stop_check() == 0; i++) {
        free(settings->release);
        free(settings->output);
        settings->release = allocate_string(releases.items[i]);
        settings->output = directory ? allocate_format("%s/initramfs-%s.img", directory, settings->release) : NULL;
        if (build_image(options) < 0)
            result = -EIO;
    }
    plan_free(&plan);
    string_list_free(&releases);
    free(directory);
    return stop_check() < 0 ? -EINTR : result;
}

int cmd_build(int argc, char **argv)
{
    struct options options;
    int result = command_line_read(&options, argc, argv);
    bool wants_all = result == 0 && options.settings.release && !strcmp(options.settings.release, ALL);
    int status;

    if (wants_all)
        result = check_options(&options);
    status = result == -EINVAL ? 2 : 1;
    if (result == 0) {
        log_set_verbose(options.is_verbose);
        log_set_quiet(options.is_quiet);
        options.tells_outcome = true;
        if (options.is_for_host)
            foreign_hooks_warn(options.settings.sysroot, &options.known_hooks);
        status = (wants_all ? build_all(&options) : build_image(&options)) < 0 ? 1 : 0;
    }
    options_free(&options);
    return status;
}
