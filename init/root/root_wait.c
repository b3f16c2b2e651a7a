#include "root/root_wait.h"

#include <errno.h>

#include "system/log.h"
#include "system/text.h"
#include "system/timing.h"

#define SECOND 1000000u /* in timing_now's unit */

/* How long the wait stays silent, and how often it speaks after that, in seconds. */
#define FIRST_NOTE 5u
#define NEXT_NOTES 10u

int root_wait_delay(const struct boot_options *options, struct devices *devices)
{
    uint64_t until = timing_now() + options->rootdelay * SECOND;
    int result = 0;

    while (options->rootdelay > 0 && result >= 0)
        result = devices_step(devices, until);
    return result == -ETIMEDOUT ? 0 : result;
}

void root_wait_begin(struct root_wait *wait, const struct boot_options *options)
{
    wait->start = timing_now();
    wait->next_note = wait->start + FIRST_NOTE * SECOND;
    wait->deadline = UINT64_MAX;
    if (options->timeout != BOOT_TIMEOUT_NEVER)
        wait->deadline = wait->start + options->timeout * SECOND;
}

static void note_progress(struct root_wait *wait, const char *what, const char *spec)
{
    uint64_t now = timing_now();
    char seconds[DECIMAL_SIZE];

    if (now < wait->next_note)
        return;
    log_warning("still waiting for ", what, spec, " after ", text_decimal((now - wait->start) / SECOND, seconds), " s");
    wait->next_note = now + NEXT_NOTES * SECOND;
}

int root_wait_step(struct root_wait *wait, struct devices *devices, const char *what, const char *spec)
{
    uint64_t until = wait->deadline < wait->next_note ? wait->deadline : wait->next_note;
    int result = devices_step(devices, until);

    if (timing_now() >= wait->deadline)
        return -ETIMEDOUT;
    note_progress(wait, what, spec);
    return result == -ETIMEDOUT ? 0 : result;
}
