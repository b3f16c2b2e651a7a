#include "storage/crypt_volume.h"

#include <stdlib.h>
#include <string.h>

#include "contract/crypttab.h"
#include "device/block_device_match.h"
#include "storage/crypt_cmdline.h"
#include "storage/crypt_words.h"
#include "system/file.h"
#include "system/text.h"

#define CRYPTTAB "/etc/crypttab"

int crypt_volume_add_options(struct crypt_volume *volume, const char *options)
{
    size_t used = strlen(volume->options);

    return text_join(
        volume->options + used, sizeof(volume->options) - used, used && *options ? "," : "", options, NULL);
}

int crypt_volume_set_key(struct crypt_volume *volume, const char *path, const char *device)
{
    int result = text_join(volume->key.path, sizeof(volume->key.path), path, NULL);

    if (result == 0)
        result =
            text_join(volume->key.device, sizeof(volume->key.device), strcmp(device, "/") != 0 ? device : "", NULL);
    return result;
}

int crypt_volume_set_name(struct crypt_volume *volume, const char *name)
{
    volume->is_named = true;
    return *name ? text_join(volume->name, sizeof(volume->name), name, NULL) : 0;
}

/* A copy that is cut up; free it. NULL when there is none. */
static char *read_crypttab(const struct storage *storage)
{
    return crypt_words_refuse(crypt_words_of(storage, "rd.luks.crypttab")) ? NULL : file_copy(CRYPTTAB);
}

static int take_crypttab(const struct storage *storage, struct block_device *device, struct crypt_volume *volume)
{
    char *text = read_crypttab(storage), *rest = text;
    struct crypttab_entry entry;
    int result = 0;

    while (result == 0 && text && crypttab_next(&rest, &entry)) {
        if (!block_device_is_called(device, entry.device))
            continue;
        result = crypt_volume_set_name(volume, entry.name);
        if (result == 0)
            result = crypt_volume_add_options(volume, entry.options);
        if (result == 0)
            result = crypt_file_parse(&volume->key, entry.key);
    }
    free(text);
    return result;
}

static int take_header_option(struct crypt_volume *volume)
{
    const char *options = volume->options, *option;
    char word[CRYPT_TEXT_SIZE];
    size_t length, skip = strlen("header=");
    int result = 0;

    while (result == 0 && (option = text_list_next(&options, &length)) != NULL) {
        if (length <= skip || strncmp(option, "header=", skip) != 0)
            continue;
        memcpy(word, option + skip, length - skip);
        word[length - skip] = '\0';
        result = crypt_file_parse(&volume->header, word);
    }
    return result;
}

static enum crypt_kind kind_of(const struct block_device *device, const struct crypt_volume *volume)
{
    static const struct {
        const char *option;
        enum crypt_kind kind;
    } kinds[] = {{"plain", CRYPT_PLAIN}, {"bitlk", CRYPT_BITLK}, {"tcrypt", CRYPT_TCRYPT},
        {"tcrypt-hidden", CRYPT_TCRYPT}, {"tcrypt-system", CRYPT_TCRYPT}, {"tcrypt-veracrypt", CRYPT_TCRYPT},
        {"veracrypt", CRYPT_TCRYPT}};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (text_list_has(volume->options, kinds[i].option))
            return kinds[i].kind;
    }
    return device->superblock.type && !strcmp(device->superblock.type, "BitLocker") ? CRYPT_BITLK : CRYPT_LUKS;
}

const char *crypt_volume_noun(const struct crypt_volume *volume)
{
    static const char *const nouns[] = {[CRYPT_LUKS] = "the LUKS volume",
        [CRYPT_PLAIN] = "the plain dm-crypt volume",
        [CRYPT_TCRYPT] = "the VeraCrypt volume",
        [CRYPT_BITLK] = "the BitLocker volume"};

    return nouns[volume->kind];
}

int crypt_volume_find(const struct storage *storage, struct block_device *device, struct crypt_volume *volume)
{
    const char *uuid = volume->uuid;
    int result;

    *volume = (struct crypt_volume){0};
    (void)text_join(volume->uuid, sizeof(volume->uuid), device->superblock.uuid, NULL); /* as long */
    result = take_crypttab(storage, device, volume);
    if (result == 0)
        result = crypt_cmdline_take(storage, device, volume);
    if (result == 0)
        result = take_header_option(volume);
    volume->kind = kind_of(device, volume);
    if (result < 0 || (*volume->name && !strchr(volume->name, '/')))
        return result;
    /* A disk's bytes may be anything: a UUID that is none is no part of a name. */
    if (!*uuid || uuid[strspn(uuid, "0123456789abcdefABCDEF-")] != '\0')
        uuid = strrchr(device->path, '/') + 1;
    return text_join(volume->name, sizeof(volume->name), volume->kind == CRYPT_LUKS ? "luks-" : "crypt-", uuid, NULL);
}

bool crypt_volume_any_is_named(const struct storage *storage)
{
    struct crypttab_entry entry;
    char *text, *rest;
    bool is_named = crypt_cmdline_names_any(storage);

    text = rest = is_named ? NULL : read_crypttab(storage);
    if (text)
        is_named = crypttab_next(&rest, &entry);
    free(text);
    return is_named;
}

static bool tells_of_hidden(const char *text)
{
    static const char *const signs[] = {"header", "plain", "bitlk", "tcrypt", "veracrypt"};
    size_t i = 0;

    while (i < sizeof(signs) / sizeof(signs[0]) && !strstr(text, signs[i]))
        i++;
    return i < sizeof(signs) / sizeof(signs[0]);
}

/* A word too many that looks like one costs a few reads. */
bool crypt_volume_any_is_hidden(const struct storage *storage)
{
    struct crypttab_entry entry;
    char *text, *rest;
    bool is_hidden = false;

    for (size_t i = 0; i < storage->cmdline->count && !is_hidden; i++) {
        const char *key = storage->cmdline->words[i].key, *value = storage->cmdline->words[i].value;

        if (strstr(key, "luks.") || !strncmp(key, "crypt", strlen("crypt")))
            is_hidden = !strcmp(key, "crypto") || tells_of_hidden(key) || (value && tells_of_hidden(value));
    }
    text = rest = is_hidden ? NULL : read_crypttab(storage);
    while (text && !is_hidden && crypttab_next(&rest, &entry))
        is_hidden = tells_of_hidden(entry.options);
    free(text);
    return is_hidden;
}

bool crypt_volume_none_is_wanted(const struct storage *storage)
{
    return crypt_words_refuse(crypt_words_of(storage, "rd.luks"));
}

uint64_t crypt_volume_number(const struct crypt_volume *volume, const char *name, uint64_t otherwise)
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

uint64_t crypt_volume_setting(const struct storage *storage, const struct crypt_volume *volume, const char *name,
    const char *word, uint64_t otherwise)
{
    const char *given = cmdline_value(storage->cmdline, word);
    uint64_t value;

    if (!given || text_to_number(given, &value) < 0)
        value = otherwise;
    return crypt_volume_number(volume, name, value);
}
