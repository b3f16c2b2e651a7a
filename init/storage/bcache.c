#include "storage/bcache.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "system/file.h"
#include "system/sysfs.h"
#include "system/text.h"

/* "quiet": what is registered already is no error. */
#define REGISTER "/sys/fs/bcache/register_quiet"

/* Reads an attribute that a registered device has. False, and "", when it is not registered, or of the other kind. */
static bool read_attribute(const struct block_device *device, const char *attribute, char value[SYSFS_VALUE_SIZE])
{
    char directory[SYSFS_PATH_SIZE], path[64];
    int sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool is_read;

    *value = '\0';
    (void)text_join(path, sizeof(path), "bcache/", attribute, NULL); /* there is room */
    is_read = sysfs_find(sysfs, "class/block", strrchr(device->path, '/') + 1, directory)
              && sysfs_read(sysfs, directory, path, value);
    if (sysfs >= 0)
        close(sysfs);
    return is_read;
}

static bool is_wanted(const struct storage *storage)
{
    return storage_may_hold_wanted(storage, NULL);
}

static int assemble(struct storage *storage, struct block_device *device, bool degraded)
{
    char running[SYSFS_VALUE_SIZE];
    int result = read_attribute(device, "running", running) ? 0 : file_write_text(REGISTER, device->path);

    (void)storage;
    (void)degraded;
    if (result == -ENOENT || result == -EACCES) {
        log_error(device->path, " is a device of bcache, which the kernel does not know: kindling build -f bcache");
        return 1;
    }
    if (result < 0) /* it said why on the console */
        return result;
    /* A backing device has got what it was registered for when it has its bcacheN, which a cache does not have. */
    if (read_attribute(device, "running", running) && strcmp(running, "1") != 0)
        return 0;
    log_info("the kernel has the bcache device ", device->path);
    return 1;
}

/* A backing device alone may lack what is in the cache: it is started when somebody says so, never by itself. */
static void explain(struct storage *storage, struct block_device *device, char sentence[LOG_MESSAGE_SIZE])
{
    char state[SYSFS_VALUE_SIZE];

    (void)storage;
    (void)read_attribute(device, "state", state);
    (void)text_join(sentence, LOG_MESSAGE_SIZE, device->path, " is the disk of a bcache whose cache has not come",
        !strcmp(state, "dirty") ? ", and a part of its data is in there alone" : "",
        ": attach the cache, or give it up with a 1 in /sys/class/block/", strrchr(device->path, '/') + 1,
        "/bcache/running (rd.shell)", NULL);
}

const struct assembler bcache_assembler = {.type = "bcache",
    .links = "bcache-",
    .module = "bcache",
    .is_wanted = is_wanted,
    .assemble = assemble,
    .explain = explain};
