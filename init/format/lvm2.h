/*
 * LVM2's metadata: where it lies on a physical volume (lib/format_text/layout.h) and its text
 * (lib/format_text/import_vsn1.c, libdm/libdm-config.c), which describes the whole volume group. Read, never written.
 * Pure: no I/O, no logging, no allocation; spans point into the bytes that were given.
 */
#ifndef KINDLING_LVM2_H
#define KINDLING_LVM2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/device_view.h"

/* Of a physical volume: the label is in one of its first four sectors. */
#define LVM2_SECTOR_SIZE 512u
#define LVM2_HEAD_SIZE 2048u
#define LVM2_HEADER_SIZE 512u /* of a metadata area, at its beginning */
#define LVM2_AREAS_MAX 2u     /* one at either end of the volume */

/* The pv_header in a sector that is a label, of which number tells where it lies; NULL when it is none. */
const uint8_t *lvm2_header_in(const uint8_t sector[LVM2_SECTOR_SIZE], uint64_t number);

/* Fills the areas that the volume's label names. Returns how many there are: a volume may do without, when others of
 * its group have some. head: the device's first bytes. */
unsigned lvm2_find_areas(const uint8_t head[LVM2_HEAD_SIZE], struct device_range areas[LVM2_AREAS_MAX]);

/* Where the text lies, in bytes on the device: the area is a ring, so that it may be in two parts, the second of which
 * is empty otherwise. */
struct lvm2_text {
    struct device_range parts[2];
    uint32_t checksum;
};

/* header: the area's first bytes. Returns 0, -ENODATA for an area without a text, or that is to be ignored, or -EILSEQ.
 */
int lvm2_find_text(const uint8_t header[LVM2_HEADER_SIZE], const struct device_range *area, struct lvm2_text *text);

/* True when the checksum of the whole text is right. */
bool lvm2_text_is_whole(const struct lvm2_text *text, const void *bytes, size_t size);

struct lvm2_span {
    const char *at, *end;
};

/* "KEY = VALUE" or "KEY { BODY }"; a value is a number, "a string", or [ several ]. */
struct lvm2_entry {
    struct lvm2_span key, value;
    bool is_section;
};

/* The next entry of a body, which is moved past it. False at the end, and where the text makes no sense. */
bool lvm2_next(struct lvm2_span *body, struct lvm2_entry *entry);

/* The body of the section, or what value the key has; empty when there is none. */
struct lvm2_span lvm2_section(struct lvm2_span body, struct lvm2_span name);
struct lvm2_span lvm2_value(struct lvm2_span body, const char *key);

/* The next string of a value, without its quotes. False at the end. */
bool lvm2_next_string(struct lvm2_span *value, struct lvm2_span *string);

/* The next number of a value, digits between which and the next there is no string. False when a string or the end
 * comes first, or it does not fit. */
bool lvm2_next_number(struct lvm2_span *value, uint64_t *number);

struct lvm2_span lvm2_span_of(const char *text);
bool lvm2_is(struct lvm2_span span, const char *text);
bool lvm2_same(struct lvm2_span one, struct lvm2_span other);

/* What lvm allows in names (lvm(8)); else it is no name to be handed to a program. */
bool lvm2_is_name(struct lvm2_span name);

/* Copies a span where a text is wanted, cut off if it must be. Returns it. */
const char *lvm2_text(struct lvm2_span span, char *text, size_t size);

/* True when the value, a list, has the string. */
bool lvm2_has(struct lvm2_span value, const char *string);

/* A volume group: the one section of a text. */
struct lvm2_group {
    struct lvm2_span name;
    struct lvm2_span id; /* as people see it, with dashes; so are all ids */
    struct lvm2_span body;
    struct lvm2_span physical_volumes, logical_volumes;
    uint64_t sequence;    /* of two texts of a group the one with the greater number counts */
    uint64_t extent_size; /* sectors of 512 bytes */
};

/* Returns 0 or -EILSEQ. */
int lvm2_group_read(struct lvm2_span text, struct lvm2_group *group);

#endif
