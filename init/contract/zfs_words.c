#include "contract/zfs_words.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* "zfs:NAME", "ZFS=NAME" and the bare word; NULL for another root. */
static const char *without_prefix(const char *root)
{
    const size_t length = strlen("zfs");

    if (strncasecmp(root, "zfs", length) != 0)
        return NULL;
    if (root[length] == '\0')
        return root + length;
    return root[length] == ':' || root[length] == '=' ? root + length + 1 : NULL;
}

/* A boot loader's menu may have been written without a name; "zfs=off" is of zfs-initramfs. */
static bool is_automatic(const char *name)
{
    return !*name || !strcasecmp(name, "auto") || !strcasecmp(name, "on");
}

/* Where somebody else has said that the root is a ZFS, whatever root= holds. */
static bool is_of_type(const struct cmdline *cmdline)
{
    const char *type = cmdline_value(cmdline, "rootfstype"), *boot = cmdline_value(cmdline, "boot");

    return (type && !strcmp(type, "zfs")) || (boot && !strcmp(boot, "zfs"));
}

/* The name of the dataset, in the order in which the words count; NULL when there is no ZFS in any. */
static const char *find_name(const struct cmdline *cmdline)
{
    const char *root = cmdline_value(cmdline, "root"), *zfs = cmdline_value(cmdline, "zfs"),
               *bootfs = cmdline_value(cmdline, "bootfs");
    const char *named = root ? without_prefix(root) : NULL;

    if (named && !is_automatic(named))
        return named;
    if (zfs && *zfs && !cmdline_is_no(zfs) && (named || is_of_type(cmdline) || !root))
        return zfs;
    if (!named && !is_of_type(cmdline))
        return NULL;
    if (bootfs && *bootfs)
        return bootfs;
    return named || !root || !strncmp(root, "/dev/", strlen("/dev/")) || strchr(root, '=') ? "" : root;
}

static bool is_forced(const struct cmdline *cmdline)
{
    static const char *const keys[] = {"zfs_force", "zfs.force", "zfsforce"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (cmdline_has(cmdline, keys[i]) && !cmdline_is_no(cmdline_value(cmdline, keys[i])))
            return true;
    }
    return false;
}

/* dracut.zfs(7): a blank within a name is written as a plus, which no name has. name has room for
 * ZFS_NAME_SIZE. Returns 0 or -ENAMETOOLONG. */
static int copy_name(char *name, const char *from, size_t length)
{
    if (length >= ZFS_NAME_SIZE)
        return -ENAMETOOLONG;
    memcpy(name, from, length);
    name[length] = '\0';
    while ((name = strchr(name, '+')) != NULL)
        *name = ' ';
    return 0;
}

int zfs_words_read(const struct cmdline *cmdline, struct zfs_words *words)
{
    const char *name = find_name(cmdline), *pool = cmdline_value(cmdline, "rpool");
    int result;

    *words = (struct zfs_words){.is_forced = is_forced(cmdline)};
    if (!name)
        return 0;
    if (is_automatic(name))
        name = "";
    if (*name || !pool)
        pool = name;
    result = copy_name(words->dataset, name, strlen(name));
    if (result == 0)
        result = copy_name(words->pool, pool, strcspn(pool, "/@"));
    return result < 0 ? result : 1;
}
