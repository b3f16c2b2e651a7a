/*
 * `kindling import`: the configuration of dracut and initramfs-tools as ours.
 */
#include "command/commands.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/output_file.h"
#include "base/allocate.h"
#include "base/log.h"
#include "base/terminal.h"
#include "command/arguments.h"
#include "command/import.h"
#include "feature/data_directory.h"

#define USAGE "import [--sysroot DIR] [--write]"
#define USAGE_STATUS 2
#define FEATURE_PATH "kindling/modules.d/" IMPORT_FEATURE

/* A path below /etc, of the sysroot too, as a new string. */
static char *place(const char *sysroot, const char *name)
{
    return sysroot ? allocate_format("%s/etc/%s", sysroot, name) : data_directory_configuration(name);
}

static int write_text(const char *path, const char *text)
{
    struct output_file file;
    int result = output_file_open(&file, path);

    if (result < 0)
        return result;
    result = output_file_write(&file, text, strlen(text));
    if (result == 0 && fchmod(file.fd, 0644) < 0)
        result = -errno;
    if (result < 0) {
        log_error("cannot write %s: %s", path, strerror(-result));
        output_file_discard(&file);
        return result;
    }
    result = output_file_commit(&file, false);
    if (result == 0)
        log_result("wrote %s", path);
    return result;
}

/* The directories of features of one's own. */
static void make_directories(const char *sysroot)
{
    static const char *const names[] = {"kindling", "kindling/modules.d"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *path = place(sysroot, names[i]);

        (void)mkdir(path, 0755); /* what is missing then is told of where the file is written */
        free(path);
    }
}

static int write_files(const struct import *import, const char *sysroot)
{
    char *configuration = place(sysroot, "kindling.conf");
    char *feature = place(sysroot, FEATURE_PATH);
    char *text = import_text(import);
    char *feature_text = import_feature_text(import);
    int result = 0;

    if (access(configuration, F_OK) == 0) {
        log_error("%s is there already: see what import prints without --write", configuration);
        result = -EEXIST;
    }
    if (result == 0 && feature_text) {
        make_directories(sysroot);
        result = write_text(feature, feature_text);
    }
    if (result == 0)
        result = write_text(configuration, text);
    for (size_t i = 0; i < import->lost.count && result == 0; i++)
        log_warning("not carried over: %s", import->lost.items[i]);
    free(feature_text);
    free(text);
    free(feature);
    free(configuration);
    return result;
}

static void print_lines(const char *before, char *text)
{
    for (char *line; (line = strsep(&text, "\n")) && (*line || text);) {
        if (*line)
            fputs(before, stdout);
        terminal_print_name(line);
        putchar('\n');
    }
}

static void print(const struct import *import, const char *sysroot)
{
    char *feature = place(sysroot, FEATURE_PATH);
    char *text = import_text(import);
    char *feature_text = import_feature_text(import);

    print_lines("", text);
    if (feature_text) {
        printf("\n# In %s:\n", feature);
        print_lines("#   ", feature_text);
    }
    free(feature_text);
    free(text);
    free(feature);
}

static int import_all(const char *sysroot, bool writes)
{
    struct foreign_configuration configuration;
    struct import import;
    struct catalogue catalogue;
    int result = foreign_configuration_read(&configuration, sysroot);

    if (result == 0 && configuration.files.count == 0 && configuration.hooks.count == 0) {
        log_error("there is no configuration of dracut or initramfs-tools in %s%s", sysroot ? sysroot : "",
            configuration.etc);
        result = -ENOENT;
    }
    if (result == 0) {
        data_directory_open_catalogue(&catalogue);
        import_make(&import, &configuration, &catalogue);
        if (writes)
            result = write_files(&import, sysroot);
        else
            print(&import, sysroot);
        import_free(&import);
        catalogue_free(&catalogue);
    }
    foreign_configuration_free(&configuration);
    return result;
}

int cmd_import(int argc, char **argv)
{
    static const struct option longs[] = {
        {"sysroot", required_argument, NULL, 's'}, {"write", no_argument, NULL, 'w'}, {0}};
    const char *sysroot = NULL;
    bool writes = false;
    int option;

    while ((option = arguments_next(argc, argv, ":", longs)) != -1) {
        if (option == '?')
            return USAGE_STATUS;
        if (option == 'w')
            writes = true;
        else
            sysroot = optarg;
    }
    if (optind < argc) {
        log_error("usage: kindling " USAGE);
        return USAGE_STATUS;
    }
    return import_all(sysroot, writes) < 0 ? 1 : 0;
}
