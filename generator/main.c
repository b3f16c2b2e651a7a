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
    int status;

    stop_on_signals();
    argv[1] = argv[0]; /* getopt's messages begin with the program's name */
    status = flush_output(command->run(argc - 1, argv + 1));
    debris_remove_all();
    stop_die();
    return status;
}

static bool is_help(const char *argument)
{
    return !strcmp(argument, "--help") || !strcmp(argument, "-h");
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

    if (argc > 1 && (is_help(argv[1]) || !strcmp(argv[1], "help") || (argc > 2 && is_help(argv[2]))))
        return help();
    if (command)
        return run(command, argc, argv);
    if (argc > 1)
        log_error("no such command: %s", argv[1]);
    print_usage(stderr);
    return USAGE_STATUS;
}
