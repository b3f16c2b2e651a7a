#include "predict/root_spec.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "base/string_list.h"
#include "contract/fstab.h"

/* What a part of a disk holds, as a new string; NULL when nothing is known. size 0: to its end. */
static char *probe_part(int fd, blkid_loff_t offset, blkid_loff_t size)
{
    blkid_probe probe = blkid_new_probe();
    const char *type = NULL;
    char *found = NULL;

    if (probe && blkid_probe_set_device(probe, fd, offset, size) == 0) {
        blkid_probe_enable_superblocks(probe, 1);
        blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE);
        if (blkid_do_safeprobe(probe) == 0 && blkid_probe_lookup_value(probe, "TYPE", &type, NULL) == 0)
            found = allocate_string(type);
    }
    blkid_free_probe(probe);
    return found;
}

static void probe_partitions(int fd, struct string_list *types)
{
    blkid_probe probe = blkid_new_probe();
    blkid_partlist list = NULL;

    if (probe && blkid_probe_set_device(probe, fd, 0, 0) == 0) {
        blkid_probe_enable_partitions(probe, 1);
        list = blkid_probe_get_partitions(probe);
    }
    for (int i = 0; list && i < blkid_partlist_numof_partitions(list); i++) {
        blkid_partition partition = blkid_partlist_get_partition(list, i);
        char *type =
            probe_part(fd, blkid_partition_get_start(partition) * 512, blkid_partition_get_size(partition) * 512);

        if (type)
            string_list_take(types, type);
    }
    blkid_free_probe(probe);
}

/* The boot partition and swap are not what a root is. */
static bool is_beside_root(const char *type)
{
    return !strcmp(type, "vfat") || !strcmp(type, "swap");
}

static int choose(const struct string_list *types, const char *path, char **type)
{
    const char *chosen = NULL;
    bool is_alone = true;

    for (size_t i = 0; i < types->count; i++) {
        if (is_beside_root(types->items[i]) && types->count > 1)
            continue;
        is_alone = is_alone && (!chosen || !strcmp(chosen, types->items[i]));
        chosen = types->items[i];
    }
    if (!chosen)
        log_error("cannot tell what the root is: nothing that blkid knows lies on %s", path);
    else if (!is_alone)
        log_error("cannot tell what the root is: several file systems lie on %s (say which with --rootfstype)", path);
    if (!chosen || !is_alone)
        return -ENODATA;
    *type = allocate_string(chosen);
    return 0;
}

static int probe(struct root_spec *root, const char *path)
{
    struct string_list types = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *whole;
    int result;

    if (fd < 0) {
        result = -errno;
        log_error("cannot read %s: %s (say what lies on it with --rootfstype)", path, strerror(errno));
        return result;
    }
    whole = probe_part(fd, 0, 0);
    if (whole)
        string_list_take(&types, whole);
    else
        probe_partitions(fd, &types);
    result = choose(&types, path, &root->type);
    string_list_free(&types);
    close(fd);
    return result;
}

/* A mounted one is known without the right to read the disk. device NULL: what is mounted at /. */
static bool find_mounted(const char *device, struct root_spec *root)
{
    char *text = NULL;
    char *rest;
    struct fstab_entry entry;
    bool is_found = false;

    if (file_read_text("/proc/self/mounts", &text) < 0)
        text = allocate_string("");
    rest = text;
    while (!is_found && fstab_next(&rest, &entry)) {
        is_found =
            device ? !strcmp(entry.spec, device) : !strcmp(entry.place, "/") && strcmp(entry.type, "rootfs") != 0;
        if (is_found) {
            free(root->type);
            root->type = allocate_string(entry.type);
            if (!root->device)
                root->device = *entry.spec == '/' ? realpath(entry.spec, NULL) : NULL;
        }
    }
    free(text);
    return is_found;
}

static int find_own_root(struct root_spec *root)
{
    if (find_mounted(NULL, root) && root->device)
        return 0;
    log_error("cannot tell what this host's root is: it lies on no block device (%s)", root->type ? root->type : "?");
    return -ENODEV;
}

int root_spec_find(struct root_spec *root, const char *spec)
{
    struct stat status;
    char *path;

    *root = (struct root_spec){0};
    if (!spec)
        return find_own_root(root);
    path = blkid_evaluate_spec(spec, NULL);
    if (!path || stat(path, &status) < 0) {
        free(path);
        log_error("cannot tell what lies on %s: this host has no such device (say it with --rootfstype)", spec);
        return -ENODEV;
    }
    if (S_ISBLK(status.st_mode))
        root->device = realpath(path, NULL);
    free(path);
    if (root->device && find_mounted(root->device, root))
        return 0;
    return probe(root, root->device ? root->device : spec);
}

void root_spec_free(struct root_spec *root)
{
    free(root->device);
    free(root->type);
    *root = (struct root_spec){0};
}
