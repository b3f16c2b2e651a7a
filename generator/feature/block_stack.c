#include "feature/block_stack.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/sysroot.h"

#define DEVICES "/sys/devices/"
#define DEPTH_MAXIMUM 32u /* layers: what runs in circles ends here */

const struct block_stack block_stack_luks = {"LUKS", "crypto_LUKS", "crypt", false};

/* The uuid that each maker of mapped devices gives them begins with a word of its own. */
static const struct {
    const char *prefix;
    struct block_stack stack;
} mapped[] = {{"CRYPT-VERITY-", {"dm-verity", "DM_verity_hash", "verity", false}},
    {"CRYPT-INTEGRITY-", {"dm-integrity", "DM_integrity", "integrity", false}},
    {"CRYPT-LUKS", {"LUKS", "crypto_LUKS", "crypt", false}},
    {"CRYPT-BITLK-", {"BitLocker", "BitLocker", "crypt", false}},
    {"CRYPT-", {"dm-crypt", "dm-crypt", "crypt", false}}, /* plain, or TrueCrypt's: no disk says so */
    {"LVM-", {"LVM", "LVM2_member", "lvm", false}}, {"mpath-", {"multipath", "mpath_member", "multipath", false}},
    /* What dmraid calls its formats. Intel's and DDF's are md's in the image. */
    {"DMRAID-nvidia_", {"dmraid", "nvidia_raid_member", "dmraid", false}},
    {"DMRAID-sil_", {"dmraid", "silicon_medley_raid_member", "dmraid", false}},
    {"DMRAID-pdc_", {"dmraid", "promise_fasttrack_raid_member", "dmraid", false}},
    {"DMRAID-asr_", {"dmraid", "adaptec_raid_member", "dmraid", false}},
    {"DMRAID-lsi_", {"dmraid", "lsi_mega_raid_member", "dmraid", false}},
    {"DMRAID-jmicron_", {"dmraid", "jmicron_raid_member", "dmraid", false}},
    {"DMRAID-via_", {"dmraid", "via_raid_member", "dmraid", false}},
    {"DMRAID-hpt45x_", {"dmraid", "hpt45x_raid_member", "dmraid", false}},
    {"DMRAID-hpt37x_", {"dmraid", "hpt37x_raid_member", "dmraid", false}},
    {"DMRAID-isw_", {"IMSM, by dmraid", "isw_raid_member", "md", false}},
    {"DMRAID-ddf1_", {"DDF, by dmraid", "ddf_raid_member", "md", false}}, {"DMRAID-", {"dmraid", NULL, NULL, false}}};

/* The kernel's names of other devices that somebody has to set up. */
static const struct {
    const char *prefix;
    struct block_stack stack;
} named[] = {{"nbd", {"NBD", NULL, "nbd", true}}, {"etherd!e", {"AoE", NULL, "aoe", true}},
    {"drbd", {"DRBD", NULL, NULL, false}}, {"rbd", {"Ceph's RBD", NULL, NULL, true}},
    {"zd", {"ZFS", NULL, NULL, false}}};

static const struct {
    const char *type;
    struct block_stack stack;
} types[] = {{"zfs", {"ZFS", "zfs_member", "zfs", false}}, {"nfs", {"NFS", NULL, "nfs", true}},
    {"nfs4", {"NFS", NULL, "nfs", true}}, {"cifs", {"CIFS", NULL, NULL, true}}};

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
    static const struct block_stack other = {.name = "a mapped device"};
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

/* A namespace lies below its controller, or below a subsystem, which has the controllers that lead there as links. */
static bool is_nvme_by_tcp(const char *sysroot, const char *directory)
{
    char *controllers = allocate_format("%s/..", directory), *resolved = NULL, *transport = NULL;
    bool is_nvme = !strncmp(strrchr(directory, '/') + 1, "nvme", strlen("nvme"));
    bool is_tcp = false;
    char *own = allocate_format("%s/transport", controllers);
    const struct dirent *entry;
    DIR *stream = NULL;

    if (is_nvme && file_read_text_of(sysroot, own, &transport) == 0)
        is_tcp = !strncmp(transport, "tcp", 3);
    else if (is_nvme && sysroot_resolve(sysroot, controllers, &resolved) == 0)
        stream = opendir(resolved);
    while (stream && !is_tcp && (entry = readdir(stream))) {
        char *path = allocate_format("%s/%s/transport", controllers, entry->d_name);

        free(transport);
        transport = NULL;
        is_tcp = !strncmp(entry->d_name, "nvme", strlen("nvme")) && file_read_text_of(sysroot, path, &transport) == 0
                 && !strncmp(transport, "tcp", 3);
        free(path);
    }
    if (stream)
        closedir(stream);
    free(transport);
    free(resolved);
    free(own);
    free(controllers);
    return is_tcp;
}

const struct block_stack *block_stack_of(const char *sysroot, const char *directory)
{
    static const struct block_stack md = {"md", "linux_raid_member", "md", false},
                                    bcache = {"bcache", "bcache", "bcache", false},
                                    iscsi = {"iSCSI", NULL, "iscsi", true},
                                    nvme_tcp = {"NVMe over TCP", NULL, "nvme-tcp", true};
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
    else if (strstr(directory, "/session") && !strncmp(name, "sd", 2)) /* ".../host2/session1/target2:0:0/..." */
        stack = &iscsi;
    else if (is_nvme_by_tcp(sysroot, directory))
        stack = &nvme_tcp;
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
        const struct block_stack *stack = block_stack_of(search->sysroot, directory);

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
