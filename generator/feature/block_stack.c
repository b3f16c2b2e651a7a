#include "feature/block_stack.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/sysroot.h"

#define DEVICES "/sys/devices/"
#define DEPTH_MAXIMUM 32u /* layers: what runs in circles ends here */

const struct block_stack block_stack_luks = {"LUKS", "crypt"};

/* The uuid that each maker of mapped devices gives them begins with a word of its own. */
static const struct {
    const char *prefix;
    struct block_stack stack;
} mapped[] = {{"CRYPT-VERITY-", {"dm-verity", "verity"}}, {"CRYPT-INTEGRITY-", {"dm-integrity", "integrity"}},
    {"CRYPT-", {"LUKS", "crypt"}}, {"LVM-", {"LVM", "lvm"}}, {"mpath-", {"multipath", "multipath"}},
    {"DMRAID-", {"dmraid", NULL}}};

/* The kernel's names of other devices that somebody has to set up. */
static const struct {
    const char *prefix;
    struct block_stack stack;
} named[] = {{"nbd", {"NBD", "nbd"}}, {"drbd", {"DRBD", NULL}}, {"rbd", {"Ceph's RBD", NULL}}, {"zd", {"ZFS", NULL}}};

static const struct {
    const char *type;
    struct block_stack stack;
} types[] = {{"zfs", {"ZFS", NULL}}, {"nfs", {"NFS", "nfs"}}, {"nfs4", {"NFS", "nfs"}}, {"cifs", {"CIFS", "cifs"}}};

const struct block_stack *block_stack_of_type(const char *type)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (!strcmp(types[i].type, type))
            return &types[i].stack;
    }
    return NULL;
}

static bool has_entry(const char *sysroot, const char *directory, const char *name)
{
    char *path = allocate_format("%s/%s", directory, name);
    bool is_there = sysroot_has(sysroot, path);

    free(path);
    return is_there;
}

static const struct block_stack *mapped_stack(const char *uuid)
{
    static const struct block_stack other = {"a mapped device", NULL};
    size_t length = strlen("part");

    /* kpartx calls its partitions "part1-" and what the whole is called. */
    if (!strncmp(uuid, "part", length)) {
        length += strspn(uuid + length, "0123456789");
        uuid += uuid[length] == '-' ? length + 1 : 0;
    }
    for (size_t i = 0; i < sizeof(mapped) / sizeof(mapped[0]); i++) {
        if (!strncmp(uuid, mapped[i].prefix, strlen(mapped[i].prefix)))
            return &mapped[i].stack;
    }
    return &other;
}

static const struct block_stack *stack_of(const char *sysroot, const char *directory)
{
    static const struct block_stack md = {"md", "md"}, bcache = {"bcache", "bcache"};
    const char *name = strrchr(directory, '/') + 1;
    const struct block_stack *stack = NULL;
    char *path = allocate_format("%s/dm/uuid", directory);
    char *uuid = NULL;

    if (file_read_text_of(sysroot, path, &uuid) == 0)
        stack = mapped_stack(uuid);
    else if (has_entry(sysroot, directory, "md"))
        stack = &md;
    else if (!strncmp(name, "bcache", strlen("bcache")) && has_entry(sysroot, directory, "bcache"))
        stack = &bcache;
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]) && !stack; i++) {
        size_t length = strlen(named[i].prefix);

        if (!strncmp(name, named[i].prefix, length) && name[length] >= '0' && name[length] <= '9')
            stack = &named[i].stack;
    }
    free(uuid);
    free(path);
    return stack;
}

struct search {
    const char *sysroot;
    bool (*take)(void *context, const struct block_stack *stack, const char *device);
    void *context;
};

static bool search_device(const struct search *search, const char *path, unsigned depth);

static bool search_slaves(const struct search *search, const char *directory, unsigned depth)
{
    char *slaves = allocate_format("%s/slaves", directory);
    char *resolved = NULL;
    DIR *stream = sysroot_resolve(search->sysroot, slaves, &resolved) == 0 ? opendir(resolved) : NULL;
    const struct dirent *entry;
    bool is_taken = false;

    while (stream && !is_taken && (entry = readdir(stream))) {
        char *slave = allocate_format("%s/%s", slaves, entry->d_name);

        if (*entry->d_name != '.')
            is_taken = search_device(search, slave, depth + 1);
        free(slave);
    }
    if (stream)
        closedir(stream);
    free(resolved);
    free(slaves);
    return is_taken;
}

/* A partition's disk is the directory above it. */
static bool search_device(const struct search *search, const char *path, unsigned depth)
{
    char *directory;
    bool is_taken = false;

    if (depth > DEPTH_MAXIMUM || sysroot_canonical(search->sysroot, path, &directory) < 0)
        return false;
    while (!is_taken && !strncmp(directory, DEVICES, strlen(DEVICES))) {
        const struct block_stack *stack = stack_of(search->sysroot, directory);

        is_taken = (stack && search->take(search->context, stack, strrchr(directory, '/') + 1))
                   || search_slaves(search, directory, depth);
        if (!has_entry(search->sysroot, directory, "partition"))
            break;
        *strrchr(directory, '/') = '\0';
    }
    free(directory);
    return is_taken;
}

bool block_stack_find(const char *sysroot, const char *path,
    bool (*take)(void *context, const struct block_stack *stack, const char *device), void *context)
{
    return search_device(&(struct search){sysroot, take, context}, path, 0);
}
