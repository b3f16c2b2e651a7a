/*
 * Persistence: a file system, or a file that holds one, whose label says that it keeps what a live system writes
 * (live-boot(7)). What of it is kept persistence.conf says there (persistence.conf(5)); casper's keeps all there is.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/persistence_conf.h"
#include "device/block_device_read.h"
#include "root/candidates.h"
#include "root/fsck.h"
#include "root/live.h"
#include "root/mount_device.h"
#include "storage/cryptsetup.h"
#include "system/failure.h"
#include "system/file.h"
#include "system/log.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define PLACES "/run/live/persistence"
#define PROBE PLACES "/probe"
#define CONF_SIZE 16384u

static bool has_label(struct block_device *device, const char *labels)
{
    if (text_list_has(labels, device->superblock.label))
        return true;
    if (device->partition_number == 0)
        return false;
    block_device_read_partition(device);
    return text_list_has(labels, device->partition.label);
}

/* A persistence that is asked for and cannot be used is no reason to lose what is written, in silence. */
static int mount_writable(struct boot *boot, struct block_device *device, const char *target)
{
    struct mount_task task = {.boot = boot, .device = device, .target = target};
    bool read_only = boot->live.overlay_read_only;
    int result = 0;

    if (!read_only && device->number != boot->live_medium)
        result = fsck_device(boot, device, NULL, "persistence", &read_only);
    if (result < 0)
        return result;
    (void)mkdir(target, 0755);
    task.options.flags = read_only ? MS_RDONLY : 0;
    result = mount_device_as(&task, device->superblock.type);
    if (result == -EBUSY && device->number == boot->live_medium)
        result = live_medium_mount_again(boot, target, boot->live.overlay_read_only);
    if (result == -EROFS || result == -EACCES
        || (result == 0 && !boot->live.overlay_read_only && access(target, W_OK) < 0))
        return failure(device->path, "read-only", "the persistence on ", device->path,
            " cannot be written to: boot with persistence-read-only or nopersistence", NULL);
    if (result < 0)
        return failure_because(device->path, strerror(-result), "cannot mount the persistence on ", device->path, NULL);
    return 0;
}

static int add_place(struct live_persistence *persistence, const char *path)
{
    if (persistence->count == LIVE_PERSISTENCES)
        return failure(path, "too many", "there are more persistences than ", path, " can be added to", NULL);
    return text_join(persistence->places[persistence->count++], LIVE_PATH_SIZE, path, NULL);
}

/* /run/live/persistence/sda2 */
static int name_place(const char *name, char place[LIVE_PATH_SIZE])
{
    const char *last = strrchr(name, '/');

    (void)mkdir("/run/live", 0755);
    (void)mkdir(PLACES, 0755);
    return text_join(place, LIVE_PATH_SIZE, PLACES "/", last ? last + 1 : name, NULL);
}

/* Which of the labels is the name of a file there; length 0 for none. */
static const char *find_file(const struct live_words *words, const char *mounted, char path[LIVE_PATH_SIZE])
{
    const char *labels = words->persistence_label, *label;
    char name[128];
    struct stat status;
    size_t length;

    while ((label = text_list_next(&labels, &length)) != NULL) {
        if (length == 0 || length >= sizeof(name))
            continue;
        memcpy(name, label, length);
        name[length] = '\0';
        if (text_join(path, LIVE_PATH_SIZE, mounted, "/", words->persistence_directory, "/", name, NULL) == 0
            && stat(path, &status) == 0 && S_ISREG(status.st_mode))
            return path;
    }
    return NULL;
}

static bool holds_file(struct boot *boot, struct block_device *device)
{
    const char *type = device->superblock.type;
    char path[LIVE_PATH_SIZE];
    bool holds;

    if (!strcmp(type, "iso9660") || !strcmp(type, "squashfs") || !strcmp(type, "erofs"))
        return false; /* they keep nothing */
    if (live_mount_untouched(boot, device, PROBE) < 0)
        return false;
    holds = find_file(&boot->live, PROBE, path) != NULL;
    (void)umount2(PROBE, 0);
    return holds;
}

/* The file's own file system stays mounted beside it. */
static int use_file(struct boot *boot, struct block_device *device, struct live_persistence *persistence)
{
    char place[LIVE_PATH_SIZE], carrier[LIVE_PATH_SIZE], path[LIVE_PATH_SIZE];
    int result = name_place(device->path, place);

    if (result == 0)
        result = text_join(carrier, sizeof(carrier), place, "-file", NULL);
    if (result == 0)
        result = mount_writable(boot, device, carrier);
    if (result < 0)
        return result;
    if (!find_file(&boot->live, carrier, path))
        return failure(device->path, "gone", "the persistence in a file on ", device->path, " has gone", NULL);
    (void)mkdir(place, 0755);
    result = live_image_mount(
        boot, &(struct live_image){.path = path, .target = place, .writable = !boot->live.overlay_read_only});
    return result < 0 ? result : add_place(persistence, place);
}

/* What was opened is on no disk: its volume was asked. */
static bool is_on_such_a_disk(const struct live_words *words, const struct block_device *device)
{
    return words->persistence_removable == LIVE_ANY_DISK || !strncmp(device->path, "/dev/dm-", strlen("/dev/dm-"))
           || live_is_removable(device, words->persistence_removable);
}

static int look_at(struct boot *boot, struct block_device *device, struct live_persistence *persistence)
{
    const struct live_words *words = &boot->live;
    char place[LIVE_PATH_SIZE];
    int result;

    block_device_read_superblock(device);
    if (device->read_error < 0 || device->superblock.usage != SUPERBLOCK_FILESYSTEM || device->partly_read)
        return 0;
    if (!strncmp(device->path, "/dev/loop", strlen("/dev/loop")))
        return 0; /* ours */
    if (!is_on_such_a_disk(words, device) || candidates_is_of_a_member(&boot->devices.blocks, &boot->storage, device))
        return 0;
    if (words->persistence_partitions && has_label(device, words->persistence_label)) {
        result = name_place(device->path, place);
        if (result == 0)
            result = mount_writable(boot, device, place);
        return result < 0 ? result : add_place(persistence, place);
    }
    if (words->persistence_files && holds_file(boot, device))
        return use_file(boot, device, persistence);
    return 0;
}

/* "/ union" of the first that has it. A persistence of casper's is nothing else. */
static void find_root(const struct boot *boot, struct live_persistence *persistence)
{
    static char text[CONF_SIZE];
    struct persistence_entry entry;
    char path[LIVE_PATH_SIZE], *rest;

    for (size_t i = 0; i < persistence->count && !*persistence->root; i++) {
        if (boot->live.layout == LIVE_CASPER) {
            (void)text_join(persistence->root, LIVE_PATH_SIZE, persistence->places[i], NULL);
            return;
        }
        (void)text_join(path, sizeof(path), persistence->places[i], "/persistence.conf", NULL);
        if (file_read_text(AT_FDCWD, path, text, sizeof(text)) < 0) {
            log_warning(path, " cannot be read: nothing is kept on that file system");
            continue;
        }
        rest = text;
        for (int result; (result = persistence_conf_next(&rest, &entry)) != 0;) {
            if (result > 0 && !strcmp(entry.directory, "/") && entry.kind == PERSISTENCE_UNION)
                (void)text_join(persistence->root, LIVE_PATH_SIZE, persistence->places[i], *entry.source ? "/" : "",
                    entry.source, NULL);
        }
    }
}

/* persistence-encryption=luks: whatever is enciphered may be one, and comes as a device of its own once its passphrase
 * was typed. What is not opened is none, as it is said then. */
static int open_volumes(struct boot *boot)
{
    struct block_devices *blocks = &boot->devices.blocks;
    size_t count = blocks->count; /* what comes out of one is none */

    for (size_t i = 0; i < count; i++) {
        struct block_device *device = blocks->list[i];

        block_device_read_superblock(device);
        if (device->superblock.usage != SUPERBLOCK_CRYPTO || !is_on_such_a_disk(&boot->live, device))
            continue;
        if (!cryptsetup_is_there(&boot->index))
            return failure("persistence-encryption", "no cryptsetup", "persistence-encryption=luks: ", device->path,
                " is a LUKS volume, and this image has no cryptsetup to open it: kindling build -f live,crypt", NULL);
        (void)storage_complete(&boot->storage, device, true);
    }
    (void)devices_settle(&boot->devices, timing_now() + WAIT_SETTLE); /* what has not come is none */
    return 0;
}

int live_persistence_find(struct boot *boot, struct live_persistence *persistence)
{
    struct block_devices *blocks = &boot->devices.blocks;
    int result = devices_settle_all(&boot->devices, timing_now() + WAIT_SETTLE_ALL);

    if (result < 0 && result != -ETIMEDOUT)
        return failure_because("persistence", strerror(-result), "cannot wait for devices", NULL);
    (void)mkdir("/run/live", 0755);
    (void)mkdir(PLACES, 0755);
    result = boot->live.persistence_luks ? open_volumes(boot) : 0;
    for (size_t i = 0; result == 0 && i < blocks->count; i++)
        result = look_at(boot, blocks->list[i], persistence);
    (void)rmdir(PROBE);
    if (result < 0)
        return result;
    if (persistence->count == 0)
        log_warning("persistence was asked for, and nothing is labelled ", boot->live.persistence_label,
            ": what is written goes to memory");
    else
        boot->options.keep_shutdown = true; /* it is left clean only from outside */
    find_root(boot, persistence);
    return 0;
}
