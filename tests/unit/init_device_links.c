/* Trees of sysfs as QEMU's machines had them under Debian's kernels 6.1 and 6.12, and the names that udev 252 and 257
 * gave there. What QEMU has not (marked so) is as the kernel documents it, the names are of udev's path_id run on it.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "name/device_links.h"
#include "name/mapped_device.h"

static char root[64];

/* A directory of the tree: its subsystem, if it has one; or an attribute with its bytes. */
struct node {
    const char *path;
    const char *subsystem;
    const char *bytes;
    size_t size;
};

#define DEVICE(path, subsystem)                                                                                        \
    {                                                                                                                  \
        (path), (subsystem), NULL, 0                                                                                   \
    }
#define ATTRIBUTE(path, bytes)                                                                                         \
    {                                                                                                                  \
        (path), NULL, (bytes), sizeof(bytes) - 1                                                                       \
    }

static int fail_to_make(const char *path)
{
    fail_msg("cannot make %s: %s", path, strerror(errno));
    return -1;
}

static void make_parents(char *path)
{
    for (char *slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
            fail_to_make(path);
        *slash = '/';
    }
}

static void make_link(const char *path, const char *target)
{
    char full[1024];

    snprintf(full, sizeof(full), "%s/%s", root, path);
    make_parents(full);
    if (symlink(target, full) < 0)
        fail_to_make(full);
}

static void make_file(const char *path, const void *bytes, size_t size)
{
    char full[1024];
    int fd;

    snprintf(full, sizeof(full), "%s/%s", root, path);
    make_parents(full);
    fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        fail_to_make(full);
    close(fd);
}

/* class/CLASS/NAME leads to the directory. */
static void make_class(const char *class, const char *directory)
{
    char path[1024], target[1024];

    snprintf(path, sizeof(path), "class/%s/%s", class, strrchr(directory, '/') + 1);
    snprintf(target, sizeof(target), "../../%s", directory);
    make_link(path, target);
}

static void make_tree(const struct node *nodes, size_t count)
{
    char path[1024];

    for (size_t i = 0; i < count; i++) {
        if (nodes[i].bytes) {
            make_file(nodes[i].path, nodes[i].bytes, nodes[i].size);
            continue;
        }
        snprintf(path, sizeof(path), "%s/subsystem", nodes[i].path);
        make_link(path, nodes[i].subsystem);
    }
}

#define TREE(...)                                                                                                      \
    make_tree((const struct node[]){__VA_ARGS__}, sizeof((const struct node[]){__VA_ARGS__}) / sizeof(struct node))

static int make_root(void **state)
{
    (void)state;
    strcpy(root, "/tmp/device_links.XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *position)
{
    (void)status;
    (void)type;
    (void)position;
    return remove(path);
}

static int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool is_among(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* The device has these names and no others. */
static void expect(const char *disk, unsigned partition, const char *const *expected)
{
    struct device_links links;
    size_t count = device_links_find(root, disk, partition, &links);

    assert_int_equal(count, links.count);
    assert_null(links.names[count]);
    for (size_t i = 0; i < count; i++)
        if (!is_among(links.names[i], expected))
            fail_msg("%s (%u) has an unexpected name %s", disk, partition, links.names[i]);
    for (; *expected; expected++)
        if (!is_among(*expected, links.names))
            fail_msg("%s (%u) lacks the name %s", disk, partition, *expected);
}

#define EXPECT_DISK(name, ...) expect(name, 0, (const char *const[]){__VA_ARGS__, NULL})
#define EXPECT_PARTITION(name, number, ...) expect(name, number, (const char *const[]){__VA_ARGS__, NULL})
#define EXPECT_NOTHING(name) expect(name, 0, (const char *const[]){NULL})

/* virtio */

#define VIRTIO "devices/pci0000:00/0000:00:02.0"

static void make_virtio(const char *serial)
{
    TREE(DEVICE(VIRTIO, "../../../bus/pci"), DEVICE(VIRTIO "/virtio0", "../../../../bus/virtio"),
        DEVICE(VIRTIO "/virtio0/block/vda", "../../../../../../class/block"), ATTRIBUTE(VIRTIO "/vendor", "0x1af4\n"));
    make_file(VIRTIO "/virtio0/block/vda/serial", serial, strlen(serial));
    make_class("block", VIRTIO "/virtio0/block/vda");
}

static void virtio(void **state)
{
    (void)state;
    make_virtio("root disk 1");
    EXPECT_DISK("vda", "disk/by-id/virtio-root_disk_1", "disk/by-path/pci-0000:00:02.0",
        "disk/by-path/virtio-pci-0000:00:02.0");
    EXPECT_PARTITION("vda", 12, "disk/by-id/virtio-root_disk_1-part12", "disk/by-path/pci-0000:00:02.0-part12",
        "disk/by-path/virtio-pci-0000:00:02.0-part12");
}

static void virtio_without_a_serial_number(void **state)
{
    (void)state;
    make_virtio("");
    EXPECT_DISK("vda", "disk/by-path/pci-0000:00:02.0", "disk/by-path/virtio-pci-0000:00:02.0");
}

static void virtio_with_an_odd_serial_number(void **state)
{
    (void)state;
    make_virtio(" a/b c$d%;e  \xc3\xbc");
    EXPECT_DISK("vda", "disk/by-id/virtio-a/b_c_d__e_\xc3\xbc", "disk/by-path/pci-0000:00:02.0",
        "disk/by-path/virtio-pci-0000:00:02.0");
}

static void signs_that_stay(void **state)
{
    (void)state;
    make_virtio("#+-.:=@_\\x20*");
    EXPECT_DISK("vda", "disk/by-id/virtio-#+-.:=@_\\x20_", "disk/by-path/pci-0000:00:02.0",
        "disk/by-path/virtio-pci-0000:00:02.0");
}

static void virtio_of_a_microvm(void **state)
{
    (void)state;
    TREE(DEVICE("devices/platform/LNRO0005:00", "../../../bus/platform"),
        DEVICE("devices/platform/LNRO0005:00/virtio0", "../../../../bus/virtio"),
        ATTRIBUTE("devices/platform/LNRO0005:00/virtio0/block/vda/serial", "MM1"));
    make_class("block", "devices/platform/LNRO0005:00/virtio0/block/vda");
    EXPECT_DISK("vda", "disk/by-id/virtio-MM1", "disk/by-path/platform-LNRO0005:00");
}

/* SCSI */

#define VIRTIO_SCSI "devices/pci0000:00/0000:00:03.0"
#define SCSI_DISK VIRTIO_SCSI "/virtio1/host14/target14:0:0/14:0:0:0"
#define SCSI_PATH "disk/by-path/pci-0000:00:03.0-scsi-0:0:0:0"

static void make_scsi(void)
{
    TREE(DEVICE(VIRTIO_SCSI, "../../../bus/pci"), DEVICE(VIRTIO_SCSI "/virtio1", "../../../../bus/virtio"),
        DEVICE(VIRTIO_SCSI "/virtio1/host14", "../../../../../bus/scsi"),
        DEVICE(VIRTIO_SCSI "/virtio1/host14/target14:0:0", "../../../../../../bus/scsi"),
        DEVICE(SCSI_DISK, "../../../../../../../bus/scsi"), ATTRIBUTE(SCSI_DISK "/vendor", "QEMU    \n"),
        ATTRIBUTE(SCSI_DISK "/model", "QEMU HARDDISK   \n"), ATTRIBUTE(SCSI_DISK "/block/sdi/removable", "0\n"));
    make_class("block", SCSI_DISK "/block/sdi");
}

static void scsi_by_the_makers_serial_number(void **state)
{
    (void)state;
    make_scsi();
    TREE(ATTRIBUTE(SCSI_DISK "/vpd_pg83", "\0\x83\0\x09\x02\0\0\x05SCSI1"),
        ATTRIBUTE(SCSI_DISK "/vpd_pg80", "\0\x80\0\x05SCSI1"));
    EXPECT_DISK("sdi", "disk/by-id/scsi-0QEMU_QEMU_HARDDISK_SCSI1", SCSI_PATH);
    EXPECT_PARTITION("sdi", 1, "disk/by-id/scsi-0QEMU_QEMU_HARDDISK_SCSI1-part1", SCSI_PATH "-part1");
}

/* A name ends in a byte that is a newline's. */
static void scsi_by_the_world_wide_name(void **state)
{
    (void)state;
    make_scsi();
    TREE(ATTRIBUTE(SCSI_DISK "/vpd_pg83", "\0\x83\0\x13\x02\0\0\x03"
                                          "abc\x01\x03\0\x08\x50\0\xc5\0\x15\xea\x71\x0a"));
    EXPECT_DISK("sdi", "disk/by-id/scsi-35000c50015ea710a", "disk/by-id/wwn-0x5000c50015ea710a", SCSI_PATH);
    EXPECT_PARTITION("sdi", 2, "disk/by-id/scsi-35000c50015ea710a-part2", "disk/by-id/wwn-0x5000c50015ea710a-part2",
        SCSI_PATH "-part2");
}

static void scsi_with_odd_names(void **state)
{
    (void)state;
    make_scsi();
    TREE(ATTRIBUTE(SCSI_DISK "/vendor", "My  Ven \n"), ATTRIBUTE(SCSI_DISK "/model", "odd/pro  du     \n"),
        ATTRIBUTE(SCSI_DISK "/vpd_pg83", "\0\x83\0\x0c\x02\0\0\x08s/p q  r"));
    EXPECT_DISK("sdi", "disk/by-id/scsi-0My_Ven_odd_pro_du_s_p_q_r", SCSI_PATH);
}

/* Not QEMU's: written after SPC-4, 7.8.6 and 7.8.10. */
static void scsi_by_the_page_of_the_serial_number(void **state)
{
    (void)state;
    make_scsi();
    TREE(ATTRIBUTE(SCSI_DISK "/vpd_pg80", "\0\x80\0\x05 ab c"));
    EXPECT_DISK("sdi", "disk/by-id/scsi-SQEMU_QEMU_HARDDISK_ab_c", SCSI_PATH);
}

static void the_best_designator_is_taken(void **state)
{
    static const char vendor[] = "\x02\x00\x00\x02zz", t10[] = "\x02\x01\0\x0aMAKER   42",
                      eui[] = "\x01\x02\0\x02\xab\xcd", locally[] = "\x01\x03\0\x02\x31\x41",
                      registered[] = "\x01\x03\0\x02\x51\x41", extended[] = "\x01\x03\0\x02\x61\x41",
                      port[] = "\x01\x13\0\x02\x61\x42";
    static const struct {
        const char *bytes;
        size_t size;
        const char *id, *wwn;
    } steps[] = {
        {port, sizeof(port) - 1, NULL, NULL},
        {vendor, sizeof(vendor) - 1, "disk/by-id/scsi-0QEMU_QEMU_HARDDISK_zz", NULL},
        {t10, sizeof(t10) - 1, "disk/by-id/scsi-1MAKER_42", NULL},
        {eui, sizeof(eui) - 1, "disk/by-id/scsi-2abcd", NULL},
        {locally, sizeof(locally) - 1, "disk/by-id/scsi-33141", "disk/by-id/wwn-0x3141"},
        {registered, sizeof(registered) - 1, "disk/by-id/scsi-35141", "disk/by-id/wwn-0x5141"},
        {extended, sizeof(extended) - 1, "disk/by-id/scsi-36141", "disk/by-id/wwn-0x6141"},
    };
    char page[256] = "\0\x83";
    size_t used = 4;

    (void)state;
    make_scsi();
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const char *names[] = {SCSI_PATH, steps[i].id, steps[i].wwn, NULL};

        memcpy(page + used, steps[i].bytes, steps[i].size);
        used += steps[i].size;
        page[3] = (char)(used - 4);
        make_file(SCSI_DISK "/vpd_pg83", page, used);
        expect("sdi", 0, names);
    }
}

static void cut_pages_are_no_names(void **state)
{
    static const char page[] = "\0\x83\0\x13\x02\0\0\x03"
                               "abc\x01\x03\0\x08\x50\0\xc5\0\x15\xea\x71\x0a";

    (void)state;
    make_scsi();
    for (size_t size = 0; size < sizeof(page) - 1; size++) {
        make_file(SCSI_DISK "/vpd_pg83", page, size);
        if (size < 11)
            EXPECT_DISK("sdi", SCSI_PATH);
        else
            EXPECT_DISK("sdi", "disk/by-id/scsi-0QEMU_QEMU_HARDDISK_abc", SCSI_PATH);
    }
    make_file(SCSI_DISK "/vpd_pg83",
        "\0\x83\xff\xff\x02\0\0\xff"
        "abc",
        11);
    EXPECT_DISK("sdi", SCSI_PATH);
}

/* Another host of the same controller: hosts are counted from its first. */
static void scsi_hosts_are_counted_by_controller(void **state)
{
    static const char disk[] = VIRTIO_SCSI "/virtio1/host16/target16:0:3/16:0:3:5/block/sdj";

    (void)state;
    make_scsi();
    TREE(DEVICE(VIRTIO_SCSI "/virtio1/host16/target16:0:3/16:0:3:5", "../../../../../../../bus/scsi"),
        ATTRIBUTE(VIRTIO_SCSI "/virtio1/host16/target16:0:3/16:0:3:5/block/sdj/removable", "0\n"));
    make_class("block", disk);
    EXPECT_DISK("sdj", "disk/by-path/pci-0000:00:03.0-scsi-2:0:3:5");
}

#define SAS_HOST "devices/pci0000:00/0000:00:08.0/host4"
#define SAS_DISK SAS_HOST "/port-4:0/end_device-4:0/target4:0:0/4:0:0:0"

static void sas(void **state)
{
    (void)state;
    TREE(DEVICE("devices/pci0000:00/0000:00:08.0", "../../../bus/pci"), DEVICE(SAS_HOST, "../../../../bus/scsi"),
        DEVICE(SAS_DISK, "../../../../../../../../bus/scsi"),
        ATTRIBUTE(SAS_DISK "/vpd_pg83", "\0\x83\0\x14\x02\0\0\x04MPT8\x01\x03\0\x08\x30\0\0\0\0\0\0\x01"),
        ATTRIBUTE(SAS_HOST "/port-4:0/sas_port/port-4:0/num_phys", "1\n"),
        ATTRIBUTE(SAS_HOST "/port-4:0/end_device-4:0/sas_device/end_device-4:0/sas_address", "0x3000000000000001\n"),
        ATTRIBUTE(SAS_HOST "/port-4:0/end_device-4:0/sas_device/end_device-4:0/phy_identifier", "0\n"),
        ATTRIBUTE(SAS_DISK "/block/sdd/removable", "0\n"));
    make_class("sas_port", SAS_HOST "/port-4:0/sas_port/port-4:0");
    make_class("sas_device", SAS_HOST "/port-4:0/end_device-4:0/sas_device/end_device-4:0");
    make_class("block", SAS_DISK "/block/sdd");
    EXPECT_DISK("sdd", "disk/by-id/scsi-33000000000000001", "disk/by-id/wwn-0x3000000000000001",
        "disk/by-path/pci-0000:00:08.0-sas-phy0-lun-0");
    /* Not QEMU's: several phys to one disk. */
    make_file(SAS_HOST "/port-4:0/sas_port/port-4:0/num_phys", "4\n", 2);
    EXPECT_DISK("sdd", "disk/by-id/scsi-33000000000000001", "disk/by-id/wwn-0x3000000000000001",
        "disk/by-path/pci-0000:00:08.0-sas-0x3000000000000001-lun-0");
}

/* Not QEMU's. */
static void sas_behind_an_expander(void **state)
{
    static const char expander[] = SAS_HOST "/port-4:0/expander-4:0/sas_device/expander-4:0",
                      end[] = SAS_HOST "/port-4:0/expander-4:0/port-4:0:7/end_device-4:0:7/sas_device/end_device-4:0:7",
                      port[] = SAS_HOST "/port-4:0/expander-4:0/port-4:0:7/sas_port/port-4:0:7",
                      disk[] =
                          SAS_HOST "/port-4:0/expander-4:0/port-4:0:7/end_device-4:0:7/target4:0:5/4:0:5:0/block/sdc";

    (void)state;
    TREE(DEVICE("devices/pci0000:00/0000:00:08.0", "../../../bus/pci"),
        DEVICE(SAS_HOST "/port-4:0/expander-4:0/port-4:0:7/end_device-4:0:7/target4:0:5/4:0:5:0", "../bus/scsi"),
        ATTRIBUTE(SAS_HOST "/port-4:0/expander-4:0/sas_device/expander-4:0/sas_address", "0x500304800121af7f\n"),
        ATTRIBUTE(SAS_HOST "/port-4:0/expander-4:0/port-4:0:7/sas_port/port-4:0:7/num_phys", "1\n"),
        ATTRIBUTE(SAS_HOST "/port-4:0/expander-4:0/port-4:0:7/end_device-4:0:7/sas_device/end_device-4:0:7/sas_address",
            "0x5000c50041234567\n"),
        ATTRIBUTE(SAS_HOST
            "/port-4:0/expander-4:0/port-4:0:7/end_device-4:0:7/sas_device/end_device-4:0:7/phy_identifier",
            "11\n"));
    make_class("sas_device", expander);
    make_class("sas_device", end);
    make_class("sas_port", port);
    make_class("block", disk);
    EXPECT_DISK("sdc", "disk/by-path/pci-0000:00:08.0-sas-exp0x500304800121af7f-phy11-lun-0");
}

/* Not QEMU's. The LUN is 0x4004_0400 as the kernel numbers it. */
static void fibre_channel(void **state)
{
    static const char bridge[] = "devices/pci0000:00/0000:00:02.0",
                      disk[] = "devices/pci0000:00/0000:00:02.0/0000:01:00.0/host1/rport-1:0-3/target1:0:4/"
                               "1:0:4:1074020352/block/sdb";

    (void)state;
    TREE(DEVICE(bridge, "../../../bus/pci"), DEVICE("devices/pci0000:00/0000:00:02.0/0000:01:00.0", "../bus/pci"),
        DEVICE("devices/pci0000:00/0000:00:02.0/0000:01:00.0/host1/rport-1:0-3/target1:0:4/1:0:4:1074020352",
            "../bus/scsi"),
        ATTRIBUTE("devices/pci0000:00/0000:00:02.0/0000:01:00.0/host1/rport-1:0-3/target1:0:4/fc_transport/target1:0:4/"
                  "port_name",
            "0x500507630510c1af\n"));
    make_class("fc_transport",
        "devices/pci0000:00/0000:00:02.0/0000:01:00.0/host1/rport-1:0-3/target1:0:4/fc_transport/"
        "target1:0:4");
    make_class("block", disk);
    EXPECT_DISK("sdb", "disk/by-path/pci-0000:01:00.0-fc-0x500507630510c1af-lun-0x4000400400000000");
}

/* Not QEMU's. */
static void hyperv(void **state)
{
#define VMBUS "devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0004:00/VMBUS:01"
#define STORVSC VMBUS "/f8b3781b-1e82-4818-a1c3-63d806ec15bb"
    (void)state;
    TREE(DEVICE("devices/LNXSYSTM:00", "../bus/acpi"), DEVICE("devices/LNXSYSTM:00/LNXSYBUS:00", "../bus/acpi"),
        DEVICE("devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0004:00", "../bus/acpi"), DEVICE(VMBUS, "../bus/acpi"),
        DEVICE(STORVSC, "../bus/vmbus"), ATTRIBUTE(STORVSC "/device_id", "{f8b3781b-1e82-4818-a1c3-63d806ec15bb}\n"),
        DEVICE(STORVSC "/host4/target4:0:0/4:0:0:0", "../bus/scsi"));
    make_class("block", STORVSC "/host4/target4:0:0/4:0:0:0/block/sdf");
    EXPECT_DISK("sdf", "disk/by-path/acpi-VMBUS:01-vmbus-f8b3781b1e824818a1c363d806ec15bb-lun-0");
}

/* iSCSI sessions are made by a program: no name of another kind may pass for theirs. */
static void iscsi_has_no_path(void **state)
{
    (void)state;
    TREE(DEVICE(VIRTIO, "../../../bus/pci"), DEVICE(VIRTIO "/host3", "../bus/scsi"),
        DEVICE(VIRTIO "/host3/session1/target3:0:0/3:0:0:1", "../bus/scsi"));
    make_class("block", VIRTIO "/host3/session1/target3:0:0/3:0:0:1/block/sde");
    EXPECT_NOTHING("sde");
}

/* ATA */

#define AHCI "devices/pci0000:00/0000:00:1f.2"
#define ATA_DISK AHCI "/ata2/host3/target3:0:0/3:0:0:0"

static void make_ata(const char *serial, const char *model, const char *wwn, size_t wwn_size)
{
    char page[60 + 512] = "\0\x89\x02\x38";

    memcpy(page + 60 + 20, serial, 20);
    memcpy(page + 60 + 54, model, 40);
    memcpy(page + 60 + 216, wwn, wwn_size);
    TREE(DEVICE(AHCI, "../../../bus/pci"), DEVICE(ATA_DISK, "../../../../../../../bus/scsi"),
        ATTRIBUTE(AHCI "/ata2/ata_port/ata2/port_no", "2\n"), ATTRIBUTE(ATA_DISK "/vendor", "ATA     \n"),
        ATTRIBUTE(ATA_DISK "/vpd_pg80", "\0\x80\0\x14QM00003             "));
    make_file(ATA_DISK "/vpd_pg89", page, sizeof(page));
    make_class("ata_port", AHCI "/ata2/ata_port/ata2");
    make_class("block", ATA_DISK "/block/sdd");
}

static void ata(void **state)
{
    (void)state;
    make_ata("MQ0000 3            ", "EQUMH RADDSI K                          ", "", 0);
    EXPECT_DISK("sdd", "disk/by-id/ata-QEMU_HARDDISK_QM00003", "disk/by-path/pci-0000:00:1f.2-ata-2.0",
        "disk/by-path/pci-0000:00:1f.2-ata-2");
    EXPECT_PARTITION("sdd", 1, "disk/by-id/ata-QEMU_HARDDISK_QM00003-part1",
        "disk/by-path/pci-0000:00:1f.2-ata-2.0-part1", "disk/by-path/pci-0000:00:1f.2-ata-2-part1");
}

static void ata_with_odd_names(void **state)
{
    (void)state;
    make_ata(
        " S/N 1              ", "yM  idkso/dd ;\xbc\xc3                        ", "\0\x50\0\xc5\xea\x15\xad\x71", 8);
    EXPECT_DISK("sdd", "disk/by-id/ata-My_disk_odd__\xc3\xbc_S_N_1", "disk/by-id/wwn-0x5000c50015ea71ad",
        "disk/by-path/pci-0000:00:1f.2-ata-2.0", "disk/by-path/pci-0000:00:1f.2-ata-2");
}

static void ata_without_a_serial_number(void **state)
{
    (void)state;
    make_ata("                    ", "EQUMH RADDSI K                          ", "", 0);
    EXPECT_DISK("sdd", "disk/by-id/ata-QEMU_HARDDISK", "disk/by-path/pci-0000:00:1f.2-ata-2.0",
        "disk/by-path/pci-0000:00:1f.2-ata-2");
}

/* The scsi-* names that its other pages would give are never udev's. */
static void ata_without_its_page_has_no_id(void **state)
{
    (void)state;
    make_ata("MQ0000 3            ", "EQUMH RADDSI K                          ", "", 0);
    make_file(ATA_DISK "/vpd_pg89", "\0\x89\x02\x38", 4);
    EXPECT_DISK("sdd", "disk/by-path/pci-0000:00:1f.2-ata-2.0", "disk/by-path/pci-0000:00:1f.2-ata-2");
}

/* Not QEMU's: a port multiplier. A slave is QEMU's, on piix. */
static void ata_ports_of_two_disks(void **state)
{
    (void)state;
    make_ata("MQ0000 3            ", "EQUMH RADDSI K                          ", "", 0);
    TREE(DEVICE(AHCI "/ata2/host3/target3:2:0/3:2:0:0", "../bus/scsi"),
        DEVICE(AHCI "/ata2/host3/target3:0:1/3:0:1:0", "../bus/scsi"));
    make_class("block", AHCI "/ata2/host3/target3:2:0/3:2:0:0/block/sde");
    make_class("block", AHCI "/ata2/host3/target3:0:1/3:0:1:0/block/sdf");
    EXPECT_DISK("sde", "disk/by-path/pci-0000:00:1f.2-ata-2.2.0", "disk/by-path/pci-0000:00:1f.2-ata-2");
    EXPECT_DISK("sdf", "disk/by-path/pci-0000:00:1f.2-ata-2.1", "disk/by-path/pci-0000:00:1f.2-ata-2");
}

/* NVMe */

#define NVME "devices/pci0000:00/0000:00:04.0"
#define WWID "nvme.1b36-6e762d31-51454d55204e564d65204374726c-00000001"
#define BY_WWID "disk/by-id/nvme-nvme.1b36-6e762d31-51454d55204e564d65204374726c-00000001"

static void make_nvme(const char *controller, const char *disk, const char *serial)
{
    char path[1024];

    TREE(DEVICE(NVME, "../../../bus/pci"));
    snprintf(path, sizeof(path), "%s/model", controller);
    make_file(path, "QEMU NVMe Ctrl                          \n", 41);
    snprintf(path, sizeof(path), "%s/serial", controller);
    make_file(path, serial, strlen(serial));
    snprintf(path, sizeof(path), "%s/subsystem", controller);
    make_link(path, strstr(controller, "nvme-subsys") ? "../class/nvme-subsystem" : "../class/nvme");
    snprintf(path, sizeof(path), "%s/wwid", disk);
    make_file(path, WWID "\n", sizeof(WWID));
    snprintf(path, sizeof(path), "%s/nsid", disk);
    make_file(path, "1\n", 2);
    make_class("block", disk);
}

static void nvme(void **state)
{
    (void)state;
    make_nvme(NVME "/nvme/nvme0", NVME "/nvme/nvme0/nvme0n1", "nv-1                \n");
    EXPECT_DISK("nvme0n1", BY_WWID, "disk/by-id/nvme-QEMU_NVMe_Ctrl_nv-1", "disk/by-id/nvme-QEMU_NVMe_Ctrl_nv-1_1",
        "disk/by-path/pci-0000:00:04.0-nvme-1");
    EXPECT_PARTITION("nvme0n1", 2, "disk/by-id/nvme-nvme.1b36-6e762d31-51454d55204e564d65204374726c-00000001-part2",
        "disk/by-id/nvme-QEMU_NVMe_Ctrl_nv-1-part2", "disk/by-id/nvme-QEMU_NVMe_Ctrl_nv-1_1-part2",
        "disk/by-path/pci-0000:00:04.0-nvme-1-part2");
}

/* The last one is of udev before 252. */
static void nvme_with_an_odd_serial_number(void **state)
{
    (void)state;
    make_nvme(NVME "/nvme/nvme0", NVME "/nvme/nvme0/nvme0n1", " x  y/z;w           \n");
    EXPECT_DISK("nvme0n1", BY_WWID, "disk/by-id/nvme-QEMU_NVMe_Ctrl__x__y_z_w",
        "disk/by-id/nvme-QEMU_NVMe_Ctrl__x__y_z_w_1", "disk/by-path/pci-0000:00:04.0-nvme-1",
        "disk/by-id/nvme-QEMU_NVMe_Ctrl_x_y/z_w");
}

static void nvme_with_multipath(void **state)
{
    (void)state;
    make_nvme("devices/virtual/nvme-subsystem/nvme-subsys1", "devices/virtual/nvme-subsystem/nvme-subsys1/nvme1n1",
        "multi\n");
    TREE(DEVICE(NVME "/nvme/nvme1", "../../../../../class/nvme"));
    make_class("nvme", NVME "/nvme/nvme1");
    EXPECT_DISK("nvme1n1", BY_WWID, "disk/by-id/nvme-QEMU_NVMe_Ctrl_multi", "disk/by-id/nvme-QEMU_NVMe_Ctrl_multi_1",
        "disk/by-path/pci-0000:00:04.0-nvme-1");
}

/* Not QEMU's. */
static void nvme_over_fabrics_has_no_path(void **state)
{
    (void)state;
    make_nvme("devices/virtual/nvme-fabrics/ctl/nvme1", "devices/virtual/nvme-fabrics/ctl/nvme1/nvme1n1", "f\n");
    EXPECT_DISK("nvme1n1", BY_WWID, "disk/by-id/nvme-QEMU_NVMe_Ctrl_f", "disk/by-id/nvme-QEMU_NVMe_Ctrl_f_1");
}

/* Not QEMU's: Intel's VMD, a PCI bus of its own behind a device of PCI. */
static void nvme_behind_a_volume_management_device(void **state)
{
    (void)state;
    TREE(DEVICE("devices/pci0000:00/0000:00:0e.0", "../bus/pci"),
        DEVICE("devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0", "../bus/pci"),
        DEVICE("devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0", "../bus/pci"));
    make_nvme("devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0/nvme/nvme0",
        "devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0/nvme/nvme0/nvme0n1", "\n");
    EXPECT_DISK("nvme0n1", BY_WWID, "disk/by-path/pci-0000:00:0e.0-pci-10000:e1:00.0-nvme-1");
}

/* USB */

#define XHCI "devices/pci0000:00/0000:00:08.0"
#define STICK XHCI "/usb2/2-1/2-1.3"
#define USB_DISK STICK "/2-1.3:1.0/host11/target11:0:0/11:0:0:0"

static void make_usb(const char *serial)
{
    TREE(DEVICE(XHCI, "../../../bus/pci"), DEVICE(XHCI "/usb2", "../../../../bus/usb"),
        DEVICE(XHCI "/usb2/2-1", "../../../../../bus/usb"), DEVICE(STICK, "../../../../../../bus/usb"),
        DEVICE(STICK "/2-1.3:1.0", "../../../../../../../bus/usb"), DEVICE(USB_DISK, "../bus/scsi"),
        ATTRIBUTE(XHCI "/usb2/bDeviceProtocol", "01\n"), ATTRIBUTE(XHCI "/usb2/speed", "480\n"),
        ATTRIBUTE(STICK "/2-1.3:1.0/bInterfaceClass", "08\n"), ATTRIBUTE(STICK "/2-1.3:1.0/bInterfaceSubClass", "06\n"),
        ATTRIBUTE(USB_DISK "/vendor", "QEMU    \n"), ATTRIBUTE(USB_DISK "/model", "QEMU HARDDISK   \n"));
    make_file(STICK "/serial", serial, strlen(serial));
    make_class("block", USB_DISK "/block/sdh");
}

#define USB_PATHS                                                                                                      \
    "disk/by-path/pci-0000:00:08.0-usb-0:1.3:1.0-scsi-0:0:0:0",                                                        \
        "disk/by-path/pci-0000:00:08.0-usbv2-0:1.3:1.0-scsi-0:0:0:0"

static void usb(void **state)
{
    (void)state;
    make_usb("U S/B 5\n");
    EXPECT_DISK("sdh", "disk/by-id/usb-QEMU_QEMU_HARDDISK_U_S_B_5-0:0", USB_PATHS);
    EXPECT_PARTITION("sdh", 1, "disk/by-id/usb-QEMU_QEMU_HARDDISK_U_S_B_5-0:0-part1",
        "disk/by-path/pci-0000:00:08.0-usb-0:1.3:1.0-scsi-0:0:0:0-part1",
        "disk/by-path/pci-0000:00:08.0-usbv2-0:1.3:1.0-scsi-0:0:0:0-part1");
}

/* USB attached SCSI has pages, but they name nothing here. */
static void uas(void **state)
{
    (void)state;
    make_usb("27842-0000:00:06.0-2\n");
    TREE(ATTRIBUTE(USB_DISK "/vpd_pg83", "\0\x83\0\x08\x02\0\0\x04UAS6"));
    EXPECT_DISK("sdh", "disk/by-id/usb-QEMU_QEMU_HARDDISK_27842-0000:00:06.0-2-0:0", USB_PATHS);
}

static void usb_revisions(void **state)
{
    static const struct {
        const char *protocol, *speed, *path;
    } hubs[] = {
        {"03\n", "5000\n", "disk/by-path/pci-0000:00:08.0-usbv3-0:1.3:1.0-scsi-0:0:0:0"},
        {"02\n", "480\n", "disk/by-path/pci-0000:00:08.0-usbv2-0:1.3:1.0-scsi-0:0:0:0"},
        {"00\n", "480\n", "disk/by-path/pci-0000:00:08.0-usbv2-0:1.3:1.0-scsi-0:0:0:0"},
        {"00\n", "12\n", "disk/by-path/pci-0000:00:08.0-usbv1-0:1.3:1.0-scsi-0:0:0:0"},
        {"ff\n", "12\n", NULL},
    };

    (void)state;
    make_usb("\n");
    for (size_t i = 0; i < sizeof(hubs) / sizeof(hubs[0]); i++) {
        const char *names[] = {"disk/by-id/usb-QEMU_QEMU_HARDDISK-0:0",
            "disk/by-path/pci-0000:00:08.0-usb-0:1.3:1.0-scsi-0:0:0:0", hubs[i].path, NULL};

        make_file(XHCI "/usb2/bDeviceProtocol", hubs[i].protocol, 3);
        make_file(XHCI "/usb2/speed", hubs[i].speed, strlen(hubs[i].speed));
        expect("sdh", 0, names);
    }
}

static void usb_serial_numbers_that_are_none(void **state)
{
    (void)state;
    make_usb("a,b\n");
    EXPECT_DISK("sdh", "disk/by-id/usb-QEMU_QEMU_HARDDISK-0:0", USB_PATHS);
    make_file(STICK "/serial", "\xc3\xbc\n", 3);
    EXPECT_DISK("sdh", "disk/by-id/usb-QEMU_QEMU_HARDDISK-0:0", USB_PATHS);
}

static void usb_without_scsi_has_no_id(void **state)
{
    (void)state;
    make_usb("X\n");
    make_file(STICK "/2-1.3:1.0/bInterfaceSubClass", "04\n", 3);
    EXPECT_DISK("sdh", USB_PATHS);
}

/* Cards and others */

#define SDHCI "devices/pci0000:00/0000:00:07.0"

static void sd_card(void **state)
{
    (void)state;
    TREE(DEVICE(SDHCI, "../../../bus/pci"), DEVICE(SDHCI "/mmc_host/mmc0", "../../../../../class/mmc_host"),
        DEVICE(SDHCI "/mmc_host/mmc0/mmc0:4567", "../../../../../../bus/mmc"),
        ATTRIBUTE(SDHCI "/mmc_host/mmc0/mmc0:4567/name", "QEMU!\n"),
        ATTRIBUTE(SDHCI "/mmc_host/mmc0/mmc0:4567/serial", "0xdeadbeef\n"));
    make_class("block", SDHCI "/mmc_host/mmc0/mmc0:4567/block/mmcblk0");
    make_class("block", SDHCI "/mmc_host/mmc0/mmc0:4567/block/mmcblk0/mmcblk0boot0");
    EXPECT_DISK("mmcblk0", "disk/by-id/mmc-QEMU__0xdeadbeef");
    EXPECT_PARTITION("mmcblk0", 1, "disk/by-id/mmc-QEMU__0xdeadbeef-part1");
    EXPECT_NOTHING("mmcblk0boot0");
}

/* Not QEMU's: behind a platform's own controller. */
static void sd_card_of_a_board(void **state)
{
    (void)state;
    TREE(DEVICE("devices/platform/emmc2bus", "../bus/platform"),
        DEVICE("devices/platform/emmc2bus/fe340000.mmc", "../bus/platform"),
        ATTRIBUTE("devices/platform/emmc2bus/fe340000.mmc/mmc_host/mmc0/mmc0:aaaa/name", "SC32G\n"),
        ATTRIBUTE("devices/platform/emmc2bus/fe340000.mmc/mmc_host/mmc0/mmc0:aaaa/serial", "0x12345678\n"));
    make_class("block", "devices/platform/emmc2bus/fe340000.mmc/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0");
    EXPECT_DISK("mmcblk0", "disk/by-id/mmc-SC32G_0x12345678", "disk/by-path/platform-fe340000.mmc");
}

/* Not QEMU's: path_id wants to know both what moves the data and what controls it. */
static void an_unknown_bus_has_no_path(void **state)
{
    (void)state;
    TREE(DEVICE("devices/vbd-51712", "../../bus/xen"), DEVICE("devices/pci0000:00/0000:00:06.0", "../bus/pci"));
    make_class("block", "devices/vbd-51712/block/xvda");
    TREE(DEVICE("devices/vhci/usb9/9-1/9-1:1.0", "../bus/usb"),
        DEVICE("devices/vhci/usb9/9-1/9-1:1.0/host1/target1:0:0/1:0:0:0", "../bus/scsi"));
    make_class("block", "devices/vhci/usb9/9-1/9-1:1.0/host1/target1:0:0/1:0:0:0/block/sda");
    EXPECT_NOTHING("sda");
    make_class("block", "devices/pci0000:00/0000:00:06.0/block/rssda");
    make_class("block", "devices/virtual/block/loop0");
    EXPECT_NOTHING("xvda");
    EXPECT_NOTHING("rssda");
    EXPECT_NOTHING("loop0");
}

static void a_device_that_is_not_in_sysfs_has_no_names(void **state)
{
    (void)state;
    EXPECT_NOTHING("vda");
    make_link("class/block/vdb", "/elsewhere");
    EXPECT_NOTHING("vdb");
    assert_int_equal(nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
    EXPECT_NOTHING("vda");
    assert_int_equal(mkdir(root, 0755), 0);
}

static void a_slash_in_the_name_is_another_sign_in_sysfs(void **state)
{
    (void)state;
    TREE(DEVICE(VIRTIO, "../../../bus/pci"), DEVICE(VIRTIO "/virtio0", "../../../../bus/virtio"));
    make_class("block", VIRTIO "/virtio0/block/cciss!c0d0");
    EXPECT_PARTITION("cciss/c0d0", 1, "disk/by-path/pci-0000:00:02.0-part1");
}

/* Names of libdevmapper, lvm and cryptsetup. */

#define MAPPED "devices/virtual/block/dm-3"
#define GROUP_UUID "mlTN2JnV8QrzvkXjzsu6ziRK5SC5TRFL"
#define VOLUME_UUID "x0T9gFYF1rWcFjQRbrQ6dYiSGO41BJxP"

static void make_mapped(const char *name, const char *uuid, const char *size, const char *suspended)
{
    make_class("block", MAPPED);
    make_file(MAPPED "/dm/name", name, strlen(name));
    make_file(MAPPED "/dm/uuid", uuid, strlen(uuid));
    make_file(MAPPED "/dm/suspended", suspended, strlen(suspended));
    make_file(MAPPED "/size", size, strlen(size));
}

static void mapped(void **state)
{
    (void)state;
    make_mapped("luks-1234\n", "CRYPT-LUKS2-1234-luks-1234\n", "2048\n", "0\n");
    EXPECT_DISK(
        "dm-3", "mapper/luks-1234", "disk/by-id/dm-name-luks-1234", "disk/by-id/dm-uuid-CRYPT-LUKS2-1234-luks-1234");
}

static void mapped_without_a_uuid(void **state)
{
    (void)state;
    make_mapped("plain\n", "\n", "2048\n", "0\n");
    EXPECT_DISK("dm-3", "mapper/plain", "disk/by-id/dm-name-plain");
}

static void logical_volumes(void **state)
{
    static const struct {
        const char *name, *suffix, *volume;
    } volumes[] = {
        {"vg0-root", "", "vg0/root"},
        {"vg--a-my--lv", "", "vg-a/my-lv"},
        {"vg----a-lv--", "", "vg--a/lv-"},
        {"vg0-pool_tmeta", "-tmeta", NULL},
        {"vg0-pool-tpool", "-tpool", NULL},
        {"vg0-root_rimage_0", "", NULL},
        {"vg0-pool-real", "", NULL},
        {"noseparator", "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(volumes) / sizeof(volumes[0]); i++) {
        char uuid[160], by_name[160], by_uuid[200], mapper[160];

        snprintf(uuid, sizeof(uuid), "LVM-" GROUP_UUID VOLUME_UUID "%s", volumes[i].suffix);
        snprintf(by_uuid, sizeof(by_uuid), "disk/by-id/dm-uuid-%s", uuid);
        snprintf(by_name, sizeof(by_name), "disk/by-id/dm-name-%s", volumes[i].name);
        snprintf(mapper, sizeof(mapper), "mapper/%s", volumes[i].name);
        remove_root(NULL);
        make_root(NULL);
        make_mapped(volumes[i].name, uuid, "2048\n", "0\n");
        EXPECT_DISK("dm-3", mapper, by_name, by_uuid, volumes[i].volume);
    }
}

/* dmraid's: a mirror of stripes is made of sets that have what it has. */
static void sets_of_dmraid(void **state)
{
    static const struct {
        const char *uuid;
        bool is_part;
    } sets[] = {{"DMRAID-nvidia_abcdefgh\n", false}, {"DMRAID-nvidia_abcdefgh-1\n", true},
        {"part1-DMRAID-nvidia_abcdefgh\n", false}, {"DMRAID-asr_disk1\n", false}};

    (void)state;
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        struct mapped_device found;
        int sysfs;

        make_mapped("set\n", sets[i].uuid, "2048\n", "0\n");
        sysfs = open(root, O_PATH | O_DIRECTORY);
        assert_true(mapped_device_read(sysfs, MAPPED, &found));
        close(sysfs);
        assert_int_equal(found.is_part, sets[i].is_part);
        remove_root(NULL);
        make_root(NULL);
    }
}

static bool is_ready(const char *size, const char *suspended)
{
    struct mapped_device found;
    int sysfs = open(root, O_PATH | O_DIRECTORY);
    bool is_known;

    make_mapped("root\n", "\n", size, suspended);
    is_known = mapped_device_read(sysfs, MAPPED, &found);
    close(sysfs);
    assert_true(is_known);
    return found.is_ready;
}

static void mapped_before_it_is_ready(void **state)
{
    struct mapped_device found;
    int sysfs = open(root, O_PATH | O_DIRECTORY);

    (void)state;
    assert_false(mapped_device_read(sysfs, MAPPED, &found));
    close(sysfs);
    assert_false(is_ready("0\n", "0\n"));
    remove_root(NULL);
    make_root(NULL);
    assert_false(is_ready("2048\n", "1\n"));
    remove_root(NULL);
    make_root(NULL);
    assert_true(is_ready("2048\n", "0\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(virtio),
        TEST(virtio_without_a_serial_number),
        TEST(virtio_with_an_odd_serial_number),
        TEST(signs_that_stay),
        TEST(virtio_of_a_microvm),
        TEST(scsi_by_the_makers_serial_number),
        TEST(scsi_by_the_world_wide_name),
        TEST(scsi_with_odd_names),
        TEST(scsi_by_the_page_of_the_serial_number),
        TEST(the_best_designator_is_taken),
        TEST(cut_pages_are_no_names),
        TEST(scsi_hosts_are_counted_by_controller),
        TEST(sas),
        TEST(sas_behind_an_expander),
        TEST(fibre_channel),
        TEST(hyperv),
        TEST(iscsi_has_no_path),
        TEST(ata),
        TEST(ata_with_odd_names),
        TEST(ata_without_a_serial_number),
        TEST(ata_without_its_page_has_no_id),
        TEST(ata_ports_of_two_disks),
        TEST(nvme),
        TEST(nvme_with_an_odd_serial_number),
        TEST(nvme_with_multipath),
        TEST(nvme_over_fabrics_has_no_path),
        TEST(nvme_behind_a_volume_management_device),
        TEST(usb),
        TEST(uas),
        TEST(usb_revisions),
        TEST(usb_serial_numbers_that_are_none),
        TEST(usb_without_scsi_has_no_id),
        TEST(sd_card),
        TEST(sd_card_of_a_board),
        TEST(mapped),
        TEST(mapped_without_a_uuid),
        TEST(logical_volumes),
        TEST(sets_of_dmraid),
        TEST(mapped_before_it_is_ready),
        TEST(an_unknown_bus_has_no_path),
        TEST(a_device_that_is_not_in_sysfs_has_no_names),
        TEST(a_slash_in_the_name_is_another_sign_in_sysfs),
    };

    return RUN_TESTS(tests);
}
