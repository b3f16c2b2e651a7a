/* kindling: makes initramfs images, and looks into them. */
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/debris.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/string_list.h"
#include "base/suggestion.h"
#include "command/boot_parts.h"
#include "command/commands.h"
#include "command/foreign_words.h"
#include "command/options.h"

#define USAGE_STATUS 2

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage;
    const char *summary;
    const char *help;                  /* more, a line for each option; NULL: nothing more */
    void (*print_options)(FILE *file); /* NULL: none */
} commands[] = {
    {"build", cmd_build, "[-k KVER] [-o FILE] [-p PROFILE] [-f FEATURE,...] [-m MODULE,...] [option...]",
        "makes the image of one kernel", NULL, options_print_help},
    {"update", cmd_update, "[-k KVER | --all] [-b DIR] [-c FILE] [-d] [--force] [-q | -v]",
        "makes the images that this host boots from, and keeps the previous ones",
        "The image is BOOT/initrd.img-KVER; the one that it replaces stays as BOOT/initrd.img-KVER.old.\n"
        "  -k, --kernel KVER         for this kernel, or all; may be repeated (default: the running one)\n"
        "      --all                 for each kernel BOOT/vmlinuz-KVER that has modules\n"
        "  -b, --boot-dir DIR        where the images lie (default: /boot)\n"
        "  -c, --config FILE         configuration (default: /etc/kindling.conf, if there is one)\n"
        "  -d, --delete              delete both images instead; needs --kernel\n"
        "      --force               even if this host's root could not be opened by it\n"
        "  -q, --quiet               say nothing of what was done\n"
        "  -v, --verbose             tell what goes in, and why\n",
        NULL},
    {"iso", cmd_iso,
        "[-k KVER] [--kernel FILE] --root DIR|FILE [--label LABEL] [--append STRING] [--verity] [--secure-boot] "
        "[option...] -o FILE",
        "makes a medium, for disc and stick, BIOS and UEFI, that boots a live system",
        "      --root DIR|FILE       the live system: a directory, a squashfs or an erofs\n"
        "  -o, --output FILE         the hybrid ISO image\n"
        "      --label LABEL         its volume label (default: kindling- and a checksum)\n"
        "      --append STRING       more for the kernel command line\n"
        "      --verity              dm-verity vouches for the root, by a hash tree on the medium\n"
        "      --secure-boot         shim and the GRUB that Debian has signed, for UEFI\n" BOOT_PARTS_HELP,
        NULL},
    {"uki", cmd_uki,
        "[-k KVER] [--kernel FILE] [--image FILE] [--cmdline STRING] [--sign-key FILE --sign-cert FILE] [option...] -o "
        "FILE",
        "makes a unified kernel image, which the firmware starts",
        "  -o, --output FILE         the EFI program\n"
        "      --image FILE          an image that is there already, instead of a new one\n"
        "      --cmdline STRING      its command line (default: what /etc/kernel/cmdline has)\n"
        "      --force               even if no root= is on it\n"
        "      --stub FILE           instead of systemd's linuxx64.efi.stub\n"
        "      --sign-key FILE       sign it by sbsign, with this key\n"
        "      --sign-cert FILE      and its certificate\n" BOOT_PARTS_HELP,
        NULL},
    {"config", cmd_config, "[build's options]",
        "tells what options and configuration add up to, and where each value came from",
        "Its options are those of build.\n", options_print_help},
    {"import", cmd_import, "[--sysroot DIR] [--write]",
        "prints the configuration of dracut and initramfs-tools as kindling's, and what cannot be carried over",
        "      --sysroot DIR         of that system (default: this one)\n"
        "      --write               write /etc/kindling.conf, which must not be there yet\n",
        NULL},
    {"mkinitramfs", cmd_mkinitramfs, "[-v] TEMPLATE_DIR KVER", "makes an image as MiniVM's script of that name does",
        "It runs where lib/modules/KVER lies, and writes initramfs-KVER there. It reads, # beginning a comment:\n"
        "  TEMPLATE_DIR/             the skeleton that is copied into the image\n"
        "  modules.ramfs             files and directories below lib/modules/KVER/kernel/, or names of modules\n"
        "  modules.autoload          names of modules to load unasked, in order; may be absent\n"
        "  -v, --verbose             tell what goes in, and why\n",
        NULL},
    {"ls", cmd_ls, "[-l] [--why] [--size] [--json] IMAGE [PATTERN]", "lists what an image holds, whoever made it",
        "  -l, --long                modes, sizes and times as well\n"
        "      --why                 what brought each file in\n"
        "      --size                what takes the room: a bar chart, by module and by file\n"
        "      --json                all that is known of each file, as JSON; with --size: unpacked sizes, too\n",
        NULL},
    {"cat", cmd_cat, "IMAGE FILE", "prints one file of an image, inflated",
        "What lies compressed on its own is found by its plain name, too: ext4.ko where the image holds ext4.ko.gz.\n"
        "Symlinks in the image are followed.\n",
        NULL},
    {"extract", cmd_extract, "IMAGE [DIR]", "unpacks an image, never outside DIR (default: here)", NULL, NULL},
    {"diff", cmd_diff, "IMAGE IMAGE", "what changed, by module and by name", NULL, NULL},
    {"check", cmd_check, "[--machine NAME,...] [--root SPEC] [--rootfstype TYPE] [-k KVER|FILE] [--json] [-v] [IMAGE]",
        "says before the reboot whether an image boots, and what is missing",
        "      --machine NAME,...    on these (see kindling machines), or this-host (default: those of its profile)\n"
        "      --root SPEC           from this root: a device of this host as root= names it, or a disk's image;\n"
        "                            a live medium is checked with its own image, if no other is named\n"
        "      --rootfstype TYPE     mounted as this (default: what lies on the root, or any that the image has)\n"
        "  -k, --kernel KVER|FILE    with this kernel: its release or its file (default: the image's)\n"
        "      --modules-dir DIR     what holds KVER/ (default: /lib/modules)\n"
        "  -v, --verbose             each link of the chain\n"
        "      --json                the same for each machine, with its chain, as JSON\n"
        "Exit status: 0 it boots, 1 it does not, 2 that could not be found out.\n",
        NULL},
    {"features", cmd_features, "[-k KVER] [--modules-dir DIR] [--sysroot DIR] [--json] [NAME...]",
        "lists the features that there are, or what those that are named bring for a kernel",
        "  -k, --kernel KVER         for this kernel (default: the running one)\n"
        "      --modules-dir DIR     what holds KVER/ (default: SYSROOT/lib/modules)\n"
        "      --sysroot DIR         where programs and kernel tree lie (default: /)\n"
        "      --json                as JSON\n",
        NULL},
    {"profiles", cmd_profiles, "[--json]", "lists the profiles that there are", "      --json                as JSON\n",
        NULL},
    {"machines", cmd_machines, "[--json]", "lists the machines that an image can be checked for",
        "      --json                as JSON\n", NULL},
    {"timeline", cmd_timeline, "[--json | --svg OUT] FILE",
        "draws a boot's timeline from /run/initramfs/timing or a console log",
        "      --svg OUT             as a picture, into that file, instead of text\n"
        "      --json                its intervals, as JSON\n",
        NULL},
    {"help", NULL, "[COMMAND]", "tells more of a command", NULL, NULL},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_usage(FILE *file)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(file, "%s kindling %s%s%s\n", i == 0 ? "usage:" : "      ", commands[i].name,
            *commands[i].usage ? " " : "", commands[i].usage);
}

static void print_overview(void)
{
    print_usage(stdout);
    putchar('\n');
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-12s %s\n", commands[i].name, commands[i].summary);
    puts("\nkindling(8) tells all of it, kindling-init(7) what the kernel command line can say.");
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    }
    return NULL;
}

/* A command whose output could not be written has failed: a full disk. That a pipe is closed says its signal. */
static int flush_output(int status)
{
    if ((fflush(stdout) == 0 && !ferror(stdout)) || stop_check() < 0)
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

static bool is_help_option(const char *word)
{
    return !strcmp(word, "--help") || !strcmp(word, "-h");
}

/* Help is given wherever it is asked for, rather than a complaint about what came before. */
static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (is_help_option(argv[i]))
            return true;
    }
    return argc > 1 && !strcmp(argv[1], "help");
}

static int refuse_command(const char *name)
{
    struct string_list names = {0};
    char *phrase;

    for (size_t i = 0; i < COMMAND_COUNT; i++)
        string_list_add(&names, commands[i].name);
    phrase = suggestion_phrase(name, &names);
    log_error("no such command: %s%s", name, phrase);
    free(phrase);
    string_list_free(&names);
    return USAGE_STATUS;
}

/* words: all behind the program's name, of which the first is no command. */
static int refuse(char *const *words)
{
    const char *word;
    const char *answer = foreign_words_answer(words, &word);

    if (!answer && *words[0] != '-')
        return refuse_command(words[0]);
    if (!answer)
        log_error("a command comes before %s: see kindling help", words[0]);
    else if (*word == '-')
        log_error("a command comes before %s: %s", word, answer);
    else
        log_error("no such command: %s: %s", word, answer);
    return USAGE_STATUS;
}

/* Of the command that was named, behind `help` or before --help; else of all. */
static int help(int argc, char **argv)
{
    int place = argc > 2 && !strcmp(argv[1], "help") ? 2 : 1;
    const struct command *command = find_command(argv[place]);

    if (command && command->run) {
        printf("usage: kindling %s %s\n%s\n", command->name, command->usage, command->summary);
        if (command->help || command->print_options)
            putchar('\n');
        if (command->help)
            fputs(command->help, stdout);
        if (command->print_options)
            command->print_options(stdout);
    } else if (command || is_help_option(argv[place])) {
        print_overview();
    } else {
        return refuse_command(argv[place]);
    }
    return flush_output(0);
}

int main(int argc, char **argv)
{
    const struct command *command;

    /* Images' members are large, and the kernel would be asked anew for each: a tenth of a warm build's time. */
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TOP_PAD, 16 << 20);
    if (argc < 2) {
        print_usage(stderr);
        return USAGE_STATUS;
    }
    if (asks_for_help(argc, argv))
        return help(argc, argv);
    if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
        puts("kindling " KINDLING_VERSION);
        return flush_output(0);
    }
    command = find_command(argv[1]);
    return command ? run(command, argc, argv) : refuse(argv + 1);
}
