#include "command/build_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "archive/cache.h"
#include "archive/member.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "build/assemble.h"
#include "command/options.h"
#include "command/outcome.h"
#include "feature/data_directory.h"
#include "feature/host.h"
#include "feature/host_root.h"

#define LEFT_OUT_FEATURE "left-out"
#define ROOT_IMAGE_FEATURE "root-image"
#define SLOW_DRIVERS_FEATURE "slow-drivers"

/* They are read too, for a misspelt name would take nothing out without a word. */
static int refuse_features(struct wanted *wanted, struct catalogue *catalogue, const struct options *options)
{
    for (size_t i = 0; i < options->features.count; i++) {
        const char *name = options->features.items[i];
        struct feature feature;
        int result;

        if (*name != '-')
            continue;
        result = catalogue_read(catalogue, CATALOGUE_FEATURE, name + 1, &feature);
        if (result < 0)
            return result;
        feature_free(&feature);
        string_list_add(&wanted->refused, name + 1);
    }
    return 0;
}

/* Of a feature that there is not, host_root_check will tell. is_forced: what this system or the kernel lacks of theirs
 * is done without. */
static int add_host_features(struct wanted *wanted, struct catalogue *catalogue, bool is_forced)
{
    size_t programs = wanted->program_count, modules = wanted->modules.count;
    struct string_list names = {0}, needed = {0};
    int result = 0;

    catalogue_names(catalogue, CATALOGUE_FEATURE, &names);
    host_root_features(wanted->sysroot, &needed);
    for (size_t i = 0; i < needed.count && result == 0; i++) {
        if (string_list_contains(&names, needed.items[i]))
            result = wanted_add_feature(wanted, catalogue, needed.items[i]);
    }
    for (; is_forced && programs < wanted->program_count; programs++)
        wanted->programs[programs].is_optional = true;
    for (; is_forced && modules < wanted->modules.count; modules++)
        wanted->modules.items[modules].is_required = false;
    string_list_free(&names);
    string_list_free(&needed);
    return result;
}

static int fill_wanted(struct plan *plan, const struct options *options)
{
    struct catalogue catalogue;
    int result;

    data_directory_open_catalogue(&catalogue);
    plan->wanted.sysroot = plan->settings.sysroot;
    plan->wanted.architecture = plan->left_out.architecture = plan->architecture->name;
    result = refuse_features(&plan->wanted, &catalogue, options);
    if (result == 0)
        result = wanted_add_profile(&plan->wanted, &catalogue, options->profile);
    for (size_t i = 0; i < options->features.count && result == 0; i++) {
        if (options->features.items[i][0] != '-')
            result = wanted_add_feature(&plan->wanted, &catalogue, options->features.items[i]);
    }
    if (result == 0 && (options->is_for_host || plan->wanted.is_for_host))
        result = add_host_features(&plan->wanted, &catalogue, options->is_forced);
    if (result == 0 && plan->settings.root_image)
        result = wanted_add_feature(&plan->wanted, &catalogue, ROOT_IMAGE_FEATURE);
    if (result == 0)
        result = wanted_add_feature(&plan->wanted, &catalogue, SLOW_DRIVERS_FEATURE);
    if (result == 0)
        result = wanted_add_feature(&plan->left_out, &catalogue, LEFT_OUT_FEATURE);
    /* What a user names on the command line has to be there. */
    for (size_t i = 0; i < options->modules.count; i++)
        wanted_add_module(&plan->wanted, options->modules.items[i], "--module", true);
    for (size_t i = 0; i < options->autoload.count; i++)
        wanted_add_autoload(&plan->wanted, options->autoload.items[i], "--autoload", true);
    for (size_t i = 0; i < catalogue.read.count; i++)
        string_list_add(&plan->inputs, catalogue.read.items[i]);
    for (size_t i = 0; i < plan->wanted.inputs.count; i++)
        string_list_add(&plan->inputs, plan->wanted.inputs.items[i]);
    catalogue_free(&catalogue);
    return result;
}

/* modprobe's configuration belongs to the root that the modules come from: a bare --modules-dir is of another one. */
static void locate_configuration(struct plan *plan, const struct options *options)
{
    static const char *const directories[] = {
        "/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d"};
    char *resolved;

    if (options->settings.modules_dir && !options->settings.sysroot)
        return;
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        if (sysroot_resolve(plan->settings.sysroot, directories[i], &resolved) == 0)
            string_list_take(&plan->configuration, resolved);
    }
}

static void append_option(struct buffer *command, const char *option, const char *value)
{
    buffer_append_string(command, " ");
    buffer_append_string(command, option);
    buffer_append_string(command, " ");
    buffer_append_string(command, value);
}

static void append_list(struct buffer *command, const char *option, const struct string_list *values)
{
    char *joined = string_list_join(values, ",");

    if (values->count > 0)
        append_option(command, option, joined);
    free(joined);
}

/* In single quotes, as a shell reads it; a quote inside ends them, stands escaped, and opens them again. */
static char *quote(const char *text)
{
    struct buffer quoted = {0};

    buffer_append_string(&quoted, "'");
    for (; *text; text++) {
        if (*text == '\'')
            buffer_append_string(&quoted, "'\\'");
        buffer_append(&quoted, text, 1);
    }
    buffer_append(&quoted, "'", sizeof("'"));
    return (char *)quoted.data;
}

/* The command that a failing boot shows, to be repeated with one thing more. Places on the host are left out: where
 * an image was written, or its kernel lay, must not change its bytes. */
static char *canonical_command(const struct plan *plan, const struct options *options)
{
    const struct output_settings *settings = &options->settings;
    const char *name = compress_name(settings->method);
    char *method = allocate_format("%s:%d", name, settings->level);
    struct buffer command = {0};

    buffer_append_string(&command, "kindling build");
    append_option(&command, "-k", plan->settings.release);
    append_option(&command, "-p", options->profile);
    append_list(&command, "-f", &options->features);
    append_list(&command, "-m", &options->modules);
    append_list(&command, "-a", &options->autoload);
    if (*settings->cmdline) {
        char *quoted = quote(settings->cmdline);

        append_option(&command, "--cmdline", quoted);
        free(quoted);
    }
    if (settings->level != COMPRESS_LEVEL_DEFAULT)
        append_option(&command, "-z", method);
    else if (settings->method != COMPRESS_GZIP)
        append_option(&command, "-z", name);
    if (settings->microcode != MICROCODE_NONE)
        append_option(&command, "--microcode", microcode_choice_name(settings->microcode));
    if (settings->layout != LAYOUT_BY_CONTENT)
        append_option(&command, "--layout", layout_name(settings->layout));
    free(method);
    buffer_append(&command, "", 1);
    return (char *)command.data;
}

static void complete_settings(struct output_settings *settings, bool is_cache_named)
{
    struct utsname running;
    char *cache = settings->cache;
    char *sysroot = settings->sysroot ? realpath(settings->sysroot, NULL) : allocate_string("/");

    if (!settings->release && uname(&running) == 0)
        settings->release = allocate_string(running.release);
    /* What lies below it is known by its path. One that is not there is named where it is read. */
    if (sysroot) {
        free(settings->sysroot);
        settings->sysroot = sysroot;
    }
    if (!settings->template)
        settings->template = data_directory_path("template");
    if (!settings->output)
        settings->output = allocate_format("initramfs-%s.img", settings->release);
    /* What is made of somebody else's tree never comes into an image of this host, whatever it looks like. */
    if (cache && !is_cache_named && settings->sysroot && strcmp(settings->sysroot, "/") != 0) {
        settings->cache = allocate_format("%s/sysroots", cache);
        free(cache);
    }
}

/* A machine's own processor is to have its fixes; those of a virtual one are its hypervisor's business. */
static void choose_microcode(struct plan *plan, const struct options *options)
{
    const char *modules = options->settings.modules_dir;
    /* This system's own kernel, and no tree that is only read here. */
    bool is_of_this_system = !strcmp(plan->settings.sysroot, "/") && (!modules || !strcmp(modules, "/lib/modules"));
    char *processor = NULL;

    if (!options->is_microcode_named
        && (options->is_for_host || plan->wanted.is_for_host || (plan->wanted.has_microcode && is_of_this_system))
        && !host_is_virtual(plan->settings.sysroot)
        && sysroot_resolve(plan->settings.sysroot, "/proc/cpuinfo", &processor) == 0)
        plan->settings.microcode = MICROCODE_HOST;
    free(processor);
}

int build_image_plan(struct plan *plan, const struct options *options)
{
    int result;

    output_settings_copy(&plan->settings, &options->settings);
    complete_settings(&plan->settings, options->is_cache_named);
    file_confine(plan->settings.sysroot);
    plan->command = canonical_command(plan, options);
    result = plan->settings.modules_dir
                 ? 0
                 : sysroot_resolve(plan->settings.sysroot, "/lib/modules", &plan->settings.modules_dir);
    if (result < 0)
        log_error("cannot find kernel trees at /lib/modules in %s: %s", plan->settings.sysroot, strerror(-result));
    if (result == 0)
        result = plan_set_architecture(plan, options->settings.sysroot != NULL);
    if (options->configuration)
        string_list_add(&plan->inputs, options->configuration);
    if (result == 0) {
        locate_configuration(plan, options);
        result = fill_wanted(plan, options);
    }
    /* The last word wins: what the caller says comes last. */
    if (*plan->settings.cmdline)
        string_list_add(&plan->wanted.cmdline, plan->settings.cmdline);
    free(plan->settings.cmdline);
    plan->settings.cmdline = string_list_join(&plan->wanted.cmdline, " ");
    choose_microcode(plan, options);
    plan->has_crypttab =
        (options->is_for_host || plan->wanted.is_for_host) && string_list_contains(&plan->wanted.features, "crypt");
    if (result == 0 && (options->is_for_host || plan->wanted.is_for_host) && !options->is_forced)
        result = host_root_check(plan->settings.sysroot, &plan->wanted.features);
    return result;
}

int build_image(const struct options *options)
{
    struct plan plan = {0};
    struct outcome outcome;
    int result = build_image_plan(&plan, options);

    if (options->is_cache_named)
        cache_warn(options->settings.cache, MEMBER_CACHE_KIND);
    if (result == 0) {
        outcome_begin(&outcome, plan.settings.output);
        result = assemble(&plan);
    }
    if (result == 0 && options->tells_outcome && !plan.settings.is_dry_run)
        outcome_tell(&outcome, NULL);
    plan_free(&plan);
    return result;
}
