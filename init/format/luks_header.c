#include "format/luks_header.h"

#include <stdint.h>
#include <string.h>

#include "contract/bytes.h"

/* LUKS1 On-Disk Format Specification, 2.1. */
#define LUKS1_CIPHER_AT 8u
#define LUKS1_MODE_AT 40u
#define LUKS1_FIELD_SIZE 32u

/* LUKS2 On-Disk Format Specification, 2.2 and 3: a text in JSON, which ends in NULs, behind the binary part. */
#define LUKS2_TEXT_AT 4096u
#define LUKS2_SIZE_AT 8u

static bool read_luks1(const struct device_view *view, char cipher[LUKS_CIPHER_SIZE])
{
    const char *name = device_view_bytes(view, LUKS1_CIPHER_AT, LUKS1_FIELD_SIZE);
    const char *mode = device_view_bytes(view, LUKS1_MODE_AT, LUKS1_FIELD_SIZE);
    size_t name_size, mode_size;

    if (!name || !mode)
        return false;
    name_size = strnlen(name, LUKS1_FIELD_SIZE);
    mode_size = strnlen(mode, LUKS1_FIELD_SIZE);
    memcpy(cipher, name, name_size);
    cipher[name_size] = '-';
    memcpy(cipher + name_size + 1, mode, mode_size);
    cipher[name_size + 1 + mode_size] = '\0';
    return name_size > 0;
}

/* What is behind the first such word of the text; NULL when there is none. */
static const char *behind(const char *text, const char *end, const char *word)
{
    const char *at = memmem(text, (size_t)(end - text), word, strlen(word));

    return at ? at + strlen(word) : NULL;
}

/* Returns its beginning and *end, or NULL when the view has none. */
static const char *find_luks2_text(const struct device_view *view, const char **end)
{
    const uint8_t *size_field = device_view_bytes(view, LUKS2_SIZE_AT, 8);
    uint64_t size = size_field ? get_be64(size_field) : 0;
    const char *text;

    if (size <= LUKS2_TEXT_AT)
        return NULL;
    if (size > LUKS_HEADER_SIZE)
        size = LUKS_HEADER_SIZE;
    text = device_view_bytes(view, LUKS2_TEXT_AT, size - LUKS2_TEXT_AT);
    *end = text ? text + (size - LUKS2_TEXT_AT) : NULL;
    return text;
}

/* Key slots have ciphers of their own, before or behind the segments. */
static bool read_luks2(const struct device_view *view, char cipher[LUKS_CIPHER_SIZE])
{
    const char *end, *text = find_luks2_text(view, &end), *quote;

    if (text)
        text = behind(text, end, "\"segments\":");
    if (text)
        text = behind(text, end, "\"encryption\":\"");
    quote = text ? memchr(text, '"', (size_t)(end - text)) : NULL;
    if (!quote || quote - text >= (ptrdiff_t)LUKS_CIPHER_SIZE)
        return false;
    memcpy(cipher, text, (size_t)(quote - text));
    cipher[quote - text] = '\0';
    return true;
}

/* The version, 0 for what is none. */
static unsigned version_of(const struct device_view *view)
{
    const uint8_t *magic = device_view_bytes(view, 0, 8);

    return magic && !memcmp(magic, "LUKS\xba\xbe", 6) ? get_be16(magic + 6) : 0;
}

bool luks_header_cipher(const struct device_view *view, char cipher[LUKS_CIPHER_SIZE])
{
    unsigned version = version_of(view);

    return version == 1 ? read_luks1(view, cipher) : version != 0 && read_luks2(view, cipher);
}

bool luks_header_integrity(const struct device_view *view, char type[LUKS_CIPHER_SIZE])
{
    const char *end, *text = version_of(view) > 1 ? find_luks2_text(view, &end) : NULL, *quote;

    if (text)
        text = behind(text, end, "\"integrity\":{\"type\":\"");
    quote = text ? memchr(text, '"', (size_t)(end - text)) : NULL;
    if (!quote || quote - text >= (ptrdiff_t)LUKS_CIPHER_SIZE)
        return false;
    memcpy(type, text, (size_t)(quote - text));
    type[quote - text] = '\0';
    return true;
}

/* In cryptsetup's words, without a space: json-c's JSON_C_TO_STRING_PLAIN. */
bool luks_header_says(const struct device_view *view, const char *key, const char *value)
{
    const char *end, *text = version_of(view) > 1 ? find_luks2_text(view, &end) : NULL;
    size_t key_length = strlen(key), length = strlen(value);

    while (text && (text = behind(text, end, "\"")) != NULL) {
        const char *at = text;

        if ((size_t)(end - at) < key_length + length + 5)
            return false;
        if (!strncmp(at, key, key_length) && !strncmp(at + key_length, "\":\"", 3)
            && !strncmp(at + key_length + 3, value, length) && at[key_length + 3 + length] == '"')
            return true;
    }
    return false;
}
