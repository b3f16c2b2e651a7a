/*
 * A feature: what some hardware, file system or task needs in an image. Profiles are features too, and the
 * descriptions of machines and file systems that `kindling check` reads have the same grammar: text files of
 * modules.d/, of lines that begin with a keyword; # begins a comment.
 *
 *   description TEXT           one line for `kindling features`
 *   feature NAME...            all of those features as well
 *   module NAME...             kernel modules: by name, glob, alias (fs-ext4), or path below kernel/ (a directory when
 *                              it ends in /, else a .ko file). That a kernel lacks one is no error
 *   require NAME...            the same, but an error when the kernel has it neither as a module nor built in
 *   autoload NAME...           the same as module, and loaded unasked at boot, in this order
 *   late NAME...               their drivers probe slowly: loaded when nothing quicker is left to try (adds no module)
 *   last NAME...               the same for drivers that no disk is behind: after the late ones
 *   network-module NAME...     the same as module, for drivers of network cards and the like: loaded only when the boot
 *                              asks for a network
 *   program DEST CANDIDATE... [package=NAME]
 *                              a program, wanted at DEST: the first CANDIDATE that is static, else the first that there
 *                              is, with its interpreter and shared libraries. NAME is Debian's package, for the message
 *                              when there is none
 *   own-program DEST NAME      one of kindling's own, NAME from beside /init, wanted at DEST
 *   library NAME...            what the feature's dynamic programs open by themselves (dlopen): by its name, as a
 *                              loader looks for it, or by its path
 *   data PATH...               files that the feature's programs read. Both lie with the programs, compressed until one
 *                              is wanted. A glob takes what is there, and nothing is no error
 *   firmware GLOB...           of the firmware that packed modules name, what matches, if it is there ("*": all)
 *   require-firmware NAME...   firmware files below /lib/firmware, whoever names them; an error when one is missing
 *   file PATH...               files copied as they are
 *   host WHAT...               what this machine, or that of --sysroot, needs: disks (modules of the devices that root,
 *                              /usr and swap lie on), filesystems (the features or modules of root's and /usr's types),
 *                              keyboards
 *   console system             the keymap and console font of this system, or that of --sysroot, for a prompt
 *   on-virtual-machine NAME... features for such a machine when it is a virtual one
 *   layer TYPE...              no file system lies on a device of this type (as blkid(8) calls it: crypto_LUKS), but
 *                              another device, which /init makes with what this feature packs. `kindling check` goes on
 *                              from there. Adds nothing to the image
 *   cmdline WORD...            words for the image's own kernel command line; --cmdline's and the boot's win over them
 *   machine NAME...            profiles: the machines that an image is for
 *   architecture NAME...       the whole file is for kernels of these alone (base/architecture.h); of a machine's, that
 * its processor is of that kind
 *
 * In descriptions, which nothing is packed for; need also in a feature with a layer:
 *
 *   device MODALIAS [DRIVER...]
 *                              on the way to the disk, the bus first: each appears once the driver of the one before
 *                              it runs. Any of these drivers does, or, with none named, any that claims it. MODALIAS -:
 *                              nothing asks for the driver, so it has to run unasked
 *   card MODALIAS [DRIVER...]  the same on the way to the machine's network card, in place of a disk
 *   require-firmware NAME...   what the driver of the device above cannot do without
 *   need NAME[|NAME]...        what the kernel asks for by name when the file system is mounted, the layer's device
 *                              made, or the server reached; one of several
 */
#ifndef KINDLING_FEATURE_H
#define KINDLING_FEATURE_H

#include "base/string_list.h"

enum feature_keyword {
    FEATURE_INCLUDE,
    FEATURE_MODULE,
    FEATURE_REQUIRE,
    FEATURE_AUTOLOAD,
    FEATURE_LATE,
    FEATURE_LAST,
    FEATURE_NETWORK_MODULE,
    FEATURE_PROGRAM,
    FEATURE_OWN_PROGRAM,
    FEATURE_LIBRARY,
    FEATURE_DATA,
    FEATURE_FIRMWARE,
    FEATURE_REQUIRE_FIRMWARE,
    FEATURE_HOST,
    FEATURE_ON_VIRTUAL_MACHINE,
    FEATURE_CONSOLE,
    FEATURE_FILE,
    FEATURE_LAYER,
    FEATURE_CMDLINE,
    FEATURE_MACHINE,
    FEATURE_ARCHITECTURE,
    FEATURE_DEVICE,
    FEATURE_CARD,
    FEATURE_NEED
};

struct feature_line {
    enum feature_keyword keyword;
    unsigned number;
    struct string_list words; /* without the keyword */
};

struct feature {
    char *description; /* "" when there is none */
    struct feature_line *lines;
    size_t line_count;
};

struct feature_error {
    unsigned line;
    const char *reason;
    const char *word; /* points into the parsed text */
};

/* Parses text, cutting it up. Pure: returns 0 or -EINVAL with *error filled. feature_free in both cases. */
int feature_parse(struct feature *feature, char *text, struct feature_error *error);
void feature_free(struct feature *feature);
/* Whether it is for kernels of an architecture; NULL: of any. */
bool feature_is_for(const struct feature *feature, const char *architecture);

/* A name that a feature, and so its file, may have: letters, digits, '-', '_', '.', not beginning with '-' or '.'. */
bool feature_name_is_valid(const char *name);

#endif
