#include "root/fsck_status.h"

/* fsck(8), e2fsck(8) */
#define FSCK_CORRECTED 1
#define FSCK_REBOOT 2
#define FSCK_ERRORS_LEFT 4
#define FSCK_CANCELLED 32
#define FSCK_DID_NOT_WORK (8 | 16 | 128)

/* The worst bit decides: a check that did not work may have left anything, and errors outlast a reboot. */
enum fsck_verdict fsck_verdict_of(int status, bool may_correct)
{
    if (status < 0 || status > 255 || status & FSCK_DID_NOT_WORK)
        return FSCK_VERDICT_DID_NOT_WORK;
    if (status & FSCK_ERRORS_LEFT || (status & FSCK_CORRECTED && !may_correct))
        return FSCK_VERDICT_ERRORS_LEFT;
    if (status & FSCK_REBOOT)
        return FSCK_VERDICT_REBOOT;
    return status & FSCK_CANCELLED ? FSCK_VERDICT_CANCELLED : FSCK_VERDICT_CHECKED;
}
