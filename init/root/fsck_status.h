/* What the exit status of a file system's checker means for the boot. Pure. */
#ifndef KINDLING_FSCK_STATUS_H
#define KINDLING_FSCK_STATUS_H

#include <stdbool.h>

enum fsck_verdict {
    FSCK_VERDICT_CHECKED,      /* sound, or repaired: it may be mounted */
    FSCK_VERDICT_CANCELLED,    /* it may be mounted, but counts as unchecked */
    FSCK_VERDICT_REBOOT,       /* repaired under the kernel's feet: nothing is mounted before a reboot */
    FSCK_VERDICT_ERRORS_LEFT,  /* a person is needed: it must not be mounted */
    FSCK_VERDICT_DID_NOT_WORK, /* nobody knows: mounted read-only at most */
};

/* status: as process_wait returns it, a bit mask of fsck(8) below 256, 256 and a signal's number, or -errno.
 * may_correct: false when the checker was told to change nothing, so that "corrected" means that errors are left. */
enum fsck_verdict fsck_verdict_of(int status, bool may_correct);

#endif
