#include "format/lvm2.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <libdeflate.h>
#include <string.h>

#include "contract/bytes.h"

#define CRC_START 0xf597a6cfu

struct label {
    char id[8];
    uint8_t sector[8];
    uint8_t checksum[4]; /* of all that follows in the sector */
    uint8_t header_offset[4];
    char type[8];
};
static_assert(offsetof(struct label, header_offset) == 20, "LVM2 label");
static_assert(sizeof(struct label) == 32, "LVM2 label");

/* The pv_header: the uuid, the size, then places of data up to one whose offset is 0, then places of metadata likewise.
 */
#define PV_HEADER_PLACES 40u
#define PLACE_SIZE 16u

struct area_header {
    uint8_t checksum[4]; /* of the rest of these 512 bytes */
    char magic[16];
    uint8_t version[4];
    uint8_t start[8];
    uint8_t size[8];
    uint8_t text_offset[8]; /* from the area's beginning */
    uint8_t text_size[8];
    uint8_t text_checksum[4];
    uint8_t text_flags[4];
};
static_assert(offsetof(struct area_header, text_offset) == 40, "LVM2 mda_header");
static_assert(sizeof(struct area_header) == 64, "LVM2 mda_header");

static const char area_magic[16] = {' ', 'L', 'V', 'M', '2', ' ', 'x', '[', '5', 'A', '%', 'r', '0', 'N', '*', '>'};

#define TEXT_IGNORED 1u

/* calc_crc: no inversion, unlike libdeflate's. */
static uint32_t checksum_of(uint32_t start, const void *bytes, size_t size)
{
    return ~libdeflate_crc32(~start, bytes, size);
}

const uint8_t *lvm2_header_in(const uint8_t sector[LVM2_SECTOR_SIZE], uint64_t number)
{
    const struct label *label = (const struct label *)sector;
    size_t checked_from = offsetof(struct label, header_offset);

    if (memcmp(label->id, "LABELONE", 8) != 0 || memcmp(label->type, "LVM2 001", 8) != 0
        || get_le64(label->sector) != number
        || get_le32(label->checksum) != checksum_of(CRC_START, sector + checked_from, LVM2_SECTOR_SIZE - checked_from)
        || get_le32(label->header_offset) > LVM2_SECTOR_SIZE - PV_HEADER_PLACES)
        return NULL;
    return sector + get_le32(label->header_offset);
}

unsigned lvm2_find_areas(const uint8_t head[LVM2_HEAD_SIZE], struct device_range areas[LVM2_AREAS_MAX])
{
    const uint8_t *header = NULL, *place;
    unsigned count = 0, lists = 0;
    size_t left = 0;

    for (size_t i = 0; i < LVM2_HEAD_SIZE / LVM2_SECTOR_SIZE && !header; i++) {
        header = lvm2_header_in(head + i * LVM2_SECTOR_SIZE, i);
        left = header ? (size_t)(head + (i + 1) * LVM2_SECTOR_SIZE - header) - PV_HEADER_PLACES : 0;
    }
    if (!header)
        return 0;
    for (place = header + PV_HEADER_PLACES; lists < 2 && count < LVM2_AREAS_MAX && left >= PLACE_SIZE;
         place += PLACE_SIZE, left -= PLACE_SIZE) {
        if (get_le64(place) == 0)
            lists++;
        else if (lists == 1)
            areas[count++] = (struct device_range){get_le64(place), get_le64(place + 8)};
    }
    return count;
}

int lvm2_find_text(const uint8_t header[LVM2_HEADER_SIZE], const struct device_range *area, struct lvm2_text *text)
{
    const struct area_header *found = (const struct area_header *)header;
    uint64_t offset = get_le64(found->text_offset), size = get_le64(found->text_size), room;

    if (memcmp(found->magic, area_magic, sizeof(area_magic)) != 0 || get_le32(found->version) != 1
        || get_le64(found->start) != area->offset || get_le64(found->size) != area->size
        || get_le32(found->checksum) != checksum_of(CRC_START, header + 4, LVM2_HEADER_SIZE - 4))
        return -EILSEQ;
    if (offset == 0 || (get_le32(found->text_flags) & TEXT_IGNORED))
        return -ENODATA;
    if (offset < LVM2_HEADER_SIZE || offset >= area->size || size == 0 || size > area->size - LVM2_HEADER_SIZE
        || area->offset > UINT64_MAX - area->size)
        return -EILSEQ;
    room = area->size - offset;
    text->parts[0] = (struct device_range){area->offset + offset, size < room ? size : room};
    text->parts[1] = (struct device_range){area->offset + LVM2_HEADER_SIZE, size < room ? 0 : size - room};
    text->checksum = get_le32(found->text_checksum);
    return 0;
}

bool lvm2_text_is_whole(const struct lvm2_text *text, const void *bytes, size_t size)
{
    return checksum_of(CRC_START, bytes, size) == text->checksum;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',';
}

/* Past blanks and comments, which go on to the line's end. */
static void skip_blanks(struct lvm2_span *text)
{
    while (text->at < text->end && (is_blank(*text->at) || *text->at == '#')) {
        if (*text->at == '#') {
            while (text->at < text->end && *text->at != '\n')
                text->at++;
        } else {
            text->at++;
        }
    }
}

/* The text is at a quote: past the other one; to the end when there is none. */
static struct lvm2_span take_string(struct lvm2_span *text)
{
    struct lvm2_span string = {text->at + 1, text->at + 1};

    while (string.end < text->end && *string.end != '"')
        string.end += *string.end == '\\' && string.end + 1 < text->end ? 2 : 1;
    text->at = string.end < text->end ? string.end + 1 : text->end;
    return string;
}

/* The text is at an opening bracket: past the closing one. False when there is none. */
static bool take_brackets(struct lvm2_span *text, char opening, char closing, struct lvm2_span *inside)
{
    unsigned depth = 0;

    inside->at = text->at + 1;
    while (text->at < text->end) {
        char c = *text->at;

        if (c == '"') {
            (void)take_string(text);
            continue;
        }
        if (c == '#') {
            skip_blanks(text);
            continue;
        }
        depth += c == opening;
        if (c == closing && --depth == 0) {
            inside->end = text->at++;
            return true;
        }
        text->at++;
    }
    return false;
}

static struct lvm2_span take_word(struct lvm2_span *text)
{
    struct lvm2_span word = {text->at, text->at};

    while (word.end < text->end && !is_blank(*word.end) && !strchr("{}[]=#\"", *word.end))
        word.end++;
    text->at = word.end;
    return word;
}

bool lvm2_next(struct lvm2_span *body, struct lvm2_entry *entry)
{
    skip_blanks(body);
    entry->key = take_word(body);
    skip_blanks(body);
    if (entry->key.at == entry->key.end || body->at == body->end)
        return false;
    entry->is_section = *body->at == '{';
    if (entry->is_section)
        return take_brackets(body, '{', '}', &entry->value);
    if (*body->at != '=')
        return false;
    body->at++;
    skip_blanks(body);
    if (body->at == body->end)
        return false;
    if (*body->at == '[')
        return take_brackets(body, '[', ']', &entry->value);
    entry->value.at = body->at;
    if (*body->at == '"')
        (void)take_string(body);
    else
        (void)take_word(body);
    entry->value.end = body->at;
    return entry->value.end > entry->value.at;
}

static struct lvm2_span find(struct lvm2_span body, struct lvm2_span key, bool is_section)
{
    struct lvm2_entry entry;

    while (lvm2_next(&body, &entry)) {
        if (entry.is_section == is_section && lvm2_same(entry.key, key))
            return entry.value;
    }
    return (struct lvm2_span){body.end, body.end};
}

struct lvm2_span lvm2_section(struct lvm2_span body, struct lvm2_span name)
{
    return find(body, name, true);
}

struct lvm2_span lvm2_value(struct lvm2_span body, const char *key)
{
    return find(body, lvm2_span_of(key), false);
}

bool lvm2_next_string(struct lvm2_span *value, struct lvm2_span *string)
{
    for (;;) {
        skip_blanks(value);
        if (value->at == value->end)
            return false;
        if (*value->at == '"') {
            *string = take_string(value);
            return true;
        }
        value->at++;
    }
}

bool lvm2_next_number(struct lvm2_span *value, uint64_t *number)
{
    struct lvm2_span word;

    skip_blanks(value);
    word = take_word(value);
    *number = 0;
    for (const char *c = word.at; c < word.end; c++) {
        uint64_t digit = (uint64_t)(*c - '0');

        if (*c < '0' || *c > '9' || *number > (UINT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return word.at < word.end;
}

struct lvm2_span lvm2_span_of(const char *text)
{
    return (struct lvm2_span){text, text + strlen(text)};
}

bool lvm2_is(struct lvm2_span span, const char *text)
{
    return lvm2_same(span, lvm2_span_of(text));
}

bool lvm2_same(struct lvm2_span one, struct lvm2_span other)
{
    return one.end - one.at == other.end - other.at && !memcmp(one.at, other.at, (size_t)(one.end - one.at));
}

bool lvm2_has(struct lvm2_span value, const char *string)
{
    struct lvm2_span next;

    while (lvm2_next_string(&value, &next)) {
        if (lvm2_is(next, string))
            return true;
    }
    return false;
}

int lvm2_group_read(struct lvm2_span text, struct lvm2_group *group)
{
    struct lvm2_entry entry;
    struct lvm2_span id, sequence, extent_size;

    do {
        if (!lvm2_next(&text, &entry))
            return -EILSEQ;
    } while (!entry.is_section);
    *group = (struct lvm2_group){.name = entry.key,
        .body = entry.value,
        .physical_volumes = lvm2_section(entry.value, lvm2_span_of("physical_volumes")),
        .logical_volumes = lvm2_section(entry.value, lvm2_span_of("logical_volumes"))};
    id = lvm2_value(group->body, "id");
    sequence = lvm2_value(group->body, "seqno");
    extent_size = lvm2_value(group->body, "extent_size");
    if (!lvm2_next_string(&id, &group->id) || !lvm2_next_number(&sequence, &group->sequence)
        || !lvm2_next_number(&extent_size, &group->extent_size))
        return -EILSEQ;
    return 0;
}

bool lvm2_is_name(struct lvm2_span name)
{
    if (name.at == name.end || *name.at == '-' || lvm2_is(name, ".") || lvm2_is(name, ".."))
        return false;
    for (const char *c = name.at; c < name.end; c++) {
        if (!isalnum((unsigned char)*c) && !memchr("+_.-", *c, 4))
            return false;
    }
    return true;
}

const char *lvm2_text(struct lvm2_span span, char *text, size_t size)
{
    size_t length = (size_t)(span.end - span.at);

    length = length < size ? length : size - 1;
    memcpy(text, span.at, length);
    text[length] = '\0';
    return text;
}
