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

static int refuse_content(const char *path, struct block_device *device)
{
    const struct superblock *found = &device->superblock;
    char needed[DECIMAL_SIZE], there[DECIMAL_SIZE];

    if (device->read_error < 0 && device->read_error != -EINVAL)
        return failure_because(path, strerror(-device->read_error), "cannot read ", path, NULL);
    if (found->usage != SUPERBLOCK_FILESYSTEM)
        return failure(path, "damaged", "cannot mount ", path, ": there is ", superblock_describe(found),
            " in it, and no file system: it is damaged, or no image", NULL);
    if (found->size > device->size)
        return failure(path, "cut off", "cannot mount ", path, ": its file system is ",
            text_decimal(found->size, needed), " bytes long, and the file ", text_decimal(device->size, there),
            ": it was cut off", NULL);
    return 0;
}

static int mount_image(struct boot *boot, const struct live_image *image, struct block_device *device)
{
    struct mount_task task = {.boot = boot, .device = device, .target = image->target};
    const char *path = image->path, *type = device->superblock.type;
    const struct squashfs_compressor *compressor;
    int result;

    task.options.flags = image->writable ? 0 : MS_RDONLY;
    result = mount_device_as(&task, type);
    /* Not even a journal is replayed in an image that is only read: the device of one could not be written to. */
    if (result == -EROFS && mount_options_parse("norecovery", &task.options) == 0)
        result = mount_device_as(&task, type);
    if (result == -ENODEV)
        return failure(path, "no file system", "cannot mount ", path, " as ", type,
            ": neither this kernel nor this image has that file system (kindling build -f live)", NULL);
    compressor = result == -EINVAL ? compressor_of(device->path, &device->superblock) : NULL;
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
    block_device_settle(&device, image->type);
    result = refuse_content(path, &device);
    if (result == 0 && image->is_of_root)
        result = live_verity_put_on(boot, path, &device);
    if (result == 0)
        result = mount_image(boot, image, &device);
    loop_close(&loop);
    return result;
}
