#include "storage/zfs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device/block_device_read.h"
#include "system/process.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

/* What zpool says when the pool's labels bear another system's hostid (lib/libzfs, zpool_import_status). */
#define SAID_OF_ANOTHER_SYSTEM "previously in use from another system"

static bool is_wanted(const struct storage *storage)
{
    return storage->pool != NULL;
}

static bool is_of_pool(struct block_device *device, const struct block_device *of)
{
    block_device_read_superblock(device);
    return device->superblock.type && !strcmp(device->superblock.type, of->superblock.type)
           && !strcmp(device->superblock.uuid, of->superblock.uuid);
}

static uint64_t patience(const struct storage *storage)
{
    (void)storage;
    return WAIT_QUIET_SECONDS * SECOND;
}

struct count {
    unsigned present, all; /* all: at least, for who has not come has not told of its neighbours */
};

/* Each member knows the others of its mirror or RAID-Z, and how many of those the pool is made of. */
static struct count count_members(struct storage *storage, const struct block_device *of)
{
    struct count count = {0, 0};
    uint32_t groups = 0;

    for (size_t i = 0; i < storage->blocks->count; i++) {
        const struct block_device *device = storage->blocks->list[i];
        bool is_first_of_group = true;

        if (!is_of_pool(storage->blocks->list[i], of))
            continue;
        for (size_t j = 0; j < i && is_first_of_group; j++)
            is_first_of_group = !is_of_pool(storage->blocks->list[j], of)
                                || storage->blocks->list[j]->superblock.pool.group != device->superblock.pool.group;
        count.present++;
        groups += is_first_of_group;
        count.all += is_first_of_group ? device->superblock.pool.members : 0;
    }
    if (groups < of->superblock.pool.groups)
        count.all += of->superblock.pool.groups - groups;
    return count;
}

static char no_environment[] = "LC_ALL=C";

/* zpool looks at the devices that it is told of, and at no others. Returns as process_run_fed. */
static int run_import(
    struct storage *storage, const struct block_device *member, bool is_forced, char said[PROCESS_SAID_SIZE])
{
    static char zpool[] = ZPOOL_PROGRAM, import[] = "import", no_mounts[] = "-N", option[] = "-o",
                no_cache[] = "cachefile=none", untouched[] = "readonly=on", force[] = "-f", directory[] = "-d";
    static char *const first[] = {zpool, import, no_mounts, option, no_cache};
    size_t count = sizeof(first) / sizeof(first[0]);
    char **argv = calloc(count + 2 * storage->blocks->count + 5, sizeof(*argv)),
         *guid = strdup(member->superblock.uuid);
    int result = -ENOMEM;

    *said = '\0';
    if (argv && guid) {
        memcpy(argv, first, sizeof(first));
        if (is_forced)
            argv[count++] = force;
        if (storage->options->overlay) { /* which promises that nothing is written to the root's disks */
            argv[count++] = option;
            argv[count++] = untouched;
        }
        for (size_t i = 0; i < storage->blocks->count; i++) {
            if (is_of_pool(storage->blocks->list[i], member)) {
                argv[count++] = directory;
                argv[count++] = storage->blocks->list[i]->path;
            }
        }
        argv[count] = guid;
        result = process_run_fed(argv, no_environment, NULL, 0, said);
    }
    free(guid);
    free(argv);
    return result;
}

/* Sets value to what the pool's bootfs says; "" for nothing. */
static void read_bootfs(const char *pool, char value[ZFS_NAME_SIZE])
{
    char *const argv[] = {(char[]){ZPOOL_PROGRAM}, (char[]){"get"}, (char[]){"-H"}, (char[]){"-o"}, (char[]){"value"},
        (char[]){"bootfs"}, (char *)(uintptr_t)pool, NULL};
    char said[PROCESS_SAID_SIZE];
    int result = process_run_fed(argv, no_environment, NULL, 0, said);

    said[strcspn(said, "\n")] = '\0';
    if (result != 0 || !strcmp(said, "-") || text_join(value, ZFS_NAME_SIZE, said, NULL) < 0)
        *value = '\0';
}

void zfs_export(const char *dataset)
{
    char pool[ZFS_NAME_SIZE];
    char *const argv[] = {(char[]){ZPOOL_PROGRAM}, (char[]){"export"}, pool, NULL};

    (void)text_join(pool, sizeof(pool), dataset, NULL);
    pool[strcspn(pool, "/")] = '\0';
    (void)process_run(argv);
}

/* Of what zpool says, the first line is the reason; those behind it are advice, as to destroy a pool that lacks a
 * device. */
static void note_refusal(
    struct zfs_pool *pool, const char *name, struct count count, int status, char said[PROCESS_SAID_SIZE])
{
    bool is_foreign = strstr(said, SAID_OF_ANOTHER_SYSTEM) != NULL;
    char present[DECIMAL_SIZE], all[DECIMAL_SIZE];

    said[strcspn(said, "\n")] = '\0';
    pool->is_hopeless |= *pool->words.pool && (is_foreign || count.present >= count.all);
    if (is_foreign)
        (void)text_join(pool->sentence, sizeof(pool->sentence), "the ZFS pool ", name, " was ", SAID_OF_ANOTHER_SYSTEM,
            ", and is not imported: boot with zfs_force=1 if that one no longer uses it", NULL);
    else if (count.present < count.all)
        (void)text_join(pool->sentence, sizeof(pool->sentence), "only ", text_decimal(count.present, present), " of ",
            text_decimal(count.all, all), " devices of the ZFS pool ", name,
            " have come, and zpool does not import it without the others: ", status < 0 ? strerror(-status) : said,
            NULL);
    else
        (void)text_join(pool->sentence, sizeof(pool->sentence), "zpool does not import the pool ", name, ": ",
            status < 0 ? strerror(-status) : said, NULL);
}

/* Only the pool that has the root stays. */
static void take_pool(struct zfs_pool *pool, const char *name)
{
    char bootfs[ZFS_NAME_SIZE];

    if (*pool->words.dataset) {
        (void)text_join(pool->dataset, sizeof(pool->dataset), pool->words.dataset, NULL); /* it has room */
    } else {
        read_bootfs(name, bootfs);
        (void)text_join(pool->dataset, sizeof(pool->dataset), bootfs, NULL);
    }
    if (*pool->dataset) {
        log_info("the ZFS pool ", name, " is imported");
        return;
    }
    (void)text_join(pool->sentence, sizeof(pool->sentence), "the ZFS pool ", name,
        " does not say which dataset is the root: name it with root=zfs:", name, "/..., or set its property bootfs",
        NULL);
    zfs_export(name);
}

void zfs_begin_anew(const struct block_devices *blocks)
{
    for (size_t i = 0; i < blocks->count; i++) {
        const char *type = blocks->list[i]->superblock_read ? blocks->list[i]->superblock.type : NULL;

        if (type && !strcmp(type, zfs_assembler.type))
            blocks->list[i]->is_assembled = false;
    }
}

static int assemble(struct storage *storage, struct block_device *member, bool degraded)
{
    struct zfs_pool *pool = storage->pool;
    const char *name = member->superblock.label;
    struct count count = count_members(storage, member);
    char said[PROCESS_SAID_SIZE], present[DECIMAL_SIZE], all[DECIMAL_SIZE];
    uint64_t start = timing_now();
    int status;

    if (*pool->dataset || (*pool->words.pool && strcmp(pool->words.pool, name) != 0))
        return 1;
    if (count.present < count.all && !degraded)
        return 0;
    status = run_import(storage, member, pool->words.is_forced, said);
    timing_note("program", "zpool", start);
    if (status != 0) {
        note_refusal(pool, name, count, status, said);
        return count.present >= count.all || pool->is_hopeless;
    }
    if (count.present < count.all)
        log_warning("only ", text_decimal(count.present, present), " of ", text_decimal(count.all, all),
            " devices of the ZFS pool ", name, " have come: it is degraded");
    take_pool(pool, name);
    return 1;
}

static void explain(struct storage *storage, struct block_device *member, char sentence[LOG_MESSAGE_SIZE])
{
    struct count count = count_members(storage, member);
    char present[DECIMAL_SIZE], all[DECIMAL_SIZE];

    (void)text_join(sentence, LOG_MESSAGE_SIZE, member->path, " is one of ", text_decimal(count.present, present),
        " devices that have come of the ", text_decimal(count.all, all), " of the ZFS pool ", member->superblock.label,
        NULL);
}

const struct assembler zfs_assembler = {.type = "zfs_member",
    .module = "zfs",
    .program = ZPOOL_PROGRAM,
    .patience = patience,
    .is_wanted = is_wanted,
    .assemble = assemble,
    .explain = explain};
