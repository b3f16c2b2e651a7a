#include "storage/crypt_words.h"

#include <string.h>
#include <strings.h>

#include "name/device_links.h"
#include "system/text.h"

struct crypt_words crypt_words_of(const struct storage *storage, const char *key)
{
    return (struct crypt_words){storage->cmdline, key, 0};
}

const char *crypt_words_next(struct crypt_words *words)
{
    const char *value = cmdline_next(words->cmdline, words->key, &words->position);

    if (value || strncmp(words->key, "rd.", strlen("rd.")) != 0)
        return value;
    words->key += strlen("rd.");
    words->position = 0;
    return cmdline_next(words->cmdline, words->key, &words->position);
}

const struct cmdline_word *crypt_words_next_key(const struct storage *storage, const char *key, size_t *position)
{
    while (*position < storage->cmdline->count) {
        const struct cmdline_word *word = &storage->cmdline->words[(*position)++];

        if (!strcmp(word->key, key))
            return word;
    }
    return NULL;
}

bool crypt_words_refuse(struct crypt_words words)
{
    const char *value;
    bool is = false;

    while ((value = crypt_words_next(&words)) != NULL)
        is = cmdline_is_no(value);
    return is;
}

const char *crypt_word_uuid(const char *uuid)
{
    return strncmp(uuid, "luks-", strlen("luks-")) != 0 ? uuid : uuid + strlen("luks-");
}

bool crypt_word_is_uuid(const struct crypt_volume *volume, const char *uuid, size_t length)
{
    return length > 0 && !strncasecmp(volume->uuid, uuid, length);
}

/* Of the links in by-id, which end in it: virtio-SERIAL, ata-MODEL_SERIAL. */
bool crypt_word_is_serial(const struct block_device *device, const char *serial)
{
    const char *disk = block_device_disk(device) + strlen("/dev/");
    struct device_links links;
    bool is = false;

    (void)device_links_find("/sys", disk, 0, &links); /* as far as they are known */
    for (size_t i = 0; !is && links.names[i]; i++) {
        size_t length = strlen(links.names[i]), skip = strlen(serial);

        is = skip > 0 && length > skip + strlen("disk/by-id/")
             && !strncmp(links.names[i], "disk/by-id/", strlen("disk/by-id/"))
             && strchr("-_", links.names[i][length - skip - 1]) && !strcmp(links.names[i] + length - skip, serial);
    }
    return is;
}

const char *crypt_word_value(const struct crypt_volume *volume, const char *word)
{
    const char *equals = strchr(word, '='), *uuid = crypt_word_uuid(word);

    if (!equals || strcspn(word, "/,") < (size_t)(equals - word) || equals < uuid)
        return word;
    if (equals - uuid < 8 || strspn(uuid, "0123456789abcdefABCDEF-") != (size_t)(equals - uuid))
        return word; /* an option with a value */
    return crypt_word_is_uuid(volume, uuid, (size_t)(equals - uuid)) ? equals + 1 : NULL;
}

int crypt_word_split(const char *word, struct crypt_parts *parts)
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
