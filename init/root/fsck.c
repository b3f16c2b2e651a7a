/*
 * The check of a file system before it is mounted: ext2, ext3 and ext4 when their superblock says that it is due, xfs
 * and btrfs never (fsck.xfs(8), fsck.btrfs(8)), any other by its own program if the image has it. What the exit
 * status means for the boot is told in fsck_status.c.
 */
#include "root/fsck.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#include "contract/bytes.h"
#include "contract/fstab.h"
#include "format/ext_check.h"
#include "module/program.h"
#include "root/device_find.h"
#include "root/fsck_run.h"
#include "root/fsck_status.h"
#include "root/mount_device.h"
#include "root/root_file.h"
#include "root/root_source.h"
#include "root/steps.h"
#include "root/write_protect.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"
#include "system/timing.h"

#define E2FSCK "/sbin/e2fsck"

/* As initramfs-tools leaves them; Debian's systemd and sysvinit look for the flags. */
#define FLAG_PREFIX "/run/initramfs/fsck-"

#define FSCK_OPERATIONAL_ERROR 8 /* fsck(8) */

struct check {
    struct boot *boot;
    struct block_device *device;
    const char *program;
    const char *name; /* "root" */
    bool is_ext;
    bool read_only; /* it must not be written to */
};

static void set_flag(const char *name)
{
    char path[64];
    int fd;

    if (text_join(path, sizeof(path), FLAG_PREFIX, name, NULL) < 0)
        return;
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd >= 0)
        close(fd);
}

static int act_on_status(struct check *check, int status)
{
    const char *path = check->device->path;
    const char *program = strrchr(check->program, '/') + 1;
    char number[DECIMAL_SIZE];
    /* fsck.vfat ends with "corrected" whenever it has found something, under -n too, where nothing was. */
    bool may_correct = check->is_ext || check->boot->options.repair[0] != 'n';

    if (status == FSCK_OPERATIONAL_ERROR && check->device->superblock.usage != SUPERBLOCK_FILESYSTEM)
        return failure(path, "damaged superblock", "the superblock of ", path,
            " is damaged: boot with fsck.repair=yes, which makes ", program, " look for a copy of it", NULL);
    switch (fsck_verdict_of(status, may_correct)) {
    case FSCK_VERDICT_DID_NOT_WORK:
        check->read_only = true;
        log_warning("the check of ", path, " did not work (", program,
            status > 255 ? " was killed by signal " : " status ",
            status < 0 ? strerror(-status) : text_decimal((uint64_t)(status > 255 ? status - 256 : status), number),
            "): it is mounted read-only");
        return 0;
    case FSCK_VERDICT_ERRORS_LEFT:
        return failure(path, "errors left", program, " left errors on ", path, " that need a person: run ", program,
            " on it from another system, or boot with fsck.repair=yes", NULL);
    case FSCK_VERDICT_REBOOT:
        /* The file system was changed under the kernel's feet: fsck(8) wants it before anything is mounted. */
        log_warning(program, " has repaired ", path, " and wants a reboot: rebooting");
        sync();
        reboot(RB_AUTOBOOT); /* returns when the kernel will not */
        set_flag(check->name);
        break;
    case FSCK_VERDICT_CANCELLED:
        log_warning("the check of ", path, " was cancelled");
        break;
    case FSCK_VERDICT_CHECKED:
        set_flag(check->name);
        break;
    }
    check->device->superblock_read = false; /* it may have been repaired */
    return 0;
}

static int check_now(struct check *check, const char *why)
{
    const struct fsck_command command = {.program = check->program,
        .path = check->device->path,
        .repair = check->boot->options.repair,
        .is_ext = check->is_ext,
        .force = check->boot->options.force_fsck};
    uint64_t start = timing_now();
    int status;

    log_warning("checking ", check->device->path, ", which ", why);
    status = fsck_run(&command);
    timing_note("program", strrchr(check->program, '/') + 1, start);
    return act_on_status(check, status);
}

/* Makes the program ready, or says why there will be no check. */
static bool can_check(struct check *check, const char *why)
{
    const char *path = check->device->path;
    const char *culprit;
    int result;

    if (!check->is_ext && program_unpack(&check->boot->index, check->program, &culprit) == -ENOENT)
        return false; /* nobody expects a check of other types */
    if (is_write_protected(path)) {
        check->read_only = true;
        log_warning(path, " ", why, ", but is write-protected: it is not checked");
        return false;
    }
    result = program_unpack(&check->boot->index, check->program, &culprit);
    if (result < 0 && result != -ENOENT)
        log_warning(path, " ", why, ", but cannot be checked: cannot unpack ", culprit, ": ", strerror(-result));
    else if (result < 0)
        log_warning(path, " ", why, ", but cannot be checked: this image has no e2fsck");
    return result == 0;
}

/* A routine check is the fstab's to forbid. There is no hint of damage then, and nothing to be replayed, so that the
 * root may be mounted read-only for a look. All other checks come before any mount, and so before the fstab. */
static bool fstab_forbids(const struct check *check)
{
    struct mount_task look = {
        .boot = check->boot, .device = check->device, .target = IMAGE_ROOT_PATH, .options = {.flags = MS_RDONLY}};
    struct fstab_entry entry;
    char *text;
    bool forbids = false;

    if (check->device->number != check->boot->root || mount_device_as(&look, check->device->superblock.type) < 0)
        return false;
    if (new_root_read("/etc/fstab", &text) == 0) {
        forbids = fstab_find(text, "/", &entry) && !entry.check;
        free(text);
    }
    return umount2(IMAGE_ROOT_PATH, 0) == 0 && forbids;
}

static int check_ext(struct check *check, int fd)
{
    uint8_t superblock[EXT_SUPERBLOCK_SIZE];
    const char *why = "has a superblock that cannot be read";
    enum ext_check due = EXT_CHECK_NEEDED;

    if (check->boot->options.force_fsck)
        why = "was asked to be checked";
    else if (pread(fd, superblock, sizeof(superblock), EXT_SUPERBLOCK_OFFSET) == sizeof(superblock))
        due = ext_check_due(superblock, (int64_t)time(NULL), &why);
    if (due == EXT_CHECK_NONE) {
        log_info(check->device->path, " is clean");
        fsck_keep(check->device->path, ": clean, no check is due\n");
        set_flag(check->name);
        return 0;
    }
    if (due == EXT_CHECK_ROUTINE && fstab_forbids(check)) {
        log_info(check->device->path, " ", why, ", and its fstab wants none");
        return 0;
    }
    return can_check(check, why) ? check_now(check, why) : 0;
}

static int check_any(struct check *check)
{
    int fd = open(check->device->path, O_RDONLY | O_CLOEXEC);
    int result = 0;

    if (fd < 0)
        return failure_because(check->device->path, strerror(errno), "cannot open ", check->device->path, NULL);
    if (check->is_ext)
        result = check_ext(check, fd);
    else if (can_check(check, "is to be checked"))
        result = check_now(check, "is checked at each boot");
    close(fd);
    return result;
}

static bool has_ext_magic(const struct block_device *device)
{
    struct ext_superblock superblock;
    int fd = open(device->path, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (fd < 0)
        return false;
    length = pread(fd, &superblock, sizeof(superblock), EXT_SUPERBLOCK_OFFSET);
    close(fd);
    return length == sizeof(superblock) && get_le16(superblock.magic) == EXT_MAGIC;
}

int fsck_device(struct boot *boot, struct block_device *device, const char *types, const char *name, bool *read_only)
{
    struct check check = {.boot = boot, .device = device, .name = name, .program = E2FSCK};
    char program[64];
    const char *type;
    int result = mount_check_claim(boot, device, types);

    if (result < 0)
        return result;
    *read_only |= device->partly_read;
    if (boot->options.skip_fsck || device->partly_read)
        return 0;
    /* The type that the device has, or, when its first superblock is beyond recognition, the one that it is said to
     * have or looks like: e2fsck knows where the copies are. */
    if (device->superblock.usage == SUPERBLOCK_FILESYSTEM)
        type = device->superblock.type;
    else if (has_ext_magic(device))
        type = "ext4";
    else
        type = device->number == boot->root ? types : NULL;
    if (!type || text_list_has("xfs,btrfs", type))
        return 0;
    check.is_ext = text_list_has("ext2,ext3,ext4", type);
    if (!check.is_ext) {
        if (text_join(program, sizeof(program), "/sbin/fsck.", type, NULL) < 0)
            return 0;
        check.program = program;
    }
    result = check_any(&check);
    *read_only |= check.read_only;
    return result;
}

int step_fsck(struct boot *boot)
{
    const struct root_source *source = root_source(boot);

    boot->read_only = !boot->options.writable;
    if (boot->options.overlay)
        return write_protect(boot, root_device(boot));
    return source->check ? source->check(boot) : 0;
}
