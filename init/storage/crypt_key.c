#include "storage/crypt_key.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/block_device_match.h"
#include "device/block_device_read.h"
#include "name/device_ref.h"
#include "storage/cryptsetup.h"
#include "system/text.h"

#define KEY_PLACE "/run/initramfs/key"

static struct block_device *find_device(const struct storage *storage, const char *spec)
{
    struct device_ref ref;

    if (device_ref_parse(spec, &ref) < 0)
        return NULL;
    for (size_t i = 0; i < storage->blocks->count; i++) {
        if (block_device_matches(storage->blocks->list[i], &ref))
            return storage->blocks->list[i];
    }
    return NULL;
}

/* Returns 0 or -errno. */
static int mount_key_device(struct block_device *device)
{
    block_device_read_superblock(device);
    if (device->superblock.usage != SUPERBLOCK_FILESYSTEM || !device->superblock.type)
        return -EINVAL;
    if (mkdir(KEY_PLACE, 0700) < 0 && errno != EEXIST)
        return -errno;
    return mount(device->path, KEY_PLACE, device->superblock.type, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)
                   < 0
               ? -errno
               : 0;
}

/* Returns as try_key, -ENOENT when the key's file is not there, or another -errno. */
static int try_key_on_device(
    struct block_device *key_device, const struct block_device *device, const struct crypt_volume *volume)
{
    char path[CRYPT_TEXT_SIZE + sizeof(KEY_PLACE) + 1];
    int result = 0;

    if (!*volume->key)
        return cryptsetup_open(device, volume, key_device->path, "", 0);
    result = mount_key_device(key_device);
    if (result < 0)
        return result;
    result = text_join(path, sizeof(path), KEY_PLACE "/", volume->key, NULL);
    if (result == 0)
        result = access(path, R_OK) == 0 ? cryptsetup_open(device, volume, path, "", 0) : -errno;
    umount2(KEY_PLACE, MNT_DETACH);
    rmdir(KEY_PLACE);
    return result;
}

int crypt_key_use(
    struct storage *storage, const struct block_device *device, const struct crypt_volume *volume, bool is_last_chance)
{
    struct block_device *key_device = *volume->key_device ? find_device(storage, volume->key_device) : NULL;
    const char *at = *volume->key_device ? " on " : "";
    int status;

    if (*volume->key_device && !key_device && !is_last_chance)
        return CRYPT_KEY_MAY_COME;
    if (key_device)
        status = try_key_on_device(key_device, device, volume);
    else if (*volume->key_device)
        status = -ENODEV;
    else
        status = access(volume->key, R_OK) == 0 ? cryptsetup_open(device, volume, volume->key, "", 0) : -errno;
    if (status == CRYPTSETUP_WRONG_KEY)
        log_warning("the key ", volume->key, at, volume->key_device, " does not open the LUKS volume ", device->path);
    else if (status == -ENODEV)
        log_warning("the key of the LUKS volume ", device->path, " is on ", volume->key_device, ", which has not come");
    else if (status < 0)
        log_warning("cannot read the key ", volume->key, at, volume->key_device, " of the LUKS volume ", device->path,
            ": ", strerror(-status));
    return status;
}
