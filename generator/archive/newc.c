#include "archive/newc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "archive/image.h"
#include "base/log.h"

#define MAGIC "07070" /* and 1, or 2 with a checksum */

/* A header: the magic, and thirteen numbers of eight hexadecimal digits each. */
#define HEADER_SIZE 110u
#define FIELD_SIZE 8u
#define FIELD_FILE_SIZE 6u
#define FIELD_NAME_SIZE 11u
#define TRAILER "TRAILER!!!"

#define ENTRIES_MAXIMUM 200000u /* what somebody else wrote may be made to have no end */

bool newc_begins(const uint8_t *bytes, size_t size)
{
    return size > strlen(MAGIC) && !memcmp(bytes, MAGIC, strlen(MAGIC))
           && (bytes[strlen(MAGIC)] == '1' || bytes[strlen(MAGIC)] == '2');
}

/* Eight hexadecimal digits, and nothing else as strtoul would take. */
static bool read_field(const uint8_t *header, unsigned number, uint32_t *value)
{
    const uint8_t *digits = header + strlen(MAGIC) + 1 + (size_t)number * FIELD_SIZE;
    char text[FIELD_SIZE + 1] = "";

    memcpy(text, digits, FIELD_SIZE);
    *value = (uint32_t)strtoul(text, NULL, 16);
    return strspn(text, "0123456789abcdefABCDEF") == FIELD_SIZE;
}

static size_t padded(size_t size)
{
    return (size + 3) & ~(size_t)3;
}

/* The length of the entry that begins here, or 0 when it is damaged or not all there. The last may lack its padding. */
static size_t entry_length(const uint8_t *bytes, size_t size)
{
    uint32_t name_size;
    uint32_t file_size;

    if (size < HEADER_SIZE || !newc_begins(bytes, size) || !read_field(bytes, FIELD_NAME_SIZE, &name_size)
        || !read_field(bytes, FIELD_FILE_SIZE, &file_size))
        return 0;
    if (name_size == 0 || name_size > IMAGE_NAME_MAXIMUM + 1 || size < padded(HEADER_SIZE + name_size)
        || size - padded(HEADER_SIZE + name_size) < file_size)
        return 0;
    return padded(HEADER_SIZE + name_size) + padded(file_size);
}

int newc_check(const uint8_t *bytes, size_t size, const char *name)
{
    size_t position = 0;
    size_t count = 0;
    bool is_last = false;

    while (position < size && !is_last) {
        const uint8_t *entry = bytes + position;
        size_t length = entry_length(entry, size - position);
        uint32_t name_size;

        if (length == 0 || ++count > ENTRIES_MAXIMUM) {
            log_error("cannot read %s: %s at byte %zu of an archive", name,
                length == 0 ? "damaged or cut off" : "too many entries", position);
            return -EINVAL;
        }
        /* As libarchive sees it, for it must not read on where nobody looked. */
        is_last = read_field(entry, FIELD_NAME_SIZE, &name_size) && name_size == sizeof(TRAILER)
                  && !memcmp(entry + HEADER_SIZE, TRAILER, strlen(TRAILER));
        position += length;
    }
    return 0;
}
