#include "storage/integrity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/crypttab.h"
#include "device/block_device_match.h"
#include "format/integrity.h"
#include "storage/device_mapper.h"
#include "system/file.h"
#include "system/text.h"

#define TABLE "/etc/integritytab"
#define NAME_SIZE 128u /* DM_NAME_LEN in linux/dm-ioctl.h */
#define PARAMETERS_SIZE 512u

struct volume {
    char name[NAME_SIZE];
    char algorithm[64]; /* "" when nobody told */
    const char *mode;   /* J, B or D; NULL as the superblock has it */
};

static int take_option(struct volume *volume, const char *option, size_t length)
{
    static const struct {
        const char *option, *mode;
    } modes[] = {{"mode=journal", "J"}, {"mode=bitmap", "B"}, {"mode=direct", "D"}};
    static const char key[] = "integrity-algorithm=";
    size_t skip = strlen(key);

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (strlen(modes[i].option) == length && !strncmp(option, modes[i].option, length))
            volume->mode = modes[i].mode;
    }
    if (length <= skip || strncmp(option, key, skip) != 0)
        return 0;
    if (length - skip >= sizeof(volume->algorithm))
        return -ENAMETOOLONG;
    memcpy(volume->algorithm, option + skip, length - skip);
    volume->algorithm[length - skip] = '\0';
    return 0;
}

/* integritytab(5): NAME DEVICE KEY OPTIONS. Returns 0, or -ENOTSUP for a device with a key. */
static int take_entry(struct volume *volume, const struct crypttab_entry *entry)
{
    const char *options = entry->options, *option;
    size_t length;
    int result = text_join(volume->name, sizeof(volume->name), entry->name, NULL);

    while (result == 0 && (option = text_list_next(&options, &length)) != NULL)
        result = take_option(volume, option, length);
    return result == 0 && *entry->key ? -ENOTSUP : result;
}

static int find_volume(struct block_device *device, struct volume *volume)
{
    int result = text_join(volume->name, sizeof(volume->name), "integrity-", strrchr(device->path, '/') + 1, NULL);
    struct crypttab_entry entry;
    char *text, *rest;

    volume->mode = NULL;
    *volume->algorithm = '\0';
    text = rest = result < 0 ? NULL : file_copy(TABLE);
    while (text && crypttab_next(&rest, &entry)) {
        if (block_device_is_called(device, entry.device)) {
            result = take_entry(volume, &entry);
            break;
        }
    }
    free(text);
    return result;
}

static int read_superblock(const struct block_device *device, struct integrity_superblock *superblock)
{
    uint8_t bytes[INTEGRITY_SUPERBLOCK_SIZE];
    int fd = open(device->path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : pread(fd, bytes, sizeof(bytes), 0);
    int result = length < 0 ? -errno : 0;

    if (fd >= 0)
        close(fd);
    if (length == (ssize_t)sizeof(bytes) && integrity_superblock_read(bytes, superblock))
        return 0;
    return result < 0 ? result : -EINVAL;
}

/* The kernel's table (Documentation/admin-guide/device-mapper/dm-integrity.rst). */
static int make(const struct block_device *device, const struct volume *volume,
    const struct integrity_superblock *superblock, const char *algorithm)
{
    char parameters[PARAMETERS_SIZE], uuid[DEVICE_MAPPER_UUID_SIZE], number[DEVICE_NUMBER_SIZE];
    char tag_size[DECIMAL_SIZE], block_size[DECIMAL_SIZE];
    const struct mapped_target target = {.size = superblock->sectors, .type = "integrity", .parameters = parameters};
    const char *mode = volume->mode ? volume->mode : superblock->has_journal ? "J" : "B";
    int result = text_join(parameters, sizeof(parameters), text_device_number(device->number, number), " 0 ",
        text_decimal(superblock->tag_size, tag_size), " ", mode,
        " 2 block_size:", text_decimal(superblock->block_size, block_size), " internal_hash:", algorithm, NULL);

    if (result == 0)
        result = text_join(uuid, sizeof(uuid), "CRYPT-INTEGRITY-", volume->name, NULL);
    if (result == 0)
        result = device_mapper_create_checked(volume->name, uuid, false, &target, 1);
    return result;
}

/* Returns 0 or the first -errno; *tried: the algorithm that made it, or the last that did not. */
static int make_by_any(const struct block_device *device, const struct volume *volume,
    const struct integrity_superblock *superblock, const char **tried)
{
    int result = -ENOENT, first = 0;
    const char *algorithm;

    *tried = volume->algorithm;
    if (*volume->algorithm)
        return make(device, volume, superblock, volume->algorithm);
    for (unsigned i = 0; result < 0 && (algorithm = integrity_algorithm(superblock, i)) != NULL; i++) {
        *tried = algorithm;
        result = make(device, volume, superblock, algorithm);
        if (first == 0)
            first = result;
    }
    return result == 0 || first == 0 ? result : first;
}

static bool is_wanted(const struct storage *storage)
{
    return storage_may_hold_wanted(storage, NULL);
}

static int assemble(struct storage *storage, struct block_device *device, bool degraded)
{
    struct integrity_superblock superblock;
    struct volume volume;
    const char *tried;
    int result = find_volume(device, &volume);

    (void)storage;
    (void)degraded;
    if (result == -ENOTSUP)
        log_error(
            device->path, " is not opened: " TABLE " has a key for its checksums, which is nothing that /init does");
    if (result == 0)
        result = read_superblock(device, &superblock);
    else
        return 1;
    if (result < 0)
        log_error("cannot read the superblock of dm-integrity on ", device->path, ": ", strerror(-result));
    if (result < 0 || device_mapper_is_active(volume.name))
        return 1;
    result = make_by_any(device, &volume, &superblock, &tried);
    if (result == 0)
        log_info("dm-integrity checks ", device->path, " as /dev/mapper/", volume.name, " by ", tried);
    else if (result == -EILSEQ || result == -EIO)
        log_error("the checksums of ", device->path, " are not those of what is on it, by ", tried,
            *volume.algorithm ? "" : ": the image's " TABLE " may tell another integrity-algorithm=");
    else
        log_error("the kernel makes no dm-integrity device of ", device->path, ": ", strerror(-result),
            ": kindling build -f integrity");
    return 1;
}

static void explain(struct storage *storage, struct block_device *device, char sentence[LOG_MESSAGE_SIZE])
{
    (void)storage;
    (void)text_join(
        sentence, LOG_MESSAGE_SIZE, device->path, " is a device of dm-integrity, which was not opened", NULL);
}

const struct assembler integrity_assembler = {.type = INTEGRITY_TYPE,
    .links = "dm-",
    .module = "dm_integrity",
    .is_wanted = is_wanted,
    .assemble = assemble,
    .explain = explain};
