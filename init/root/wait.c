#include "root/wait.h"

#include <errno.h>

#include "system/log.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

static void note_progress(const struct wait *wait, uint64_t start, uint64_t *next_note)
{
    uint64_t now = timing_now();
    char seconds[DECIMAL_SIZE];

    if (now < *next_note)
        return;
    log_warning(
        "still waiting for ", wait->what, wait->spec, " after ", text_decimal((now - start) / SECOND, seconds), " s");
    *next_note = now + WAIT_NEXT_NOTES;
}

int wait_for(struct boot *boot, const struct wait *wait)
{
    uint64_t start = timing_now(), next_note = start + WAIT_FIRST_NOTE;
    uint64_t deadline = wait->seconds == BOOT_TIMEOUT_NEVER ? UINT64_MAX : start + wait->seconds * SECOND;
    int result;

    while ((result = wait->look(boot, wait->wanted)) == 0) {
        if (timing_now() >= deadline)
            return -ETIMEDOUT;
        storage_assemble(&boot->storage);
        do {
            result = devices_step(&boot->devices, deadline < next_note ? deadline : next_note);
            if (result < 0 && result != -ETIMEDOUT)
                return result;
            if (timing_now() < deadline)
                note_progress(wait, start, &next_note);
        } while (result != 1 && !wait->at_each_step && timing_now() < deadline);
    }
    return result < 0 ? result : 0;
}

int wait_rootdelay(struct boot *boot)
{
    uint64_t until = timing_now() + boot->options.rootdelay * SECOND;
    int result = 0;

    while (boot->options.rootdelay > 0 && result >= 0)
        result = devices_step(&boot->devices, until);
    return result == -ETIMEDOUT ? 0 : result;
}
