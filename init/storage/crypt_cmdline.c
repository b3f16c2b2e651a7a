#include "storage/crypt_cmdline.h"

#include <errno.h>
#include <string.h>

#include "device/block_device_match.h"
#include "storage/crypt_words.h"
#include "system/text.h"

/* Where the data of a volume with that header lies. The device that has the header holds nothing else then. */
static int take_data(const struct storage *storage, struct block_device *device, struct crypt_volume *volume)
{
    struct crypt_words words = crypt_words_of(storage, "rd.luks.data");
    bool is_header = false;
    const char *word;

    while ((word = crypt_words_next(&words)) != NULL) {
        const char *uuid = crypt_word_uuid(word);
        size_t length = strcspn(uuid, "=");

        if (uuid[length] != '=')
            continue;
        is_header |= crypt_word_is_uuid(volume, uuid, length);
        if (!block_device_is_called(device, uuid + length + 1))
            continue;
        if (length >= sizeof(volume->uuid))
            return -ENAMETOOLONG;
        memcpy(volume->uuid, uuid, length);
        volume->uuid[length] = '\0';
        volume->is_named = true;
        return 0;
    }
    if (is_header)
        *volume->uuid = '\0';
    return 0;
}

static int take_headers(const struct storage *storage, struct crypt_volume *volume)
{
    struct crypt_words words = crypt_words_of(storage, "rd.luks.header");
    const char *word, *value;
    int result = 0;

    while (result == 0 && (word = crypt_words_next(&words)) != NULL) {
        value = crypt_word_value(volume, word);
        if (value && *volume->uuid)
            result = crypt_file_parse(&volume->header, value);
    }
    return result;
}

static int take_names(const struct storage *storage, struct block_device *device, struct crypt_volume *volume)
{
    struct crypt_words uuids = crypt_words_of(storage, "rd.luks.uuid"), names = crypt_words_of(storage, "rd.luks.name");
    struct crypt_words partitions = crypt_words_of(storage, "rd.luks.partuuid");
    struct crypt_words serials = crypt_words_of(storage, "rd.luks.serial");
    char spec[CRYPT_TEXT_SIZE];
    const char *word;
    int result = 0;

    while ((word = crypt_words_next(&uuids)) != NULL)
        volume->is_named |= crypt_word_is_uuid(volume, crypt_word_uuid(word), strlen(crypt_word_uuid(word)));
    while ((word = crypt_words_next(&partitions)) != NULL) {
        if (text_join(spec, sizeof(spec), "PARTUUID=", word, NULL) == 0)
            volume->is_named |= block_device_is_called(device, spec);
    }
    while ((word = crypt_words_next(&serials)) != NULL)
        volume->is_named |= crypt_word_is_serial(device, word);
    while (result == 0 && (word = crypt_words_next(&names)) != NULL) {
        size_t length = strcspn(crypt_word_uuid(word), "=");

        if (crypt_word_uuid(word)[length] == '=' && crypt_word_is_uuid(volume, crypt_word_uuid(word), length))
            result = crypt_volume_set_name(volume, crypt_word_uuid(word) + length + 1);
    }
    return result;
}

/* crypto=HASH:CIPHER:KEYSIZE:OFFSET:SKIP, each of which may be left out: then it is a plain volume. */
static int take_crypto(const struct storage *storage, struct crypt_volume *volume)
{
    static const char *const options[] = {",hash=", ",cipher=", ",size=", ",offset=", ",skip="};
    const char *word = cmdline_value(storage->cmdline, "crypto");
    int result = word ? crypt_volume_add_options(volume, "plain") : 0;

    for (size_t i = 0; word && result == 0 && i < sizeof(options) / sizeof(options[0]); i++) {
        char *end = volume->options + strlen(volume->options);
        size_t length = strcspn(word, ":"), room = (size_t)(volume->options + sizeof(volume->options) - end);
        size_t name_length = strlen(options[i]);

        if (length > 0 && name_length + length >= room)
            return -ENAMETOOLONG;
        if (length > 0) {
            memcpy(end, options[i], name_length);
            memcpy(end + name_length, word, length);
            end[name_length + length] = '\0';
        }
        word += length + (word[length] == ':');
    }
    return result;
}

/* cryptdevice=DEVICE:NAME:OPTIONS; and cryptkey=DEVICE:TYPE:PATH, DEVICE:OFFSET:SIZE or rootfs:PATH for it. */
static int take_cryptdevice(const struct storage *storage, struct block_device *device, struct crypt_volume *volume)
{
    const char *word = cmdline_value(storage->cmdline, "cryptdevice"), *key;
    struct crypt_parts parts = {.text = ""};
    int result = word ? crypt_word_split(word, &parts) : 0;

    if (!word || result < 0 || !block_device_is_called(device, parts.part[0]))
        return result;
    result = crypt_volume_set_name(volume, parts.part[1]);
    if (result == 0)
        result = crypt_volume_add_options(volume, parts.part[2]);
    if (result == 0)
        result = take_crypto(storage, volume);
    key = cmdline_value(storage->cmdline, "cryptkey");
    if (!key || result < 0)
        return result;
    result = crypt_word_split(key, &parts);
    if (result < 0)
        return result;
    if (!strcmp(parts.part[0], "rootfs"))
        return crypt_volume_set_key(volume, parts.part[1], "");
    if (*parts.part[2] == '/')
        return crypt_volume_set_key(volume, parts.part[2], parts.part[0]);
    result = crypt_volume_set_key(volume, "", parts.part[0]);
    if (result == 0)
        result = crypt_volume_add_options(volume, "keyfile-offset=");
    if (result == 0)
        result = text_join(volume->options + strlen(volume->options), sizeof(volume->options) - strlen(volume->options),
            parts.part[1], ",keyfile-size=", parts.part[2], NULL);
    return result;
}

/* cryptopts=target=NAME,source=DEVICE,key=PATH,OPTION,... */
static int take_cryptopts(struct block_device *device, const char *word, struct crypt_volume *volume)
{
    struct crypt_volume said = {.is_named = true};
    char part[CRYPT_TEXT_SIZE];
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
            is_its = block_device_is_called(device, part + strlen("source="));
        else if (!strncmp(part, "target=", strlen("target=")))
            result = crypt_volume_set_name(&said, part + strlen("target="));
        else if (!strncmp(part, "key=", strlen("key=")))
            result = strcmp(part, "key=none") != 0 ? crypt_file_parse(&said.key, part + strlen("key=")) : 0;
        else
            result = crypt_volume_add_options(&said, part);
    }
    if (result == 0 && is_its) {
        memcpy(said.uuid, volume->uuid, sizeof(said.uuid));
        if (!*said.name) /* as Debian's hook has it */
            (void)text_join(said.name, sizeof(said.name), "cryptroot", NULL);
        *volume = said;
    }
    return result;
}

static int take_alpine(const struct storage *storage, struct block_device *device, struct crypt_volume *volume)
{
    const char *root = cmdline_value(storage->cmdline, "cryptroot"), *name, *key, *header;
    size_t position = 0;
    int result;

    if (!root || !block_device_is_called(device, root))
        return 0;
    name = cmdline_value(storage->cmdline, "cryptdm");
    key = cmdline_value(storage->cmdline, "cryptkey");
    result = crypt_volume_set_name(volume, name ? name : "root");
    if (result == 0 && crypt_words_next_key(storage, "cryptdiscards", &position))
        result = crypt_volume_add_options(volume, "discard");
    header = cmdline_value(storage->cmdline, "cryptheader");
    if (header && result == 0)
        result = crypt_file_parse(&volume->header, header);
    return key && result == 0 ? crypt_volume_set_key(volume, key, "") : result;
}

/* dracut has PATH:KEYDEVICE:LUKSDEVICE, systemd UUID=PATH:KEYDEVICE. */
static int take_keys(const struct storage *storage, struct block_device *device, struct crypt_volume *volume)
{
    struct crypt_words words = crypt_words_of(storage, "rd.luks.key");
    const char *word, *value;
    struct crypt_parts parts = {.text = ""};
    int result = 0;

    while (result == 0 && (word = crypt_words_next(&words)) != NULL) {
        value = crypt_word_value(volume, word);
        if (!value)
            continue;
        result = crypt_word_split(value, &parts);
        if (result == 0 && (!*parts.part[2] || block_device_is_called(device, parts.part[2])))
            result = crypt_volume_set_key(volume, parts.part[0], parts.part[1]);
    }
    return result;
}

static int take_options(const struct storage *storage, struct crypt_volume *volume)
{
    struct crypt_words words = crypt_words_of(storage, "rd.luks.options");
    const struct cmdline_word *one;
    size_t position = 0;
    const char *word;
    int result = 0;

    while (result == 0 && (word = crypt_words_next(&words)) != NULL) {
        word = crypt_word_value(volume, word);
        result = word ? crypt_volume_add_options(volume, word) : 0;
    }
    while (result == 0 && (one = crypt_words_next_key(storage, "rd.luks.allow-discards", &position)) != NULL) {
        if (!one->value || crypt_word_is_uuid(volume, crypt_word_uuid(one->value), strlen(crypt_word_uuid(one->value))))
            result = crypt_volume_add_options(volume, "discard");
    }
    return result;
}

int crypt_cmdline_take(const struct storage *storage, struct block_device *device, struct crypt_volume *volume)
{
    size_t position = 0;
    const char *word;
    int result = take_data(storage, device, volume);

    if (result == 0)
        result = take_cryptdevice(storage, device, volume);
    if (result == 0)
        result = take_alpine(storage, device, volume);
    while (result == 0 && (word = cmdline_next(storage->cmdline, "cryptopts", &position)) != NULL)
        result = take_cryptopts(device, word, volume);
    if (result == 0)
        result = take_names(storage, device, volume);
    if (result == 0)
        result = take_headers(storage, volume);
    if (result == 0)
        result = take_keys(storage, device, volume);
    return result == 0 ? take_options(storage, volume) : result;
}

bool crypt_cmdline_names_any(const struct storage *storage)
{
    struct crypt_words naming[] = {crypt_words_of(storage, "rd.luks.uuid"), crypt_words_of(storage, "rd.luks.name"),
        crypt_words_of(storage, "rd.luks.partuuid"), crypt_words_of(storage, "rd.luks.serial"),
        crypt_words_of(storage, "rd.luks.data"), crypt_words_of(storage, "cryptdevice"),
        crypt_words_of(storage, "cryptroot")};
    const char *word;
    size_t position = 0;
    bool is_named = false;

    for (size_t i = 0; i < sizeof(naming) / sizeof(naming[0]) && !is_named; i++)
        is_named = crypt_words_next(&naming[i]) != NULL;
    while (!is_named && (word = cmdline_next(storage->cmdline, "cryptopts", &position)) != NULL)
        is_named = *word != '\0';
    return is_named;
}
