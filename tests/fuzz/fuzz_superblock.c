/* A device's two ends. They are mostly zeros, so an input lists what is not: 8 bytes device size, 4 bytes head size,
 * 4 bytes tail size, then records of 4 bytes position (in the head, or behind it in the tail), 2 bytes length, data. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include "contract/bytes.h"
#include "format/ext_check.h"
#include "format/superblock.h"

#define HEADER_SIZE 16u
#define RECORD_HEADER_SIZE 6u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct ends {
    uint8_t *head, *tail;
    size_t head_size, tail_size;
};

static void put(uint8_t *to, size_t to_size, size_t position, const uint8_t *bytes, size_t length)
{
    if (position < to_size)
        memcpy(to + position, bytes, length < to_size - position ? length : to_size - position);
}

static void fill(struct ends *ends, const uint8_t *data, size_t size)
{
    while (size > RECORD_HEADER_SIZE) {
        size_t position = get_le32(data), length = get_le16(data + 4);

        data += RECORD_HEADER_SIZE;
        size -= RECORD_HEADER_SIZE;
        if (length > size)
            length = size;
        if (position < SUPERBLOCK_HEAD_SIZE)
            put(ends->head, ends->head_size, position, data, length);
        else
            put(ends->tail, ends->tail_size, position - SUPERBLOCK_HEAD_SIZE, data, length);
        data += length;
        size -= length;
    }
}

/* Two formats read on behind their checksum, which no mutation would get right. */
static void mend_lvm2(struct ends *ends)
{
    uint8_t *label = ends->head + 512;

    if (ends->head_size >= 1024 && !memcmp(label, "LABELONE", 8))
        put_le32(label + 16, ~libdeflate_crc32(~0xf597a6cfu, label + 20, 512 - 20));
}

static void mend_exfat(struct ends *ends)
{
    uint32_t sum = 0;
    size_t checked = ends->head_size > 108 ? (size_t)11 << (ends->head[108] & 15) : 0;

    if (checked == 0 || checked + 4 > ends->head_size || memcmp(ends->head + 3, "EXFAT   ", 8) != 0)
        return;
    for (size_t i = 0; i < checked; i++)
        if (i != 106 && i != 107 && i != 112)
            sum = (sum << 31 | sum >> 1) + ends->head[i];
    put_le32(ends->head + checked, sum);
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct superblock *found, int result)
{
    require((found->type == NULL) == (found->usage == SUPERBLOCK_UNKNOWN));
    require(result == 0 || found->type == NULL);
    require(strlen(found->uuid) < sizeof(found->uuid) && strlen(found->label) < sizeof(found->label)
            && strlen(found->member_uuid) < sizeof(found->member_uuid));
    require(strlen(superblock_describe(found)) > 0);
}

/* What is wanted is given, in a buffer of exactly that size: the tail once more, as far as it goes. */
static void use_more(const struct ends *ends, struct device_view *view)
{
    const struct device_range *wanted = view->wanted;
    size_t size = wanted->size < ends->tail_size ? (size_t)wanted->size : ends->tail_size;
    uint8_t *more = wanted->size > 0 ? calloc(1, (size_t)wanted->size) : NULL;
    struct superblock found;
    int result;

    require(wanted->size <= DEVICE_VIEW_MORE_MAX && wanted->offset <= view->device_size
            && wanted->size <= view->device_size - wanted->offset);
    if (!more)
        return;
    memcpy(more, ends->tail, size);
    view->more = more;
    view->at = *wanted;
    result = superblock_identify(view, &found);
    check(&found, result);
    free(more);
}

static void use(const struct ends *ends, uint64_t device_size)
{
    struct device_range wanted = {0};
    struct device_view view = {.head = ends->head,
        .head_size = ends->head_size,
        .tail = ends->tail,
        .tail_size = ends->tail_size,
        .device_size = device_size,
        .wanted = &wanted};
    struct superblock found;
    const char *why;
    int result = superblock_identify(&view, &found);

    check(&found, result);
    use_more(ends, &view);
    if (ends->head_size >= EXT_SUPERBLOCK_OFFSET + EXT_SUPERBLOCK_SIZE)
        require(
            ext_check_due(ends->head + EXT_SUPERBLOCK_OFFSET, 1800000000, &why) == EXT_CHECK_NONE || strlen(why) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ends ends;

    if (size < HEADER_SIZE)
        return 0;
    ends.head_size = get_le32(data + 8) % (SUPERBLOCK_HEAD_SIZE + 1);
    ends.tail_size = get_le32(data + 12) % (SUPERBLOCK_TAIL_SIZE + 1);
    ends.head = calloc(1, ends.head_size + !ends.head_size);
    ends.tail = calloc(1, ends.tail_size + !ends.tail_size);
    if (ends.head && ends.tail) {
        fill(&ends, data + HEADER_SIZE, size - HEADER_SIZE);
        mend_lvm2(&ends);
        mend_exfat(&ends);
        use(&ends, get_le64(data));
    }
    free(ends.head);
    free(ends.tail);
    return 0;
}
