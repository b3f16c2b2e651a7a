#include "predict/root_spec.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "contract/fstab.h"
#include "format/verity.h"

/* A disk, or a part of it, and what lies there. */
struct part {
    uint64_t offset, size; /* bytes */
    struct superblock found;
};

struct parts {
    struct part *items;
    size_t count;
};

/* What /init can tell nothing of is no candidate. Returns 0 or -errno. */
static int add_part(struct parts *parts, int fd, uint64_t offset, uint64_t size)
{
    struct part part = {offset, size, {0}};
    int result = disk_probe(fd, offset, size, NULL, &part.found);

    if (result < 0 && !part.found.claims[0])
        return result;
    if (part.found.type || part.found.claims[0]) {
        parts->items = allocate_more(parts->items, parts->count, sizeof(part));
        parts->items[parts->count++] = part;
    }
    return 0;
}

static int add_partitions(struct parts *parts, int fd)
{
    blkid_probe probe = blkid_new_probe();
    blkid_partlist list = NULL;
    int result = 0;

    if (probe && blkid_probe_set_device(probe, fd, 0, 0) == 0) {
        blkid_probe_enable_partitions(probe, 1);
        list = blkid_probe_get_partitions(probe);
    }
    for (int i = 0; list && i < blkid_partlist_numof_partitions(list) && result == 0; i++) {
        blkid_partition partition = blkid_partlist_get_partition(list, i);

        result = add_part(parts, fd, (uint64_t)blkid_partition_get_start(partition) * 512,
            (uint64_t)blkid_partition_get_size(partition) * 512);
    }
    blkid_free_probe(probe);
    return result;
}

/* The part that is the root; NULL when there is none, or *is_alone says that there are several, unlike each other. What
 * was said decides between them. */
static struct part *choose(const struct parts *parts, const struct string_list *said, bool *is_alone)
{
    struct part *chosen = NULL;

    *is_alone = true;
    for (size_t i = 0; i < parts->count; i++) {
        struct part *part = &parts->items[i];
        const char *type = part->found.type;

        if (type && string_list_contains(said, type)) {
            *is_alone = true;
            return part;
        }
        /* The boot partition, swap and what vouches for the root are not what a root is. */
        if (type && (!strcmp(type, "vfat") || !strcmp(type, "swap") || !strcmp(type, VERITY_TYPE)) && parts->count > 1)
            continue;
        if (chosen && (!chosen->found.type || !type || strcmp(chosen->found.type, type) != 0))
            *is_alone = false;
        chosen = part;
    }
    return chosen;
}

/* As /init judges before it mounts (mount_check_claim). */
static void judge(
    struct root_spec *root, int fd, const struct part *part, const struct string_list *said, const char *path)
{
    const struct superblock *found = &part->found;
    bool may_be_mounted = found->usage == SUPERBLOCK_FILESYSTEM || found->usage == SUPERBLOCK_UNKNOWN;

    /* Of what was said, that as which /init will be able to mount it: a disc may be two things on purpose. */
    for (size_t i = 0; i < said->count && may_be_mounted; i++) {
        const char *type = said->items[i];
        struct superblock as;

        /* The driver of ext4 takes the older ones too. */
        if (disk_probe(fd, part->offset, part->size, type, &as) == 0 && as.type
            && (!strcmp(type, as.type) || (!strcmp(type, "ext4") && !strncmp(as.type, "ext", strlen("ext")))))
            string_list_add(&root->types, type);
    }
    if (found->claims[0] && root->types.count != 1)
        root->refusal =
            allocate_format("both %s and %s claim %s: boot with rootfstype=%s or rootfstype=%s, whichever is true",
                found->claims[0], found->claims[1], path, found->claims[0], found->claims[1]);
    else if (found->size > part->size)
        root->refusal = allocate_format("%s of %" PRIu64 " bytes is on %s, which has %" PRIu64
                                        ": the disk was cut off, or its partition made smaller",
            superblock_describe(found), found->size, path, part->size);
    else if (root->types.count == 0)
        string_list_add(&root->types, found->type);
    root->log_elsewhere = found->log_elsewhere;
    root->disks_wanted = found->device_count > 0  ? (uint32_t)found->device_count
                         : found->array.slots > 0 ? superblock_array_least(&found->array)
                                                  : 1;
    root->array = root->disks_wanted > 1 ? allocate_string(found->uuid) : NULL;
    disk_probe_array_needs(found, root->needs);
    root->is_plain_lvm = disk_probe_lvm_needs(fd, part->offset, root->needs, &root->checkers);
    for (size_t i = 0; i < root->types.count; i++)
        disk_probe_needs(fd, part->offset, root->types.items[i], root->needs);
}

/* A disk that has a hash tree has what it vouches for. */
static void add_verity_needs(struct root_spec *root, int fd, const struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->items[i].found.type && !strcmp(parts->items[i].found.type, VERITY_TYPE))
            disk_probe_needs(fd, parts->items[i].offset, VERITY_TYPE, root->needs);
    }
}

static int look(struct root_spec *root, int fd, const char *path, const struct string_list *said)
{
    off_t size = lseek(fd, 0, SEEK_END);
    struct parts parts = {0};
    struct part *chosen;
    bool is_alone;
    int result = size < 0 ? -errno : add_part(&parts, fd, 0, (uint64_t)size);

    if (result == 0 && parts.count == 0)
        result = add_partitions(&parts, fd);
    chosen = choose(&parts, said, &is_alone);
    if (result < 0) {
        log_error("cannot read %s: %s (say what lies on it with --rootfstype)", path, strerror(-result));
    } else if (chosen && is_alone) {
        judge(root, fd, chosen, said, path);
        add_verity_needs(root, fd, &parts);
    } else if (said->count == 0) {
        result = -ENODATA;
        log_error(chosen
                      ? "cannot tell what the root is: several file systems lie on %s (say which with --rootfstype)"
                      : "cannot tell what the root is: nothing that /init knows lies on %s (it boots with rootfstype= "
                        "alone: say it with --rootfstype)",
            path);
    }
    free(parts.items);
    return result;
}

/* A descriptor or -errno: a pipe, which would be waited for, is no disk. */
static int open_disk(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &status) == 0 && (S_ISBLK(status.st_mode) || S_ISREG(status.st_mode)))
        return fd;
    close(fd);
    return -ENOTBLK;
}

/* What was said will do where nobody can look. */
static int look_at(struct root_spec *root, const char *path, const struct string_list *said)
{
    int fd = open_disk(path);
    int result;

    if (fd < 0 && said->count > 0)
        return 0;
    if (fd < 0) {
        log_error("cannot read %s: %s (say what lies on it with --rootfstype)", path,
            fd == -ENOTBLK ? "it is neither a disk nor a file" : strerror(-fd));
        return fd;
    }
    result = look(root, fd, path, said);
    close(fd);
    /* A medium with images of a live system: its root is not the medium's own file system. */
    if (result == 0 && string_list_contains(&root->types, "iso9660") && live_medium_read(path, &root->medium) >= 0
        && root->medium.refusal && !root->refusal)
        root->refusal = allocate_string(root->medium.refusal);
    return result;
}

/* A mounted one is known without the right to read the disk. device NULL: what is mounted at /, from *source, the real
 * path of a device or NULL. Both are new strings; NULL when it is not mounted. */
static char *find_mounted(const char *device, char **source)
{
    char *text = NULL, *type = NULL;
    char *rest;
    struct fstab_entry entry;

    if (file_read_text("/proc/self/mounts", &text) < 0)
        text = allocate_string("");
    rest = text;
    while (!type && fstab_next(&rest, &entry)) {
        if (device ? strcmp(entry.spec, device) != 0 : strcmp(entry.place, "/") != 0 || !strcmp(entry.type, "rootfs"))
            continue;
        type = allocate_string(entry.type);
        if (source)
            *source = *entry.spec == '/' ? realpath(entry.spec, NULL) : NULL;
    }
    free(text);
    return type;
}

/* What is mounted here, /init has to find out first. */
static int take_mounted(struct root_spec *root, const char *type, const struct string_list *said)
{
    if (access(root->device, R_OK) == 0)
        return look_at(root, root->device, said);
    if (said->count > 0)
        return 0;
    if (!superblock_knows(type)) {
        log_error("cannot tell what the root is: /init knows no %s (it boots with rootfstype= alone: say it with "
                  "--rootfstype)",
            type);
        return -ENODATA;
    }
    string_list_add(&root->types, type);
    return 0;
}

/* What another disk holds has to be opened as well. */
static void add_disk(struct root_spec *root, const struct root_spec *other)
{
    for (size_t i = 0; i < other->types.count; i++) {
        if (!string_list_contains(&root->types, other->types.items[i]))
            string_list_add_once(&root->beside, other->types.items[i]);
    }
    for (size_t kind = 0; kind < DISK_NEED_KINDS; kind++) {
        for (size_t i = 0; i < other->needs[kind].count; i++)
            string_list_add_once(&root->needs[kind], other->needs[kind].items[i]);
    }
    for (size_t i = 0; i < other->checkers.count; i++)
        string_list_add_once(&root->checkers, other->checkers.items[i]);
    root->is_plain_lvm =
        root->is_plain_lvm && (other->is_plain_lvm || !string_list_contains(&other->types, "LVM2_member"));
    if (!root->refusal && other->refusal)
        root->refusal = allocate_string(other->refusal);
}

/* The first of them is what the way of the machine leads to. */
static int find_several(struct root_spec *root, const struct string_list *disks, const struct string_list *said)
{
    uint32_t count = 1;
    int result = root_spec_find(root, disks->items[0], said);

    for (size_t i = 1; i < disks->count && result == 0; i++) {
        struct root_spec other;

        result = root_spec_find(&other, disks->items[i], said);
        if (result == 0)
            add_disk(root, &other);
        count += root->array && other.array && !strcmp(root->array, other.array);
        root_spec_free(&other);
    }
    if (result == 0 && !root->refusal && count < root->disks_wanted)
        root->refusal =
            allocate_format("what %s is a member of takes %" PRIu32 " disks at the least, and of those that "
                            "were named %" PRIu32 " %s its",
                disks->items[0], root->disks_wanted, count, count == 1 ? "is" : "are");
    return result;
}

int root_spec_find(struct root_spec *root, const char *spec, const struct string_list *said)
{
    struct string_list disks = {0};
    struct stat status;
    char *path, *type;
    int result = -ENODEV;

    *root = (struct root_spec){0};
    if (!spec) {
        type = find_mounted(NULL, &root->device);
        if (root->device)
            result = take_mounted(root, type, said);
        else
            log_error("cannot tell what this host's root is: it lies on no block device (%s)", type ? type : "?");
        free(type);
        return result;
    }
    if (strchr(spec, ',') && stat(spec, &status) < 0)
        string_list_add_parts(&disks, spec, ",");
    if (disks.count > 0) {
        result = find_several(root, &disks, said);
        string_list_free(&disks);
        return result;
    }
    path = blkid_evaluate_spec(spec, NULL);
    if (!path || stat(path, &status) < 0) {
        free(path);
        if (said->count > 0)
            return 0;
        log_error("cannot tell what lies on %s: this host has no such device (say it with --rootfstype)", spec);
        return -ENODEV;
    }
    if (S_ISBLK(status.st_mode))
        root->device = realpath(path, NULL);
    free(path);
    type = root->device ? find_mounted(root->device, NULL) : NULL;
    result = type ? take_mounted(root, type, said) : look_at(root, root->device ? root->device : spec, said);
    free(type);
    return result;
}

void root_spec_free(struct root_spec *root)
{
    free(root->device);
    free(root->refusal);
    live_medium_free(&root->medium);
    string_list_free(&root->types);
    string_list_free(&root->checkers);
    string_list_free(&root->beside);
    free(root->array);
    for (size_t i = 0; i < DISK_NEED_KINDS; i++)
        string_list_free(&root->needs[i]);
    *root = (struct root_spec){0};
}
