/*
 * Early microcode (Documentation/arch/x86/microcode.rst): an archive that is not compressed, in front of all others,
 * with kernel/x86/microcode/GenuineIntel.bin and AuthenticAMD.bin. The kernel reads them where they lie, long before it
 * unpacks anything: Intel's processors want theirs on a boundary of 16 bytes.
 */
#ifndef KINDLING_MICROCODE_H
#define KINDLING_MICROCODE_H

#include "archive/image.h"
#include "base/string_list.h"

enum microcode_choice {
    MICROCODE_NONE,
    MICROCODE_ALL, /* whatever is installed, for any processor */
    MICROCODE_HOST /* what fits the processors that /proc/cpuinfo of the sysroot names */
};

/* As people write it. */
const char *microcode_choice_name(enum microcode_choice choice);

/*
 * Adds the files of the sysroot's /lib/firmware/intel-ucode and amd-ucode, in the archive's order, to an empty image.
 * That there is none is an error with MICROCODE_ALL, and a note with MICROCODE_HOST, when the image stays empty. Logs.
 * 0 or -errno.
 */
int microcode_add(struct image *image, const char *sysroot, enum microcode_choice choice, struct string_list *inputs);

#endif
