#include "storage/crypt_volume.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "contract/crypttab.h"
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
    int result = text_join(volume->key, sizeof(volume->key), path, NULL);

    if (result == 0)
        result =
            text_join(volume->key_device, sizeof(volume->key_device), strcmp(device, "/") != 0 ? device : "", NULL);
    return result;
}

int crypt_volume_set_name(struct crypt_volume *volume, const char *name)
{
    volume->is_named = true;
    return *name ? text_join(volume->name, sizeof(volume->name), name, NULL) : 0;
}

int crypt_volume_set_crypttab_key(struct crypt_volume *volume, const char *key)
{
    struct crypt_parts parts = {.text = ""};
    int result = crypt_word_split(key, &parts);

    if (result == 0 && !strncmp(key, "/dev/", strlen("/dev/")))
        result = crypt_volume_set_key(volume, "", key);
    else if (result == 0)
        result = crypt_volume_set_key(volume, parts.part[0], parts.part[1]);
    return result;
}

/* A copy that is cut up; free it. NULL when there is none. */
static char *read_crypttab(const struct storage *storage)
{
    void *bytes;
    size_t size;
    char *text;

    if (crypt_words_refuse(crypt_words_of(storage, "rd.luks.crypttab")) || file_map(CRYPTTAB, &bytes, &size) < 0)
        return NULL;
    text = malloc(size + 1);
    if (text) {
        memcpy(text, bytes, size);
        text[size] = '\0';
    }
    munmap(bytes, size);
    return text;
}

static int take_crypttab(const struct storage *storage, struct block_device *device, struct crypt_volume *volume)
{
    char *text = read_crypttab(storage), *rest = text;
    struct crypttab_entry entry;
    int result = 0;

    while (result == 0 && text && crypttab_next(&rest, &entry)) {
        if (!crypt_word_is_device(device, entry.device))
            continue;
        result = crypt_volume_set_name(volume, entry.name);
        if (result == 0)
            result = crypt_volume_add_options(volume, entry.options);
        if (result == 0)
            result = crypt_volume_set_crypttab_key(volume, entry.key);
    }
    free(text);
    return result;
}

/* A disk's bytes may be anything: a UUID that is none is no part of a name. */
static int name_after_uuid(const struct block_device *device, struct crypt_volume *volume)
{
    const char *uuid = device->superblock.uuid;

    if (!*uuid || uuid[strspn(uuid, "0123456789abcdefABCDEF-")] != '\0')
        uuid = strrchr(device->path, '/') + 1;
    return text_join(volume->name, sizeof(volume->name), "luks-", uuid, NULL);
}

int crypt_volume_find(const struct storage *storage, struct block_device *device, struct crypt_volume *volume)
{
    int result;

    *volume = (struct crypt_volume){0};
    result = take_crypttab(storage, device, volume);
    if (result == 0)
        result = crypt_cmdline_take(storage, device, volume);
    if (result == 0 && (!*volume->name || strchr(volume->name, '/')))
        result = name_after_uuid(device, volume);
    return result;
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
