#include "storage/crypt_file.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/block_device_match.h"
#include "device/block_device_read.h"
#include "system/text.h"

int crypt_file_parse(struct crypt_file *file, const char *word)
{
    const char *colon = strchr(word, ':'), *equals = strchr(word, '=');
    bool is_device = !strncmp(word, "/dev/", strlen("/dev/")) || (*word != '/' && equals);
    size_t length = colon && !is_device ? (size_t)(colon - word) : strlen(word);

    *file = (struct crypt_file){.path = ""};
    if (is_device)
        return text_join(file->device, sizeof(file->device), word, NULL);
    if (length >= sizeof(file->path))
        return -ENAMETOOLONG;
    memcpy(file->path, word, length);
    return word[length] ? text_join(file->device, sizeof(file->device), word + length + 1, NULL) : 0;
}

bool crypt_file_is_given(const struct crypt_file *file)
{
    return *file->path || *file->device;
}

bool crypt_file_is_missing(const struct storage *storage, const struct crypt_file *file)
{
    return *file->device && !block_devices_find_called(storage->blocks, file->device);
}

/* Returns 0 or -errno. */
static int mount_device(struct block_device *device, const char *place)
{
    block_device_read_superblock(device);
    if (device->superblock.usage != SUPERBLOCK_FILESYSTEM || !device->superblock.type)
        return -EINVAL;
    if (mkdir(place, 0700) < 0 && errno != EEXIST)
        return -errno;
    return mount(device->path, place, device->superblock.type, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0
               ? -errno
               : 0;
}

int crypt_file_open(
    const struct storage *storage, const struct crypt_file *file, const char *place, struct crypt_file_view *view)
{
    struct block_device *device = block_devices_find_called(storage->blocks, file->device);
    int result;

    *view = (struct crypt_file_view){.path = ""};
    if (*file->device && !device)
        return -ENODEV;
    if (!*file->path)
        return text_join(view->path, sizeof(view->path), device ? device->path : "", NULL);
    result = device ? mount_device(device, place) : 0;
    if (result < 0)
        return result;
    view->mounted_at = device ? place : NULL;
    result = text_join(
        view->path, sizeof(view->path), device ? place : "", *file->path != '/' && device ? "/" : "", file->path, NULL);
    if (result == 0 && access(view->path, R_OK) < 0)
        result = -errno;
    return result;
}

void crypt_file_close(struct crypt_file_view *view)
{
    if (!view->mounted_at)
        return;
    umount2(view->mounted_at, MNT_DETACH);
    rmdir(view->mounted_at);
}
