#include "storage/luks_volume.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

#include "contract/crypttab.h"
#include "system/file.h"
#include "system/text.h"

#define CRYPTTAB "/etc/crypttab"

/* The words KEY=VALUE, and then those with systemd's key, which is the same without its "rd.". */
struct words {
    const struct cmdline *cmdline;
    const char *key;
    size_t position;
};

static struct words words_of(const struct storage *storage, const char *key)
{
    return (struct words){storage->cmdline, key, 0};
}

static const char *next_word(struct words *words)
{
    const char *value = cmdline_next(words->cmdline, words->key, &words->position);

    if (value || strncmp(words->key, "rd.", strlen("rd.")) != 0)
        return value;
    words->key += strlen("rd.");
    words->position = 0;
    return cmdline_next(words->cmdline, words->key, &words->position);
}

/* The next word with that key, which may have no value. */
static const struct cmdline_word *next_key(const struct storage *storage, const char *key, size_t *position)
{
    while (*position < storage->cmdline->count) {
        const struct cmdline_word *word = &storage->cmdline->words[(*position)++];

        if (!strcmp(word->key, key))
            return word;
    }
    return NULL;
}

/* The last value of that key is a no. */
static bool is_refused(struct words words)
{
    const char *value;
    bool is = false;

    while ((value = next_word(&words)) != NULL)
        is = !strcmp(value, "0") || !strcmp(value, "no") || !strcmp(value, "off");
    return is;
}

static const char *without_luks(const char *uuid)
{
    return strncmp(uuid, "luks-", strlen("luks-")) != 0 ? uuid : uuid + strlen("luks-");
}

/* dracut takes a beginning for the whole. */
static bool is_uuid(const struct block_device *device, const char *uuid, size_t length)
{
    return length > 0 && !strncasecmp(device->superblock.uuid, uuid, length);
}

static bool is_device(struct block_device *device, const char *spec)
{
    struct device_ref ref;

    return *spec && device_ref_parse(spec, &ref) == 0 && block_device_matches(device, &ref);
}

/* "UUID=VALUE" where the UUID may be left out for any volume. Returns the value, or NULL when it is another's. */
static const char *value_for(const struct block_device *device, const char *word)
{
    const char *equals = strchr(word, '='), *uuid = without_luks(word);

    if (!equals || strcspn(word, "/,") < (size_t)(equals - word) || equals < uuid)
        return word;
    if (equals - uuid < 8 || strspn(uuid, "0123456789abcdefABCDEF-") != (size_t)(equals - uuid))
        return word; /* an option with a value */
    return is_uuid(device, uuid, (size_t)(equals - uuid)) ? equals + 1 : NULL;
}

/* The parts of a word that colons divide; a missing one is "". */
struct parts {
    char text[LUKS_TEXT_SIZE];
    const char *part[3];
};

static int split(const char *word, struct parts *parts)
{
    char *rest = parts->text;
    int result = text_join(parts->text, sizeof(parts->text), word, NULL);

    for (size_t i = 0; i < 3; i++) {
        char *colon = i < 2 ? strchr(rest, ':') : NULL;

        parts->part[i] = rest;
        rest = colon ? colon + 1 : rest + strlen(rest);
        if (colon)
            *colon = '\0';
    }
    return result;
}

static int add_options(struct luks_volume *volume, const char *options)
{
    size_t used = strlen(volume->options);

    return text_join(
        volume->options + used, sizeof(volume->options) - used, used && *options ? "," : "", options, NULL);
}

/* device: "" and, as dracut has it, "/" for the image. A key without a path is the device itself. */
static int set_key(struct luks_volume *volume, const char *path, const char *device)
{
    int result = text_join(volume->key, sizeof(volume->key), path, NULL);

    if (result == 0)
        result =
            text_join(volume->key_device, sizeof(volume->key_device), strcmp(device, "/") != 0 ? device : "", NULL);
    return result;
}

static int set_name(struct luks_volume *volume, const char *name)
{
    volume->is_named = true;
    return *name ? text_join(volume->name, sizeof(volume->name), name, NULL) : 0;
}

/* "PATH:DEVICE", as systemd has it; a device alone is read as it is. */
static int set_crypttab_key(struct luks_volume *volume, const char *key)
{
    struct parts parts = {.text = ""};
    int result = split(key, &parts);

    if (result == 0 && !strncmp(key, "/dev/", strlen("/dev/")))
        result = set_key(volume, "", key);
    else if (result == 0)
        result = set_key(volume, parts.part[0], parts.part[1]);
    return result;
}

/* A copy that is cut up; free it. NULL when there is none. */
static char *read_crypttab(const struct storage *storage)
{
    void *bytes;
    size_t size;
    char *text;

    if (is_refused(words_of(storage, "rd.luks.crypttab")) || file_map(CRYPTTAB, &bytes, &size) < 0)
        return NULL;
    text = malloc(size + 1);
    if (text) {
        memcpy(text, bytes, size);
        text[size] = '\0';
    }
    munmap(bytes, size);
    return text;
}

static int take_crypttab(const struct storage *storage, struct block_device *device, struct luks_volume *volume)
{
    char *text = read_crypttab(storage), *rest = text;
    struct crypttab_entry entry;
    int result = 0;

    while (result == 0 && text && crypttab_next(&rest, &entry)) {
        if (!is_device(device, entry.device))
            continue;
        result = set_name(volume, entry.name);
        if (result == 0)
            result = add_options(volume, entry.options);
        if (result == 0)
            result = set_crypttab_key(volume, entry.key);
    }
    free(text);
    return result;
}

static int take_names(const struct storage *storage, struct block_device *device, struct luks_volume *volume)
{
    struct words uuids = words_of(storage, "rd.luks.uuid"), names = words_of(storage, "rd.luks.name");
    struct words partitions = words_of(storage, "rd.luks.partuuid");
    char spec[LUKS_TEXT_SIZE];
    const char *word;
    int result = 0;

    while ((word = next_word(&uuids)) != NULL)
        volume->is_named |= is_uuid(device, without_luks(word), strlen(without_luks(word)));
    while ((word = next_word(&partitions)) != NULL) {
        if (text_join(spec, sizeof(spec), "PARTUUID=", word, NULL) == 0)
            volume->is_named |= is_device(device, spec);
    }
    while (result == 0 && (word = next_word(&names)) != NULL) {
        size_t length = strcspn(without_luks(word), "=");

        if (without_luks(word)[length] == '=' && is_uuid(device, without_luks(word), length))
            result = set_name(volume, without_luks(word) + length + 1);
    }
    return result;
}

/* cryptdevice=DEVICE:NAME:OPTIONS; and cryptkey=DEVICE:TYPE:PATH, DEVICE:OFFSET:SIZE or rootfs:PATH for it. */
static int take_cryptdevice(const struct storage *storage, struct block_device *device, struct luks_volume *volume)
{
    const char *word = cmdline_value(storage->cmdline, "cryptdevice"), *key;
    struct parts parts = {.text = ""};
    int result = word ? split(word, &parts) : 0;

    if (!word || result < 0 || !is_device(device, parts.part[0]))
        return result;
    result = set_name(volume, parts.part[1]);
    if (result == 0)
        result = add_options(volume, parts.part[2]);
    key = cmdline_value(storage->cmdline, "cryptkey");
    if (!key || result < 0)
        return result;
    result = split(key, &parts);
    if (result < 0)
        return result;
    if (!strcmp(parts.part[0], "rootfs"))
        return set_key(volume, parts.part[1], "");
    if (*parts.part[2] == '/')
        return set_key(volume, parts.part[2], parts.part[0]);
    result = set_key(volume, "", parts.part[0]);
    if (result == 0)
        result = add_options(volume, "keyfile-offset=");
    if (result == 0)
        result = text_join(volume->options + strlen(volume->options), sizeof(volume->options) - strlen(volume->options),
            parts.part[1], ",keyfile-size=", parts.part[2], NULL);
    return result;
}

/* cryptopts=target=NAME,source=DEVICE,key=PATH,OPTION,... */
static int take_cryptopts(struct block_device *device, const char *word, struct luks_volume *volume)
{
    struct luks_volume said = {.is_named = true};
    char part[LUKS_TEXT_SIZE];
    const char *next;
    size_t length;
    bool is_its = false;
    int result = 0;

    while (result == 0 && (next = text_list_next(&word, &length)) != NULL) {
        if (length >= sizeof(part))
            return -ENAMETOOLONG;
        memcpy(part, next, length);
        part[length] = '\0';
        if (!strncmp(part, "source=", strlen("source=")))
            is_its = is_device(device, part + strlen("source="));
        else if (!strncmp(part, "target=", strlen("target=")))
            result = set_name(&said, part + strlen("target="));
        else if (!strncmp(part, "key=", strlen("key=")))
            result = strcmp(part, "key=none") != 0 ? set_crypttab_key(&said, part + strlen("key=")) : 0;
        else
            result = add_options(&said, part);
    }
    if (result == 0 && is_its) {
        if (!*said.name) /* as Debian's hook has it */
            (void)text_join(said.name, sizeof(said.name), "cryptroot", NULL);
        *volume = said;
    }
    return result;
}

static int take_alpine(const struct storage *storage, struct block_device *device, struct luks_volume *volume)
{
    const char *root = cmdline_value(storage->cmdline, "cryptroot"), *name, *key;
    size_t position = 0;
    int result;

    if (!root || !is_device(device, root))
        return 0;
    name = cmdline_value(storage->cmdline, "cryptdm");
    key = cmdline_value(storage->cmdline, "cryptkey");
    result = set_name(volume, name ? name : "root");
    if (result == 0 && next_key(storage, "cryptdiscards", &position))
        result = add_options(volume, "discard");
    return key && result == 0 ? set_key(volume, key, "") : result;
}

/* dracut has PATH:KEYDEVICE:LUKSDEVICE, systemd UUID=PATH:KEYDEVICE. */
static int take_keys(const struct storage *storage, struct block_device *device, struct luks_volume *volume)
{
    struct words words = words_of(storage, "rd.luks.key");
    const char *word, *value;
    struct parts parts = {.text = ""};
    int result = 0;

    while (result == 0 && (word = next_word(&words)) != NULL) {
        value = value_for(device, word);
        if (!value)
            continue;
        result = split(value, &parts);
        if (result == 0 && (!*parts.part[2] || is_device(device, parts.part[2])))
            result = set_key(volume, parts.part[0], parts.part[1]);
    }
    return result;
}

static int take_options(const struct storage *storage, const struct block_device *device, struct luks_volume *volume)
{
    struct words words = words_of(storage, "rd.luks.options");
    const struct cmdline_word *one;
    size_t position = 0;
    const char *word;
    int result = 0;

    while (result == 0 && (word = next_word(&words)) != NULL) {
        word = value_for(device, word);
        result = word ? add_options(volume, word) : 0;
    }
    while (result == 0 && (one = next_key(storage, "rd.luks.allow-discards", &position)) != NULL) {
        if (!one->value || is_uuid(device, without_luks(one->value), strlen(without_luks(one->value))))
            result = add_options(volume, "discard");
    }
    return result;
}

/* A disk's bytes may be anything: a UUID that is none is no part of a name. */
static int name_after_uuid(const struct block_device *device, struct luks_volume *volume)
{
    const char *uuid = device->superblock.uuid;

    if (!*uuid || uuid[strspn(uuid, "0123456789abcdefABCDEF-")] != '\0')
        uuid = strrchr(device->path, '/') + 1;
    return text_join(volume->name, sizeof(volume->name), "luks-", uuid, NULL);
}

int luks_volume_find(const struct storage *storage, struct block_device *device, struct luks_volume *volume)
{
    size_t position = 0;
    const char *word;
    int result;

    *volume = (struct luks_volume){0};
    result = take_crypttab(storage, device, volume);
    if (result == 0)
        result = take_cryptdevice(storage, device, volume);
    if (result == 0)
        result = take_alpine(storage, device, volume);
    while (result == 0 && (word = cmdline_next(storage->cmdline, "cryptopts", &position)) != NULL)
        result = take_cryptopts(device, word, volume);
    if (result == 0)
        result = take_names(storage, device, volume);
    if (result == 0)
        result = take_keys(storage, device, volume);
    if (result == 0)
        result = take_options(storage, device, volume);
    if (result == 0 && (!*volume->name || strchr(volume->name, '/')))
        result = name_after_uuid(device, volume);
    return result;
}

bool luks_volume_any_is_named(const struct storage *storage)
{
    struct words naming[] = {words_of(storage, "rd.luks.uuid"), words_of(storage, "rd.luks.name"),
        words_of(storage, "rd.luks.partuuid"), words_of(storage, "cryptdevice"), words_of(storage, "cryptroot")};
    struct crypttab_entry entry;
    const char *word;
    size_t position = 0;
    char *text, *rest;
    bool is_named = false;

    for (size_t i = 0; i < sizeof(naming) / sizeof(naming[0]) && !is_named; i++)
        is_named = next_word(&naming[i]) != NULL;
    while (!is_named && (word = cmdline_next(storage->cmdline, "cryptopts", &position)) != NULL)
        is_named = *word != '\0';
    text = rest = is_named ? NULL : read_crypttab(storage);
    if (text)
        is_named = crypttab_next(&rest, &entry);
    free(text);
    return is_named;
}

bool luks_volume_none_is_wanted(const struct storage *storage)
{
    return is_refused(words_of(storage, "rd.luks"));
}

uint64_t luks_volume_number(const struct luks_volume *volume, const char *name, uint64_t otherwise)
{
    const char *list = volume->options, *option;
    char number[DECIMAL_SIZE];
    uint64_t value = otherwise;
    size_t length;

    while ((option = text_list_next(&list, &length)) != NULL) {
        size_t skip = strlen(name);

        if (length <= skip || strncmp(option, name, skip) != 0 || length - skip >= sizeof(number))
            continue;
        memcpy(number, option + skip, length - skip);
        number[length - skip] = '\0';
        if (text_to_number(number, &value) < 0)
            value = otherwise;
    }
    return value;
}
