#include "storage/crypt_passphrase.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "device/coldplug.h"
#include "storage/cryptsetup.h"
#include "system/prompt.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define DEFAULT_TRIES 3u
#define EVENT_BUFFER (1 << 20)

/* The last passphrase that opened a volume, for the others. */
static struct {
    char text[PROMPT_LINE_SIZE];
    size_t length; /* 0 for none */
} known;

/* What is made ready while somebody types: the drivers of a keyboard, then cryptsetup. */
struct preparation {
    struct storage *storage;
    struct coldplug walk;
    bool is_walking;
    int events;
    bool is_unpacked;
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
        (void)cryptsetup_unpack(preparation->storage); /* whoever opens the volume asks again */
        preparation->is_unpacked = true;
        return true;
    }
    length = uevent_read(preparation->events, message);
    if (length > 0 && uevent_parse(message, (size_t)length, &event) == 0)
        load_drivers(preparation->storage->modules, &event);
    return length >= 0 || length == -ENOBUFS;
}

static void end_preparation(struct preparation *preparation)
{
    if (preparation->is_walking)
        coldplug_close(&preparation->walk);
    if (preparation->events >= 0)
        close(preparation->events);
}

/* tries: 0 for any number. Returns CRYPTSETUP_OPENED, CRYPTSETUP_WRONG_KEY, or another status after it said why. */
static int ask_until_it_opens(const struct storage *storage, const struct block_device *device,
    const struct crypt_volume *volume, uint64_t tries, struct prompt *prompt, const struct prompt_work *work)
{
    char line[PROMPT_LINE_SIZE], question[CRYPT_NAME_SIZE + BLOCK_DEVICE_PATH_SIZE + 64], number[DECIMAL_SIZE];
    uint64_t seconds = crypt_volume_setting(storage, volume, "timeout=", "rd.luks.timeout", 0), deadline;
    int status = CRYPTSETUP_WRONG_KEY;

    for (uint64_t i = 0; status == CRYPTSETUP_WRONG_KEY && (tries == 0 || i < tries); i++) {
        ssize_t length;

        (void)text_join(question, sizeof(question), "\n", i > 0 ? "kindling: that was not it\n" : "",
            "kindling: passphrase for ", volume->name, " (", device->path, "): ", NULL);
        deadline = seconds == 0 || seconds > BOOT_TIMEOUT_LONGEST ? UINT64_MAX : timing_now() + seconds * SECOND;
        length = prompt_ask(prompt, question, deadline, work, line);
        if (length == -ETIMEDOUT)
            log_error("nobody has typed a passphrase for ", crypt_volume_noun(volume), " ", device->path, " within ",
                text_decimal(seconds, number), " s");
        else if (length < 0)
            log_error("cannot ask for the passphrase of ", device->path, ": ", strerror((int)-length));
        if (length < 0)
            status = (int)length;
        else if (cryptsetup_unpack(storage) < 0)
            status = cryptsetup_unpack(storage);
        else if (length > 0)
            status = cryptsetup_open(
                storage, device, volume, &(struct cryptsetup_key){.passphrase = line, .length = (size_t)length});
        if (status == CRYPTSETUP_OPENED) {
            memcpy(known.text, line, (size_t)length);
            known.length = (size_t)length;
        }
        explicit_bzero(line, sizeof(line));
    }
    return status;
}

int crypt_passphrase_ask(struct storage *storage, const struct block_device *device, const struct crypt_volume *volume)
{
    struct preparation preparation = {.storage = storage};
    uint64_t tries = crypt_volume_setting(storage, volume, "tries=", "rd.luks.tries", DEFAULT_TRIES);
    char number[DECIMAL_SIZE];
    struct prompt_work work;
    struct prompt prompt;
    int status = prompt_open(&prompt);

    if (status < 0) {
        log_error(
            crypt_volume_noun(volume), " ", device->path, " wants a passphrase, but there is no console to type it at");
        return status;
    }
    /* Whoever is asked needs a keyboard, which may be plugged in any time. The boot's own socket keeps all events for
     * later; this one sees the same. */
    preparation.events = uevent_open(EVENT_BUFFER);
    preparation.is_walking = coldplug_open(&preparation.walk) == 0;
    work = (struct prompt_work){preparation.events, prepare_more, &preparation};
    status = ask_until_it_opens(storage, device, volume, tries, &prompt, &work);
    end_preparation(&preparation);
    prompt_close(&prompt);
    if (status == CRYPTSETUP_WRONG_KEY)
        log_error("no passphrase that was typed opens ", crypt_volume_noun(volume), " ", device->path, ": tried ",
            text_decimal(tries, number), " times");
    return status;
}

int crypt_passphrase_try_known(
    const struct storage *storage, const struct block_device *device, const struct crypt_volume *volume)
{
    const struct cryptsetup_key key = {.passphrase = known.text, .length = known.length};

    return known.length > 0 ? cryptsetup_open(storage, device, volume, &key) : CRYPTSETUP_WRONG_KEY;
}

bool crypt_passphrase_is_known(void)
{
    return known.length > 0;
}

void crypt_passphrase_forget(void)
{
    explicit_bzero(&known, sizeof(known));
}
