/* A file system grows through its own driver while it is mounted, which a journal or a copy on write makes safe at any
 * moment; resize2fs offline is not. */
#include "root/grow_file_system.h"

#include <errno.h>
#include <linux/btrfs.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>

#include "system/text.h"

/* fs/ext4/ext4.h, fs/xfs/libxfs/xfs_fs.h: not in the kernel's headers for programs. */
#define EXT4_IOC_RESIZE_FS _IOW('f', 16, uint64_t)

struct xfs_geometry {
    uint32_t block_size, realtime_extent, group_blocks, groups, log_blocks, sector_size, inode_size, inode_percent;
    uint64_t blocks, realtime_blocks, realtime_extents, log_start;
    uint8_t uuid[16];
    uint32_t stripe_unit, stripe_width;
    int32_t version;
    uint32_t flags, log_sector_size, realtime_sector_size, directory_block_size;
};

struct xfs_growth {
    uint64_t blocks;
    uint32_t inode_percent;
};

#define XFS_IOC_FSGEOMETRY_V1 _IOR('X', 100, struct xfs_geometry)
#define XFS_IOC_FSGROWFSDATA _IOW('X', 110, struct xfs_growth)

static int grow_ext4(int root, uint64_t size)
{
    struct statfs status;
    uint64_t blocks;

    if (fstatfs(root, &status) < 0 || status.f_bsize <= 0)
        return -errno;
    blocks = size / (uint64_t)status.f_bsize;
    return ioctl(root, EXT4_IOC_RESIZE_FS, &blocks) < 0 ? -errno : 0;
}

static int grow_xfs(int root, uint64_t size)
{
    struct xfs_geometry geometry;
    struct xfs_growth growth;

    if (ioctl(root, XFS_IOC_FSGEOMETRY_V1, &geometry) < 0)
        return -errno;
    growth = (struct xfs_growth){size / geometry.block_size, geometry.inode_percent};
    return ioctl(root, XFS_IOC_FSGROWFSDATA, &growth) < 0 ? -errno : 0;
}

/* One device only: which of several it is, and how they share what is new, is for a person. */
static int grow_btrfs(int root, uint64_t size)
{
    struct btrfs_ioctl_fs_info_args info = {0};
    struct btrfs_ioctl_vol_args wanted = {0};
    char number[DECIMAL_SIZE];
    int result;

    (void)size;
    if (ioctl(root, BTRFS_IOC_FS_INFO, &info) < 0)
        return -errno;
    if (info.num_devices != 1)
        return -EOPNOTSUPP;
    result = text_join(wanted.name, sizeof(wanted.name), text_decimal(info.max_id, number), ":max", NULL);
    if (result < 0)
        return result;
    return ioctl(root, BTRFS_IOC_RESIZE, &wanted) < 0 ? -errno : 0;
}

grow_file_system *grow_file_system_of(const char *type)
{
    static const struct {
        const char *types;
        grow_file_system *grow;
    } kinds[] = {{"ext2,ext3,ext4", grow_ext4}, {"xfs", grow_xfs}, {"btrfs", grow_btrfs}};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (text_list_has(kinds[i].types, type))
            return kinds[i].grow;
    }
    return NULL;
}
