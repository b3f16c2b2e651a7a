#include "storage/luks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "contract/crypttab.h"
#include "device/coldplug.h"
#include "format/luks_cipher.h"
#include "module/program.h"
#include "storage/device_mapper.h"
#include "storage/luks_volume.h"
#include "system/directory.h"
#include "system/process.h"
#include "system/prompt.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define CRYPTSETUP "/sbin/cryptsetup"
#define DEFAULT_TRIES 3u
#define KEY_PLACE "/run/initramfs/key"
#define EVENT_BUFFER (1 << 20)

/* Its exit status (cryptsetup(8)). */
enum { OPENED = 0, WRONG_KEY = 2, NO_MEMORY = 3, EXISTS = 5 };

/* The last passphrase that opened a volume, for the others. */
static struct {
    char text[PROMPT_LINE_SIZE];
    size_t length; /* 0 for none */
} known;

static bool is_wanted(const struct storage *storage)
{
    return storage_may_hold_wanted(storage, CRYPTSETUP) && !luks_volume_none_is_wanted(storage);
}

/* Whoever names what a container holds by the container's own name wants it as well. */
static bool is_named(const struct storage *storage, struct block_device *device, const struct luks_volume *volume)
{
    return volume->is_named || (storage->wanted && block_device_matches(device, storage->wanted));
}

static bool awaits_key(const struct storage *storage, struct block_device *device, uint64_t *seconds)
{
    const char *given = cmdline_value(storage->cmdline, "rd.luks.key.tout");
    struct luks_volume volume;

    if (!device->superblock_read || device->superblock.usage != SUPERBLOCK_CRYPTO || device->is_assembled
        || luks_volume_find(storage, device, &volume) < 0 || !*volume.key_device)
        return false;
    if (!given || text_to_number(given, seconds) < 0)
        *seconds = WAIT_KEY_SECONDS;
    *seconds = luks_volume_number(&volume, "keyfile-timeout=", *seconds);
    return true;
}

/* A volume that nobody has named is opened when nothing else is under way; an array or a group that still misses
 * members goes first. */
static uint64_t patience(const struct storage *storage)
{
    uint64_t longest = WAIT_LUKS, seconds;

    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *device = storage->blocks->list[i];

        if (awaits_key(storage, device, &seconds) && seconds * SECOND > longest)
            longest = seconds * SECOND;
        else if (device->superblock_read && device->superblock.usage == SUPERBLOCK_MEMBER && !device->is_assembled
                 && longest < WAIT_QUIET_SECONDS * SECOND + WAIT_LUKS)
            longest = WAIT_QUIET_SECONDS * SECOND + WAIT_LUKS;
    }
    return longest;
}

static bool is_open(const struct block_device *device)
{
    char path[64], device_major[DECIMAL_SIZE], device_minor[DECIMAL_SIZE];
    struct directory directory;
    const struct dirent *entry;
    bool is = false;

    (void)text_join(path, sizeof(path), "/sys/dev/block/", text_decimal(major(device->number), device_major), ":",
        text_decimal(minor(device->number), device_minor), "/holders", NULL); /* there is room */
    directory_open(&directory, AT_FDCWD, path);
    while (!is && (entry = directory_next(&directory)) != NULL)
        is = !strncmp(entry->d_name, "dm-", strlen("dm-"));
    directory_close(&directory);
    return is;
}

/* A call of cryptsetup. */
struct command {
    char *argv[32];
    size_t count;
    char text[4 * LUKS_TEXT_SIZE]; /* what argv points into */
    size_t used;
};

static int add(struct command *command, const char *argument, size_t length)
{
    if (command->count + 1 >= sizeof(command->argv) / sizeof(command->argv[0])
        || length >= sizeof(command->text) - command->used)
        return -E2BIG;
    command->argv[command->count++] = memcpy(command->text + command->used, argument, length);
    command->text[command->used + length] = '\0';
    command->used += length + 1;
    return 0;
}

static int add_text(struct command *command, const char *argument)
{
    return add(command, argument, strlen(argument));
}

static int add_option(struct command *command, const char *option, size_t length)
{
    const char *argument, *equals = memchr(option, '=', length);
    enum crypttab_meaning meaning = crypttab_option(option, length, &argument);
    int result = 0;

    if (meaning == CRYPTTAB_FLAG || meaning == CRYPTTAB_VALUE)
        result = add_text(command, argument);
    if (result == 0 && meaning == CRYPTTAB_VALUE)
        result = add(command, equals + 1, length - (size_t)(equals + 1 - option));
    return result;
}

static int add_number(struct command *command, const char *argument, uint64_t number)
{
    char text[DECIMAL_SIZE];
    int result = number > 0 ? add_text(command, argument) : 0;

    return result == 0 && number > 0 ? add_text(command, text_decimal(number, text)) : result;
}

/* A key that is read from a file may have options of its own; a passphrase comes whole, and a newline is part of it. */
static int put_together(
    struct command *command, const struct block_device *device, const struct luks_volume *volume, const char *key_file)
{
    static const char *const beginning[] = {CRYPTSETUP, "open", "--type", "luks", "--batch-mode", "--key-file"};
    const char *options = volume->options, *option;
    size_t length;
    int result = 0;

    *command = (struct command){0};
    for (size_t i = 0; i < sizeof(beginning) / sizeof(beginning[0]) && result == 0; i++)
        result = add_text(command, beginning[i]);
    if (result == 0)
        result = add_text(command, key_file ? key_file : "-");
    if (result == 0 && key_file)
        result = add_number(command, "--keyfile-offset", luks_volume_number(volume, "keyfile-offset=", 0));
    if (result == 0 && key_file)
        result = add_number(command, "--keyfile-size", luks_volume_number(volume, "keyfile-size=", 0));
    while (result == 0 && (option = text_list_next(&options, &length)) != NULL)
        result = add_option(command, option, length);
    if (result == 0)
        result = add_text(command, device->path);
    return result == 0 ? add_text(command, volume->name) : result;
}

/* "aes-xts-plain64"; "" when its header does not tell. */
static void read_cipher(const struct block_device *device, char cipher[LUKS_CIPHER_SIZE])
{
    uint8_t *head = malloc(LUKS_CIPHER_HEAD_SIZE);
    int fd = open(device->path, O_RDONLY | O_CLOEXEC);
    ssize_t length = head && fd >= 0 ? read(fd, head, LUKS_CIPHER_HEAD_SIZE) : -1;
    const struct device_view view = {
        .head = head, .head_size = length > 0 ? (size_t)length : 0, .device_size = device->size};

    if (!luks_cipher(&view, cipher))
        *cipher = '\0';
    if (fd >= 0)
        close(fd);
    free(head);
}

/* Says what kept cryptsetup from opening the volume, unless that was the key. */
static void explain_status(const struct block_device *device, const struct luks_volume *volume, int status, char *said)
{
    char number[DECIMAL_SIZE], cipher[LUKS_CIPHER_SIZE] = "";

    if (status == NO_MEMORY)
        log_error("cannot open the LUKS volume ", device->path, ": its key takes more memory than there is");
    else if (status == EXISTS)
        log_error(
            "cannot open the LUKS volume ", device->path, ": it is in use, or another one is called ", volume->name);
    else if (status < 0)
        log_error("cannot run cryptsetup: ", strerror(-status));
    else if (status > 255)
        log_error("cannot open the LUKS volume ", device->path, ": cryptsetup was killed by signal ",
            text_decimal((uint64_t)status - 256, number));
    else if (strstr(said, "kernel supports") || strstr(said, "reload ioctl"))
        read_cipher(device, cipher);
    if (*cipher)
        log_error("cannot open the LUKS volume ", device->path, ": its cipher is ", cipher,
            ", for which this kernel and this image have not all modules: kindling build -f crypt");
    else if (status > 0 && status <= 255 && status != NO_MEMORY && status != EXISTS)
        log_error("cannot open the LUKS volume ", device->path, ": cryptsetup says: ", *said ? said : "nothing");
}

/* Returns cryptsetup's exit status, or what else process_run_fed does. Without a key_file the passphrase is taken. */
static int try_key(const struct block_device *device, const struct luks_volume *volume, const char *key_file,
    const char *passphrase, size_t length)
{
    char no_udev[] = "DM_DISABLE_UDEV=1", said[PROCESS_SAID_SIZE];
    uint64_t start = timing_now();
    struct command command;
    int status = put_together(&command, device, volume, key_file);

    if (status == 0)
        status = process_run_fed(command.argv, no_udev, passphrase, length, said);
    else
        *said = '\0';
    timing_note("program", "cryptsetup", start);
    if (status != OPENED && status != WRONG_KEY)
        explain_status(device, volume, status, said);
    return status;
}

/* What is made ready while somebody types: the drivers of a keyboard, then cryptsetup. */
struct preparation {
    struct storage *storage;
    struct coldplug walk;
    bool is_walking;
    int events;
    bool is_unpacked;
    int result; /* of unpacking; -errno was logged */
};

static void load_drivers(struct module_loader *modules, const struct uevent *event)
{
    struct module_match match;
    uint32_t number;

    if (!*event->modalias || !strcmp(event->action, "remove"))
        return;
    module_match_begin(&match, modules, event->modalias);
    while (module_match_next(&match, &number))
        module_load(modules, number);
}

static int unpack(struct preparation *preparation)
{
    const char *culprit;

    if (preparation->is_unpacked)
        return preparation->result;
    preparation->is_unpacked = true;
    preparation->result = program_unpack(preparation->storage->index, CRYPTSETUP, &culprit);
    if (preparation->result < 0)
        log_error("cannot unpack ", culprit, ": ", strerror(-preparation->result));
    else
        (void)module_load_named(preparation->storage->modules, "dm_crypt"); /* or it is built in */
    return preparation->result;
}

static bool prepare_more(void *context)
{
    struct preparation *preparation = context;
    char message[UEVENT_SIZE];
    struct uevent event;
    ssize_t length;

    if (preparation->is_walking) {
        preparation->is_walking = coldplug_next(&preparation->walk, &event);
        if (preparation->is_walking)
            load_drivers(preparation->storage->modules, &event);
        else
            coldplug_close(&preparation->walk);
        return true;
    }
    if (!preparation->is_unpacked) {
        (void)unpack(preparation); /* whoever opens the volume asks again */
        return true;
    }
    length = uevent_read(preparation->events, message);
    if (length > 0 && uevent_parse(message, (size_t)length, &event) == 0)
        load_drivers(preparation->storage->modules, &event);
    return length >= 0 || length == -ENOBUFS;
}

/* Whoever is asked needs a keyboard, which may be plugged in any time. The boot's own socket keeps all events for
 * later; this one sees the same. */
static void begin_preparation(struct preparation *preparation)
{
    preparation->events = uevent_open(EVENT_BUFFER);
    preparation->is_walking = coldplug_open(&preparation->walk) == 0;
}

static void end_preparation(struct preparation *preparation)
{
    if (preparation->is_walking)
        coldplug_close(&preparation->walk);
    if (preparation->events >= 0)
        close(preparation->events);
}

static uint64_t deadline_of(const struct storage *storage, const struct luks_volume *volume, uint64_t *seconds)
{
    const char *given = cmdline_value(storage->cmdline, "rd.luks.timeout");

    if (!given || text_to_number(given, seconds) < 0)
        *seconds = 0;
    *seconds = luks_volume_number(volume, "timeout=", *seconds);
    return *seconds == 0 || *seconds > BOOT_TIMEOUT_LONGEST ? UINT64_MAX : timing_now() + *seconds * SECOND;
}

static uint64_t tries_of(const struct storage *storage, const struct luks_volume *volume)
{
    const char *given = cmdline_value(storage->cmdline, "rd.luks.tries");
    uint64_t tries = DEFAULT_TRIES;

    if (given && text_to_number(given, &tries) < 0)
        tries = DEFAULT_TRIES;
    return luks_volume_number(volume, "tries=", tries);
}

static void remember(const char *passphrase, size_t length)
{
    memcpy(known.text, passphrase, length);
    known.length = length;
}

/* Returns cryptsetup's status of the last try, WRONG_KEY also for an empty line; or -errno after it said why nobody
 * was asked. */
static int ask(struct storage *storage, const struct block_device *device, const struct luks_volume *volume)
{
    struct preparation preparation = {.storage = storage};
    const struct prompt_work work = {-1, prepare_more, &preparation};
    uint64_t seconds, deadline, tries = tries_of(storage, volume);
    char line[PROMPT_LINE_SIZE], question[LUKS_NAME_SIZE + BLOCK_DEVICE_PATH_SIZE + 64], number[DECIMAL_SIZE];
    struct prompt prompt;
    int status = prompt_open(&prompt);

    if (status < 0) {
        log_error("the LUKS volume ", device->path, " wants a passphrase, but there is no console to type it at");
        return status;
    }
    begin_preparation(&preparation);
    status = WRONG_KEY;
    for (uint64_t i = 0; status == WRONG_KEY && (tries == 0 || i < tries); i++) {
        struct prompt_work with_events = work;
        ssize_t length;

        with_events.fd = preparation.events;
        (void)text_join(question, sizeof(question), "\n", i > 0 ? "kindling: that was not it\n" : "",
            "kindling: passphrase for ", volume->name, " (", device->path, "): ", NULL);
        deadline = deadline_of(storage, volume, &seconds);
        length = prompt_ask(&prompt, question, deadline, &with_events, line);
        if (length == -ETIMEDOUT)
            log_error("nobody has typed a passphrase for the LUKS volume ", device->path, " within ",
                text_decimal(seconds, number), " s");
        else if (length < 0)
            log_error("cannot ask for the passphrase of ", device->path, ": ", strerror((int)-length));
        if (length < 0)
            status = (int)length;
        else if (unpack(&preparation) < 0)
            status = preparation.result;
        else if (length > 0)
            status = try_key(device, volume, NULL, line, (size_t)length);
        if (status == OPENED)
            remember(line, (size_t)length);
        explicit_bzero(line, sizeof(line));
    }
    end_preparation(&preparation);
    prompt_close(&prompt);
    if (status == WRONG_KEY)
        log_error("no passphrase that was typed opens the LUKS volume ", device->path, ": tried ",
            text_decimal(tries, number), " times");
    return status;
}

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
    struct block_device *key_device, const struct block_device *device, const struct luks_volume *volume)
{
    char path[LUKS_TEXT_SIZE + sizeof(KEY_PLACE) + 1];
    int result = 0;

    if (!*volume->key)
        return try_key(device, volume, key_device->path, "", 0);
    result = mount_key_device(key_device);
    if (result < 0)
        return result;
    result = text_join(path, sizeof(path), KEY_PLACE "/", volume->key, NULL);
    if (result == 0)
        result = access(path, R_OK) == 0 ? try_key(device, volume, path, "", 0) : -errno;
    umount2(KEY_PLACE, MNT_DETACH);
    rmdir(KEY_PLACE);
    return result;
}

/* Returns OPENED, or another status after it said why the key did not do; 256 when its device may still come. */
#define KEY_MAY_COME 256

static int use_key(
    struct storage *storage, const struct block_device *device, const struct luks_volume *volume, bool is_last_chance)
{
    struct block_device *key_device = *volume->key_device ? find_device(storage, volume->key_device) : NULL;
    const char *at = *volume->key_device ? " on " : "";
    int status;

    if (*volume->key_device && !key_device && !is_last_chance)
        return KEY_MAY_COME;
    if (key_device)
        status = try_key_on_device(key_device, device, volume);
    else if (*volume->key_device)
        status = -ENODEV;
    else
        status = access(volume->key, R_OK) == 0 ? try_key(device, volume, volume->key, "", 0) : -errno;
    if (status == WRONG_KEY)
        log_warning("the key ", volume->key, at, volume->key_device, " does not open the LUKS volume ", device->path);
    else if (status == -ENODEV)
        log_warning("the key of the LUKS volume ", device->path, " is on ", volume->key_device, ", which has not come");
    else if (status < 0)
        log_warning("cannot read the key ", volume->key, at, volume->key_device, " of the LUKS volume ", device->path,
            ": ", strerror(-status));
    return status;
}

/* Says which options are not heeded. Returns false when the volume cannot be opened without one of them. */
static bool options_are_fine(const struct block_device *device, const struct luks_volume *volume)
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
            log_error(
                "the LUKS volume ", device->path, " is not opened: its option ", name, " is nothing that /init does");
            return false;
        }
        log_warning("the option ", name, " of the LUKS volume ", device->path, " is not known: it is ignored");
    }
    return true;
}

/* Who has called what is inside by the container's name goes on with that. */
static void take_inside(struct storage *storage, struct block_device *device, const struct luks_volume *volume)
{
    char inside[LUKS_NAME_SIZE + 16];

    log_info("the LUKS volume ", device->path, " is open as ", volume->name);
    if (!storage->wanted || !block_device_matches(device, storage->wanted))
        return;
    (void)text_join(inside, sizeof(inside), "/dev/mapper/", volume->name, NULL); /* there is room */
    log_warning(device->path, " is a LUKS volume: what it holds is taken, ", inside);
    (void)device_ref_parse(inside, storage->wanted); /* such a path always is one */
}

static int open_volume(
    struct storage *storage, struct block_device *device, const struct luks_volume *volume, bool is_last_chance)
{
    struct preparation preparation = {.storage = storage, .events = -1};
    bool has_key = *volume->key || *volume->key_device;
    int status = WRONG_KEY;

    if ((has_key || known.length > 0) && unpack(&preparation) < 0)
        return preparation.result;
    if (has_key)
        status = use_key(storage, device, volume, is_last_chance);
    if (status == KEY_MAY_COME)
        return status;
    if (status != OPENED && known.length > 0)
        status = try_key(device, volume, NULL, known.text, known.length);
    return status == WRONG_KEY || status < 0 ? ask(storage, device, volume) : status;
}

/* Words that others know, and that would have had a say. */
static void say_what_is_ignored(const struct storage *storage)
{
    static const char *const ignored[] = {"rd.luks.serial", "rd.luks.data", "rd.luks.header", "luks.data",
        "luks.header", "crypto", "cryptheader", "cryptoffset"};
    static bool was_said;

    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]) && !was_said; i++) {
        if (cmdline_value(storage->cmdline, ignored[i]))
            log_warning(ignored[i], "= on the kernel command line is ignored: /init does nothing of that kind");
    }
    was_said = true;
}

static int assemble(struct storage *storage, struct block_device *device, bool degraded)
{
    struct index_program program;
    struct luks_volume volume;
    int status;

    if (is_open(device))
        return 1;
    if (luks_volume_find(storage, device, &volume) < 0) {
        log_error(
            "what the kernel command line or /etc/crypttab say of the LUKS volume ", device->path, " is too long");
        return 1;
    }
    if (!is_named(storage, device, &volume) && (!degraded || luks_volume_any_is_named(storage)))
        return 0;
    say_what_is_ignored(storage);
    if (!options_are_fine(device, &volume))
        return 1;
    if (index_find_program(storage->index, CRYPTSETUP, &program) < 0 && access(CRYPTSETUP, X_OK) < 0) {
        log_error(
            device->path, " is a LUKS volume, and this image has no cryptsetup to open it: kindling build -f crypt");
        return 1;
    }
    status = open_volume(storage, device, &volume, degraded);
    if (status == KEY_MAY_COME)
        return 0;
    if (status == OPENED)
        take_inside(storage, device, &volume);
    return 1;
}

static void explain(struct storage *storage, struct block_device *device, char sentence[LOG_MESSAGE_SIZE])
{
    struct luks_volume volume = {0};
    int result = luks_volume_find(storage, device, &volume);

    if (result == 0 && *volume.key_device)
        (void)text_join(sentence, LOG_MESSAGE_SIZE, "the LUKS volume ", device->path, " was not opened: its key is on ",
            volume.key_device, NULL);
    else
        (void)text_join(sentence, LOG_MESSAGE_SIZE, "the LUKS volume ", device->path, " was not opened: ",
            luks_volume_any_is_named(storage) ? "others are named on the kernel command line or in /etc/crypttab"
                                              : "nobody was asked for its passphrase",
            NULL);
}

static void forget(void)
{
    explicit_bzero(&known, sizeof(known));
}

const struct assembler luks_assembler = {.type = "crypto_LUKS",
    .program = CRYPTSETUP,
    .prepares_itself = true,
    .patience = patience,
    .is_wanted = is_wanted,
    .assemble = assemble,
    .explain = explain,
    .forget = forget,
    .take_down = device_mapper_take_down};
