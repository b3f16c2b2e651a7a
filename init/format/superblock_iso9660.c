/* ISO 9660 (ECMA-119) with Joliet */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "contract/iso9660.h"
#include "format/superblock_probe.h"

#define ISO_DESCRIPTORS_MAX 16
#define ISO_TYPE_PRIMARY 1
#define ISO_TYPE_SUPPLEMENTARY 2
#define ISO_TYPE_END 255
#define ISO_LABEL_SIZE 32u
#define ISO_DATE_DIGITS 16u

struct iso_date {
    char digits[ISO_DATE_DIGITS]; /* YYYYMMDDhhmmsscc */
    uint8_t zone;
};

struct iso_descriptor {
    uint8_t type;
    char id[ISO9660_ID_SIZE];
    uint8_t version;
    uint8_t flags;
    char system_id[32];
    uint8_t label[ISO_LABEL_SIZE];
    uint8_t unused_1[16];
    char escapes[32];
    uint8_t unused_2[8];
    uint8_t block_size[2]; /* little-endian; big-endian behind it */
    uint8_t unused_3[683];
    struct iso_date created;
    struct iso_date modified;
};
static_assert(offsetof(struct iso_descriptor, id) == ISO9660_ID_OFFSET, "ISO id");
static_assert(offsetof(struct iso_descriptor, escapes) == 88, "ISO escapes");
static_assert(offsetof(struct iso_descriptor, block_size) == 128, "ISO block_size");
static_assert(offsetof(struct iso_descriptor, created) == 813, "ISO created");
static_assert(offsetof(struct iso_descriptor, modified) == 830, "ISO modified");

static const struct iso_descriptor *iso_descriptor_at(const struct device_view *view, uint64_t index)
{
    const struct iso_descriptor *descriptor;
    uint64_t offset = ISO9660_DESCRIPTORS_OFFSET + index * ISO9660_DESCRIPTOR_SIZE;

    descriptor = device_view_bytes(view, offset, sizeof(*descriptor));
    return descriptor && memcmp(descriptor->id, ISO9660_ID, ISO9660_ID_SIZE) == 0 ? descriptor : NULL;
}

/* Sixteen characters '0' and zone 0 mean that no date was given. */
static bool iso_date_is_given(const struct iso_date *date)
{
    return date->zone != 0 || memcmp(date->digits, "0000000000000000", ISO_DATE_DIGITS) != 0;
}

/* "YYYY-MM-DD-hh-mm-ss-cc" */
static void iso_format_date(const struct iso_date *date, char *text)
{
    for (unsigned i = 0; i < ISO_DATE_DIGITS; i++) {
        if (i >= 4 && i % 2 == 0)
            *text++ = '-';
        *text++ = date->digits[i];
    }
    *text = '\0';
}

/* Joliet is announced by one of three levels of UCS-2. */
static bool iso_is_joliet(const struct iso_descriptor *descriptor)
{
    char level = descriptor->escapes[2];

    return descriptor->type == ISO_TYPE_SUPPLEMENTARY && memcmp(descriptor->escapes, "%/", 2) == 0
           && (level == '@' || level == 'C' || level == 'E');
}

static const struct iso_descriptor *iso_find_joliet(const struct device_view *view)
{
    for (uint64_t i = 1; i <= ISO_DESCRIPTORS_MAX; i++) {
        const struct iso_descriptor *descriptor = iso_descriptor_at(view, i);
        if (!descriptor || descriptor->type == ISO_TYPE_END)
            return NULL;
        if (iso_is_joliet(descriptor))
            return descriptor;
    }
    return NULL;
}

/* Joliet's label is half as long; where it is only the beginning of the primary one, the latter says more. */
static bool iso_joliet_is_beginning(const struct iso_descriptor *joliet, const struct iso_descriptor *primary)
{
    for (size_t i = 0; i < ISO_LABEL_SIZE / 2; i++)
        if (get_be16(joliet->label + 2 * i) != primary->label[i])
            return false;
    return true;
}

bool superblock_probe_iso9660(const struct device_view *view, struct superblock *found)
{
    const struct iso_descriptor *primary = iso_descriptor_at(view, 0);
    const struct iso_date *date;
    const struct iso_descriptor *joliet;

    if (!primary || primary->type != ISO_TYPE_PRIMARY || primary->version != 1)
        return false;
    if (!superblock_is_power_of_two(get_le16(primary->block_size)))
        return false;
    date = iso_date_is_given(&primary->modified) ? &primary->modified : &primary->created;
    if (iso_date_is_given(date))
        iso_format_date(date, found->uuid);
    joliet = iso_find_joliet(view);
    if (joliet && !iso_joliet_is_beginning(joliet, primary))
        superblock_set_utf16_label(found, joliet->label, ISO_LABEL_SIZE / 2, UTF16_BIG_ENDIAN);
    else
        superblock_set_label(found, primary->label, ISO_LABEL_SIZE);
    return true;
}
