/*
 * A hibernated system must be resumed before its file systems are touched: mounting one, even read-only, replays its
 * journal behind the sleeping kernel's back. The kernel does the work when it is told the device
 * (Documentation/power/swsusp.rst) and does not come back; when it comes back, what the swap's header says then tells
 * what has happened: the kernel takes its mark away before it reads the image (kernel/power/swap.c, swsusp_check).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "device/block_device_read.h"
#include "root/device_find.h"
#include "root/steps.h"
#include "system/failure.h"
#include "system/file.h"
#include "system/log.h"
#include "system/text.h"
#include "system/waits.h"

#define SIGNATURE_SIZE 10u
/* A swap header is a page of the kernel that wrote it, and ends with its signature. */
#define SMALLEST_PAGE 4096u
#define LARGEST_PAGE 65536u

enum mark { MARK_NONE, MARK_KERNEL, MARK_OTHER_PAGES, MARK_OTHER };

static const struct {
    char signature[SIGNATURE_SIZE + 1];
    enum mark mark;
} marks[] = {
    {"S1SUSPEND", MARK_KERNEL},
    {"S2SUSPEND", MARK_OTHER},
    {"ULSUSPEND", MARK_OTHER},
    {"LINHIB0001", MARK_OTHER},
};

static enum mark find_mark(const char *signature)
{
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (!memcmp(signature, marks[i].signature, SIGNATURE_SIZE))
            return marks[i].mark;
    }
    return MARK_NONE;
}

struct header {
    const struct block_device *device;
    uint64_t offset; /* in pages of this kernel */
    size_t page;     /* of this kernel, in bytes */
    enum mark mark;
};

/* Past the page cache, as the kernel writes it. */
static void read_header(void *context)
{
    static _Alignas(LARGEST_PAGE) char bytes[LARGEST_PAGE];
    struct header *header = context;
    int fd = open(header->device->path, O_RDONLY | O_CLOEXEC | O_DIRECT);
    ssize_t length;

    if (fd < 0)
        return;
    length = pread(fd, bytes, sizeof(bytes), (off_t)(header->offset * header->page));
    close(fd);
    for (size_t page = SMALLEST_PAGE; length >= (ssize_t)page && header->mark == MARK_NONE; page *= 2) {
        header->mark = find_mark(bytes + page - SIGNATURE_SIZE);
        if (header->mark == MARK_KERNEL && page != header->page)
            header->mark = MARK_OTHER_PAGES;
    }
}

/* Who put a system to sleep into the swap space whose header lies offset pages into the device. */
static enum mark read_mark(const struct block_device *device, uint64_t offset)
{
    struct header header = {.device = device, .offset = offset, .page = (size_t)sysconf(_SC_PAGESIZE)};

    return block_device_ask(device, read_header, &header) == 0 ? header.mark : MARK_NONE;
}

static int refuse(const struct block_device *device, const char *why)
{
    return failure(device->path, "hibernated", device->path, " holds a hibernated system, ", why,
        ": boot it as it was put to sleep, or give it up with noresume", NULL);
}

static int resume_from(const struct block_device *device, uint64_t offset)
{
    enum mark mark = read_mark(device, offset);
    char text[DEVICE_NUMBER_SIZE];
    int result = 0;

    if (mark == MARK_OTHER)
        return refuse(device, "put to sleep by a program that kindling does not know");
    if (mark == MARK_OTHER_PAGES)
        return refuse(device, "put to sleep by a kernel whose pages are of another size");
    if (mark == MARK_NONE) {
        log_info("no hibernated system on ", device->path);
        return 0;
    }
    log_warning("resuming the hibernated system on ", device->path);
    if (offset > 0)
        result = file_write_text("/sys/power/resume_offset", text_decimal(offset, text));
    if (result == 0) /* from here the kernel does not return when it resumes */
        result = file_write_text("/sys/power/resume", text_device_number(device->number, text));
    if (read_mark(device, offset) == MARK_KERNEL)
        return refuse(device, result == -ENOENT ? "and this kernel cannot hibernate" : "which this kernel refuses");
    log_warning("the kernel could not resume the hibernated system on ", device->path,
        " and has given it up: what was not saved is lost, the boot goes on");
    return 0;
}

static bool has_partitions(const struct block_devices *blocks, const struct block_device *disk)
{
    for (size_t i = 0; i < blocks->count; i++) {
        if (!strcmp(blocks->list[i]->disk, disk->path))
            return true;
    }
    return false;
}

/* Reads no more than it must: of a partition the page that tells. */
static bool is_asleep(const struct block_devices *blocks, struct block_device *device)
{
    if (device->partition_number > 0 && !device->superblock_read)
        return read_mark(device, 0) != MARK_NONE;
    if (has_partitions(blocks, device))
        return false;
    block_device_read_superblock(device);
    return device->superblock.type && !strcmp(device->superblock.type, "swsuspend");
}

/* A system that sleeps beside the root, and nobody says so: its file systems are mounted in its memory, and it destroys
 * them on waking when they have changed meanwhile. */
static int refuse_sleepers(struct boot *boot)
{
    struct block_devices *blocks = &boot->devices.blocks;
    int result = devices_take_in(&boot->devices);

    for (size_t i = 0; result == 0 && i < blocks->count; i++) {
        if (is_asleep(blocks, blocks->list[i]))
            return refuse(blocks->list[i], "and no resume= names it");
    }
    return 0;
}

/* After the root was found, so that its disk is there, and before anything of it is checked or mounted. */
int step_resume(struct boot *boot)
{
    const char *spec = boot->options.resume;
    struct wanted_device wanted = {.what = "resume=", .spec = spec, .options = "", .seconds = WAIT_RESUME_SECONDS};
    int result;

    if (boot->options.noresume)
        return 0;
    if (!spec) /* under an overlay, or on a host's share, nothing of the sleeper's can change */
        return boot->options.overlay || !boot->root ? 0 : refuse_sleepers(boot);
    result = device_find(boot, &wanted);
    if (result == 0)
        return resume_from(wanted.device, boot->options.resume_offset);
    if (result == -ENOTUNIQ)
        return failure_because(spec, device_find_error(result), "resume=", spec, NULL);
    log_warning("resume=", spec, ": ", device_find_error(result), "; the boot goes on without it");
    return 0;
}
