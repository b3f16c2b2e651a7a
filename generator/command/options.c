#include "command/options.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "base/suggestion.h"
#include "command/arguments.h"
#include "command/config.h"
#include "feature/data_directory.h"

#define JOBS_MAXIMUM 256
#define HELP_WIDTH 20 /* of an option with its argument */

static const char *set_string(char **field, const char *value)
{
    free(*field);
    *field = allocate_string(value);
    return NULL;
}

static const char *set_path(char **field, const char *value)
{
    return *value ? set_string(field, value) : "a path is missing";
}

static const char *set_release(struct options *options, const char *value)
{
    return *value ? set_string(&options->release, value) : "a kernel release is missing";
}

static const char *set_output(struct options *options, const char *value)
{
    return set_path(&options->output, value);
}

static const char *set_profile(struct options *options, const char *value)
{
    return set_string(&options->profile, value);
}

static const char *add_features(struct options *options, const char *value)
{
    string_list_add_parts(&options->features, value, ", ");
    return NULL;
}

static const char *add_modules(struct options *options, const char *value)
{
    string_list_add_parts(&options->modules, value, ", ");
    return NULL;
}

static const char *add_autoload(struct options *options, const char *value)
{
    string_list_add_parts(&options->autoload, value, ", ");
    return NULL;
}

static const char *set_sysroot(struct options *options, const char *value)
{
    return set_path(&options->sysroot, value);
}

static const char *set_modules_dir(struct options *options, const char *value)
{
    return set_path(&options->modules_dir, value);
}

static const char *set_template(struct options *options, const char *value)
{
    return set_path(&options->template, value);
}

static const char *set_cmdline(struct options *options, const char *value)
{
    return set_string(&options->cmdline, value);
}

static const char *set_depfile(struct options *options, const char *value)
{
    return set_path(&options->depfile, value);
}

static const char *set_cache(struct options *options, const char *value)
{
    free(options->cache);
    options->cache = NULL;
    options->is_cache_named = strcmp(value, "none") != 0;
    return options->is_cache_named ? set_path(&options->cache, value) : NULL;
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

/* The method that text begins with, up to a colon; COMPRESS_METHODS when there is no such. */
static enum compress_method method_named(const char *text)
{
    size_t length = strcspn(text, ":");
    enum compress_method method = COMPRESS_NONE;

    while (method < COMPRESS_METHODS
           && (strncmp(compress_name(method), text, length) != 0 || compress_name(method)[length] != '\0'))
        method++;
    return method;
}

static const char *set_compress(struct options *options, const char *value)
{
    enum compress_method method = method_named(value);
    const char *colon = strchr(value, ':');
    long level = COMPRESS_LEVEL_DEFAULT;

    if (method == COMPRESS_METHODS)
        return "there are gzip, zstd, xz and lz4, each with :LEVEL or without, and none";
    if (colon)
        level = number_between(colon + 1, 1, compress_level_maximum(method));
    if (level < 0)
        return "levels go from 1 to 12 (gzip, lz4), 19 (zstd) or 9 (xz), and none has none";
    options->method = method;
    options->level = (int)level;
    return NULL;
}

static const char *set_force_compress(struct options *options, const char *value)
{
    (void)value;
    options->force_compress = true;
    return NULL;
}

static const char *set_layout(struct options *options, const char *value)
{
    if (!strcmp(value, "lazy"))
        options->layout = LAYOUT_LAZY;
    else if (!strcmp(value, "kernel"))
        options->layout = LAYOUT_KERNEL;
    else if (!strcmp(value, "classic"))
        options->layout = LAYOUT_CLASSIC;
    else
        return "there are lazy, kernel and classic";
    return NULL;
}

static const char *set_microcode(struct options *options, const char *value)
{
    static const char *const choices[] = {
        [MICROCODE_NONE] = "none", [MICROCODE_ALL] = "all", [MICROCODE_HOST] = "host"};

    for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
        if (!strcmp(value, choices[i])) {
            options->microcode = (enum microcode_choice)i;
            return NULL;
        }
    }
    return "there are all, host and none";
}

static const char *set_jobs(struct options *options, const char *value)
{
    long jobs = number_between(value, 1, JOBS_MAXIMUM);

    if (jobs < 0)
        return "a number from 1 to 256 is wanted";
    options->jobs = (unsigned)jobs;
    return NULL;
}

static const char *set_verbose(struct options *options, const char *value)
{
    (void)value;
    options->is_verbose = true;
    return NULL;
}

static const char *set_dry_run(struct options *options, const char *value)
{
    (void)value;
    options->is_dry_run = true;
    return NULL;
}

static const char *set_if_changed(struct options *options, const char *value)
{
    (void)value;
    options->if_changed = true;
    return NULL;
}

enum place { COMMAND_LINE_ONLY, CONFIGURATION_TOO };

static const struct setting {
    const char *name;
    char letter; /* 0: none */
    enum place place;
    const char *argument; /* NULL: none */
    const char *(*set)(struct options *options, const char *value);
    const char *help;
} settings[] = {
    {"kernel", 'k', COMMAND_LINE_ONLY, "KVER", set_release, "the kernel's release (default: the running one)"},
    {"output", 'o', COMMAND_LINE_ONLY, "FILE", set_output,
        "the image, or a symlink to it (default: initramfs-KVER.img)"},
    /* Read before all others, because the rest of the command line wins over the file. */
    {"config", 'c', COMMAND_LINE_ONLY, "FILE", NULL, "configuration (default: /etc/kindling.conf, if there is one)"},
    {"profile", 'p', CONFIGURATION_TOO, "NAME", set_profile, "what to pack (default: vm; see kindling profiles)"},
    {"feature", 'f', CONFIGURATION_TOO, "NAME[,NAME]", add_features,
        "add features (see kindling features); -NAME: none"},
    {"module", 'm', CONFIGURATION_TOO, "NAME[,NAME]", add_modules, "add modules: names, aliases, paths under kernel/"},
    {"autoload", 'a', CONFIGURATION_TOO, "NAME[,NAME]", add_autoload, "add modules and load them unasked at boot"},
    {"sysroot", 0, CONFIGURATION_TOO, "DIR", set_sysroot, "where kernel tree and programs lie (default: /)"},
    {"modules-dir", 0, CONFIGURATION_TOO, "DIR", set_modules_dir, "what holds KVER/ (default: SYSROOT/lib/modules)"},
    {"template", 0, CONFIGURATION_TOO, "DIR", set_template, "another skeleton tree"},
    {"compress", 'z', CONFIGURATION_TOO, "METHOD", set_compress, "gzip (default), zstd, xz, lz4, or none; gzip:LEVEL"},
    {"force-compress", 0, COMMAND_LINE_ONLY, NULL, set_force_compress,
        "even if nobody knows whether this kernel can read it"},
    {"layout", 0, CONFIGURATION_TOO, "LAYOUT", set_layout, "lazy, kernel or classic (default: what suits the content)"},
    {"microcode", 0, CONFIGURATION_TOO, "WHICH", set_microcode,
        "early microcode: all, host (this processor's) or none"},
    {"cmdline", 0, CONFIGURATION_TOO, "STRING", set_cmdline, "kernel command line that the boot's own wins over"},
    {"depfile", 0, COMMAND_LINE_ONLY, "FILE", set_depfile, "a makefile fragment that names every input"},
    {"if-changed", 0, COMMAND_LINE_ONLY, NULL, set_if_changed, "leave an image alone that would be the same"},
    {"cache", 0, CONFIGURATION_TOO, "DIR", set_cache,
        "where work is kept for the next time, or none (default: ~/.cache)"},
    {"jobs", 'j', CONFIGURATION_TOO, "N", set_jobs, "threads (default: as many as processors)"},
    {"verbose", 'v', COMMAND_LINE_ONLY, NULL, set_verbose, "tell what goes in, and why"},
    {"dry-run", 'n', COMMAND_LINE_ONLY, NULL, set_dry_run, "list the image instead of writing it"},
};

#define SETTING_COUNT (sizeof(settings) / sizeof(settings[0]))

const char *options_set(struct options *options, const char *name, const char *value)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (!strcmp(settings[i].name, name) && settings[i].place == CONFIGURATION_TOO)
            return settings[i].set(options, value);
    }
    return "unknown key";
}

void options_print_help(FILE *file)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const struct setting *setting = &settings[i];
        const char *argument = setting->argument ? setting->argument : "";
        int width = HELP_WIDTH - (int)strlen(setting->name);

        fprintf(file, setting->letter ? "  -%c, " : "      ", setting->letter);
        fprintf(file, "--%s %-*s %s\n", setting->name, width, argument, setting->help);
    }
}

void options_init(struct options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    *options = (struct options){
        .profile = allocate_string("vm"),
        .cmdline = allocate_string(""),
        .cache = data_directory_cache(),
        .method = COMPRESS_GZIP,
        .level = COMPRESS_LEVEL_DEFAULT,
        .jobs = processors > 0 && processors <= JOBS_MAXIMUM ? (unsigned)processors : 1,
    };
}

void options_free(struct options *options)
{
    free(options->configuration);
    free(options->release);
    free(options->output);
    free(options->profile);
    string_list_free(&options->features);
    string_list_free(&options->modules);
    string_list_free(&options->autoload);
    free(options->sysroot);
    free(options->modules_dir);
    free(options->template);
    free(options->cmdline);
    free(options->depfile);
    free(options->cache);
    *options = (struct options){0};
}

/* What getopt_long wants to know of our table, zeroed before it is made; val is the setting's number, past all letters.
 */
struct getopt_tables {
    struct option longs[SETTING_COUNT + 1];
    char letters[2 * SETTING_COUNT + 2];
};

#define FIRST_NUMBER (UCHAR_MAX + 1)

static void make_tables(struct getopt_tables *tables)
{
    char *letter = tables->letters;

    *letter++ = ':';
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        int has_argument = settings[i].argument ? required_argument : no_argument;

        tables->longs[i] = (struct option){settings[i].name, has_argument, NULL, FIRST_NUMBER + (int)i};
        if (settings[i].letter) {
            *letter++ = settings[i].letter;
            if (settings[i].argument)
                *letter++ = ':';
        }
    }
}

/* The setting that getopt_long returned, as a letter or as a number. */
static const struct setting *setting_of(int answer)
{
    if (answer >= FIRST_NUMBER)
        return &settings[answer - FIRST_NUMBER];
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (settings[i].letter == answer)
            return &settings[i];
    }
    return NULL;
}

static int apply(struct options *options, const struct setting *setting, const char *value)
{
    const char *wrong = setting->set ? setting->set(options, value) : NULL;

    if (!wrong)
        return 0;
    log_error("--%s %s: %s", setting->name, value, wrong);
    return -EINVAL;
}

static int next(const struct options *options, int argc, char **argv, const struct getopt_tables *tables)
{
    if (options)
        return arguments_next(argc, argv, tables->letters, tables->longs);
    opterr = 0;
    return getopt_long(argc, argv, tables->letters, tables->longs, NULL);
}

/* With options NULL, only the configuration file's name is sought and nothing is complained about. */
static int read_arguments(struct options *options, int argc, char **argv, const char **configuration)
{
    struct getopt_tables tables = {0};
    int answer;
    int result = 0;

    make_tables(&tables);
    optind = 0;
    while (result == 0 && (answer = next(options, argc, argv, &tables)) != -1) {
        const struct setting *setting = setting_of(answer);

        if (setting && !setting->set)
            *configuration = optarg;
        if (options)
            result = setting ? apply(options, setting, optarg) : -EINVAL;
    }
    if (options && result == 0 && optind < argc) {
        log_error("build takes no argument: %s", argv[optind]);
        result = -EINVAL;
    }
    return result;
}

/* A key that there is was given a value that makes no sense. */
static char *suggest_key(const char *key)
{
    struct string_list keys = {0};
    char *phrase;

    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (settings[i].place == CONFIGURATION_TOO)
            string_list_add(&keys, settings[i].name);
    }
    phrase = key && !string_list_contains(&keys, key) ? suggestion_phrase(key, &keys) : allocate_string("");
    string_list_free(&keys);
    return phrase;
}

static void complain(const char *path, const struct config_error *error)
{
    char *phrase = suggest_key(error->key);

    log_error("%s:%u: %s%s%s%s", path, error->line, error->key ? error->key : "", error->key ? ": " : "", error->reason,
        phrase);
    free(phrase);
}

static int read_configuration(struct options *options, const char *path, bool must_exist)
{
    struct config_error error;
    char *text;
    int result = file_read_text(path, &text);

    if (result == -ENOENT && !must_exist)
        return 0;
    if (result < 0) {
        log_error("cannot read %s: %s", path, strerror(-result));
        return result;
    }
    options->configuration = allocate_string(path);
    result = config_parse(options, text, &error);
    if (result < 0)
        complain(path, &error);
    free(text);
    return result < 0 ? -EBADMSG : 0;
}

int options_read(struct options *options, int argc, char **argv)
{
    char *default_path = data_directory_configuration("kindling.conf");
    const char *named = NULL;
    int result;

    options_init(options);
    read_arguments(NULL, argc, argv, &named);
    result = read_configuration(options, named ? named : default_path, named != NULL);
    free(default_path);
    return result < 0 ? result : read_arguments(options, argc, argv, &named);
}
