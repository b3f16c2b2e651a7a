/*
 * A root in a ZFS pool: a dataset, which is no block device. The pool is imported right before it is mounted, after the
 * resume from a hibernation, for an import writes to it.
 */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "module/image.h"
#include "root/root_source.h"
#include "root/wait.h"
#include "storage/zfs.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"

static bool is_asked_for(const struct boot *boot)
{
    struct zfs_words words;

    return zfs_words_read(&boot->cmdline, &words) != 0;
}

/* Which pool somebody waits for. */
static const char *describe(const struct zfs_words *words)
{
    if (*words->dataset)
        return words->dataset;
    return *words->pool ? words->pool : "the property bootfs of a pool";
}

static int look(struct boot *boot, void *context)
{
    const struct zfs_pool *pool = context;

    (void)boot;
    if (*pool->dataset)
        return 1;
    return pool->is_hopeless ? -EPERM : 0;
}

static int import(struct boot *boot, struct zfs_pool *pool)
{
    const char *what = describe(&pool->words);
    struct wait wait = {
        .what = "the ZFS pool of ", .spec = what, .seconds = boot->options.timeout, .look = look, .wanted = pool};
    struct index_program program;
    int result;

    if (index_find_program(&boot->index, ZPOOL_PROGRAM, &program) < 0)
        return failure(what, "no zpool", "the root, ", what,
            ", is in a ZFS pool, and this image has no " ZPOOL_PROGRAM
            ": kindling build -f zfs, where its package zfsutils-linux and the module zfs are installed",
            NULL);
    zfs_begin_anew(&boot->devices.blocks);
    boot->storage.pool = pool;
    result = wait_for(boot, &wait);
    boot->storage.pool = NULL;
    if (result == 0)
        return 0;
    if (*pool->sentence)
        return failure(what, "not imported", pool->sentence, NULL);
    if (result != -ETIMEDOUT)
        return failure_because(what, strerror(-result), "cannot wait for devices", NULL);
    return failure(what, "not found", "no disk that was seen is of the ZFS pool of the root, ", what, NULL);
}

static int mount_zfs(struct boot *boot, const struct mount_options *options)
{
    /* As zfs-initramfs does whatever GRUB writes: a system in a pool has no line of its fstab that would make it
     * writable later. */
    unsigned long flags =
        boot->options.overlay ? options->flags | MS_RDONLY : options->flags & ~(unsigned long)MS_RDONLY;
    struct zfs_pool pool = {0};
    int result = zfs_words_read(&boot->cmdline, &pool.words);

    if (result < 0)
        return failure_because(
            boot->options.root, strerror(-result), "the name of the root's dataset cannot be read", NULL);
    result = import(boot, &pool);
    if (result < 0)
        return result;
    if (mount(pool.dataset, IMAGE_ROOT_PATH, "zfs", flags, options->data) < 0) {
        result = -errno;
        zfs_export(pool.dataset);
        if (result == -EACCES)
            return failure(pool.dataset, "no key", "cannot mount the dataset ", pool.dataset,
                ": it is enciphered, and kindling does not load its key", NULL);
        return failure_because(pool.dataset, result == -ENOENT ? "its pool has no such dataset" : strerror(-result),
            "cannot mount the dataset ", pool.dataset, " as zfs", NULL);
    }
    log_info("mounted ", pool.dataset, " as zfs");
    boot->read_only = (flags & MS_RDONLY) != 0;
    return 0;
}

const struct root_source zfs_root = {is_asked_for, false, NULL, NULL, mount_zfs};
