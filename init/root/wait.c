#include "root/wait.h"

#include <errno.h>

#include "system/log.h"
#include "system/process.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

/* All as timing_now. */
struct clock {
    uint64_t start;
    uint64_t deadline; /* UINT64_MAX for none */
    uint64_t next_note;
    uint64_t news; /* when something last happened */
    uint64_t lost; /* of process_lost, what was added to the deadline */
};

static void note_progress(const struct wait *wait, struct clock *clock)
{
    uint64_t now = timing_now();
    char seconds[DECIMAL_SIZE];

    if (now < clock->next_note || now >= clock->deadline)
        return;
    log_warning("still waiting for ", wait->what, wait->spec, " after ",
        text_decimal((now - clock->start) / SECOND, seconds), " s");
    clock->next_note = now + WAIT_NEXT_NOTES;
}

/* A key takes a person's time to be typed, and a processor's to be derived; it is not taken from the device's. */
static void assemble(struct boot *boot, struct clock *clock)
{
    uint64_t before = timing_now(), taken;

    (void)storage_assemble(&boot->storage, clock->news);
    taken = timing_now() - before;
    clock->next_note += taken;
    if (clock->deadline != UINT64_MAX)
        clock->deadline += taken;
}

/* Nor is what a disk took that never answered. */
static void make_up_for_lost(struct clock *clock)
{
    uint64_t lost = process_lost();

    if (clock->deadline != UINT64_MAX)
        clock->deadline += lost - clock->lost;
    clock->lost = lost;
}

int wait_for(struct boot *boot, const struct wait *wait)
{
    uint64_t now = timing_now();
    struct clock clock = {
        .start = now, .deadline = UINT64_MAX, .next_note = now + WAIT_FIRST_NOTE, .news = now, .lost = process_lost()};
    bool is_over = false, has_settled = false;
    uint64_t due, next;
    int result;

    if (wait->seconds != BOOT_TIMEOUT_NEVER)
        clock.deadline = now + wait->seconds * SECOND;
    while ((result = wait->look(boot, wait->wanted)) == 0) {
        if (!is_over && !has_settled && storage_wants_all_disks(&boot->storage)) {
            has_settled = true;
            if (devices_settle(&boot->devices, timing_now() + WAIT_SETTLE) < 0)
                return -ETIMEDOUT;
            clock.news = timing_now();
            continue; /* the root may be among them */
        }
        has_settled = false;
        if (is_over && !storage_assemble(&boot->storage, 0)) /* what has come has to do */
            return -ETIMEDOUT;
        if (!is_over)
            assemble(boot, &clock);
        while (!is_over) {
            due = storage_due(&boot->storage, clock.news);
            next = clock.deadline < clock.next_note ? clock.deadline : clock.next_note;
            result = devices_step(&boot->devices, due < next ? due : next);
            if (result < 0 && result != -ETIMEDOUT)
                return result;
            if (result >= 0)
                clock.news = timing_now();
            make_up_for_lost(&clock);
            note_progress(wait, &clock);
            is_over = timing_now() >= clock.deadline;
            if (result != 0 || wait->at_each_step || timing_now() >= due)
                break;
        }
        if (is_over && devices_settle(&boot->devices, timing_now() + WAIT_SETTLE) < 0)
            return -ETIMEDOUT; /* else what is on its way is looked at, too */
    }
    return result < 0 ? result : 0;
}
