/* Whether a program of an image can run there: its interpreter and its shared libraries lie in the image too. Pure. */
#ifndef KINDLING_BOOT_PROGRAM_H
#define KINDLING_BOOT_PROGRAM_H

#include "predict/simulated_boot.h"

/* The program at a path. Returns NULL, or why it cannot run, as a new string. */
char *boot_program_check(const struct simulated_boot *boot, const char *path);

/* What /init unpacks for programs, each file inflated once. */
struct boot_programs {
    struct simulated_boot *boot; /* borrowed */
    struct unpacked_file *files; /* by their numbers in the index; owned */
};

void boot_programs_open(struct boot_programs *programs, struct simulated_boot *boot);
/* The same for a program that /init unpacks when it is wanted, with what it needs and nothing else. */
char *boot_programs_check(struct boot_programs *programs, const struct index_program *program);
void boot_programs_free(struct boot_programs *programs);

#endif
