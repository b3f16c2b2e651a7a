/*
 * `kindling mkinitramfs TEMPLATE_DIR KVER`: MiniVM's command. It runs where lib/modules/KVER lies, reads
 *
 *   ./modules.ramfs     files and directories below lib/modules/KVER/kernel/, or names of modules; # begins a comment
 *   ./modules.autoload  names of modules to load unasked; may be absent
 *
 * and writes ./initramfs-KVER: the template, those modules, and what they need.
 */
#include "command/commands.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/module_path.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/log.h"
#include "build/assemble.h"
#include "command/arguments.h"
#include "feature/data_directory.h"

#define USAGE "mkinitramfs [-v] TEMPLATE_DIR KVER"
#define MODULES_FILE "modules.ramfs"
#define AUTOLOAD_FILE "modules.autoload"

/* MiniVM's disks come first on a SCSI bus, and its own init stops at file systems that are mounted already. */
#define MINIVM_CMDLINE "root=/dev/sda kindling.handover=detach"

/* A word without a slash may be a directory too: "fs". */
static void add_module(struct plan *plan, const char *word, const char *origin)
{
    char *path = allocate_format("%s/%s/kernel/%s", plan->settings.modules_dir, plan->settings.release, word);
    char *name;

    if (strchr(word, '/') || access(path, F_OK) == 0)
        name = allocate_format("kernel/%s", word);
    else
        name = module_path_is(word) ? module_path_name(word) : allocate_string(word);
    wanted_add_module(&plan->wanted, name, origin, true);
    free(name);
    free(path);
}

static void add_autoload(struct plan *plan, const char *word, const char *origin)
{
    wanted_add_autoload(&plan->wanted, word, origin, true);
}

/* Adds each word of a file, which may be absent when it is optional. */
static int read_words(struct plan *plan, const char *path, bool is_optional,
    void (*add)(struct plan *plan, const char *word, const char *origin))
{
    struct line_reader reader = {0};
    char *text;
    char *line;
    int result = file_read_text_any(path, &text);

    if (result == -ENOENT && is_optional)
        return 0;
    if (result < 0) {
        log_error("cannot read %s: %s", path, strerror(-result));
        return result;
    }
    string_list_add(&plan->inputs, path);
    reader.next = text;
    while ((line = lines_next(&reader))) {
        char *origin = allocate_format("%s:%u", path, reader.number);
        struct string_list words = {0};
        const char *word;

        while ((word = lines_word(&line)))
            string_list_add_parts(&words, word, ","); /* as /init's report names what is missing */
        for (size_t i = 0; i < words.count; i++)
            add(plan, words.items[i], origin);
        string_list_free(&words);
        free(origin);
    }
    free(text);
    return 0;
}

/* A template without e2fsck gets ours; a host without a static one builds all the same. */
static int add_features(struct plan *plan)
{
    struct catalogue catalogue;
    int result;

    data_directory_open_catalogue(&catalogue);
    plan->wanted.architecture = plan->left_out.architecture = plan->architecture->name;
    result = wanted_add_feature(&plan->wanted, &catalogue, "e2fsck");
    for (size_t i = 0; i < plan->wanted.program_count; i++)
        plan->wanted.programs[i].is_optional = true;
    if (result == 0)
        result = wanted_add_feature(&plan->wanted, &catalogue, "slow-drivers");
    if (result == 0)
        result = wanted_add_feature(&plan->left_out, &catalogue, "left-out");
    catalogue_free(&catalogue);
    return result;
}

/* The directory's own name, as a new string: where it lies must not change the image's bytes. */
static char *last_part(const char *path)
{
    size_t end = strlen(path);
    size_t start;

    while (end > 1 && path[end - 1] == '/')
        end--;
    start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    return allocate_text(path + start, end - start);
}

static int make_plan(struct plan *plan, const char *template, const char *release)
{
    struct output_settings *settings = &plan->settings;
    char *template_name = last_part(template);
    int result;

    *plan = (struct plan){
        .command = allocate_format("kindling mkinitramfs %s %s", template_name, release),
    };
    output_settings_init(settings);
    settings->release = allocate_string(release);
    settings->modules_dir = allocate_string("lib/modules");
    settings->sysroot = allocate_string("/");
    settings->template = allocate_string(template);
    settings->cmdline = allocate_string(MINIVM_CMDLINE);
    settings->output = allocate_format("initramfs-%s", release);
    free(template_name);
    result = plan_set_architecture(plan, false);
    if (result == 0)
        result = read_words(plan, MODULES_FILE, false, add_module);
    if (result == 0)
        result = read_words(plan, AUTOLOAD_FILE, true, add_autoload);
    return result < 0 ? result : add_features(plan);
}

int cmd_mkinitramfs(int argc, char **argv)
{
    static const struct option longs[] = {{"verbose", no_argument, NULL, 'v'}, {0}};
    struct plan plan;
    int option, result;

    while ((option = arguments_next(argc, argv, ":v", longs)) != -1) {
        if (option == '?')
            return 2;
        log_set_verbose(true);
    }
    if (argc - optind != 2) {
        log_error("usage: kindling " USAGE);
        return 2;
    }
    result = make_plan(&plan, argv[optind], argv[optind + 1]);
    if (result == 0)
        result = assemble(&plan);
    if (result == 0)
        printf("Initial ramdisk '%s' created\n", plan.settings.output);
    plan_free(&plan);
    return result < 0 ? 1 : 0;
}
