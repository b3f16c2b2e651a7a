/* A checker that runs: what it says goes to the console and into /run/initramfs/fsck.log, how far it is to the console.
 */
#ifndef KINDLING_FSCK_RUN_H
#define KINDLING_FSCK_RUN_H

#include <stdbool.h>

struct fsck_command {
    const char *program;
    const char *path;   /* of the device */
    const char *repair; /* as fsck.repair= has it: "preen", "yes" or "no" */
    bool is_ext;        /* it is e2fsck, which tells how far it is */
    bool force;         /* of e2fsck: check, however clean */
};

/* Returns as process_wait. */
int fsck_run(const struct fsck_command *command);

/* Puts a line into the log for a check that was not due: path and words, which end it. */
void fsck_keep(const char *path, const char *words);

#endif
