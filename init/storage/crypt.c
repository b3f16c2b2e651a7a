#include "storage/crypt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "contract/crypttab.h"
#include "device/block_device_match.h"
#include "storage/crypt_file.h"
#include "storage/crypt_passphrase.h"
#include "storage/crypt_token.h"
#include "storage/crypt_volume.h"
#include "storage/cryptsetup.h"
#include "storage/device_mapper.h"
#include "system/directory.h"
#include "system/text.h"
#include "system/waits.h"

#define KEY_PLACE "/run/initramfs/key"

static bool is_wanted(const struct storage *storage)
{
    return storage_may_hold_wanted(storage, CRYPTSETUP) && !crypt_volume_none_is_wanted(storage);
}

/* Whoever names what a container holds by the container's own name wants it as well. */
static bool is_named(const struct storage *storage, struct block_device *device, const struct crypt_volume *volume)
{
    return volume->is_named || (storage->wanted && block_device_matches(device, storage->wanted));
}

/* What bears no sign of its own, or that of something else: it is one because somebody says so. Whether somebody does
 * is asked first: a device is read for its names, which no boot with nothing but LUKS volumes needs. */
static bool claims(const struct storage *storage, struct block_device *device)
{
    static bool was_asked, is_any_hidden; /* the command line and crypttab remain as they are */
    struct crypt_volume volume;

    if (!was_asked)
        is_any_hidden = crypt_volume_any_is_hidden(storage) && !crypt_volume_none_is_wanted(storage);
    was_asked = true;
    return is_any_hidden && crypt_volume_find(storage, device, &volume) == 0 && volume.is_named
           && (volume.kind != CRYPT_LUKS || crypt_file_is_given(&volume.header));
}

static bool awaits_file(const struct storage *storage, struct block_device *device, uint64_t *seconds)
{
    struct crypt_volume volume;

    if (!device->superblock_read || device->is_assembled
        || (device->superblock.usage != SUPERBLOCK_CRYPTO && !claims(storage, device))
        || crypt_volume_find(storage, device, &volume) < 0)
        return false;
    if (!*volume.key.device && !*volume.header.device)
        return crypt_token_is_awaited(storage, device, &volume, seconds);
    *seconds = crypt_volume_setting(storage, &volume, "keyfile-timeout=", "rd.luks.key.tout", WAIT_KEY_SECONDS);
    return true;
}

/* A volume that nobody has named is opened when nothing else is under way; an array or a group that still misses
 * members goes first. */
static uint64_t patience(const struct storage *storage)
{
    uint64_t longest = WAIT_LUKS, seconds;

    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *device = storage->blocks->list[i];

        if (awaits_file(storage, device, &seconds) && seconds * SECOND > longest)
            longest = seconds * SECOND;
        else if (device->superblock_read && device->superblock.usage == SUPERBLOCK_MEMBER && !device->is_assembled
                 && longest < WAIT_QUIET_SECONDS * SECOND + WAIT_LUKS)
            longest = WAIT_QUIET_SECONDS * SECOND + WAIT_LUKS;
    }
    return longest;
}

static bool is_open(const struct block_device *device)
{
    char path[DEVICE_NUMBER_SIZE + 32], number[DEVICE_NUMBER_SIZE];
    struct directory directory;
    const struct dirent *entry;
    bool is = false;

    (void)text_join(path, sizeof(path), "/sys/dev/block/", text_device_number(device->number, number), "/holders",
        NULL); /* there is room */
    directory_open(&directory, AT_FDCWD, path);
    while (!is && (entry = directory_next(&directory)) != NULL)
        is = !strncmp(entry->d_name, "dm-", strlen("dm-"));
    directory_close(&directory);
    return is;
}

/* Says which options are not heeded. Returns false when the volume cannot be opened without one of them. */
static bool options_are_fine(const struct block_device *device, const struct crypt_volume *volume)
{
    const char *options = volume->options, *option, *argument;
    char name[64];
    size_t length;

    while ((option = text_list_next(&options, &length)) != NULL) {
        enum crypttab_meaning meaning = crypttab_option(option, length, &argument);

        if (length == 0 || (meaning != CRYPTTAB_UNKNOWN && meaning != CRYPTTAB_REFUSED))
            continue;
        length = length < sizeof(name) ? length : sizeof(name) - 1;
        memcpy(name, option, length);
        name[length] = '\0';
        if (meaning == CRYPTTAB_REFUSED) {
            log_error(crypt_volume_noun(volume), " ", device->path, " is not opened: its option ", name,
                " is nothing that /init does");
            return false;
        }
        log_warning(
            "the option ", name, " of ", crypt_volume_noun(volume), " ", device->path, " is not known: it is ignored");
    }
    return true;
}

static bool has_header(
    const struct storage *storage, const struct block_device *device, const struct crypt_volume *volume)
{
    struct crypt_file_view header;
    int result;

    if (!crypt_file_is_given(&volume->header))
        return true;
    result = crypt_file_open(storage, &volume->header, CRYPTSETUP_HEADER_PLACE, &header);
    crypt_file_close(&header);
    if (result == -ENODEV)
        log_error("cannot open ", crypt_volume_noun(volume), " ", device->path, ": its header is on ",
            volume->header.device, ", which has not come");
    else if (result < 0)
        log_error("cannot open ", crypt_volume_noun(volume), " ", device->path, ": cannot read its header ",
            volume->header.path, *volume->header.device ? " on " : "", volume->header.device, ": ", strerror(-result));
    return result == 0;
}

/* Returns CRYPTSETUP_OPENED, or another status after it said why the key did not do. */
static int use_key(struct storage *storage, const struct block_device *device, const struct crypt_volume *volume)
{
    const char *at = *volume->key.path && *volume->key.device ? " on " : "";
    struct crypt_file_view key;
    int status = crypt_file_open(storage, &volume->key, KEY_PLACE, &key);

    if (status == 0)
        status = cryptsetup_open(storage, device, volume, &(struct cryptsetup_key){.file = key.path});
    crypt_file_close(&key);
    if (status == CRYPTSETUP_WRONG_KEY)
        log_warning("the key ", volume->key.path, at, volume->key.device, " does not open ", crypt_volume_noun(volume),
            " ", device->path);
    else if (status == -ENODEV)
        log_warning("the key of ", crypt_volume_noun(volume), " ", device->path, " is on ", volume->key.device,
            ", which has not come");
    else if (status < 0)
        log_warning("cannot read the key ", volume->key.path, at, volume->key.device, " of ", crypt_volume_noun(volume),
            " ", device->path, ": ", strerror(-status));
    return status;
}

static bool is_headless(const struct crypt_volume *volume)
{
    static const char *const words[] = {"headless", "headless=1", "headless=yes", "headless=true"};
    size_t i = 0;

    while (i < sizeof(words) / sizeof(words[0]) && !text_list_has(volume->options, words[i]))
        i++;
    return i < sizeof(words) / sizeof(words[0]);
}

/* Returns CRYPTSETUP_OPENED, or another status after it was said why. */
static int open_volume(struct storage *storage, struct block_device *device, const struct crypt_volume *volume)
{
    bool has_key = crypt_file_is_given(&volume->key);
    int status = has_key || crypt_passphrase_is_known() ? cryptsetup_unpack(storage) : 0;

    if (status < 0)
        return status;
    status = has_key ? use_key(storage, device, volume) : CRYPTSETUP_WRONG_KEY;
    if (status != CRYPTSETUP_OPENED && crypt_token_try(storage, device, volume) == CRYPTSETUP_OPENED)
        return CRYPTSETUP_OPENED;
    if (status != CRYPTSETUP_OPENED && crypt_passphrase_is_known())
        status = crypt_passphrase_try_known(storage, device, volume);
    if (status != CRYPTSETUP_WRONG_KEY && status >= 0)
        return status;
    if (is_headless(volume)) {
        log_error(crypt_volume_noun(volume), " ", device->path, " is not opened: nobody is to be asked (headless)");
        return status;
    }
    return crypt_passphrase_ask(storage, device, volume);
}

static int assemble(struct storage *storage, struct block_device *device, bool degraded)
{
    static bool was_said;
    struct crypt_volume volume;
    uint64_t seconds;

    if (is_open(device))
        return 1;
    if (crypt_volume_find(storage, device, &volume) < 0) {
        log_error("what the kernel command line or /etc/crypttab say of ", crypt_volume_noun(&volume), " ",
            device->path, " is too long");
        return 1;
    }
    if (!is_named(storage, device, &volume) && (!degraded || crypt_volume_any_is_named(storage)))
        return 0;
    if (!degraded
        && (crypt_file_is_missing(storage, &volume.key) || crypt_file_is_missing(storage, &volume.header)
            || crypt_token_is_awaited(storage, device, &volume, &seconds)))
        return 0;
    /* A word that others know, and that would have had a say. */
    if (!was_said && cmdline_value(storage->cmdline, "cryptoffset"))
        log_warning("cryptoffset= on the kernel command line is ignored: /init does nothing of that kind");
    was_said = true;
    if (!options_are_fine(device, &volume))
        return 1;
    if (!cryptsetup_is_there(storage->index)) {
        log_error(device->path, " is a ", crypt_volume_noun(&volume) + strlen("the "),
            ", and this image has no cryptsetup to open it: kindling build -f crypt");
        return 1;
    }
    if (!has_header(storage, device, &volume) || open_volume(storage, device, &volume) != CRYPTSETUP_OPENED)
        return 1;
    log_info(crypt_volume_noun(&volume), " ", device->path, " is open as ", volume.name);
    if (storage_pass_on(storage, device, volume.name))
        log_warning(device->path, " is a ", crypt_volume_noun(&volume) + strlen("the "),
            ": what it holds is taken, /dev/mapper/", volume.name);
    return 1;
}

static void explain(struct storage *storage, struct block_device *device, char sentence[LOG_MESSAGE_SIZE])
{
    struct crypt_volume volume = {0};
    int result = crypt_volume_find(storage, device, &volume);

    if (result == 0 && (*volume.key.device || *volume.header.device))
        (void)text_join(sentence, LOG_MESSAGE_SIZE, crypt_volume_noun(&volume), " ", device->path,
            " was not opened: its ", *volume.header.device ? "header" : "key", " is on ",
            *volume.header.device ? volume.header.device : volume.key.device, NULL);
    else
        (void)text_join(sentence, LOG_MESSAGE_SIZE, crypt_volume_noun(&volume), " ", device->path, " was not opened: ",
            crypt_volume_any_is_named(storage) ? "others are named on the kernel command line or in /etc/crypttab"
                                               : "nobody was asked for its passphrase",
            NULL);
}

const struct assembler crypt_assembler = {.type = "crypto_LUKS,BitLocker",
    .links = "dm-",
    .program = CRYPTSETUP,
    .prepares_itself = true,
    .patience = patience,
    .claims = claims,
    .is_wanted = is_wanted,
    .assemble = assemble,
    .explain = explain,
    .forget = crypt_passphrase_forget,
    .take_down = device_mapper_take_down};
