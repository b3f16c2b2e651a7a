#include "command/options.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

#define HELP_WIDTH 20 /* of an option with its argument */

#define OWN(field) offsetof(struct options, field)
#define SETTING(field) offsetof(struct options, settings.field)

static const struct option_row rows[] = {
    {"kernel", 'k', COMMAND_LINE_ONLY, "KVER", OPTION_RELEASE, SETTING(release),
        "the kernel's release, or all (default: the running one)"},
    {"output", 'o', COMMAND_LINE_ONLY, "FILE", OPTION_PATH, SETTING(output),
        "the image, or a symlink to it (default: initramfs-KVER.img)"},
    /* Read before all others, because the rest of the command line wins over the file. */
    {"config", 'c', COMMAND_LINE_ONLY, "FILE", OPTION_CONFIGURATION, 0,
        "configuration (default: /etc/kindling.conf, if there is one)"},
    {"profile", 'p', CONFIGURATION_TOO, "NAME", OPTION_TEXT, OWN(profile),
        "what to pack (default: vm; see kindling profiles)"},
    {"feature", 'f', CONFIGURATION_TOO, "NAME[,NAME]", OPTION_LIST, OWN(features),
        "add features (see kindling features); -NAME: none"},
    {"module", 'm', CONFIGURATION_TOO, "NAME[,NAME]", OPTION_LIST, OWN(modules),
        "add modules: names, aliases, paths under kernel/"},
    {"autoload", 'a', CONFIGURATION_TOO, "NAME[,NAME]", OPTION_LIST, OWN(autoload),
        "add modules and load them unasked at boot"},
    {"sysroot", 0, CONFIGURATION_TOO, "DIR", OPTION_PATH, SETTING(sysroot),
        "where kernel tree and programs lie (default: /)"},
    {"modules-dir", 0, CONFIGURATION_TOO, "DIR", OPTION_PATH, SETTING(modules_dir),
        "what holds KVER/ (default: SYSROOT/lib/modules)"},
    {"template", 0, CONFIGURATION_TOO, "DIR", OPTION_PATH, SETTING(template), "another skeleton tree"},
    {"compress", 'z', CONFIGURATION_TOO, "METHOD", OPTION_METHOD, 0,
        "gzip (default), zstd, xz, lz4, or none; gzip:LEVEL"},
    {"force-compress", 0, COMMAND_LINE_ONLY, NULL, OPTION_FLAG, SETTING(force_compress),
        "even if nobody knows whether this kernel can read it"},
    {"layout", 0, CONFIGURATION_TOO, "LAYOUT", OPTION_LAYOUT, 0,
        "lazy, kernel or classic (default: what suits the content)"},
    {"microcode", 0, CONFIGURATION_TOO, "WHICH", OPTION_MICROCODE, 0,
        "early microcode: all, host (this processor's: the default for this host) or none"},
    {"cmdline", 0, CONFIGURATION_TOO, "STRING", OPTION_TEXT, SETTING(cmdline),
        "kernel command line that the boot's own wins over"},
    {"root-image", 0, COMMAND_LINE_ONLY, "FILE|DIR", OPTION_PATH, SETTING(root_image),
        "the root itself, for root=ram: a squashfs, an erofs or a directory"},
    {"known-hook", 0, CONFIGURATION_TOO, "NAME[,NAME]", OPTION_LIST, OWN(known_hooks),
        "hooks of initramfs-tools that need not be told of"},
    {"depfile", 0, COMMAND_LINE_ONLY, "FILE", OPTION_PATH, SETTING(depfile),
        "a makefile fragment that names every input"},
    {"for-host", 0, COMMAND_LINE_ONLY, NULL, OPTION_FLAG, OWN(is_for_host),
        "this machine is to boot by it, as with -p host"},
    {"force", 0, COMMAND_LINE_ONLY, NULL, OPTION_FLAG, OWN(is_forced),
        "even if this machine's root could not be opened by it"},
    {"if-changed", 0, COMMAND_LINE_ONLY, NULL, OPTION_FLAG, SETTING(if_changed),
        "leave an image alone that would be the same"},
    {"cache", 0, CONFIGURATION_TOO, "DIR", OPTION_CACHE, 0,
        "where work is kept for the next time, or none (default: ~/.cache)"},
    {"jobs", 'j', CONFIGURATION_TOO, "N", OPTION_JOBS, 0, "threads (default: as many as processors)"},
    {"quiet", 'q', COMMAND_LINE_ONLY, NULL, OPTION_FLAG, OWN(is_quiet), "say nothing of what was done"},
    {"verbose", 'v', COMMAND_LINE_ONLY, NULL, OPTION_FLAG, OWN(is_verbose), "tell what goes in, and why"},
    {"dry-run", 'n', COMMAND_LINE_ONLY, NULL, OPTION_FLAG, SETTING(is_dry_run), "list the image instead of writing it"},
};

const struct option_row *options_rows(size_t *count)
{
    *count = sizeof(rows) / sizeof(rows[0]);
    return rows;
}

static const char *set_text(char **field, const char *value)
{
    allocate_replace(field, allocate_string(value));
    return NULL;
}

/* Decimal digits only. Returns -1 for what is not a number from minimum to maximum. */
static long number_between(const char *text, long minimum, long maximum)
{
    char *end;
    long number;

    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    number = strtol(text, &end, 10);
    return errno || *end || number < minimum || number > maximum ? -1 : number;
}

/* METHOD or METHOD:LEVEL. */
static const char *set_method(struct output_settings *settings, const char *value)
{
    size_t length = strcspn(value, ":");
    enum compress_method method = COMPRESS_NONE;
    long level = COMPRESS_LEVEL_DEFAULT;

    while (method < COMPRESS_METHODS
           && (strncmp(compress_name(method), value, length) != 0 || compress_name(method)[length] != '\0'))
        method++;
    if (method == COMPRESS_METHODS)
        return "there are gzip, zstd, xz and lz4, each with :LEVEL or without, and none";
    if (value[length] == ':')
        level = number_between(value + length + 1, 1, compress_level_maximum(method));
    if (level < 0)
        return "levels go from 1 to 12 (gzip, lz4), 19 (zstd) or 9 (xz), and none has none";
    settings->method = method;
    settings->level = (int)level;
    return NULL;
}

static const char *set_layout(struct output_settings *settings, const char *value)
{
    for (enum layout layout = LAYOUT_LAZY; layout <= LAYOUT_CLASSIC; layout++) {
        if (!strcmp(value, layout_name(layout))) {
            settings->layout = layout;
            return NULL;
        }
    }
    return "there are lazy, kernel and classic";
}

static const char *set_microcode(struct options *options, const char *value)
{
    for (enum microcode_choice choice = MICROCODE_NONE; choice <= MICROCODE_HOST; choice++) {
        if (!strcmp(value, microcode_choice_name(choice))) {
            options->settings.microcode = choice;
            options->is_microcode_named = true;
            return NULL;
        }
    }
    return "there are all, host and none";
}

static const char *set_cache(struct options *options, const char *value)
{
    free(options->settings.cache);
    options->settings.cache = NULL;
    options->is_cache_named = strcmp(value, "none") != 0;
    if (*value == '\0')
        return "a path is missing";
    return options->is_cache_named ? set_text(&options->settings.cache, value) : NULL;
}

static const char *set_jobs(struct output_settings *settings, const char *value)
{
    long jobs = number_between(value, 1, OUTPUT_JOBS_MAXIMUM);

    if (jobs < 0)
        return "a number from 1 to 256 is wanted";
    settings->jobs = (unsigned)jobs;
    return NULL;
}

static const char *set_field(struct options *options, const struct option_row *row, const char *value)
{
    void *field = (char *)options + row->offset;

    switch (row->type) {
    case OPTION_CONFIGURATION:
        break;
    case OPTION_FLAG:
        *(bool *)field = true;
        break;
    case OPTION_TEXT:
        return set_text(field, value);
    case OPTION_PATH:
        return *value ? set_text(field, value) : "a path is missing";
    case OPTION_RELEASE:
        return *value ? set_text(field, value) : "a kernel release is missing";
    case OPTION_LIST:
        string_list_add_parts(field, value, ", ");
        break;
    case OPTION_METHOD:
        return set_method(&options->settings, value);
    case OPTION_LAYOUT:
        return set_layout(&options->settings, value);
    case OPTION_MICROCODE:
        return set_microcode(options, value);
    case OPTION_CACHE:
        return set_cache(options, value);
    case OPTION_JOBS:
        return set_jobs(&options->settings, value);
    }
    return NULL;
}

const char *options_set(struct options *options, const struct option_row *row, const char *value, const char *origin)
{
    const char *wrong = set_field(options, row, value);

    if (wrong)
        return wrong;
    options->named = allocate_more(options->named, options->named_count, sizeof(*options->named));
    options->named[options->named_count++] = (struct option_value){
        .row = row, .value = allocate_string(value ? value : ""), .origin = allocate_string(origin)};
    return NULL;
}

static const char *text_or(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

char *options_value(const struct options *options, const struct option_row *row)
{
    const struct output_settings *settings = &options->settings;
    const void *field = (const char *)options + row->offset;
    const char *method = compress_name(settings->method);

    switch (row->type) {
    case OPTION_CONFIGURATION:
        return allocate_string(text_or(options->configuration, ""));
    case OPTION_FLAG:
        return allocate_string(*(const bool *)field ? "yes" : "no");
    case OPTION_LIST:
        return string_list_join(field, ",");
    case OPTION_METHOD:
        return settings->level == COMPRESS_LEVEL_DEFAULT ? allocate_string(method)
                                                         : allocate_format("%s:%d", method, settings->level);
    case OPTION_LAYOUT:
        return allocate_string(text_or(layout_name(settings->layout), "(what suits the content)"));
    case OPTION_MICROCODE:
        return allocate_string(microcode_choice_name(settings->microcode));
    case OPTION_CACHE:
        return allocate_string(text_or(settings->cache, "none"));
    case OPTION_JOBS:
        return allocate_format("%u", settings->jobs);
    default:
        return allocate_string(text_or(*(char *const *)field, ""));
    }
}

void options_print_help(FILE *file)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct option_row *row = &rows[i];
        const char *argument = row->argument ? row->argument : "";
        int width = HELP_WIDTH - (int)strlen(row->name);

        fprintf(file, row->letter ? "  -%c, " : "      ", row->letter);
        fprintf(file, "--%s %-*s %s\n", row->name, width, argument, row->help);
    }
}

void options_init(struct options *options)
{
    *options = (struct options){.profile = allocate_string("vm")};
    output_settings_init(&options->settings);
    options->settings.cmdline = allocate_string("");
}

void options_free(struct options *options)
{
    output_settings_free(&options->settings);
    free(options->configuration);
    free(options->profile);
    string_list_free(&options->features);
    string_list_free(&options->modules);
    string_list_free(&options->autoload);
    string_list_free(&options->known_hooks);
    for (size_t i = 0; i < options->named_count; i++) {
        free(options->named[i].value);
        free(options->named[i].origin);
    }
    free(options->named);
    *options = (struct options){0};
}
