#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "device/block_device.h"
#include "device/uevent.h"

/* As the kernel sent it for a partition of a virtio disk. */
static const char partition_message[] = "add@/devices/pci0000:00/0000:00:04.0/virtio0/block/vda/vda1\0"
                                        "ACTION=add\0DEVPATH=/devices/pci0000:00/0000:00:04.0/virtio0/block/vda/vda1\0"
                                        "SUBSYSTEM=block\0MAJOR=254\0MINOR=1\0DEVNAME=vda1\0DEVTYPE=partition\0"
                                        "DISKSEQ=9\0PARTN=1\0PARTNAME=my root\0SEQNUM=1021";

static void reads_a_kernel_message(void **state)
{
    struct uevent event;

    (void)state;
    assert_int_equal(uevent_parse(partition_message, sizeof(partition_message), &event), 0);
    assert_string_equal(event.action, "add");
    assert_string_equal(event.subsystem, "block");
    assert_string_equal(event.devname, "vda1");
    assert_string_equal(event.devtype, "partition");
    assert_string_equal(event.major, "254");
    assert_string_equal(event.minor, "1");
    assert_string_equal(event.partition_number, "1");
    assert_string_equal(event.modalias, "");
}

static void refuses_what_is_no_message(void **state)
{
    struct uevent event;

    (void)state;
    assert_int_equal(uevent_parse("", 0, &event), -EINVAL);
    assert_int_equal(uevent_parse("libudev", sizeof("libudev"), &event), -EINVAL);
    /* Cut in the middle: the last byte is no NUL. */
    assert_int_equal(uevent_parse(partition_message, sizeof(partition_message) - 4, &event), -EINVAL);
}

static void similar_keys_are_not_confused(void **state)
{
    static const char message[] = "add@/x\0DEVNAMES=a\0XDEVNAME=b\0DEVNAME\0MAJORITY=1";
    struct uevent event;

    (void)state;
    assert_int_equal(uevent_parse(message, sizeof(message), &event), 0);
    assert_string_equal(event.devname, "");
    assert_string_equal(event.major, "");
}

static void reads_a_uevent_file_of_sysfs(void **state)
{
    char text[] = "MAJOR=8\nMINOR=17\nDEVNAME=sdb1\nDEVTYPE=partition\nPARTN=1";
    struct uevent event;

    (void)state;
    uevent_parse_text(text, sizeof(text), &event);
    assert_string_equal(event.devname, "sdb1");
    assert_string_equal(event.minor, "17");
    assert_string_equal(event.partition_number, "1");
}

static void handle(struct block_devices *devices, const char *action, const char *devname, const char *devpath,
    const char *partition, int expected)
{
    struct uevent event;
    char nothing[] = "";

    uevent_parse_text(nothing, 0, &event);
    event.action = action;
    event.subsystem = "block";
    event.devname = devname;
    event.devpath = devpath;
    event.major = "8";
    event.minor = "1";
    event.devtype = *partition ? "partition" : "disk";
    event.partition_number = partition;
    assert_int_equal(block_devices_handle(devices, &event), expected);
}

static void block_devices_come_change_and_go(void **state)
{
    struct block_devices devices = {0};

    (void)state;
    handle(&devices, "add", "sda", "/devices/x/block/sda", "", 0);
    handle(&devices, "add", "sda1", "/devices/x/block/sda/sda1", "1", 0);
    handle(&devices, "change", "sda", "/devices/x/block/sda", "", 0);
    assert_int_equal(devices.count, 2);
    handle(&devices, "remove", "sda", "/devices/x/block/sda", "", 0);
    assert_int_equal(devices.count, 1);
    assert_string_equal(devices.list[0]->path, "/dev/sda1");
    assert_string_equal(devices.list[0]->disk, "/dev/sda");
    assert_int_equal(devices.list[0]->partition_number, 1);
    block_devices_free(&devices);
}

static void a_partition_knows_its_disk_by_its_name_in_dev(void **state)
{
    struct block_devices devices = {0};

    (void)state;
    handle(&devices, "add", "cciss/c0d0p1", "/devices/x/block/cciss!c0d0/cciss!c0d0p1", "1", 0);
    assert_string_equal(devices.list[0]->path, "/dev/cciss/c0d0p1");
    assert_string_equal(devices.list[0]->disk, "/dev/cciss/c0d0");
    block_devices_free(&devices);
}

static void nameless_and_numberless_devices_are_refused(void **state)
{
    struct block_devices devices = {0};

    (void)state;
    handle(&devices, "add", "", "/devices/x/block/sda", "", -EINVAL);
    handle(&devices, "add", "sda1", "sda1", "1", -EINVAL);
    handle(&devices, "add", "sda1", "/devices/x/block/sda/sda1", "one", -EINVAL);
    assert_int_equal(devices.count, 0);
    block_devices_free(&devices);
}

static void many_devices_fit(void **state)
{
    struct block_devices devices = {0};

    (void)state;
    for (int i = 0; i < 100; i++) {
        char name[] = "sd00";

        name[2] = (char)('0' + i / 10);
        name[3] = (char)('0' + i % 10);
        handle(&devices, "add", name, "/devices/x/block/y", "", 0);
    }
    assert_int_equal(devices.count, 100);
    block_devices_free(&devices);
}

/* What lies ready in the socket; the room is UEVENT_SIZE bytes. */
static void a_message_is_read_whole_or_not_at_all(void **state)
{
    static char sent[UEVENT_SIZE + 1], buffer[UEVENT_SIZE];
    int ends[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
    memset(sent, 'x', sizeof(sent));
    assert_int_equal(send(ends[0], sent, UEVENT_SIZE, 0), UEVENT_SIZE);
    assert_int_equal(uevent_read(ends[1], buffer), UEVENT_SIZE);
    assert_memory_equal(buffer, sent, UEVENT_SIZE);
    assert_int_equal(send(ends[0], sent, sizeof(sent), 0), sizeof(sent));
    assert_int_equal(uevent_read(ends[1], buffer), 0);
    assert_int_equal(uevent_read(ends[1], buffer), -EAGAIN);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_kernel_message),
        cmocka_unit_test(refuses_what_is_no_message),
        cmocka_unit_test(similar_keys_are_not_confused),
        cmocka_unit_test(reads_a_uevent_file_of_sysfs),
        cmocka_unit_test(a_message_is_read_whole_or_not_at_all),
        cmocka_unit_test(block_devices_come_change_and_go),
        cmocka_unit_test(a_partition_knows_its_disk_by_its_name_in_dev),
        cmocka_unit_test(nameless_and_numberless_devices_are_refused),
        cmocka_unit_test(many_devices_fit),
    };

    return RUN_TESTS(tests);
}
