#include "format/luks_cipher.h"

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

/* Key slots have ciphers of their own, before or behind the segments. */
static bool read_luks2(const struct device_view *view, char cipher[LUKS_CIPHER_SIZE])
{
    const uint8_t *size_field = device_view_bytes(view, LUKS2_SIZE_AT, 8);
    uint64_t size = size_field ? get_be64(size_field) : 0;
    const char *text, *end, *quote;

    if (size <= LUKS2_TEXT_AT)
        return false;
    if (size > LUKS_CIPHER_HEAD_SIZE)
        size = LUKS_CIPHER_HEAD_SIZE;
    text = device_view_bytes(view, LUKS2_TEXT_AT, size - LUKS2_TEXT_AT);
    if (!text)
        return false;
    end = text + (size - LUKS2_TEXT_AT);
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

bool luks_cipher(const struct device_view *view, char cipher[LUKS_CIPHER_SIZE])
{
    const uint8_t *magic = device_view_bytes(view, 0, 8);

    if (!magic || memcmp(magic, "LUKS\xba\xbe", 6) != 0)
        return false;
    return get_be16(magic + 6) == 1 ? read_luks1(view, cipher) : read_luks2(view, cipher);
}
