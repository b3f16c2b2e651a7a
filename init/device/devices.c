#include "device/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device/coldplug.h"
#include "device/driver_load.h"
#include "device/firmware_disks.h"
#include "device/mapped_links.h"
#include "device/probing.h"
#include "device/uevent.h"
#include "system/log.h"
#include "system/process.h"
#include "system/timing.h"
#include "system/waits.h"

static int want_driver(struct devices *devices, const char *modalias)
{
    struct module_match match;
    struct index_module module;
    uint32_t number;
    int result = 0;

    module_match_begin(&match, devices->loader, modalias);
    while (result == 0 && module_match_next(&match, &number)) {
        if (index_module(devices->loader->index, number, &module) == 0)
            result = driver_queues_push(&devices->queues, number, module.flags, modalias);
    }
    return result;
}

/* Returns 1 for a block device, 0 for another, or -errno. */
static int handle(struct devices *devices, const struct uevent *event)
{
    struct uevent gone;
    int result = 0;

    log_debug("device ", event->action, " ", event->devpath, " ", event->modalias);
    if (*event->modalias && strcmp(event->action, "remove") != 0)
        result = want_driver(devices, event->modalias);
    if (result < 0 || strcmp(event->subsystem, "block") != 0)
        return result;
    if (!mapped_links_handle(event)) {
        gone = *event;
        gone.action = "remove";
        event = &gone;
    }
    result = block_devices_handle(&devices->blocks, event);
    if (result == -EINVAL)
        return 0; /* an event that we can't read is nobody's root */
    return result < 0 ? result : 1;
}

int devices_walk(struct devices *devices)
{
    struct coldplug walk;
    struct uevent event;
    int result = coldplug_open(&walk);
    int blocks = 0;

    if (result < 0)
        return result;
    while (result >= 0 && coldplug_next(&walk, &event)) {
        result = handle(devices, &event);
        blocks |= result == 1;
    }
    coldplug_close(&walk);
    return result < 0 ? result : blocks;
}

int devices_open(struct devices *devices, struct module_loader *loader, uint64_t buffer)
{
    *devices = (struct devices){.loader = loader, .other = -1};
    devices->socket = uevent_open(buffer > INT_MAX ? INT_MAX : (int)buffer);
    return devices->socket < 0 ? devices->socket : 0;
}

int devices_start_anew(struct devices *devices)
{
    char message[UEVENT_SIZE];

    while (uevent_read(devices->socket, message) != -EAGAIN)
        continue;
    block_devices_free(&devices->blocks);
    return devices_walk(devices);
}

/* Returns -EAGAIN when no event is waiting, else as devices_step. */
static int take_event(struct devices *devices)
{
    char message[UEVENT_SIZE];
    struct uevent event;
    ssize_t length = uevent_read(devices->socket, message);

    if (length == -ENOBUFS) {
        log_info("the kernel sent more events than fit: walking through /sys again");
        return devices_start_anew(devices);
    }
    if (length < 0)
        return (int)length;
    if (length == 0 || uevent_parse(message, (size_t)length, &event) < 0)
        return 0;
    return handle(devices, &event);
}

static bool load_next(struct devices *devices, struct module_queue *queue)
{
    uint32_t module;

    if (!module_queue_take(queue, &module))
        return false;
    if (devices->loader->alone)
        module_load(devices->loader, module);
    else
        driver_load(devices->loader, module);
    return true;
}

/* For input on either; other may be -1. */
static int wait_for(int fd, int other, uint64_t deadline, const char *what)
{
    struct pollfd events[] = {{.fd = fd, .events = POLLIN}, {.fd = other, .events = POLLIN}};
    uint64_t now = timing_now();
    int timeout = -1, ready;

    if (deadline <= now)
        return -ETIMEDOUT;
    if (deadline != UINT64_MAX)
        timeout = deadline - now > 60000000 ? 60000 : (int)((deadline - now + 999) / 1000);
    ready = poll(events, sizeof(events) / sizeof(events[0]), timeout);
    if (ready < 0 && errno != EINTR)
        return -errno;
    timing_note("wait", what, now);
    return ready == 0 && timing_now() >= deadline ? -ETIMEDOUT : 0;
}

static int wait_for_event(const struct devices *devices, uint64_t deadline)
{
    return wait_for(devices->socket, devices->other, deadline, "events");
}

int devices_settle(struct devices *devices, uint64_t deadline)
{
    uint64_t lost = process_lost();
    int result;

    do
        result = take_event(devices);
    while ((result >= 0 || (result == -EAGAIN && load_next(devices, &devices->queues.quick)))
           && timing_now() - (process_lost() - lost) < deadline);
    return result < 0 && result != -EAGAIN ? result : 0;
}

static bool firmware_knows_all(void)
{
    int sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool knows = sysfs >= 0 && firmware_disks_have_drivers(sysfs);

    if (sysfs >= 0)
        close(sysfs);
    return knows;
}

bool devices_may_have_more_disks(const struct devices *devices)
{
    return module_queue_waiting(&devices->queues.late) > 0 && (devices->queues.has_removable || !firmware_knows_all());
}

/* The number of modules that are still to be loaded before all disks are known. */
static size_t count_waiting(const struct devices *devices)
{
    return module_queue_waiting(&devices->queues.quick) + module_queue_waiting(&devices->queues.late);
}

/* Takes in what has come and loads drivers until one is left; the kernel probes them side by side. */
static int load_all_but_one(struct devices *devices, uint64_t deadline)
{
    int result;

    do
        result = take_event(devices);
    while ((result >= 0
               || (result == -EAGAIN && count_waiting(devices) > 1
                   && (load_next(devices, &devices->queues.quick) || load_next(devices, &devices->queues.late))))
           && timing_now() < deadline);
    return result < 0 && result != -EAGAIN ? result : 0;
}

/* In a process of its own. Loading a module ends when all that is probed in the background has ended, unless it is
 * loaded with async_probe (do_init_module in kernel/module/main.c). */
static _Noreturn void finish_probing(struct devices *devices)
{
    devices->loader->alone = true;
    (void)(load_next(devices, &devices->queues.quick) || load_next(devices, &devices->queues.late));
    (void)timing_save(); /* the drivers are loaded all the same */
    probing_await_hubs();
    _exit(0);
}

/* Loads the last driver and waits until the kernel has ended all probing. A disk that does not answer may hold that up
 * for a minute; so a child waits, and is left to itself at the deadline. */
static int await_probing(struct devices *devices, uint64_t deadline)
{
    int ends[2], result;
    pid_t child;

    if (count_waiting(devices) == 0 && !probing_has_hubs())
        return 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    (void)timing_save(); /* lest the child save it again */
    child = fork();
    if (child == 0)
        finish_probing(devices);
    close(ends[1]);
    result = child < 0 ? -errno : wait_for(ends[0], -1, deadline, "probing");
    close(ends[0]);
    if (child > 0)
        waitpid(child, NULL, timing_now() < deadline ? 0 : WNOHANG);
    /* What finish_probing has done is in the loader's table, which both processes share. */
    devices->queues.quick.first = devices->queues.quick.count;
    devices->queues.late.first = devices->queues.late.count;
    return result;
}

static bool event_is_waiting(const struct devices *devices)
{
    struct pollfd events = {.fd = devices->socket, .events = POLLIN};

    return poll(&events, 1, 0) > 0;
}

int devices_settle_all(struct devices *devices, uint64_t deadline)
{
    uint64_t loaded = timing_now(), look;

    while (timing_now() < deadline) {
        int result = load_all_but_one(devices, deadline);
        bool is_loading = count_waiting(devices) > 0;

        if (result == 0)
            result = await_probing(devices, deadline);
        if (is_loading)
            loaded = timing_now();
        if (result < 0)
            return result;
        if (event_is_waiting(devices))
            continue;
        look = probing_look(&devices->blocks, loaded);
        if (look == 0 && !event_is_waiting(devices)) /* nothing has come while we looked either */
            return 0;
        if (look == 0)
            continue;
        result = wait_for_event(devices, look < deadline ? look : deadline);
        if (result < 0 && result != -ETIMEDOUT)
            return result;
    }
    return -ETIMEDOUT;
}

void devices_load_all(struct devices *devices)
{
    if (!devices->loader)
        return; /* not looked for yet */
    (void)devices_settle_all(devices, timing_now() + WAIT_PROMPT);
    while (take_event(devices) >= 0 || load_next(devices, &devices->queues.quick)
           || load_next(devices, &devices->queues.late) || load_next(devices, &devices->queues.last))
        continue;
}

int devices_take_in(struct devices *devices)
{
    uint64_t deadline = timing_now() + WAIT_SETTLE;
    int result = 0;

    while (result >= 0 && timing_now() < deadline)
        result = take_event(devices);
    return result == -EAGAIN || result > 0 ? 0 : result;
}

int devices_step(struct devices *devices, uint64_t deadline)
{
    int result = take_event(devices);

    if (result != -EAGAIN)
        return result;
    if (load_next(devices, &devices->queues.quick))
        return 0;
    if (devices->together && module_queue_waiting(&devices->queues.late) > 0) {
        result = devices_settle_all(devices, deadline);
        return result < 0 && result != -ETIMEDOUT ? result : 1;
    }
    if (load_next(devices, &devices->queues.late) || load_next(devices, &devices->queues.last))
        return 0;
    return wait_for_event(devices, deadline);
}
