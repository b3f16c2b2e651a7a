#include "unit.h"

#include <string.h>

#include "name/device_ref.h"
#include "root/candidates.h"
#include "storage/dmraid.h"
#include "system/text.h"

#define MOST 4u

/* Devices as they are once all has been read of them. */
struct fixture {
    struct block_device device[MOST];
    struct block_device *list[MOST];
    struct block_devices blocks;
};

static struct block_device *add(struct fixture *fixture, const char *path, const char *disk, const char *label)
{
    struct block_device *device = &fixture->device[fixture->blocks.count];

    assert_int_equal(text_join(device->path, sizeof(device->path), path, NULL), 0);
    assert_int_equal(text_join(device->disk, sizeof(device->disk), disk, NULL), 0);
    device->superblock_read = device->partition_read = true;
    device->superblock.type = "ext4";
    device->superblock.usage = SUPERBLOCK_FILESYSTEM;
    assert_int_equal(text_join(device->superblock.label, sizeof(device->superblock.label), label, NULL), 0);
    fixture->list[fixture->blocks.count++] = device;
    fixture->blocks.list = fixture->list;
    return device;
}

static struct candidates labelled_root(struct fixture *fixture)
{
    struct device_ref ref;

    assert_int_equal(device_ref_parse("LABEL=root", &ref), 0);
    return candidates_find(&(struct candidates_search){&fixture->blocks, &ref, NULL});
}

static void one_of_that_name(void **state)
{
    struct fixture fixture = {0};
    struct block_device *root;
    struct candidates found;

    (void)state;
    found = labelled_root(&fixture);
    assert_null(found.first);
    add(&fixture, "/dev/vda1", "/dev/vda", "boot");
    root = add(&fixture, "/dev/vda2", "/dev/vda", "root");
    add(&fixture, "/dev/vdb", "", "data");
    found = labelled_root(&fixture);
    assert_ptr_equal(found.first, root);
    assert_null(found.rival);
}

static void a_copy_is_a_rival(void **state)
{
    struct fixture fixture = {0};
    struct block_device *root = add(&fixture, "/dev/vda1", "/dev/vda", "root");
    struct block_device *copy = add(&fixture, "/dev/vdb1", "/dev/vdb", "root");
    struct candidates found = labelled_root(&fixture);

    (void)state;
    assert_ptr_equal(found.first, root);
    assert_ptr_equal(found.rival, copy);
}

/* The partition of a hybrid ISO image is the disk's own file system: it is taken, whichever of them comes first. */
static void a_disk_and_its_partition_are_one(void **state)
{
    struct fixture disk_first = {0};
    struct fixture partition_first = {0};
    struct candidates found;

    (void)state;
    add(&disk_first, "/dev/vda", "", "root");
    add(&disk_first, "/dev/vda1", "/dev/vda", "root");
    found = labelled_root(&disk_first);
    assert_ptr_equal(found.first, &disk_first.device[1]);
    assert_null(found.rival);
    add(&partition_first, "/dev/vda1", "/dev/vda", "root");
    add(&partition_first, "/dev/vda", "", "root");
    found = labelled_root(&partition_first);
    assert_ptr_equal(found.first, &partition_first.device[0]);
    assert_null(found.rival);
}

static void add_member(struct fixture *fixture, const char *path, const char *uuid, const char *member_uuid)
{
    struct block_device *member = add(fixture, path, "", "root");

    member->superblock.type = "btrfs";
    assert_int_equal(text_join(member->superblock.uuid, sizeof(member->superblock.uuid), uuid, NULL), 0);
    assert_int_equal(
        text_join(member->superblock.member_uuid, sizeof(member->superblock.member_uuid), member_uuid, NULL), 0);
}

static void members_of_one_btrfs_are_one(void **state)
{
    struct fixture fixture = {0};
    struct candidates found;

    (void)state;
    add_member(&fixture, "/dev/vda", "b7", "01");
    add_member(&fixture, "/dev/vdb", "b7", "02");
    found = labelled_root(&fixture);
    assert_ptr_equal(found.first, &fixture.device[0]);
    assert_null(found.rival);
    add_member(&fixture, "/dev/vdc", "b7", "01"); /* a copy of the first */
    found = labelled_root(&fixture);
    assert_ptr_equal(found.rival, &fixture.device[2]);
}

static void two_btrfs_are_two(void **state)
{
    struct fixture fixture = {0};
    struct candidates found;

    (void)state;
    add_member(&fixture, "/dev/vda", "b7", "01");
    add_member(&fixture, "/dev/vdb", "b8", "02");
    found = labelled_root(&fixture);
    assert_ptr_equal(found.rival, &fixture.device[1]);
}

/* Over whole disks, with the superblock at the end: the same partition shows on each member. */
static void partitions_of_an_array_are_not_its_members(void **state)
{
    struct fixture fixture = {0};
    struct block_device *root;
    struct device_ref ref;

    (void)state;
    add(&fixture, "/dev/vda1", "/dev/vda", "root");
    add(&fixture, "/dev/vda", "", "")->superblock.type = "linux_raid_member";
    assert_null(labelled_root(&fixture).first);
    root = add(&fixture, "/dev/md0p1", "/dev/md0", "root");
    add(&fixture, "/dev/md0", "", "");
    assert_ptr_equal(labelled_root(&fixture).first, root);
    assert_null(labelled_root(&fixture).rival);
    assert_int_equal(device_ref_parse("/dev/vda1", &ref), 0);
    assert_null(candidates_find(&(struct candidates_search){&fixture.blocks, &ref, NULL}).first);
}

/* Without its program too; but not where somebody has said that the disk is of no RAID. */
static void partitions_of_the_firmwares_raid_are_not_its_disks(void **state)
{
    static const struct assembler *const assemblers[] = {&dmraid_assembler, NULL};
    struct fixture fixture = {0};
    struct boot_options options = {0};
    struct storage storage = {.assemblers = assemblers, .blocks = &fixture.blocks, .options = &options};
    struct candidates_search search = {.blocks = &fixture.blocks, .storage = &storage};
    struct block_device *partition;
    struct device_ref ref;

    (void)state;
    assert_int_equal(device_ref_parse("LABEL=root", &ref), 0);
    search.ref = &ref;
    partition = add(&fixture, "/dev/sda1", "/dev/sda", "root");
    add(&fixture, "/dev/sda", "", "")->superblock.type = "via_raid_member";
    assert_null(candidates_find(&search).first);
    options.no_dm = true;
    assert_ptr_equal(candidates_find(&search).first, partition);
}

static struct block_device *map; /* NULL: it is still to come */

static bool is_path(const struct storage *storage, struct block_device *device)
{
    (void)storage;
    return !strncmp(device->disk, "/dev/sd", strlen("/dev/sd"));
}

static struct block_device *stand_in(const struct storage *storage, struct block_device *device)
{
    (void)storage;
    (void)device;
    return map;
}

/* Whatever name finds them: here one that the map does not have. */
static void paths_are_never_taken(void **state)
{
    static const struct assembler multipath = {.claims = is_path, .stand_in = stand_in};
    static const struct assembler *const assemblers[] = {&multipath, NULL};
    struct fixture fixture = {0};
    const struct storage storage = {.assemblers = assemblers, .blocks = &fixture.blocks};
    struct device_ref ref;
    struct candidates_search search = {&fixture.blocks, &ref, &storage};

    (void)state;
    assert_int_equal(device_ref_parse("LABEL=root", &ref), 0);
    add(&fixture, "/dev/sda", "", "");
    add(&fixture, "/dev/sda1", "/dev/sda", "root");
    add(&fixture, "/dev/sdb1", "/dev/sdb", "root");
    map = NULL;
    assert_null(candidates_find(&search).first);
    map = add(&fixture, "/dev/dm-1", "", "");
    assert_ptr_equal(candidates_find(&search).first, map);
    assert_null(candidates_find(&search).rival);
    strcpy(map->superblock.label, "root");
    assert_ptr_equal(candidates_find(&search).first, map);
    assert_null(candidates_find(&search).rival);
    search.storage = NULL;
    assert_non_null(candidates_find(&search).rival);
}

static void what_is_doubtful_yields(void **state)
{
    struct fixture fixture = {0};
    struct block_device *doubtful = add(&fixture, "/dev/vda", "", "root");
    struct block_device *sure;
    struct candidates found;

    (void)state;
    doubtful->partly_read = true;
    found = labelled_root(&fixture);
    assert_ptr_equal(found.first, doubtful);
    sure = add(&fixture, "/dev/vdb", "", "root");
    add(&fixture, "/dev/vdc", "", "root")->partly_read = true;
    found = labelled_root(&fixture);
    assert_ptr_equal(found.first, sure);
    assert_null(found.rival);
}

static void names_on_the_disk_are_copied_with_it(void **state)
{
    static const char *const copied[] = {"UUID=6b6b", "LABEL=root", "PARTUUID=7c7c", "PARTLABEL=root"};
    struct device_ref ref;

    (void)state;
    for (size_t i = 0; i < sizeof(copied) / sizeof(*copied); i++) {
        assert_int_equal(device_ref_parse(copied[i], &ref), 0);
        assert_true(candidates_may_be_several(&ref));
    }
    assert_int_equal(device_ref_parse("/dev/vda1", &ref), 0);
    assert_false(candidates_may_be_several(&ref));
    assert_int_equal(device_ref_parse("254:1", &ref), 0);
    assert_false(candidates_may_be_several(&ref));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_that_name),
        cmocka_unit_test(a_copy_is_a_rival),
        cmocka_unit_test(a_disk_and_its_partition_are_one),
        cmocka_unit_test(members_of_one_btrfs_are_one),
        cmocka_unit_test(two_btrfs_are_two),
        cmocka_unit_test(partitions_of_an_array_are_not_its_members),
        cmocka_unit_test(partitions_of_the_firmwares_raid_are_not_its_disks),
        cmocka_unit_test(paths_are_never_taken),
        cmocka_unit_test(what_is_doubtful_yields),
        cmocka_unit_test(names_on_the_disk_are_copied_with_it),
    };

    return RUN_TESTS(tests);
}
