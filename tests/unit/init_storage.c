/*
 * Made-up assemblers in the real machinery: disks are files with the ends of real ones, and come as events on a socket,
 * the disks that an assembler makes among them.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "device/uevent.h"
#include "fixture.h"
#include "format/superblock.h"
#include "root/device_find.h"
#include "storage/storage.h"
#include "system/timing.h"
#include "system/waits.h"

#define EXT4 "UUID=d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c03"
#define LONGEST_STACK 8u
#define DISK_MAJOR 253u
#define LONG_ENOUGH 60u /* seconds, for what is to come; what is not to come is waited for less */

static struct boot boot;
static char directory[64];
static int kernel;               /* what is sent there comes as an event */
static const char *const *stack; /* what lies on each disk, the first of which is there at the beginning */
static unsigned made;            /* disks so far */
static unsigned asked;           /* how often an assembler was */
static unsigned members_wanted;  /* before anything is assembled */
static bool are_wanted;          /* whatever they hold */
static bool has_array;           /* the only one */
static int answer;               /* when it is no success */

static void disk_path(unsigned number, char path[128])
{
    snprintf(path, 128, "%s/disk%u", directory, number);
}

/* No Debian of today makes one: as much of it as is looked at, with the device's number among three. */
static void make_bcachefs(uint8_t *ends, const char *number)
{
    static const uint8_t magic[16] = {
        0xc6, 0x85, 0x73, 0xf6, 0x66, 0xce, 0x90, 0xa9, 0xd9, 0x6a, 0x60, 0xcf, 0x80, 0x3d, 0xf7, 0xef};

    memset(ends, 0, SUPERBLOCK_HEAD_SIZE + SUPERBLOCK_TAIL_SIZE);
    memcpy(ends + 4096 + 24, magic, sizeof(magic));
    memset(ends + 4096 + 56, 0x5a, 16);
    memcpy(ends + 4096 + 72, "several", 7);
    ends[4096 + 122] = (uint8_t)atoi(number);
    ends[4096 + 123] = 3;
}

/* A fixture is the two ends of a device whose size does not matter to these. */
static void make_disk(unsigned number, const char *fixture)
{
    static uint8_t ends[SUPERBLOCK_HEAD_SIZE + SUPERBLOCK_TAIL_SIZE];
    char path[128], from[128];
    int fd;

    snprintf(from, sizeof(from), "tests/data/superblock/%s.gz", fixture);
    if (!strncmp(fixture, "bcachefs-", strlen("bcachefs-")))
        make_bcachefs(ends, fixture + strlen("bcachefs-"));
    else
        read_fixture(from, ends, sizeof(ends));
    disk_path(number, path);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 16 << 20), 0);
    assert_int_equal(pwrite(fd, ends, SUPERBLOCK_HEAD_SIZE, 0), SUPERBLOCK_HEAD_SIZE);
    close(fd);
}

static void tell(const char *action, unsigned number)
{
    char message[512], path[128];
    int length;

    disk_path(number, path);
    length = snprintf(message, sizeof(message),
        "%s@/devices/virtual/block/disk%u%cACTION=%s%cDEVPATH=/devices/virtual/block/"
        "disk%u%cSUBSYSTEM=block%cMAJOR=%u%c"
        "MINOR=%u%cDEVNAME=..%s%cDEVTYPE=disk",
        action, number, 0, action, 0, number, 0, 0, DISK_MAJOR, 0, number, 0, path, 0);
    assert_int_equal(send(kernel, message, (size_t)length + 1, 0), length + 1);
}

static void attach_disk(const char *fixture)
{
    make_disk(made, fixture);
    tell("add", made);
    made++;
}

static bool is_wanted(const struct storage *storage)
{
    (void)storage;
    return are_wanted;
}

static unsigned count_members(const struct storage *storage, const struct block_device *like)
{
    unsigned count = 0;

    for (size_t i = 0; i < storage->blocks->count; i++) {
        const struct superblock *found = &storage->blocks->list[i]->superblock;

        count += found->type && !strcmp(found->type, like->superblock.type);
    }
    return count;
}

/* What it makes is the next disk of the stack. */
static int assemble(struct storage *storage, struct block_device *member, bool degraded)
{
    asked++;
    if (answer < 0)
        return answer;
    if (!degraded && strcmp(member->superblock.type, "crypto_LUKS") != 0
        && count_members(storage, member) < members_wanted)
        return 0;
    if (stack[made])
        attach_disk(stack[made]);
    return 1;
}

static void explain(struct storage *storage, struct block_device *member, char sentence[LOG_MESSAGE_SIZE])
{
    snprintf(sentence, LOG_MESSAGE_SIZE, "%u of %u", count_members(storage, member), members_wanted);
}

/* Of its members each is asked for, and the first makes it. */
static int assemble_array(struct storage *storage, struct block_device *member, bool degraded)
{
    int result = has_array ? 1 : assemble(storage, member, degraded);

    has_array = result > 0;
    return result;
}

static const struct assembler container = {
    .type = "crypto_LUKS", .is_wanted = is_wanted, .assemble = assemble, .explain = explain};
static const struct assembler volumes = {
    .type = "LVM2_member", .is_wanted = is_wanted, .assemble = assemble, .explain = explain};
static const struct assembler array = {
    .type = "linux_raid_member", .is_wanted = is_wanted, .assemble = assemble_array, .explain = explain};
static const struct assembler *const made_up[] = {&container, &volumes, &array, NULL};

static void set_up(const struct assembler *const *assemblers, const char *const *disks)
{
    int ends[2];

    snprintf(directory, sizeof(directory), "/tmp/kindling-storage.XXXXXX");
    assert_non_null(mkdtemp(directory));
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    kernel = ends[1];
    made = asked = 0;
    members_wanted = 1;
    are_wanted = true;
    answer = 0;
    has_array = false;
    stack = disks;
    boot = (struct boot){.devices = {.socket = ends[0], .other = -1}, .options = {.timeout = LONG_ENOUGH}};
    boot.storage = (struct storage){
        .assemblers = assemblers, .blocks = &boot.devices.blocks, .index = &boot.index, .cmdline = &boot.cmdline};
    attach_disk(disks[0]);
}

static void tear_down(void)
{
    for (unsigned i = 0; i < made; i++) {
        char path[128];

        disk_path(i, path);
        unlink(path);
    }
    rmdir(directory);
    block_devices_free(&boot.devices.blocks);
    close(boot.devices.socket);
    close(kernel);
}

static int find(struct wanted_device *wanted, const char *spec, const char *options)
{
    *wanted = (struct wanted_device){.what = "root=", .spec = spec, .options = options, .seconds = BOOT_TIMEOUT_NEVER};
    return device_find(&boot, wanted);
}

/* The same without waiting, once all that there is has come of itself. */
static int find_now(struct wanted_device *wanted, const char *spec, const char *options)
{
    for (unsigned i = 0; i < LONGEST_STACK; i++) {
        assert_int_equal(devices_settle(&boot.devices, UINT64_MAX), 0);
        storage_assemble(&boot.storage, timing_now());
    }
    *wanted = (struct wanted_device){.what = "root=", .spec = spec, .options = options, .seconds = 0};
    return device_find(&boot, wanted);
}

static void test_stacks(void **state)
{
    static const char *const stacks[][LONGEST_STACK] = {
        {"ext4"},
        {"luks2", "ext4"},
        {"luks2", "lvm2", "ext4"},
        {"lvm2", "luks1", "ext4"},
        {"md-1.2", "luks2", "lvm2", "ext4"},
        {"lvm2", "luks2", "lvm2-sector3", "luks1", "md-1.1", "ext4"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++) {
        struct wanted_device wanted;
        unsigned layers = 0;

        while (stacks[i][layers + 1])
            layers++;
        set_up(made_up, stacks[i]);
        assert_int_equal(find(&wanted, EXT4, ""), 0);
        assert_int_equal(wanted.device->number, makedev(DISK_MAJOR, layers));
        assert_int_equal(asked, layers);
        tear_down();
    }
}

static void test_nothing_is_read_where_nothing_is_wanted(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"luks2", "ext4"};
    struct wanted_device wanted;

    (void)state;
    set_up(made_up, disks);
    are_wanted = false;
    assert_int_equal(find_now(&wanted, "/dev/elsewhere", ""), -ETIMEDOUT);
    assert_int_equal(boot.devices.blocks.count, 1);
    assert_false(boot.devices.blocks.list[0]->superblock_read);
    assert_int_equal(asked, 0);
    are_wanted = true;
    assert_int_equal(find_now(&wanted, "/dev/elsewhere", ""), -ETIMEDOUT);
    assert_int_equal(asked, 1);
    tear_down();
}

/* A volume group gives the root first, and what the boot resumes from when that is wanted. */
static void test_what_else_is_wanted(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"lvm2", "ext4", "swap"};
    struct assembler group = volumes;
    const struct assembler *const rows[] = {&group, NULL};
    struct wanted_device wanted;

    (void)state;
    set_up(rows, disks);
    assert_int_equal(find(&wanted, EXT4, ""), 0);
    assert_int_equal(find_now(&wanted, "LABEL=swap it", ""), -ETIMEDOUT);
    assert_int_equal(asked, 1);
    group.makes_what_is_wanted = true;
    assert_int_equal(find(&wanted, "LABEL=swap it", ""), 0);
    assert_int_equal(asked, 2);
    tear_down();
}

static unsigned seen_at_first;

static int assemble_counting(struct storage *storage, struct block_device *member, bool degraded)
{
    seen_at_first = seen_at_first ? seen_at_first : count_members(storage, member);
    return assemble(storage, member, degraded);
}

/* Two that have come may be copies of one. */
static void test_all_disks_are_known_first(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"lvm2", "lvm2", "ext4"};
    struct assembler group = volumes;
    const struct assembler *const rows[] = {&group, NULL};
    struct wanted_device wanted;

    (void)state;
    group.assemble = assemble_counting;
    group.makes_what_is_wanted = true;
    seen_at_first = 0;
    set_up(rows, disks);
    attach_disk(disks[1]);
    assert_int_equal(find(&wanted, EXT4, ""), 0);
    assert_int_equal(seen_at_first, 2);
    tear_down();
}

static void test_late_member(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"md-1.2", "md-1.2", "luks2", "ext4"};
    char sentence[LOG_MESSAGE_SIZE];
    struct wanted_device wanted;

    (void)state;
    set_up(made_up, disks);
    members_wanted = 2;
    assert_int_equal(find_now(&wanted, EXT4, ""), -ETIMEDOUT);
    assert_true(storage_explain(&boot.storage, boot.devices.blocks.list[0], sentence));
    assert_string_equal(sentence, "1 of 2");
    attach_disk(disks[1]);
    assert_int_equal(find(&wanted, EXT4, ""), 0);
    assert_false(storage_explain(&boot.storage, boot.devices.blocks.list[0], sentence));
    tear_down();
}

static uint64_t shown_patience;

static uint64_t patience(const struct storage *storage)
{
    (void)storage;
    return shown_patience;
}

static void test_patience(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"md-1.2", "ext4"};
    struct assembler patient = array;
    const struct assembler *const rows[] = {&patient, NULL};
    struct wanted_device wanted;
    uint64_t start;

    (void)state;
    patient.patience = patience;
    shown_patience = 200000;
    set_up(rows, disks);
    members_wanted = 2;
    start = timing_now();
    assert_int_equal(find(&wanted, EXT4, ""), 0);
    assert_true(timing_now() - start >= shown_patience);
    assert_int_equal(asked, 2); /* when it came, and when nothing else did */
    tear_down();
}

/* There is always some news, but members have been missing for long enough. */
static void test_patience_has_an_end(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"md-1.2", "ext4"};
    struct assembler patient = array;
    const struct assembler *const rows[] = {&patient, NULL};

    (void)state;
    patient.patience = patience;
    shown_patience = SECOND;
    set_up(rows, disks);
    members_wanted = 2;
    assert_int_equal(devices_settle(&boot.devices, UINT64_MAX), 0);
    storage_assemble(&boot.storage, timing_now());
    assert_int_equal(made, 1);
    assert_true(storage_due(&boot.storage, timing_now()) <= timing_now() + SECOND);
    boot.devices.blocks.list[0]->incomplete_since -= WAIT_DEGRADED;
    assert_true(storage_due(&boot.storage, timing_now()) <= timing_now());
    storage_assemble(&boot.storage, timing_now());
    assert_int_equal(made, 2);
    tear_down();
}

/* Not even with what has come: it is tried once for each piece of news, and the wait has an end. */
static int assemble_nothing(struct storage *storage, struct block_device *member, bool degraded)
{
    (void)storage;
    (void)member;
    asked += degraded;
    return 0;
}

static void test_what_cannot_be_is_tried_once(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"md-1.2", "ext4"};
    struct assembler patient = array;
    const struct assembler *const rows[] = {&patient, NULL};
    struct wanted_device wanted;

    (void)state;
    patient.patience = patience;
    patient.assemble = assemble_nothing;
    shown_patience = 0;
    set_up(rows, disks);
    boot.options.timeout = 1;
    assert_int_equal(find(&wanted, EXT4, ""), -ETIMEDOUT);
    assert_true(asked == 1 || asked == 2); /* before its event, and behind it */
    tear_down();
}

/* Another kind's patience, which is longer. */
static uint64_t longer_patience(const struct storage *storage)
{
    return 2 * patience(storage);
}

static int assemble_when_due(struct storage *storage, struct block_device *member, bool degraded)
{
    return degraded ? assemble(storage, member, degraded) : 0;
}

/* What will never be whole has been tried in vain: what is patient for longer has its turn all the same. */
static void test_each_has_its_own_patience(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"md-1.2", "luks2", "ext4"};
    struct assembler hopeless = array, patient = container;
    const struct assembler *const rows[] = {&hopeless, &patient, NULL};
    struct wanted_device wanted;

    (void)state;
    hopeless.patience = patience;
    hopeless.assemble = assemble_nothing;
    patient.patience = longer_patience;
    patient.assemble = assemble_when_due;
    shown_patience = 50000;
    set_up(rows, disks);
    attach_disk(disks[1]);
    boot.options.timeout = BOOT_TIMEOUT_NEVER;
    alarm(120); /* it would wait for ever */
    assert_int_equal(find(&wanted, EXT4, ""), 0);
    alarm(0);
    tear_down();
}

static void test_patience_may_be_endless(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"md-1.2", "ext4"};
    struct assembler patient = array;
    const struct assembler *const rows[] = {&patient, NULL};
    struct wanted_device wanted;

    (void)state;
    patient.patience = patience;
    shown_patience = UINT64_MAX;
    set_up(rows, disks);
    members_wanted = 2;
    boot.options.timeout = 1;
    assert_int_equal(find(&wanted, EXT4, ""), -ETIMEDOUT);
    assert_int_equal(made, 1);
    tear_down();
}

/* By its name alone, in an image without any program. */
static void test_what_a_layer_may_hold(void **state)
{
    static const struct {
        const char *spec;
        bool may_hold;
    } specs[] = {
        {"UUID=d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c03", true},
        {"LABEL=root", true},
        {"/dev/md0", true},
        {"/dev/md127p2", true},
        {"/dev/md/root", true},
        {"/dev/dm-0", true},
        {"/dev/mapper/vg0-root", true},
        {"/dev/vg0/root", true},
        {"/dev/disk/by-id/md-name-host:root", true},
        {"/dev/disk/by-id/dm-name-vg0-root", true},
        {"/dev/disk/by-id/lvm-pv-uuid-d5f0c8", true},
        {"/dev/disk/by-id/raid-root", true},
        {"/dev/disk/by-id/bcache-root", true},
        {"/dev/vda1", false},
        {"/dev/sdb", false},
        {"/dev/nvme0n1p2", false},
        {"/dev/mmcblk0p2", false},
        {"/dev/disk/by-id/virtio-root", false},
        {"/dev/disk/by-path/pci-0000:00:05.0", false},
        {"PARTUUID=01020304-01", false},
        {"9:0", false},
        {"", false},
    };
    struct device_ref wanted;

    (void)state;
    boot = (struct boot){0};
    boot.storage = (struct storage){.assemblers = storage_assemblers, .index = &boot.index};
    assert_false(storage_may_hold_wanted(&boot.storage, "/sbin/mdadm"));
    boot.storage.wanted = &wanted;
    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        assert_int_equal(device_ref_parse(specs[i].spec, &wanted), 0);
        assert_int_equal(storage_may_hold_wanted(&boot.storage, "/sbin/mdadm"), specs[i].may_hold);
    }
}

/* Of what nobody makes there is no link. */
static void test_whose_links_count(void **state)
{
    static const struct assembler cached = {.links = "bcache-,cached-"};
    static const struct assembler *const assemblers[] = {&container, &cached, NULL};
    struct device_ref wanted;

    (void)state;
    boot = (struct boot){0};
    boot.storage = (struct storage){.assemblers = assemblers, .index = &boot.index, .wanted = &wanted};
    assert_int_equal(device_ref_parse("/dev/disk/by-id/bcache-root", &wanted), 0);
    assert_true(storage_may_hold_wanted(&boot.storage, NULL));
    assert_int_equal(device_ref_parse("/dev/disk/by-id/cached-root", &wanted), 0);
    assert_true(storage_may_hold_wanted(&boot.storage, NULL));
    assert_int_equal(device_ref_parse("/dev/disk/by-id/md-name-host:root", &wanted), 0);
    assert_false(storage_may_hold_wanted(&boot.storage, NULL));
}

/* Who types a key twice takes longer than the root is waited for. */
static int assemble_slowly(struct storage *storage, struct block_device *member, bool degraded)
{
    usleep(1200000);
    return assemble(storage, member, degraded);
}

static void test_time_at_a_prompt_does_not_count(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"luks2", "luks1", "luks2", "ext4"};
    struct assembler prompt = container;
    const struct assembler *const rows[] = {&prompt, NULL};
    struct wanted_device wanted;

    (void)state;
    prompt.assemble = assemble_slowly;
    set_up(rows, disks);
    boot.options.timeout = 3;
    assert_int_equal(find(&wanted, EXT4, ""), 0);
    tear_down();
}

/* A device that is found by its name, and is one of several. */
static void test_members_of_what_is_named(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"btrfs-two"};
    const struct assembler made_up_btrfs = {.type = "btrfs", .assemble = assemble, .explain = explain};
    const struct assembler *const rows[] = {&made_up_btrfs, NULL};
    struct wanted_device wanted;

    (void)state;
    set_up(rows, disks);
    members_wanted = 2;
    assert_int_equal(find_now(&wanted, "LABEL=two devices", "noatime"), -ENODEV);
    assert_int_equal(wanted.device->number, makedev(DISK_MAJOR, 0));
    assert_false(wanted.device->is_assembled);
    boot.options.timeout = 1;
    assert_int_equal(find(&wanted, "LABEL=two devices", "noatime,degraded"), 0);
    assert_true(wanted.device->is_assembled);
    tear_down();
}

static void test_btrfs(void **state)
{
    static const char *const two[LONGEST_STACK] = {"btrfs-two"}, *const one[LONGEST_STACK] = {"btrfs"};
    char sentence[LOG_MESSAGE_SIZE];
    struct wanted_device wanted;

    (void)state;
    set_up(storage_assemblers, two);
    boot.storage.modules = &boot.modules;
    boot.storage.options = &boot.options;
    boot.modules.plan.index = &boot.index;
    assert_int_equal(find_now(&wanted, "LABEL=two devices", ""), -ENODEV);
    assert_true(storage_explain(&boot.storage, wanted.device, sentence));
    assert_non_null(strstr(sentence, "only 1 of 2 devices of the btrfs on /dev/"));
    tear_down();
    set_up(storage_assemblers, one);
    boot.storage.modules = &boot.modules;
    boot.storage.options = &boot.options;
    boot.modules.plan.index = &boot.index;
    assert_int_equal(find(&wanted, "LABEL=better fs", ""), 0);
    tear_down();
}

static void test_bcachefs(void **state)
{
    static const char *const first[LONGEST_STACK] = {"bcachefs-2"};
    const struct block_devices *blocks = &boot.devices.blocks;
    char sentence[LOG_MESSAGE_SIZE], source[256], expected[2048];
    struct wanted_device wanted;

    (void)state;
    set_up(storage_assemblers, first);
    boot.storage.modules = &boot.modules;
    boot.storage.options = &boot.options;
    boot.modules.plan.index = &boot.index;
    assert_int_equal(find_now(&wanted, "LABEL=several", ""), -ENODEV);
    attach_disk("bcachefs-0");
    assert_int_equal(find_now(&wanted, "LABEL=several", ""), -ENODEV);
    assert_true(storage_explain(&boot.storage, wanted.device, sentence));
    assert_non_null(strstr(sentence, "only 2 of 3 devices of the bcachefs on /dev/"));
    assert_non_null(strstr(sentence, " have come, without device 1, counted from 0: attach it, or boot with "));
    attach_disk("bcachefs-1");
    assert_int_equal(find(&wanted, "LABEL=several", ""), 0);
    assert_int_equal(storage_name_source(&boot.storage, wanted.device, source, sizeof(source)), 0);
    assert_int_equal(blocks->count, 3);
    snprintf(
        expected, sizeof(expected), "%s:%s:%s", blocks->list[1]->path, blocks->list[2]->path, blocks->list[0]->path);
    assert_string_equal(source, expected); /* in the order of their numbers */
    assert_int_equal(storage_name_source(&boot.storage, wanted.device, source, 16), -ENAMETOOLONG);
    tear_down();
}

/* Without one of them, when it was asked for. */
static void test_bcachefs_degraded(void **state)
{
    static const char *const first[LONGEST_STACK] = {"bcachefs-2"};
    char source[256];
    struct wanted_device wanted;

    (void)state;
    set_up(storage_assemblers, first);
    boot.storage.modules = &boot.modules;
    boot.storage.options = &boot.options;
    boot.modules.plan.index = &boot.index;
    boot.options.timeout = 1;
    assert_int_equal(find(&wanted, "LABEL=several", "degraded"), 0);
    assert_int_equal(storage_name_source(&boot.storage, wanted.device, source, sizeof(source)), 0);
    assert_string_equal(source, wanted.device->path);
    tear_down();
}

static void test_what_fails_is_not_tried_again(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"luks2", "ext4"};
    struct wanted_device wanted;

    (void)state;
    set_up(made_up, disks);
    answer = -EPERM;
    assert_int_equal(find_now(&wanted, EXT4, ""), -ETIMEDOUT);
    attach_disk("swap");
    assert_int_equal(find_now(&wanted, EXT4, ""), -ETIMEDOUT);
    assert_int_equal(asked, 1);
    tear_down();
}

static void test_program_that_is_not_there(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"luks2", "ext4"};
    const struct assembler lacks = {
        .type = "crypto_LUKS", .program = "/no/such/program", .is_wanted = is_wanted, .assemble = assemble};
    const struct assembler *const rows[] = {&lacks, NULL};
    struct wanted_device wanted;

    (void)state;
    set_up(rows, disks);
    assert_int_equal(find_now(&wanted, EXT4, ""), -ETIMEDOUT);
    assert_int_equal(asked, 0);
    assert_true(boot.devices.blocks.list[0]->is_assembled);
    tear_down();
}

/* The root's entry is another one after each event. */
static void test_root_is_looked_up(void **state)
{
    static const char *const disks[LONGEST_STACK] = {"ext4"};
    const struct block_device *before;
    struct wanted_device wanted;

    (void)state;
    set_up(made_up, disks);
    are_wanted = false;
    assert_int_equal(find(&wanted, EXT4, ""), 0);
    assert_null(root_device(&boot));
    boot.root = wanted.device->number;
    before = root_device(&boot);
    assert_non_null(before);
    tell("change", 0);
    assert_int_equal(find_now(&wanted, "/dev/elsewhere", ""), -ETIMEDOUT);
    assert_non_null(root_device(&boot));
    assert_false(root_device(&boot)->superblock_read);
    tell("remove", 0);
    assert_int_equal(find_now(&wanted, "/dev/elsewhere", ""), -ETIMEDOUT);
    assert_null(root_device(&boot));
    tear_down();
}

/* Each is in use by the one above it. */
static unsigned standing;

static unsigned take_down_upper(void)
{
    unsigned taken = standing == 3 || standing == 1;

    standing -= taken;
    return taken;
}

static unsigned take_down_lower(void)
{
    unsigned taken = standing == 2;

    standing -= taken;
    return taken;
}

static void test_take_down(void **state)
{
    const struct assembler upper = {.type = "crypto_LUKS", .take_down = take_down_upper};
    const struct assembler lower = {.type = "LVM2_member", .take_down = take_down_lower};
    const struct assembler neither = {.type = "btrfs"};
    const struct assembler *const rows[] = {&lower, &neither, &upper, NULL};

    (void)state;
    standing = 3;
    storage_take_down(rows);
    assert_int_equal(standing, 0);
    standing = 4; /* of which the first cannot be taken down */
    storage_take_down(rows);
    assert_int_equal(standing, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stacks),
        cmocka_unit_test(test_nothing_is_read_where_nothing_is_wanted),
        cmocka_unit_test(test_what_else_is_wanted),
        cmocka_unit_test(test_all_disks_are_known_first),
        cmocka_unit_test(test_late_member),
        cmocka_unit_test(test_patience),
        cmocka_unit_test(test_patience_has_an_end),
        cmocka_unit_test(test_what_cannot_be_is_tried_once),
        cmocka_unit_test(test_each_has_its_own_patience),
        cmocka_unit_test(test_patience_may_be_endless),
        cmocka_unit_test(test_what_a_layer_may_hold),
        cmocka_unit_test(test_whose_links_count),
        cmocka_unit_test(test_time_at_a_prompt_does_not_count),
        cmocka_unit_test(test_members_of_what_is_named),
        cmocka_unit_test(test_btrfs),
        cmocka_unit_test(test_bcachefs),
        cmocka_unit_test(test_bcachefs_degraded),
        cmocka_unit_test(test_what_fails_is_not_tried_again),
        cmocka_unit_test(test_program_that_is_not_there),
        cmocka_unit_test(test_root_is_looked_up),
        cmocka_unit_test(test_take_down),
    };

    return RUN_TESTS(tests);
}
