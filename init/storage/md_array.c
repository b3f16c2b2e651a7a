#include "storage/md_array.h"

#include <fcntl.h>
#include <linux/major.h>
#include <linux/raid/md_u.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/prefix.h"
#include "name/udev_name.h"
#include "storage/md_members.h"
#include "system/directory.h"
#include "system/file.h"
#include "system/process.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

bool md_find_array(const struct block_device *member, char name[MD_NAME_SIZE])
{
    char path[BLOCK_DEVICE_PATH_SIZE + 32], device[BLOCK_DEVICE_PATH_SIZE];
    struct directory directory;
    const struct dirent *entry;
    bool is_found = false;

    (void)text_join(device, sizeof(device), member->path + strlen("/dev/"), NULL);
    for (char *c = device; (c = strchr(c, '/')) != NULL;)
        *c = '!'; /* as sysfs has it */
    if (text_join(path, sizeof(path), "/sys/class/block/", device, "/holders", NULL) < 0)
        return false;
    directory_open(&directory, AT_FDCWD, path);
    while (!is_found && (entry = directory_next(&directory)) != NULL)
        is_found = !strncmp(entry->d_name, "md", 2) && text_join(name, MD_NAME_SIZE, entry->d_name, NULL) == 0;
    directory_close(&directory);
    return is_found;
}

bool md_find_array_of(const struct storage *storage, const struct block_device *of, char name[MD_NAME_SIZE])
{
    for (size_t i = 0; i < storage->blocks->count; i++) {
        if (md_is_member(storage->blocks->list[i], of) && md_find_array(storage->blocks->list[i], name))
            return true;
    }
    return false;
}

bool md_is_wanted(const struct storage *storage)
{
    return !storage->options->no_md && storage_may_hold_wanted(storage, MDADM_PROGRAM);
}

uint64_t md_patience(const struct storage *storage)
{
    uint64_t seconds = storage->options->md_degraded;

    return seconds == BOOT_TIMEOUT_NEVER ? UINT64_MAX : seconds * SECOND;
}

bool md_is_running(const char *name)
{
    char path[MD_NAME_SIZE + 32], state[32];

    return text_join(path, sizeof(path), "/sys/block/", name, "/md/array_state", NULL) == 0
           && file_read_text(AT_FDCWD, path, state, sizeof(state)) > 0 && strcmp(state, "clear") != 0
           && strcmp(state, "inactive") != 0;
}

bool md_read_metadata(const char *name, char metadata[MD_NAME_SIZE])
{
    char path[MD_NAME_SIZE + 40];

    return text_join(path, sizeof(path), "/sys/block/", name, "/md/metadata_version", NULL) == 0
           && file_read_text(AT_FDCWD, path, metadata, MD_NAME_SIZE) > 0;
}

/* Its name is kept whatever host has made the array; what else there is to say of names says mdadm.conf. */
void md_add_member(const struct storage *storage, struct block_device *device)
{
    char incremental[] = "--incremental", quiet[] = "--quiet", host[] = "--homehost=<ignore>",
         config[] = "--config=none";
    char program[] = MDADM_PROGRAM;
    char *argv[] = {
        program, incremental, quiet, host, device->path, storage->options->no_md_config ? config : NULL, NULL};
    uint64_t start = timing_now();

    (void)process_run(argv); /* what has come of it, the kernel tells */
    timing_note("program", "mdadm", start);
}

void md_start(const char *name)
{
    char path[MD_NAME_SIZE + 8], run[] = "--run", quiet[] = "--quiet", program[] = MDADM_PROGRAM;
    char *argv[] = {program, run, quiet, path, NULL};

    (void)text_join(path, sizeof(path), "/dev/", name, NULL);
    (void)process_run(argv);
}

void md_start_container(const char *name)
{
    char path[MD_NAME_SIZE + 8], incremental[] = "--incremental", run[] = "--run", quiet[] = "--quiet",
                                 program[] = MDADM_PROGRAM;
    char *argv[] = {program, incremental, run, quiet, path, NULL};

    (void)text_join(path, sizeof(path), "/dev/", name, NULL);
    (void)process_run(argv);
}

/* mdmon has written that all is in step when an array within a container is clean, which it is soon after the last
 * write. */
static void await_clean(const char *name)
{
    char path[MD_NAME_SIZE + 32], state[32];
    uint64_t end = timing_now() + WAIT_CLEAN;
    struct pollfd attribute = {.events = POLLPRI};

    if (text_join(path, sizeof(path), "/sys/block/", name, "/md/array_state", NULL) < 0)
        return;
    attribute.fd = open(path, O_RDONLY | O_CLOEXEC);
    while (attribute.fd >= 0 && timing_now() < end) {
        ssize_t length = pread(attribute.fd, state, sizeof(state) - 1, 0);

        state[length > 0 ? length : 0] = '\0';
        if (begins_with(state, "clean") || begins_with(state, "read") || length <= 0)
            break;
        (void)poll(&attribute, 1, (int)((end - timing_now()) / 1000 + 1));
    }
    if (attribute.fd >= 0)
        close(attribute.fd);
}

bool md_stop(const char *name)
{
    char path[MD_NAME_SIZE + 8];
    int fd = -1, result = -1;

    if (text_join(path, sizeof(path), "/dev/", name, NULL) == 0)
        fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        result = ioctl(fd, STOP_ARRAY, NULL);
        close(fd);
    }
    return result == 0;
}

static void make_link(const char *prefix, const char *id, const char *name)
{
    char target[MD_NAME_SIZE + 8], path[256];

    if (text_join(target, sizeof(target), "../../", name, NULL) == 0
        && text_join(path, sizeof(path), "/dev/disk/by-id/", prefix, id, NULL) == 0)
        (void)symlink(target, path);
}

/* As 63-md-raid-arrays.rules has them: md-uuid-0a1b2c3d:... as mdadm writes it, md-name-HOST:NAME; and the name alone,
 * as it is called on the host that made it. */
void md_make_links(const struct superblock *superblock, const char *name)
{
    char uuid[SUPERBLOCK_UUID_SIZE] = "", label[64];
    size_t digits = 0, used = 0;
    const char *colon = strchr(superblock->label, ':');

    for (const char *c = superblock->uuid; *c; c++) {
        if (*c == '-')
            continue;
        if (digits > 0 && digits % 8 == 0)
            uuid[used++] = ':';
        uuid[used++] = *c;
        digits++;
    }
    (void)mkdir("/dev/disk", 0755);
    (void)mkdir("/dev/disk/by-id", 0755);
    make_link("md-uuid-", uuid, name);
    if (!*superblock->label || text_join(label, sizeof(label), superblock->label, NULL) < 0)
        return;
    udev_name_replace(label, "");
    make_link("md-name-", label, name);
    if (colon)
        make_link("md-name-", label + (colon - superblock->label) + 1, name);
}

unsigned md_take_down(void)
{
    struct directory directory;
    const struct dirent *entry;
    char metadata[MD_NAME_SIZE];
    unsigned taken = 0;

    directory_open(&directory, AT_FDCWD, "/sys/block");
    while ((entry = directory_next(&directory)) != NULL) {
        if (strncmp(entry->d_name, "md", 2) != 0 || !md_is_running(entry->d_name))
            continue;
        if (md_read_metadata(entry->d_name, metadata) && begins_with(metadata, "external:"))
            await_clean(entry->d_name);
        if (!md_stop(entry->d_name))
            continue;
        log_info("the md array ", entry->d_name, " is stopped");
        taken++;
    }
    directory_close(&directory);
    return taken;
}
