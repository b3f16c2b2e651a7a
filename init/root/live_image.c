/* The file system in an image file, on a loop device. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "device/block_device_read.h"
#include "format/squashfs.h"
#include "root/live.h"
#include "root/mount_device.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/loop.h"
#include "system/text.h"

/* The kernel says no more than EINVAL of a squashfs whose compressor it lacks. NULL when it is another file system. */
static const struct squashfs_compressor *compressor_of(const char *path, const struct superblock *found)
{
    struct squashfs_superblock superblock;
    int fd = strcmp(found->type, "squashfs") != 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (fd < 0)
        return NULL;
    length = pread(fd, &superblock, sizeof(superblock), 0);
    close(fd);
    return length == (ssize_t)sizeof(superblock) ? squashfs_compressor_of(&superblock) : NULL;
}

/* What nobody can name may still be what was asked for. */
static int refuse_content(const struct live_image *image, struct block_device *device, bool is_of_loop)
{
    const struct superblock *found = &device->superblock;
    bool is_open = image->type && found->usage == SUPERBLOCK_UNKNOWN;
    char needed[DECIMAL_SIZE], there[DECIMAL_SIZE];
    const char *path = image->path;

    if (device->read_error < 0 && device->read_error != -EINVAL)
        return failure_because(path, strerror(-device->read_error), "cannot read ", path, NULL);
    if (found->claims[0])
        return failure(path, "ambiguous", "cannot mount ", path, ": both ", found->claims[0], " and ", found->claims[1],
            " claim it", is_of_loop ? ": give its type by loopfstype=" : "", NULL);
    if (found->usage != SUPERBLOCK_FILESYSTEM && !is_open)
        return failure(path, "damaged", "cannot mount ", path, ": there is ", superblock_describe(found),
            " in it, and no file system: it is damaged, or no image", NULL);
    if (found->size > device->size)
        return failure(path, "cut off", "cannot mount ", path, ": its file system is ",
            text_decimal(found->size, needed), " bytes long, and the file ", text_decimal(device->size, there),
            ": it was cut off", NULL);
    return 0;
}

/* Not even a journal is replayed in an image that is only read: the device of one could not be written to. */
static int mount_as(struct mount_task *task, const char *type)
{
    const struct mount_options options = task->options;
    int result = mount_device_as(task, type);

    if (result == -EROFS && mount_options_parse("norecovery", &task->options) == 0)
        result = mount_device_as(task, type);
    task->options = options;
    return result;
}

#define TYPE_SIZE sizeof((struct mount_task){0}.type)

/* As each of the types, until one will do, or it is the one that was found. type: the last. Returns 0 or -errno. */
static int mount_as_one_of(struct mount_task *task, const char *types, char type[TYPE_SIZE])
{
    const char *found = task->device->superblock.type, *part;
    int result = -EINVAL;
    size_t length;

    while (result != 0 && (part = text_list_next(&types, &length)) != NULL) {
        if (length == 0 || length >= TYPE_SIZE)
            continue;
        memcpy(type, part, length);
        type[length] = '\0';
        if (!strcmp(type, "auto") && (!found || text_join(type, TYPE_SIZE, found, NULL) < 0))
            continue;
        result = mount_as(task, type);
        if (found && !strcmp(type, found))
            break;
    }
    return result;
}

int live_image_mount_device(struct boot *boot, const struct live_image *image, struct block_device *device)
{
    struct mount_task task = {.boot = boot, .device = device, .target = image->target};
    const struct superblock *found = &device->superblock;
    const struct squashfs_compressor *compressor;
    const char *path = image->path;
    char type[TYPE_SIZE] = "";
    int result;

    block_device_settle(device, image->type);
    result = refuse_content(image, device, boot->live.layout == LIVE_FILE);
    if (result == 0 && image->is_of_root)
        result = live_verity_put_on(boot, path, device);
    if (result < 0)
        return result;
    task.options.flags = image->writable ? 0 : MS_RDONLY;
    result = mount_as_one_of(&task, image->type ? image->type : found->type, type);
    if (result == -ENODEV)
        return failure(path, "no file system", "cannot mount ", path, " as ", type,
            ": neither this kernel nor this image has that file system (kindling build -f live)", NULL);
    /* It would mount as what it is, and be another root than was asked for. */
    if (result < 0 && image->type && (!found->type || strcmp(type, found->type) != 0))
        return failure(path, "another file system", "cannot mount ", path, " as ", image->type,
            ", which loopfstype= asks for: there is ", superblock_describe(found), " in it (", strerror(-result), ")",
            NULL);
    compressor = result == -EINVAL ? compressor_of(device->path, found) : NULL;
    if (compressor)
        return failure(path, "damaged", "cannot mount ", path, ": it is damaged, or this kernel does not know ",
            compressor->name, ", by which it is compressed", NULL);
    if (result < 0)
        return failure_because(path, strerror(-result), "cannot mount ", path, " as ", type, NULL);
    log_info(path, " is mounted on ", image->target);
    return 0;
}

static int attach(struct boot *boot, const char *path, bool writable, struct loop *loop)
{
    int file = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    int result = file < 0 ? -errno : 0;

    if (result == 0) {
        (void)module_load_named(&boot->modules, "loop");
        result = loop_attach(file, writable, loop);
    }
    if (file >= 0)
        close(file);
    if (result == -ENODEV)
        return failure(path, "no loop devices", "cannot mount ", path,
            ": neither this kernel nor this image has loop devices (kindling build -f live)", NULL);
    if (result < 0)
        return failure_because(path, strerror(-result), "cannot open ", path, " as a device", NULL);
    return 0;
}

int live_image_mount(struct boot *boot, const struct live_image *image)
{
    const char *path = image->path;
    struct block_device device = {0};
    struct loop loop;
    int result = attach(boot, path, image->writable, &loop);

    if (result < 0)
        return result;
    (void)text_join(device.path, sizeof(device.path), loop.path, NULL);
    device.number = loop.number;
    result = live_image_mount_device(boot, image, &device);
    loop_close(&loop);
    return result;
}
