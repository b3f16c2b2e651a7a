#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "name/card_name.h"

static char top[] = "/tmp/kindling-card-XXXXXX";
static int sysfs = -1;
static char card[NETWORK_NAME_SIZE];

static void make(const char *path)
{
    char part[512];

    for (const char *end = strchr(path, '/'); end; end = strchr(end + 1, '/')) {
        snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
        (void)mkdirat(sysfs, part, 0755);
    }
    (void)mkdirat(sysfs, path, 0755);
}

static void write_bytes(const char *directory, const char *attribute, const void *bytes, size_t size)
{
    char path[512];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", directory, attribute);
    fd = openat(sysfs, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    close(fd);
}

static void write_attribute(const char *directory, const char *attribute, const char *value)
{
    write_bytes(directory, attribute, value, strlen(value));
}

static void subsystem(const char *directory, const char *name)
{
    char path[512], target[64];

    snprintf(path, sizeof(path), "%s/subsystem", directory);
    snprintf(target, sizeof(target), "../../bus/%s", name);
    assert_int_equal(symlinkat(target, sysfs, path), 0);
}

static void device(const char *directory, const char *bus)
{
    make(directory);
    subsystem(directory, bus);
}

/* A card at a device, anew. */
static const char *net(const char *parent)
{
    static char directory[512];
    char target[600];

    snprintf(directory, sizeof(directory), "%s/net/eth0", parent);
    make(directory);
    subsystem(directory, "net");
    make("class/net");
    (void)unlinkat(sysfs, "class/net/eth0", 0);
    snprintf(target, sizeof(target), "../../%s", directory);
    assert_int_equal(symlinkat(target, sysfs, "class/net/eth0"), 0);
    write_attribute(directory, "address", "52:54:00:12:ab:56\n");
    return directory;
}

static void slot(const char *number, const char *address)
{
    char directory[64];

    snprintf(directory, sizeof(directory), "bus/pci/slots/%s", number);
    make(directory);
    write_attribute(directory, "address", address);
}

static int begin(void **state)
{
    (void)state;
    memcpy(top + sizeof(top) - 7, "XXXXXX", 6);
    assert_non_null(mkdtemp(top));
    sysfs = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return 0;
}

static int end(void **state)
{
    char command[sizeof(top) + 8];

    (void)state;
    close(sysfs);
    snprintf(command, sizeof(command), "rm -r %s", top);
    return system(command);
}

static const char *name(void)
{
    return card_name_find(sysfs, "eth0", card) ? card : "eth0";
}

#define PCI "devices/pci0000:00/0000:00:09.0"

static void by_the_place_on_the_bus(void **state)
{
    (void)state;
    device(PCI, "pci");
    net(PCI);
    assert_string_equal(name(), "enp0s9");
}

static void a_card_of_virtio_is_where_its_bus_is(void **state)
{
    (void)state;
    device(PCI, "pci");
    device(PCI "/virtio2", "virtio");
    net(PCI "/virtio2");
    assert_string_equal(name(), "enp0s9");
    slot("9", "0000:00:09\n");
    slot("3", "0000:00:03\n");
    slot("x", "0000:00:09\n");
    assert_string_equal(name(), "ens9");
}

static void several_on_one_device(void **state)
{
    uint8_t header[64] = {[14] = 0x80};
    const char *directory;

    (void)state;
    device(PCI, "pci");
    directory = net(PCI);
    write_bytes(PCI, "config", header, sizeof(header));
    assert_string_equal(name(), "enp0s9f0");
    write_attribute(directory, "dev_port", "1\n");
    assert_string_equal(name(), "enp0s9f0d1");
    write_attribute(directory, "phys_port_name", "p1\n");
    assert_string_equal(name(), "enp0s9f0np1");
}

static void behind_a_bridge(void **state)
{
    (void)state;
    device("devices/pci0001:00/0001:00:1c.0", "pci");
    device("devices/pci0001:00/0001:00:1c.0/0001:1a:00.1", "pci");
    net("devices/pci0001:00/0001:00:1c.0/0001:1a:00.1");
    assert_string_equal(name(), "enP1p26s0f1");
    /* A slot that a bridge is in may hold many cards. */
    slot("7", "0001:00:1c\n");
    write_attribute("devices/pci0001:00/0001:00:1c.0", "modalias", "pci:v00008086d00001533sv0sd0bc06sc04i00\n");
    assert_string_equal(name(), "enP1p26s0f1");
    slot("8", "0001:1a:00\n");
    assert_string_equal(name(), "enP1s8f1");
}

static void on_the_board(void **state)
{
    (void)state;
    device(PCI, "pci");
    net(PCI);
    write_attribute(PCI, "acpi_index", "1\n");
    assert_string_equal(name(), "eno1");
    write_attribute(PCI, "acpi_index", "16384\n"); /* no number of a board's */
    assert_string_equal(name(), "enp0s9");
}

static void on_usb(void **state)
{
    (void)state;
    device(PCI, "pci");
    device(PCI "/usb1", "usb");
    device(PCI "/usb1/1-1", "usb");
    device(PCI "/usb1/1-1/1-1:1.0", "usb");
    net(PCI "/usb1/1-1/1-1:1.0");
    assert_string_equal(name(), "enx52540012ab56");
}

static void those_that_keep_their_names(void **state)
{
    const char *directory;

    (void)state;
    device("devices/LNXSYSTM:00/VMBUS:00/f8615163", "vmbus");
    net("devices/LNXSYSTM:00/VMBUS:00/f8615163");
    assert_string_equal(name(), "eth0");
    net("devices/virtual");
    assert_string_equal(name(), "eth0");
    device(PCI, "pci");
    directory = net(PCI);
    write_attribute(directory, "name_assign_type", "1\n");
    assert_string_equal(name(), "enp0s9");
    write_attribute(directory, "name_assign_type", "4\n"); /* somebody has renamed it */
    assert_string_equal(name(), "eth0");
    assert_false(card_name_find(sysfs, "eth7", card));
}

static void wireless(void **state)
{
    (void)state;
    device(PCI, "pci");
    net(PCI);
    assert_false(card_is_wireless(sysfs, "eth0"));
    make(PCI "/net/eth0/phy80211");
    assert_true(card_is_wireless(sysfs, "eth0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(by_the_place_on_the_bus, begin, end),
        cmocka_unit_test_setup_teardown(a_card_of_virtio_is_where_its_bus_is, begin, end),
        cmocka_unit_test_setup_teardown(several_on_one_device, begin, end),
        cmocka_unit_test_setup_teardown(behind_a_bridge, begin, end),
        cmocka_unit_test_setup_teardown(on_the_board, begin, end),
        cmocka_unit_test_setup_teardown(on_usb, begin, end),
        cmocka_unit_test_setup_teardown(those_that_keep_their_names, begin, end),
        cmocka_unit_test_setup_teardown(wireless, begin, end),
    };

    return RUN_TESTS(tests);
}
