#include "device/driver_load.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "device/block_device_read.h"
#include "device/coldplug.h"
#include "system/directory.h"
#include "system/file.h"
#include "system/log.h"
#include "system/process.h"
#include "system/sysfs.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

struct load {
    struct module_loader *loader;
    uint32_t number;
};

static void load(void *context)
{
    const struct load *load = context;

    module_load(load->loader, load->number);
}

/* Disks that have been asked for something and have not answered yet: "inflight" has how many reads and writes, "stat"
 * begins with the number of reads that were answered (Documentation/block/stat.rst). */
struct waiting {
    struct directory disks;
    uint64_t answered; /* by the last one */
    char path[BLOCK_DEVICE_PATH_SIZE];
};

static void waiting_begin(struct waiting *waiting)
{
    directory_open(&waiting->disks, AT_FDCWD, "/sys/block");
}

static bool waiting_next(struct waiting *waiting)
{
    const struct dirent *disk;
    char value[SYSFS_VALUE_SIZE];
    int sysfs = waiting->disks.fd;

    while ((disk = directory_next(&waiting->disks)) != NULL) {
        if (!sysfs_read(sysfs, disk->d_name, "inflight", value) || strspn(value, " 0") == strlen(value))
            continue;
        if (!sysfs_read(sysfs, disk->d_name, "stat", value)
            || text_join(waiting->path, sizeof(waiting->path), "/dev/", disk->d_name, NULL) < 0)
            continue;
        value[strspn(value, " ") + strcspn(value + strspn(value, " "), " ")] = '\0';
        if (text_to_number(value + strspn(value, " "), &waiting->answered) == 0)
            return true;
    }
    directory_close(&waiting->disks);
    return false;
}

/* What changes whenever one of them answers; 0 when there is none. */
static uint64_t count_waiting(void)
{
    struct waiting waiting;
    uint64_t count = 0;

    waiting_begin(&waiting);
    while (waiting_next(&waiting))
        count += waiting.answered + ((uint64_t)1 << 48);
    return count;
}

/* Returns true when the load has ended. */
static bool await_load(struct process_call *call)
{
    uint64_t start = timing_now(), news = start, count = 0;

    while (!process_call_await(call, SECOND)) {
        uint64_t before = count, now;

        count = count_waiting();
        now = timing_now();
        if (count == 0 || (before != 0 && count != before))
            news = now;
        if (now - news >= block_device_patience() || now - start >= WAIT_DRIVER)
            return false;
    }
    return true;
}

static void name_the_silent(const char *module)
{
    struct waiting waiting;
    bool has_one = false;

    waiting_begin(&waiting);
    while (waiting_next(&waiting)) {
        block_device_forsake(waiting.path);
        has_one = true;
    }
    if (!has_one)
        log_warning("module ", module, " finds no end of its beginning: going on without it");
}

static void probe(void *context)
{
    const char *const *device = context;

    (void)file_write_text(device[0], device[1]); /* what comes of it shows by itself */
}

static bool is_for(const struct module_loader *loader, uint32_t number, const char *modalias)
{
    struct module_match match;
    uint32_t found;

    module_match_begin(&match, loader, modalias);
    while (module_match_next(&match, &found)) {
        if (found == number)
            return true;
    }
    return false;
}

/* The kernel probes a driver's devices one after the other, and stays at the one that does not answer. The driver is
 * known by then, and drivers_probe of the bus has it probe another device. */
static void probe_others(struct module_loader *loader, uint32_t number)
{
    struct coldplug walk;
    struct uevent event;
    char setting[SYSFS_PATH_SIZE];
    int sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (sysfs < 0 || coldplug_open(&walk) < 0)
        return;
    while (coldplug_next(&walk, &event)) {
        const char *device[] = {setting, sysfs_name(event.devpath)};

        if (!*event.modalias || !is_for(loader, number, event.modalias) || sysfs_has_driver(sysfs, event.devpath + 1)
            || text_join(setting, sizeof(setting), "/sys/bus/", walk.bus, "/drivers_probe", NULL) < 0)
            continue;
        if (process_call(probe, device, block_device_patience()) != 0)
            name_the_silent(device[1]);
    }
    coldplug_close(&walk);
    close(sysfs);
}

/* What is to be known of a module whose load has not ended. From then on no load waits for the probing of others. */
static void leave_behind(struct module_loader *loader, uint32_t number)
{
    struct index_module module;
    char path[SYSFS_PATH_SIZE], state[SYSFS_VALUE_SIZE] = "";

    loader->others_wait = true;
    if (index_module(loader->index, number, &module) < 0)
        return;
    name_the_silent(module.name);
    if (text_join(path, sizeof(path), "/sys/module/", module.name, "/initstate", NULL) == 0)
        (void)file_read_text(AT_FDCWD, path, state, sizeof(state));
    if (!strncmp(state, "coming", strlen("coming")))
        probe_others(loader, number);
    (void)load_plan_note(&loader->plan, number, !strncmp(state, "live", strlen("live")) ? 0 : -ETIMEDOUT);
}

void driver_load(struct module_loader *loader, uint32_t number)
{
    struct load wanted = {loader, number};
    struct process_call call;
    bool has_ended;

    do {
        process_call_begin(&call, load, &wanted);
        has_ended = await_load(&call);
        (void)process_call_end(&call);
        if (!has_ended)
            leave_behind(loader, loader->loading);
    } while (!has_ended && loader->loading != number); /* what it needs was left behind */
}
