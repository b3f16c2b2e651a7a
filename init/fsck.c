/*
 * The check of the root file system before it is mounted. e2fsck's exit status is a bit mask (e2fsck(8)); what each
 * bit means for the boot is told in one table here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#include "boot.h"
#include "ext_check.h"
#include "failure.h"
#include "log.h"
#include "member.h"
#include "process.h"
#include "text.h"
#include "timing.h"

#define E2FSCK "/sbin/e2fsck"

#define FSCK_REBOOT 2
#define FSCK_ERRORS_LEFT 4
#define FSCK_CANCELLED 32
#define FSCK_DID_NOT_WORK (8 | 16 | 128)

static bool is_ext(const struct superblock *superblock)
{
    static const char *const types[] = {"ext2", "ext3", "ext4"};

    for (size_t i = 0; superblock->type && i < sizeof(types) / sizeof(types[0]); i++) {
        if (!strcmp(superblock->type, types[i]))
            return true;
    }
    return false;
}

static int read_ext_superblock(int fd, uint8_t superblock[EXT_SUPERBLOCK_SIZE])
{
    ssize_t length = pread(fd, superblock, EXT_SUPERBLOCK_SIZE, EXT_SUPERBLOCK_OFFSET);

    if (length < 0)
        return -errno;
    return length == EXT_SUPERBLOCK_SIZE ? 0 : -EIO;
}

static bool is_write_protected(int fd)
{
    int read_only = 0;

    return ioctl(fd, BLKROGET, &read_only) == 0 && read_only;
}

/* Why a check is due, or NULL. */
static const char *why_check(const struct boot *boot, int fd)
{
    uint8_t superblock[EXT_SUPERBLOCK_SIZE];
    const char *why = NULL;

    if (boot->options.force_fsck)
        return "was asked to be checked";
    if (read_ext_superblock(fd, superblock) < 0)
        return "has a superblock that cannot be read";
    return ext_check_is_due(superblock, (int64_t)time(NULL), &why) ? why : NULL;
}

static int run_e2fsck(const struct boot *boot)
{
    const char *repair = boot->options.repair;
    char mode[] = "-p";
    char force[] = "-f";
    char *argv[] = {(char *)(uintptr_t)E2FSCK, mode, boot->root->path, NULL, NULL};
    uint64_t start = timing_now();
    int status;

    if (!strcmp(repair, "yes"))
        mode[1] = 'y';
    else if (!strcmp(repair, "no"))
        mode[1] = 'n';
    if (boot->options.force_fsck)
        argv[3] = force;
    status = process_run(argv);
    timing_note("program", "e2fsck", start);
    return status;
}

/* The file system was changed under the kernel's feet: e2fsck(8) wants a reboot before anything is mounted. */
static void reboot_now(const char *path)
{
    log_warning("e2fsck has repaired ", path, " and wants a reboot: rebooting");
    sync();
    reboot(RB_AUTOBOOT);
}

static int act_on_status(struct boot *boot, int status)
{
    const char *path = boot->root->path;
    char number[DECIMAL_SIZE];

    if (status < 0 || status > 255 || status & FSCK_DID_NOT_WORK) {
        boot->read_only = true;
        log_warning("the check of ", path, " did not work (e2fsck ", status > 255 ? "was killed by signal " : "status ",
            status < 0 ? strerror(-status) : text_decimal((uint64_t)(status > 255 ? status - 256 : status), number),
            "): it is mounted read-only");
        return 0;
    }
    if (status & FSCK_ERRORS_LEFT)
        return failure("fsck", path, "errors left", "e2fsck left errors on ", path,
            " that need a person: run e2fsck on it from another system, or boot with fsck.repair=yes", NULL);
    if (status & FSCK_REBOOT)
        reboot_now(path);
    if (status & FSCK_CANCELLED)
        log_warning("the check of ", path, " was cancelled");
    return 0;
}

static int check_ext(struct boot *boot, int fd)
{
    const char *why = why_check(boot, fd);
    int result;

    if (!why) {
        log_info(boot->root->path, " is clean");
        return 0;
    }
    if (is_write_protected(fd)) {
        boot->read_only = true;
        log_warning(boot->root->path, " ", why, ", but is write-protected: it is not checked");
        return 0;
    }
    result = member_unpack_tool(&boot->index, E2FSCK);
    if (result < 0) {
        log_warning(boot->root->path, " ", why,
            ", but cannot be checked: ", result == -ENOENT ? "this image has no e2fsck" : strerror(-result));
        return 0;
    }
    log_warning("checking ", boot->root->path, ", which ", why);
    return act_on_status(boot, run_e2fsck(boot));
}

int root_check(struct boot *boot)
{
    int fd, result;

    boot->read_only = !boot->options.writable;
    if (boot_root_is_shared(boot))
        return 0;
    block_device_read_superblock(boot->root);
    if (boot->options.skip_fsck || !is_ext(&boot->root->superblock))
        return 0;
    fd = open(boot->root->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return failure(
            "fsck", boot->root->path, strerror(errno), "cannot open ", boot->root->path, ": ", strerror(errno), NULL);
    result = check_ext(boot, fd);
    close(fd);
    return result;
}
