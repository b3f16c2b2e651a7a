#include "unit.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "name/device_ref.h"

static void forms_are_told_apart(void **state)
{
    static const struct {
        const char *spec;
        enum device_ref_kind kind;
        const char *value;
    } forms[] = {
        {"/dev/vda2", DEVICE_REF_PATH, "vda2"},
        {"/dev/mapper/vg-root", DEVICE_REF_PATH, "mapper/vg-root"},
        {"/dev/cciss!c0d0p1", DEVICE_REF_PATH, "cciss!c0d0p1"},
        {"UUID=d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c01", DEVICE_REF_UUID, "d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c01"},
        {"UUID=\"ABCD-1234\"", DEVICE_REF_UUID, "ABCD-1234"},
        {"\"UUID=ABCD-1234\"", DEVICE_REF_UUID, "ABCD-1234"},
        {"LABEL=root", DEVICE_REF_LABEL, "root"},
        {"LABEL=my root", DEVICE_REF_LABEL, "my root"},
        {"LABEL=\"my root\"", DEVICE_REF_LABEL, "my root"},
        {"LABEL='my root'", DEVICE_REF_LABEL, "my root"},
        {"LABEL=my\\x20root", DEVICE_REF_LABEL, "my root"},
        {"LABEL=gr\\xc3\\xb6\\xC3\\x9fe", DEVICE_REF_LABEL, "größe"},
        {"LABEL=größe", DEVICE_REF_LABEL, "größe"},
        {"LABEL=a/b", DEVICE_REF_LABEL, "a/b"},
        {"LABEL=back\\slash\\x5cx20", DEVICE_REF_LABEL, "back\\slash\\x20"},
        {"LABEL=nul\\x00nul", DEVICE_REF_LABEL, "nul\\x00nul"},
        {"LABEL=cut\\x2", DEVICE_REF_LABEL, "cut\\x2"},
        {"LABEL=\"half", DEVICE_REF_LABEL, "\"half"},
        {"PARTUUID=b1a2a3a4-b1b2-c1c2-d1d2-e1e2e3e4e5e6", DEVICE_REF_PARTUUID, "b1a2a3a4-b1b2-c1c2-d1d2-e1e2e3e4e5e6"},
        {"PARTUUID=00c0ffee-01", DEVICE_REF_PARTUUID, "00c0ffee-01"},
        {"PARTLABEL=EFI system", DEVICE_REF_PARTLABEL, "EFI system"},
        {"/dev/disk/by-uuid/ABCD-1234", DEVICE_REF_UUID, "ABCD-1234"},
        {"/dev/disk/by-label/my\\x20\\x2froot", DEVICE_REF_LABEL, "my /root"},
        {"/dev/disk/by-partuuid/00c0ffee-01", DEVICE_REF_PARTUUID, "00c0ffee-01"},
        {"/dev/disk/by-partlabel/EFI\\x20system", DEVICE_REF_PARTLABEL, "EFI system"},
        {"/dev/disk/by-id/ata-A_B\\x2fC-part1", DEVICE_REF_ID, "ata-A_B\\x2fC-part1"},
        {"/dev/disk/by-path/pci-0000:00:04.0-part2", DEVICE_REF_BUS_PATH, "pci-0000:00:04.0-part2"},
        {"WWID=nvme-QEMU_NVMe_Ctrl_1-part2", DEVICE_REF_ID, "nvme-QEMU_NVMe_Ctrl_1-part2"},
        {"HWPATH=pci-0000:00:04.0-part2", DEVICE_REF_BUS_PATH, "pci-0000:00:04.0-part2"},
        {"", DEVICE_REF_GPT_AUTO, ""},
        {"\"\"", DEVICE_REF_GPT_AUTO, ""},
        {"gpt-auto", DEVICE_REF_GPT_AUTO, ""},
        {"/dev/gpt-auto-root", DEVICE_REF_GPT_AUTO, ""},
    };
    struct device_ref ref;

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (device_ref_parse(forms[i].spec, &ref) != 0)
            fail_msg("%s is refused", forms[i].spec);
        assert_int_equal(ref.kind, forms[i].kind);
        assert_string_equal(ref.value, forms[i].value);
        assert_int_equal(ref.partition_offset, 0);
    }
}

static void what_is_no_block_device_is_refused(void **state)
{
    static const char *const specs[] = {"nfs", "/dev/nfs", "/dev/cifs", "nfs:10.0.0.1:/root", "myroot", "mtd0",
        "ubi0:rootfs", "sda", "vda2", "/", "/dev/", "/devices", "dev/sda", "UUID=", "LABEL=\"\"",
        "PARTUUID=", "/dev/disk/by-id/", "uuid=abcd", "8:", ":1", "8:1x", "8:1:", "8:1:0::", "8:1:0:x", "-8:1",
        "4096:1", "8:1048576", "4294967296:1", "0x", "0x801g", "0", "123456789", "0:0", " 8:1",
        "PARTUUID=x/PARTNROFF=", "PARTUUID=x/PARTNROFF=1x", "PARTUUID=x/PARTNROFF=2147483648",
        "PARTUUID=x/PARTNROFF=--1", "PARTUUID=x/", "PARTUUID=x/partnroff=1", "PARTUUID=/PARTNROFF=1",
        "/dev/disk/by-partuuid/x/y"};
    struct device_ref ref;

    (void)state;
    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++)
        if (device_ref_parse(specs[i], &ref) != -EINVAL)
            fail_msg("%s is not refused", specs[i]);
}

static void too_long_is_told(void **state)
{
    static char spec[DEVICE_REF_VALUE_SIZE + 16];
    struct device_ref ref;

    (void)state;
    memset(spec, 'x', sizeof(spec) - 1);
    memcpy(spec, "LABEL=", 6);
    assert_int_equal(device_ref_parse(spec, &ref), -ENAMETOOLONG);
    spec[DEVICE_REF_VALUE_SIZE - 1] = '\0';
    assert_int_equal(device_ref_parse(spec, &ref), 0);
    assert_int_equal(strlen(ref.value), DEVICE_REF_VALUE_SIZE - 1 - 6);
}

/* As in the kernel's early_lookup_bdev; hex is new_decode_dev. */
static void numbers_are_the_kernels(void **state)
{
    static const struct {
        const char *spec;
        unsigned major, minor;
    } numbers[] = {
        {"8:1", 8, 1},
        {"8:1:0", 8, 1},
        {"8:1:2048:", 8, 1},
        {"254:1048575", 254, 1048575},
        {"0801", 8, 1},
        {"0x801", 8, 1},
        {"801", 8, 1},
        {"fd0", 15, 208},
        {"12300845", 8, 0x12345},
        {"4095:0", 4095, 0},
    };
    struct device_ref ref;

    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (device_ref_parse(numbers[i].spec, &ref) != 0)
            fail_msg("%s is refused", numbers[i].spec);
        assert_int_equal(ref.kind, DEVICE_REF_NUMBER);
        assert_int_equal(major(ref.number), numbers[i].major);
        assert_int_equal(minor(ref.number), numbers[i].minor);
    }
}

static void partition_offsets_are_cut_off(void **state)
{
    static const struct {
        const char *spec;
        int offset;
    } offsets[] = {{"PARTUUID=00c0ffee-01/PARTNROFF=1", 1}, {"PARTUUID=00c0ffee-01/PARTNROFF=-2", -2},
        {"PARTUUID=00c0ffee-01/PARTNROFF=+3", 3}, {"PARTUUID=\"00c0ffee-01/PARTNROFF=0\"", 0},
        {"PARTUUID=00c0ffee-01/PARTNROFF=2147483647", 2147483647}};
    struct device_ref ref;

    (void)state;
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        assert_int_equal(device_ref_parse(offsets[i].spec, &ref), 0);
        assert_string_equal(ref.value, "00c0ffee-01");
        assert_int_equal(ref.partition_offset, offsets[i].offset);
    }
}

static const char *const links[] = {"disk/by-id/virtio-serial7-part2", "disk/by-path/pci-0000:00:04.0-part2",
    "disk/by-diskseq/9-part2", "mapper/vg0-root", "vg0/root", NULL};

/* A partition with all that can be known of it, for the tests to look at and to change. */
struct example {
    struct superblock superblock;
    struct partition partition;
    struct device_identity identity;
};

static void set(char *field, size_t size, const char *text)
{
    size_t length = strlen(text);

    assert_true(length < size);
    memcpy(field, text, length + 1);
}

static void make_example(struct example *example)
{
    *example = (struct example){
        .superblock = {.usage = SUPERBLOCK_FILESYSTEM,
            .type = "ext4",
            .uuid = "d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c01",
            .label = "my größe"},
        .partition = {.number = 2, .uuid = "b1a2a3a4-b1b2-c1c2-d1d2-e1e2e3e4e5e6", .label = "Linux root"},
        .identity = {.name = "cciss/c0d0p2", .number = makedev(104, 2), .links = links},
    };
    set(example->partition.type_uuid, PARTITION_UUID_SIZE, partition_root_type());
    example->identity.superblock = &example->superblock;
    example->identity.partition = &example->partition;
}

static bool matches(const char *spec, const struct example *example)
{
    struct device_ref ref;

    assert_int_equal(device_ref_parse(spec, &ref), 0);
    return device_ref_matches(&ref, &example->identity);
}

static void every_name_of_a_device_matches(void **state)
{
    static const char *const names[] = {"/dev/cciss/c0d0p2", "/dev/cciss!c0d0p2", "104:2", "6802",
        "UUID=d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c01", "UUID=D5F0C8D2-8A2F-4A5C-9C4E-1D3F5B7A9C01",
        "/dev/disk/by-uuid/d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c01", "LABEL=my größe", "LABEL=\"my größe\"",
        "/dev/disk/by-label/my\\x20größe", "PARTUUID=B1A2A3A4-b1b2-c1c2-d1d2-e1e2e3e4e5e6",
        "PARTUUID=b1a2a3a4-b1b2-c1c2-d1d2-e1e2e3e4e5e6/PARTNROFF=1",
        "/dev/disk/by-partuuid/b1a2a3a4-b1b2-c1c2-d1d2-e1e2e3e4e5e6", "PARTLABEL=Linux root",
        "/dev/disk/by-partlabel/Linux\\x20root", "/dev/disk/by-id/virtio-serial7-part2",
        "/dev/disk/by-path/pci-0000:00:04.0-part2", "/dev/mapper/vg0-root", "/dev/vg0/root", ""};
    struct example example;

    (void)state;
    make_example(&example);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (!matches(names[i], &example))
            fail_msg("%s does not match", names[i]);
}

static void other_names_do_not_match(void **state)
{
    static const char *const names[] = {"/dev/cciss/c0d0p", "/dev/cciss/c0d0p22", "/dev/c0d0p2", "104:3",
        "UUID=d5f0c8d2", "UUID=my größe", "LABEL=my", "LABEL=MY GRÖSSE", "LABEL=My größe", "LABEL=Linux root",
        "PARTUUID=d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c01", "PARTUUID=b1a2a3a4-b1b2-c1c2-d1d2", "PARTLABEL=linux root",
        "/dev/vg0-root", "/dev/mapper/root", "/dev/vg0/root2", "/dev/disk/by-id/vg0/root",
        "/dev/disk/by-id/virtio-serial7", "/dev/disk/by-id/pci-0000:00:04.0-part2",
        "/dev/disk/by-path/virtio-serial7-part2"};
    struct example example;

    (void)state;
    make_example(&example);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (matches(names[i], &example))
            fail_msg("%s matches", names[i]);
}

static void short_ids_match_in_any_case(void **state)
{
    static const struct {
        const char *uuid, *spec;
    } ids[] = {{"ABCD-1234", "UUID=abcd-1234"}, {"5BCD287970CF4F15", "UUID=5bcd287970cf4f15"},
        {"2026-11-20-17-34-05-00", "UUID=2026-11-20-17-34-05-00"}};
    struct example example;

    (void)state;
    make_example(&example);
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        set(example.superblock.uuid, SUPERBLOCK_UUID_SIZE, ids[i].uuid);
        assert_true(matches(ids[i].spec, &example));
    }
}

static void mbr_uuids_match_in_any_case(void **state)
{
    struct example example;

    (void)state;
    make_example(&example);
    set(example.partition.uuid, PARTITION_UUID_SIZE, "00c0ffee-0a");
    assert_true(matches("PARTUUID=00C0FFEE-0A", &example));
    assert_true(matches("PARTUUID=00c0ffee-0a", &example));
    assert_false(matches("PARTUUID=c0ffee-a", &example)); /* the kernel wants the zeros */
}

static void members_have_no_name_of_their_own(void **state)
{
    struct example example;

    (void)state;
    make_example(&example);
    example.superblock.usage = SUPERBLOCK_CRYPTO;
    assert_true(matches("UUID=d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c01", &example));
    example.superblock.usage = SUPERBLOCK_JOURNAL; /* as udev has it: journal_path= may name it so */
    assert_true(matches("UUID=d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c01", &example));
    assert_true(matches("LABEL=my größe", &example));
    example.superblock.usage = SUPERBLOCK_MEMBER;
    assert_false(matches("UUID=d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c01", &example));
    assert_false(matches("LABEL=my größe", &example));
    assert_true(matches("/dev/cciss/c0d0p2", &example));
}

static void no_root_means_the_gpts_own(void **state)
{
    struct example example;

    (void)state;
    make_example(&example);
    example.partition.attributes = PARTITION_READ_ONLY;
    assert_true(matches("", &example));
    example.partition.attributes = PARTITION_NO_AUTO;
    assert_false(matches("", &example));
    example.partition.attributes = 0;
    set(example.partition.type_uuid, PARTITION_UUID_SIZE, "0x83");
    assert_false(matches("", &example));
    set(example.partition.type_uuid, PARTITION_UUID_SIZE, "");
    assert_false(matches("", &example));
}

static void the_unknown_matches_nothing(void **state)
{
    struct example example;

    (void)state;
    make_example(&example);
    example.identity = (struct device_identity){.name = "vda", .number = makedev(254, 0)};
    assert_false(matches("UUID=d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c01", &example));
    assert_false(matches("PARTLABEL=Linux root", &example));
    assert_false(matches("/dev/disk/by-id/virtio-serial7-part2", &example));
    assert_false(matches("", &example));
    assert_true(matches("/dev/vda", &example));
    example.identity.superblock = &(const struct superblock){0};
    assert_false(matches("UUID=d5f0c8d2-8a2f-4a5c-9c4e-1d3f5b7a9c01", &example));
}

static void only_what_is_needed_is_asked_for(void **state)
{
    static const struct {
        const char *spec;
        bool superblock, partition;
    } needs[] = {
        {"/dev/vda", false, false},
        {"8:1", false, false},
        {"UUID=x", true, false},
        {"LABEL=x", true, false},
        {"PARTUUID=x", false, true},
        {"PARTLABEL=x", false, true},
        {"", false, true},
        {"/dev/disk/by-id/x", false, false},
        {"/dev/disk/by-label/x", true, false},
    };
    struct device_ref ref;

    (void)state;
    for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
        assert_int_equal(device_ref_parse(needs[i].spec, &ref), 0);
        assert_int_equal(device_ref_needs_superblock(&ref), needs[i].superblock);
        assert_int_equal(device_ref_needs_partition(&ref), needs[i].partition);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_told_apart),
        cmocka_unit_test(what_is_no_block_device_is_refused),
        cmocka_unit_test(too_long_is_told),
        cmocka_unit_test(numbers_are_the_kernels),
        cmocka_unit_test(partition_offsets_are_cut_off),
        cmocka_unit_test(every_name_of_a_device_matches),
        cmocka_unit_test(other_names_do_not_match),
        cmocka_unit_test(short_ids_match_in_any_case),
        cmocka_unit_test(mbr_uuids_match_in_any_case),
        cmocka_unit_test(members_have_no_name_of_their_own),
        cmocka_unit_test(no_root_means_the_gpts_own),
        cmocka_unit_test(the_unknown_matches_nothing),
        cmocka_unit_test(only_what_is_needed_is_asked_for),
    };

    return RUN_TESTS(tests);
}
