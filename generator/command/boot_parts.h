/* What a medium and a unified kernel image are put together of: a kernel's own file, and an image for that kernel. */
#ifndef KINDLING_BOOT_PARTS_H
#define KINDLING_BOOT_PARTS_H

#include "base/scratch.h"
#include "command/options.h"

struct boot_parts {
    struct options options; /* of the image, as for build */
    const char *kernel_option;
    char *kernel;     /* the kernel's file */
    uint16_t machine; /* its architecture, as e_machine of ELF; EM_NONE where it does not tell */
    char *image;      /* made in the scratch directory */
    struct scratch scratch;
};

/* The options of both commands that say what goes in. Their values are letters for boot_parts_take. */
#define BOOT_PARTS_LETTERS "k:p:f:m:a:"
#define BOOT_PARTS_OPTIONS                                                                                             \
    {"kernel", required_argument, NULL, 'K'}, {"profile", required_argument, NULL, 'p'},                               \
        {"feature", required_argument, NULL, 'f'}, {"module", required_argument, NULL, 'm'},                           \
        {"autoload", required_argument, NULL, 'a'}, {"sysroot", required_argument, NULL, 'S'},                         \
    {                                                                                                                  \
        "modules-dir", required_argument, NULL, 'D'                                                                    \
    }

/* What these options do, a line each, for the commands' help. */
#define BOOT_PARTS_HELP                                                                                                \
    "  -k KVER                   the kernel's release (default: the running one)\n"                                    \
    "      --kernel FILE         its file (default: boot/vmlinuz-KVER, where its modules come from)\n"                 \
    "  -p, --profile NAME        what else to pack, as for build (default: generic)\n"                                 \
    "  -f, --feature NAME[,NAME] add features\n"                                                                       \
    "  -m, --module NAME[,NAME]  add modules\n"                                                                        \
    "  -a, --autoload NAME[,NAME] add modules and load them unasked at boot\n"                                         \
    "      --sysroot DIR         where kernel and programs lie (default: /)\n"                                         \
    "      --modules-dir DIR     what holds KVER/ (default: SYSROOT/lib/modules)\n"

void boot_parts_init(struct boot_parts *parts);
/* Takes one of the options above. Logs. 0, -EINVAL for a value that makes no sense, -ENOENT when it is none of them. */
int boot_parts_take(struct boot_parts *parts, int letter, const char *value);
/* Adds the features that words of the kernel command line ask for. Logs. 0 or -errno. */
int boot_parts_take_cmdline(struct boot_parts *parts, const char *words);
/* Finds the kernel. Logs. 0 or -errno. */
int boot_parts_find_kernel(struct boot_parts *parts);
/* Refuses a kernel that is of another release than its modules; warns of a file that tells none. Logs. 0 or -errno. */
int boot_parts_check_kernel(struct boot_parts *parts);
/* Makes the image. Logs. 0 or -errno. */
int boot_parts_make_image(struct boot_parts *parts);
void boot_parts_free(struct boot_parts *parts);

#endif
