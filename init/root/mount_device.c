#include "root/mount_device.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "device/block_device_read.h"
#include "root/write_protect.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"

/* As much as mount(2) takes. */
#define MOUNT_SOURCE_SIZE 4096u

int mount_check_claim(struct boot *boot, struct block_device *device, const char *types)
{
    const struct superblock *found = &device->superblock;
    const char *one, *other;
    bool has_label, has_uuid;
    char owner[SUPERBLOCK_LABEL_SIZE + SUPERBLOCK_UUID_SIZE + 16] = "", needed[DECIMAL_SIZE], there[DECIMAL_SIZE];

    block_device_settle(device, types);
    one = found->claims[0];
    other = found->claims[1];
    if (one && device->number == boot->root)
        return failure(device->path, "ambiguous", "both ", one, " and ", other, " claim ", device->path,
            ": boot with rootfstype=", one, " or rootfstype=", other, ", whichever is true", NULL);
    if (one)
        return failure(device->path, "ambiguous", "both ", one, " and ", other, " claim ", device->path,
            ": give its type, in the fstab or by mount.usrfstype=, or take the other's signature away (wipefs(8))",
            NULL);
    if (device->read_error < 0)
        return failure_because(device->path, strerror(-device->read_error), "cannot read ", device->path, NULL);
    if (found->size > device->size) /* no kernel mounts it, and no check can help */
        return failure(device->path, "larger than its device", superblock_describe(found), " of ",
            text_decimal(found->size, needed), " bytes is on ", device->path, ", which has ",
            text_decimal(device->size, there), ": the disk was cut off, or its partition made smaller", NULL);
    if (found->usage == SUPERBLOCK_FILESYSTEM || found->usage == SUPERBLOCK_UNKNOWN)
        return 0;
    has_label = *found->label;
    has_uuid = *found->uuid;
    if (has_label || has_uuid) /* what a member belongs to: " (ember:root, UUID=...)" */
        (void)text_join(owner, sizeof(owner), " (", found->label, has_label && has_uuid ? ", " : "",
            has_uuid ? "UUID=" : "", found->uuid, ")", NULL);
    return failure(device->path, "not a file system", "cannot mount ", device->path, ": there is ",
        superblock_describe(found), " on it", owner, ", and no file system", NULL);
}

/* Named by its alias, the module is found under whatever name this kernel gives it. */
void mount_load_file_system(struct boot *boot, const char *type)
{
    char alias[128];

    if (text_join(alias, sizeof(alias), "fs-", type, NULL) == 0)
        (void)module_load_named(&boot->modules, alias); /* built into the kernel as often as not */
}

int mount_device_as(struct mount_task *task, const char *type)
{
    char source[MOUNT_SOURCE_SIZE];
    int result = storage_name_source(&task->boot->storage, task->device, source, sizeof(source));

    if (result < 0)
        return result;
    mount_load_file_system(task->boot, type);
    (void)mkdir(task->target, 0755); /* it is there, or mount tells */
    if (mount(source, task->target, type, task->options.flags, task->options.data) < 0)
        return -errno;
    log_info("mounted ", source, " as ", type);
    return text_join(task->type, sizeof(task->type), type, NULL);
}

/* btrfs has its own word for a log that it cannot replay (btrfs_replay_log). */
static bool wants_to_write(const struct mount_task *task, const char *type, int error)
{
    return error == -EROFS || (error == -EIO && !strcmp(type, "btrfs") && is_write_protected(task->device->path));
}

/* A disk that refuses to be written to may still be read. */
static int mount_or_retreat(struct mount_task *task, const char *type)
{
    struct mount_options options;
    int result = mount_device_as(task, type);

    if (!wants_to_write(task, type, result) && result != -EACCES)
        return result;
    if (!(task->options.flags & MS_RDONLY)) {
        log_warning(task->device->path, " is write-protected: it is mounted read-only");
        task->options.flags |= MS_RDONLY;
        result = mount_device_as(task, type);
    }
    if (!wants_to_write(task, type, result))
        return result;
    /* A journal that cannot be replayed, for the disk must not be written to: ext4, xfs and btrfs all know the word.
     * What was going on when the file system was last in use may look half done. */
    options = task->options;
    if (mount_options_parse("norecovery", &task->options) < 0 || mount_device_as(task, type) < 0) {
        task->options = options;
        return result;
    }
    log_warning(task->device->path,
        " has a journal to replay and is write-protected: it is mounted without, and may look half written");
    return 0;
}

/* The types that were asked for. Returns 0 when it could be mounted as one of them. */
static int mount_as_asked(struct mount_task *task)
{
    const char *types = task->types ? task->types : "", *part;
    char type[sizeof(task->type)];
    int result = -ENOENT;
    size_t length;

    while (result != 0 && (part = text_list_next(&types, &length)) != NULL) {
        if (length == 0 || length >= sizeof(type))
            continue;
        memcpy(type, part, length);
        type[length] = '\0';
        result = strcmp(type, "auto") != 0 ? mount_or_retreat(task, type) : -ENOENT;
    }
    return result;
}

static int cannot_mount(const struct mount_task *task, const char *type, int error)
{
    const char *path = task->device->path;
    char source[MOUNT_SOURCE_SIZE];
    const char *reason;

    if (task->device->superblock.log_elsewhere && !strstr(task->options.data, "logdev="))
        return failure(path, "its log is elsewhere", "cannot mount ", path, " as ", type,
            ": its log lies on another device, which logdev= among its mount options has to name", NULL);
    reason = error == -ENODEV ? "neither this kernel nor this image has that file system" : strerror(-error);

    if (storage_name_source(&task->boot->storage, task->device, source, sizeof(source)) < 0)
        (void)text_join(source, sizeof(source), path, NULL);
    return failure_because(path, reason, "cannot mount ", source, " as ", type, *task->options.data ? " with " : "",
        task->options.data, NULL);
}

/* What lies on the device decides, once the types asked for were of no use. */
static int mount_as_found(struct mount_task *task, int error_as_asked)
{
    const struct superblock *found = &task->device->superblock;
    const char *path = task->device->path;
    int result;

    if (found->usage != SUPERBLOCK_FILESYSTEM)
        return failure(path, "not a file system", "cannot mount ", path, ": there is ", superblock_describe(found),
            " on it, and no file system that kindling knows", NULL);
    if (task->types && text_list_has(task->types, found->type))
        return cannot_mount(task, found->type, error_as_asked);
    if (task->types && !text_list_has(task->types, "auto"))
        log_warning(path, " is not ", task->device->number == task->boot->root ? "rootfstype=" : "of type ",
            task->types, ": trying ", found->type);
    result = mount_or_retreat(task, found->type);
    return result < 0 ? cannot_mount(task, found->type, result) : 0;
}

int mount_device(struct mount_task *task)
{
    int result = mount_check_claim(task->boot, task->device, task->types);

    /* What could not be read may make it a member of an array, of which one leg must not be written to, nor even its
     * journal be replayed. */
    if (result == 0 && task->device->partly_read) {
        log_warning(task->device->path,
            " has sectors that cannot be read, where it might say what it is a member of: it is write-protected");
        task->options.flags |= MS_RDONLY;
        result = write_protect(task->boot, task->device);
    }
    if (result < 0)
        return result;
    result = mount_as_asked(task);
    return result < 0 ? mount_as_found(task, result) : 0;
}
