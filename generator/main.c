/* kindling: makes initramfs images, and looks into them. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "build.h"
#include "compare.h"
#include "debris.h"
#include "extract.h"
#include "inventory.h"
#include "list.h"
#include "log.h"
#include "mkinitramfs.h"
#include "options.h"
#include "stop.h"
#include "timeline.h"

#define USAGE_STATUS 2

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage;
} commands[] = {
    {"build", build_main, "build [-k KVER] [-o FILE] [-p PROFILE] [-f FEATURE,...] [-m MODULE,...] [option...]"},
    {"mkinitramfs", mkinitramfs_main, "mkinitramfs [-v] TEMPLATE_DIR KVER"},
    {"ls", list_main, "ls [-l] [--why] IMAGE [PATTERN]"},
    {"extract", extract_main, "extract IMAGE [DIR]"},
    {"diff", compare_main, "diff IMAGE IMAGE"},
    {"features", inventory_features_main, "features"},
    {"profiles", inventory_profiles_main, "profiles"},
    {"timeline", timeline_main, "timeline FILE"},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_usage(FILE *file)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(file, "%s kindling %s\n", i == 0 ? "usage:" : "      ", commands[i].usage);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    }
    return NULL;
}

/* A command whose output could not be written has failed: a full disk, a closed pipe. */
static int flush_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    log_error("cannot write to standard output");
    return status ? status : 1;
}

static int run(const struct command *command, int argc, char **argv)
{
    static char name[] = "kindling";
    int status;

    stop_on_signals();
    argv[1] = name; /* getopt's messages begin with it, as ours do */
    status = flush_output(command->run(argc - 1, argv + 1));
    debris_remove_all();
    stop_die();
    return status;
}

/* Help is given wherever it is asked for, rather than a complaint about what came before. */
static bool asks_for_help(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "help"))
        return true;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
            return true;
    }
    return false;
}

static int help(void)
{
    print_usage(stdout);
    puts("\nOptions of build:");
    options_print_help(stdout);
    return flush_output(0);
}

int main(int argc, char **argv)
{
    const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;

    if (asks_for_help(argc, argv))
        return help();
    if (argc > 1 && !strcmp(argv[1], "--version")) {
        puts("kindling " KINDLING_VERSION);
        return flush_output(0);
    }
    if (command)
        return run(command, argc, argv);
    if (argc > 1)
        log_error("no such command: %s", argv[1]);
    print_usage(stderr);
    return USAGE_STATUS;
}
