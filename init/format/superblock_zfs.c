/* zfs (ZFS On-Disk Specification, chapter 1). The first label's name-value list is XDR and lies 16 KiB from the
 * start. That the pool is alive there, and not an older one below a new file system, is told by the ring of
 * uberblocks that ends the last label. */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"
#include "system/text.h"

#define ZFS_LABEL_SIZE UINT64_C(262144)
#define ZFS_NVLIST_OFFSET 16384u
#define ZFS_UBERBLOCK_RING_SIZE 131072u
#define ZFS_UBERBLOCK_SIZE 1024u
#define ZFS_UBERBLOCK_MAGIC 0x00bab10cu
#define ZFS_ENCODING_XDR 1
#define ZFS_TYPE_UINT64 8u
#define ZFS_TYPE_STRING 9u
#define ZFS_TYPE_NVLIST 19u
#define ZFS_TYPE_NVLIST_ARRAY 20u

struct zfs_nvlist_header {
    uint8_t encoding;
    uint8_t byte_order;
    uint8_t unused[2];
    uint8_t version[4];
    uint8_t flags[4];
};
static_assert(sizeof(struct zfs_nvlist_header) == 12, "zfs nvlist");

struct zfs_pair_header {
    uint8_t size[4]; /* of all of the pair, encoded; 0 ends the list */
    uint8_t decoded_size[4];
    uint8_t name_length[4];
};
static_assert(sizeof(struct zfs_pair_header) == 12, "zfs pair");

struct zfs_value {
    uint8_t type[4];
    uint8_t count[4];
    uint8_t data[8]; /* an integer, or a string's length and the beginning of it */
};
static_assert(sizeof(struct zfs_value) == 16, "zfs value");
static_assert(DECIMAL_SIZE <= SUPERBLOCK_UUID_SIZE, "zfs guid");

static bool zfs_is_alive(const struct device_view *view)
{
    uint64_t end;

    if (view->device_size < 2 * ZFS_LABEL_SIZE)
        return false;
    end = view->device_size / ZFS_LABEL_SIZE * ZFS_LABEL_SIZE;
    for (uint64_t at = end - ZFS_UBERBLOCK_RING_SIZE; at < end; at += ZFS_UBERBLOCK_SIZE) {
        const uint8_t *magic = device_view_bytes(view, at, 8);
        if (magic && (get_le64(magic) == ZFS_UBERBLOCK_MAGIC || get_be64(magic) == ZFS_UBERBLOCK_MAGIC))
            return true;
    }
    return false;
}

static bool zfs_is_named(const char *name, size_t length, const char *wanted)
{
    return length == strlen(wanted) && memcmp(name, wanted, length) == 0;
}

/* How many devices a tree has below its root, which is itself one when there is none: a list of its own as a pair's
 * value, behind its version and flags. What lies below those, as while one is replaced, does not count. */
static uint32_t zfs_count_children(const uint8_t *tree, uint64_t size)
{
    uint64_t at = 8;

    while (at <= size && size - at >= sizeof(struct zfs_pair_header)) {
        const struct zfs_pair_header *header = (const void *)(tree + at);
        uint32_t pair_size = get_be32(header->size), name_length = get_be32(header->name_length);
        uint64_t value_at = sizeof(*header) + ((uint64_t)name_length + 3) / 4 * 4;

        if (pair_size < value_at + 8 || pair_size > size - at)
            break;
        if (get_be32(tree + at + value_at) == ZFS_TYPE_NVLIST_ARRAY
            && zfs_is_named((const char *)tree + at + sizeof(*header), name_length, "children"))
            return get_be32(tree + at + value_at + 4);
        at += pair_size;
    }
    return 1;
}

/* Takes a pair whose name and value lie within `size` bytes, if it is one that we want. */
static void zfs_take_pair(
    const char *name, size_t name_length, const uint8_t *value_bytes, uint64_t size, struct superblock *found)
{
    const struct zfs_value *value = (const void *)value_bytes;
    uint32_t type, length;

    if (size < sizeof(*value))
        return;
    type = get_be32(value->type);
    if (type == ZFS_TYPE_UINT64 && name_length == 9 && memcmp(name, "pool_guid", 9) == 0)
        text_decimal(get_be64(value->data), found->uuid);
    if (type == ZFS_TYPE_UINT64 && name_length == 4 && memcmp(name, "guid", 4) == 0)
        text_decimal(get_be64(value->data), found->member_uuid);
    if (type == ZFS_TYPE_UINT64 && zfs_is_named(name, name_length, "vdev_children"))
        found->pool.groups = (uint32_t)get_be64(value->data);
    if (type == ZFS_TYPE_UINT64 && zfs_is_named(name, name_length, "top_guid"))
        found->pool.group = get_be64(value->data);
    if (type == ZFS_TYPE_NVLIST && zfs_is_named(name, name_length, "vdev_tree"))
        found->pool.members = zfs_count_children(value_bytes + 8, size - 8);
    length = get_be32(value->data);
    if (type == ZFS_TYPE_STRING && name_length == 4 && memcmp(name, "name", 4) == 0 && length <= size - 12)
        superblock_set_label(found, value->data + 4, length);
}

/* Reads the pair at *offset and moves on; false at the end of the list or of what can be seen. */
static bool zfs_read_pair(const struct device_view *view, uint64_t *offset, struct superblock *found)
{
    const struct zfs_pair_header *header = device_view_bytes(view, *offset, sizeof(*header));
    uint32_t size;
    uint64_t value_at;
    const uint8_t *bytes;
    const char *name;

    if (!header)
        return false;
    size = get_be32(header->size);
    value_at = sizeof(*header) + ((uint64_t)get_be32(header->name_length) + 3) / 4 * 4;
    bytes = device_view_bytes(view, *offset, size);
    if (size == 0 || !bytes || value_at > size)
        return false;
    name = (const char *)bytes + sizeof(*header);
    zfs_take_pair(name, get_be32(header->name_length), bytes + value_at, size - value_at, found);
    *offset += size;
    return true;
}

bool superblock_probe_zfs(const struct device_view *view, struct superblock *found)
{
    const struct zfs_nvlist_header *header = device_view_bytes(view, ZFS_NVLIST_OFFSET, sizeof(*header));
    uint64_t offset;

    if (!header || header->encoding != ZFS_ENCODING_XDR || get_be32(header->version) != 0 || header->byte_order > 1)
        return false;
    offset = ZFS_NVLIST_OFFSET + sizeof(*header);
    while (zfs_read_pair(view, &offset, found))
        continue;
    return found->member_uuid[0] != '\0' && zfs_is_alive(view);
}
