/* Volume groups on files that stand for disks; what has no fixture is a text as lvm writes it. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fixture.h"
#include "format/lvm2_plain.h"
#include "name/device_ref.h"
#include "storage/logical_volume.h"
#include "storage/volume_choice.h"
#include "storage/volume_table.h"
#include "system/text.h"

#define DISK_SIZE 32768u
#define GROUP                                                                                                          \
    "id = \"gggggg-gggg-gggg-gggg-gggg-gggg-gggggg\" seqno = 4 extent_size = 2048\nstatus = [\"RESIZEABLE\", "         \
    "\"READ\", \"WRITE\"]\nflags = []\n"
#define DISKS                                                                                                          \
    "physical_volumes {\npv0 {\nid = \"first\"\nstatus = [\"ALLOCATABLE\"]\nflags = []\npe_start = 2048\n}\n"          \
    "pv1 {\nid = \"second\"\nstatus = [\"ALLOCATABLE\"]\nflags = []\npe_start = 4096\n}\n}\n"
#define VOLUME(name, segments)                                                                                         \
    name " {\nid = \"vvvvvv-vvvv-vvvv-vvvv-vvvv-vvvv-vvvvvv\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\nflags = "  \
         "[]\n" segments "}\n"
#define LINEAR(number, start, count, place)                                                                            \
    "segment" number " {\nstart_extent = " start "\nextent_count = " count                                             \
    "\ntype = \"striped\"\nstripe_count = 1\nstripes = [\n" place "\n]\n}\n"
#define WHOLE "segment_count = 1\n" LINEAR("1", "0", "20", "\"pv0\", 3")
#define TEXT(volumes) "vg-x {\n" GROUP DISKS "logical_volumes {\n" volumes "}\n}\n"

static struct block_device first, second;
static struct block_device *list[] = {&first, &second};
static struct block_devices blocks = {list, 2, 2};
static struct storage storage = {.blocks = &blocks};

static void make_device(struct block_device *device, const char *uuid, unsigned minor_number)
{
    *device =
        (struct block_device){.path = "/dev/nowhere", .number = makedev(254, minor_number), .superblock_read = true};
    device->superblock.type = "LVM2_member";
    assert_return_code(text_join(device->superblock.uuid, sizeof(device->superblock.uuid), uuid, NULL), 0);
}

static void make_group(struct volume_group *group, const char *text)
{
    make_device(&first, "first", 0);
    make_device(&second, "second", 16);
    *group = (struct volume_group){.is_agreed = true};
    assert_int_equal(lvm2_group_read(lvm2_span_of(text), &group->described), 0);
}

static void find_volume(const struct volume_group *group, const char *name, struct logical_volume *volume)
{
    size_t position = 0;

    do
        assert_true(volume_group_next(group, &position, volume));
    while (!lvm2_is(volume->name, name));
}

static void test_disk(void **state)
{
    static uint8_t disk[DISK_SIZE];
    char path[] = "/tmp/kindling-pv.XXXXXX";
    struct volume_group group;
    struct logical_volume volume;
    size_t position = 0;
    int fd = mkstemp(path);

    (void)state;
    read_fixture("tests/data/lvm2/linear.gz", disk, sizeof(disk));
    assert_int_equal(write(fd, disk, sizeof(disk)), sizeof(disk));
    close(fd);
    make_device(&first, "xf3EgD-EYyM-QNvw-N6yd-hXLw-N7Si-dwavRI", 0);
    make_device(&second, "other", 16);
    assert_return_code(text_join(first.path, sizeof(first.path), path, NULL), 0);
    assert_int_equal(volume_group_read(&storage, &first, &group), 0);
    assert_true(group.is_agreed);
    assert_true(volume_group_next(&group, &position, &volume));
    assert_string_equal(volume.mapped, "vg--0-my--root");
    assert_string_equal(volume.uuid, "LVM-yU0zJSuCEdasrzvkPN4exgDUvqOHLusZCy38YLbkNWzDfSXrtRBsneo8xRg3hiKP");
    assert_true(volume_group_next(&group, &position, &volume));
    assert_string_equal(volume.mapped, "vg--0-other");
    assert_false(volume_group_next(&group, &position, &volume));
    volume_group_free(&group);
    unlink(path);
    assert_int_equal(volume_group_read(&storage, &second, &group), -ENOENT);
}

static bool count_disk(struct lvm2_span physical_volume, void *context)
{
    struct volume_group *group = ((void **)context)[0];
    unsigned *missing = ((void **)context)[1];

    *missing += !volume_group_device(&storage, group, physical_volume);
    return true;
}

static unsigned count_missing(struct volume_group *group, const char *name)
{
    struct logical_volume volume;
    unsigned missing = 0;

    find_volume(group, name, &volume);
    assert_true(volume_group_visit(group, &volume, count_disk, (void *[]){group, &missing}));
    return missing;
}

#define HIDDEN(name, segments) name " {\nid = \"h\"\nstatus = [\"READ\", \"WRITE\"]\nflags = []\n" segments "}\n"

static void test_what_a_volume_needs(void **state)
{
    static const char text[] = TEXT(
        VOLUME("one", WHOLE) VOLUME("thin", "segment1 {\ntype = \"thin\"\nthin_pool = \"pool\"\n}\n")
            VOLUME("pool", "segment1 {\ntype = \"thin-pool\"\nmetadata = \"meta\"\npool = \"data\"\n}\n")
                HIDDEN("meta", WHOLE) HIDDEN("data", LINEAR("1", "0", "5", "\"pv1\", 0")) HIDDEN("snap", WHOLE)
                    VOLUME("snapshot0", "segment1 {\ntype = \"snapshot\"\norigin = \"one\"\ncow_store = \"snap\"\n}\n")
                        VOLUME("loop", "segment1 {\ntype = \"x\"\nof = [ \"loop\", \"loop\", \"data\" ]\n}\n"));
    struct volume_group group;
    struct logical_volume volume;
    size_t position = 0, count = 0;

    (void)state;
    make_group(&group, text);
    while (volume_group_next(&group, &position, &volume))
        count++;
    assert_int_equal(count, 4); /* neither the pool nor its insides */
    find_volume(&group, "snap", &volume);
    assert_string_equal(volume.mapped, "vg--x-snap");
    assert_string_equal(volume.uuid + strlen("LVM-") + 32, "h");
    assert_int_equal(count_missing(&group, "one"), 0);
    assert_int_equal(count_missing(&group, "thin"), 0);
    strcpy(second.superblock.uuid, "gone");
    assert_int_equal(count_missing(&group, "one"), 0);
    assert_int_equal(count_missing(&group, "thin"), 1);
    assert_true(count_missing(&group, "loop") > 0); /* and comes to an end */
}

static int read_table(struct volume_table *table, const char *text)
{
    struct volume_group group;
    struct logical_volume volume;

    make_group(&group, text);
    find_volume(&group, "root", &volume);
    assert_string_equal(volume.mapped, "vg--x-root");
    return volume_table_read(table, &storage, &group, &volume);
}

static void expect_target(
    const struct mapped_target *target, uint64_t start, uint64_t size, const char *type, const char *parameters)
{
    assert_int_equal(target->start, start);
    assert_int_equal(target->size, size);
    assert_string_equal(target->type, type);
    assert_string_equal(target->parameters, parameters);
}

static void test_tables(void **state)
{
    struct volume_table table;

    (void)state;
    assert_int_equal(read_table(&table, TEXT(VOLUME("root", WHOLE) VOLUME("other", WHOLE))), 0);
    assert_int_equal(table.count, 1);
    expect_target(&table.targets[0], 0, 40960, "linear", "254:0 8192");
    assert_false(table.read_only);
    volume_table_free(&table);
    assert_int_equal(read_table(&table, TEXT(VOLUME("root", "segment_count = 2\n" LINEAR("1", "0", "20", "\"pv0\", 0")
                                                                LINEAR("2", "20", "7", "\"pv1\", 1")))),
        0);
    assert_int_equal(table.count, 2);
    expect_target(&table.targets[0], 0, 40960, "linear", "254:0 2048");
    expect_target(&table.targets[1], 40960, 14336, "linear", "254:16 6144");
    volume_table_free(&table);
    assert_int_equal(
        read_table(&table, TEXT(VOLUME("root", "segment_count = 1\nsegment1 {\nstart_extent = 0\nextent_count = "
                                               "10\ntype = \"striped\"\nstripe_count = 2\n"
                                               "stripe_size = 128\nstripes = [\n\"pv0\", 2,\n\"pv1\", 0\n]\n}\n"))),
        0);
    expect_target(&table.targets[0], 0, 20480, "striped", "2 128 254:0 6144 254:16 4096");
    volume_table_free(&table);
}

/* What is not as simple as that, lvm has to see. */
static void test_tables_of_lvm(void **state)
{
    static const char *const texts[] = {
        TEXT(VOLUME("root", "segment_count = 1\nsegment1 {\nstart_extent = 0\nextent_count = 1\ntype = "
                            "\"thin\"\nthin_pool = \"p\"\n}\n")),
        TEXT(VOLUME("root", "segment_count = 2\n" LINEAR("1", "0", "20", "\"pv0\", 0"))),
        TEXT(VOLUME(
            "root", "segment_count = 2\n" LINEAR("1", "0", "20", "\"pv0\", 0") LINEAR("2", "21", "1", "\"pv0\", 30"))),
        TEXT(VOLUME("root", "segment_count = 1\n" LINEAR("1", "0", "20", "\"lv1\", 0"))),
        TEXT(VOLUME("root", "segment_count = 1\n" LINEAR("1", "0", "20", "\"pv0\""))),
        TEXT(VOLUME("root", "segment_count = 1\n" LINEAR("1", "0", "18446744073709551615", "\"pv0\", 0"))),
        TEXT(VOLUME("root", WHOLE)
                HIDDEN("snapshot0", "segment1 {\ntype = \"snapshot\"\norigin = \"root\"\ncow_store = \"snap\"\n}\n")),
        TEXT("root {\nid = \"v\"\nstatus = [\"READ\", \"VISIBLE\", \"PVMOVE\"]\nflags = []\n" WHOLE "}\n"),
        TEXT("root {\nid = \"v\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\nflags = [\"ACTIVATION_SKIP\"]\n" WHOLE
             "}\n"),
        "vg-x {\nsystem_id = \"elsewhere\"\n" GROUP DISKS "logical_volumes {\n" VOLUME("root", WHOLE) "}\n}\n",
        "vg-x {\nlock_type = \"sanlock\"\n" GROUP DISKS "logical_volumes {\n" VOLUME("root", WHOLE) "}\n}\n",
        "vg-x {\nid = \"g\" seqno = 1 extent_size = 2048 status = [\"READ\", \"EXPORTED\"]\n" DISKS
        "logical_volumes {\n" VOLUME("root", WHOLE) "}\n}\n",
        "vg-x {\n" GROUP "physical_volumes {\npv0 {\nid = \"first\"\nstatus = [\"ALLOCATABLE\"]\nflags = "
        "[\"MISSING\"]\npe_start = 2048\n}\n}\nlogical_volumes {\n" VOLUME("root", WHOLE) "}\n}\n",
    };
    struct volume_table table;
    struct volume_group group;
    struct logical_volume volume;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (read_table(&table, texts[i]) != -EOPNOTSUPP)
            fail_msg("text %zu has a table", i);
        volume_table_free(&table);
    }
    make_group(&group, TEXT(VOLUME("root", WHOLE)));
    find_volume(&group, "root", &volume);
    strcpy(second.superblock.uuid, "first"); /* a copy */
    assert_int_equal(volume_table_read(&table, &storage, &group, &volume), -EOPNOTSUPP);
    volume_table_free(&table);
    make_group(&group, TEXT(VOLUME("root", WHOLE)));
    group.is_agreed = false;
    assert_int_equal(volume_table_read(&table, &storage, &group, &volume), -EOPNOTSUPP);
    volume_table_free(&table);
}

/* Lays the two ends of a file system of 4 MiB, as a fixture has them, on a disk, of which the volume's second half
 * comes first, a gap apart, in extents of 1 MiB from byte 1 MiB on. */
static void lay_on_disk(const char *fixture, char path[])
{
    static uint8_t ends[SUPERBLOCK_HEAD_SIZE + SUPERBLOCK_TAIL_SIZE];
    int fd = mkstemp(path);

    read_fixture(fixture, ends, sizeof(ends));
    assert_int_equal(pwrite(fd, ends, SUPERBLOCK_HEAD_SIZE, 6 << 20), SUPERBLOCK_HEAD_SIZE);
    assert_int_equal(pwrite(fd, ends + SUPERBLOCK_HEAD_SIZE, SUPERBLOCK_TAIL_SIZE, (3 << 20) - SUPERBLOCK_TAIL_SIZE),
        SUPERBLOCK_TAIL_SIZE);
    assert_return_code(ftruncate(fd, 16 << 20), errno);
    close(fd);
}

static const char in_two_parts[] =
    TEXT(VOLUME("root", "segment_count = 2\n" LINEAR("1", "0", "2", "\"pv0\", 5") LINEAR("2", "2", "2", "\"pv0\", 0")));

static enum volume_choice choose(const char *spec, const struct volume_group *group)
{
    struct device_ref wanted;
    struct cmdline cmdline = {0};
    struct logical_volume volume;
    enum volume_choice choice;

    assert_int_equal(device_ref_parse(spec, &wanted), 0);
    find_volume(group, "root", &volume);
    storage.wanted = &wanted;
    storage.cmdline = &cmdline;
    choice = volume_choose(&storage, group, &volume, false);
    storage.wanted = NULL;
    storage.cmdline = NULL;
    return choice;
}

/* What a volume holds is read where it lies, and one that holds something else is left alone. */
static void test_choice_by_content(void **state)
{
    char path[] = "/tmp/kindling-pv.XXXXXX";
    struct volume_table table;
    struct superblock found;
    struct volume_group group;

    (void)state;
    lay_on_disk("tests/data/superblock/ext4.gz", path);
    assert_int_equal(read_table(&table, in_two_parts), 0);
    assert_return_code(text_join(first.path, sizeof(first.path), path, NULL), 0);
    assert_int_equal(volume_table_identify(&table, &found), 0);
    assert_string_equal(found.type, "ext4");
    assert_string_equal(found.uuid, "d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c03");
    volume_table_free(&table);
    make_group(&group, in_two_parts);
    assert_return_code(text_join(first.path, sizeof(first.path), path, NULL), 0);
    assert_int_equal(choose("UUID=d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c03", &group), VOLUME_IS_DUE);
    assert_int_equal(choose("UUID=d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c04", &group), VOLUME_LEFT);
    assert_int_equal(choose("PARTUUID=01020304-05", &group), VOLUME_LEFT);
    assert_int_equal(choose("/dev/mapper/inside", &group), VOLUME_LEFT); /* some layer's, which is not in there */
    assert_int_equal(choose("/dev/vg-x/root", &group), VOLUME_IS_DUE);
    assert_int_equal(choose("/dev/dm-0", &group), VOLUME_IS_DUE); /* it may become that */
    assert_int_equal(choose("253:0", &group), VOLUME_IS_DUE);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(truncate(path, 16 << 20), 0);
    assert_int_equal(choose("LABEL=root", &group), VOLUME_IS_DUE); /* there may be a table of partitions in it */
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(choose("LABEL=root", &group), VOLUME_IS_DUE); /* it cannot be read */
    unlink(path);
}

/* An array's superblock at its end, whose parts lie in turns on two disks. */
static void test_content_of_stripes(void **state)
{
    static const char text[] =
        TEXT(VOLUME("root", "segment_count = 1\nsegment1 {\nstart_extent = 0\nextent_count = 4\ntype = "
                            "\"striped\"\nstripe_count = 2\nstripe_size = 128\nstripes = [\n\"pv0\", "
                            "0,\n\"pv1\", 0\n]\n}\n"));
    static uint8_t ends[SUPERBLOCK_HEAD_SIZE + SUPERBLOCK_TAIL_SIZE];
    char path[2][24] = {"/tmp/kindling-pv.XXXXXX", "/tmp/kindling-pv.XXXXXX"};
    struct volume_table table;
    struct superblock found;
    int fd[2] = {mkstemp(path[0]), mkstemp(path[1])};

    (void)state;
    read_fixture("tests/data/superblock/ext4.gz", ends, sizeof(ends));
    assert_int_equal(pwrite(fd[0], ends, 65536, 1 << 20), 65536);
    assert_int_equal(pwrite(fd[1], ends + 65536, SUPERBLOCK_HEAD_SIZE - 65536, 2 << 20), SUPERBLOCK_HEAD_SIZE - 65536);
    for (int i = 0; i < 2; i++) {
        assert_return_code(ftruncate(fd[i], 8 << 20), errno);
        close(fd[i]);
    }
    assert_int_equal(read_table(&table, text), 0);
    assert_return_code(text_join(first.path, sizeof(first.path), path[0], NULL), 0);
    assert_return_code(text_join(second.path, sizeof(second.path), path[1], NULL), 0);
    assert_int_equal(volume_table_identify(&table, &found), 0);
    assert_string_equal(found.uuid, "d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c03");
    volume_table_free(&table);
    unlink(path[0]);
    unlink(path[1]);
}

static void test_names_that_are_none(void **state)
{
    static const char text[] = TEXT(VOLUME("-x", WHOLE) VOLUME("a/b", WHOLE) VOLUME("..", WHOLE) VOLUME("good", WHOLE));
    struct volume_group group;
    struct logical_volume volume;
    size_t position = 0;

    (void)state;
    make_group(&group, text);
    assert_true(volume_group_next(&group, &position, &volume));
    assert_true(lvm2_is(volume.name, "good"));
    assert_false(volume_group_next(&group, &position, &volume));
}

static void test_groups_that_have_a_plain_volume(void **state)
{
    static const char spare[] = "lvol0_pmspare {\nid = \"s\"\nstatus = [\"READ\", \"WRITE\"]\nflags = []\n" WHOLE "}\n";
    static const char thin[] =
        VOLUME("thin", "segment_count = 1\nsegment1 {\ntype = \"thin\"\nthin_pool = \"pool\"\n}\n");
    static const char pool[] =
        VOLUME("pool", "segment_count = 1\nsegment1 {\ntype = \"thin-pool\"\nmetadata = \"m\"\n}\n");
    char text[4096];
    struct lvm2_group group;

    (void)state;
    snprintf(text, sizeof(text), TEXT("%s%s%s"), spare, thin, pool);
    assert_int_equal(lvm2_group_read(lvm2_span_of(text), &group), 0);
    assert_false(lvm2_group_has_plain(&group));
    snprintf(text, sizeof(text), TEXT("%s%s%s"), thin, pool, VOLUME("root", WHOLE));
    assert_int_equal(lvm2_group_read(lvm2_span_of(text), &group), 0);
    assert_true(lvm2_group_has_plain(&group));
    assert_false(lvm2_group_is_all_plain(&group));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups_that_have_a_plain_volume),
        cmocka_unit_test(test_disk),
        cmocka_unit_test(test_what_a_volume_needs),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_tables_of_lvm),
        cmocka_unit_test(test_choice_by_content),
        cmocka_unit_test(test_content_of_stripes),
        cmocka_unit_test(test_names_that_are_none),
    };

    return RUN_TESTS(tests);
}
