#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/firmware_disks.h"

#define LIST 0xd00u
#define ENTRY 82u

/* Entries that SeaBIOS 1.16 gave for a virtio disk and for an IDE disk of a pc: PCI devices 2 and 1, function 1. */
static const uint8_t virtio[ENTRY] = {0x80, 0x30, 0x07, 0x00, 0x38, 0x00, 0x0f, 0x3f, 0x1e, 0x00, 0x02, 0x00, 0x3a,
    0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x3f, 0x00, 0x00, 0x00, 0x00, 0xe8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x02, 0xff, 0xff, 0xff, 0xff, 0xdd, 0xbe, 0x2c, 0x00, 0x00, 0x00, 'P', 'C', 'I', ' ', 'S', 'C', 'S', 'I', ' ',
    ' ', ' ', ' ', 0x00, 0x02, [81] = 0x89};
static const uint8_t ide[ENTRY] = {0x80, 0x30, 0x07, 0x00, 0x34, 0x00, 0x0f, 0x3f, 0x1e, 0x00, 0x02, 0x00, 0x36, 0x00,
    0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x3f, 0x00, 0x00, 0x00, 0x00, 0xd8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x02, 0xc0, 0xf4, 0x80, 0xd9, 0xdd, 0xbe, 0x2c, 0x00, 0x00, 0x00, 'P', 'C', 'I', ' ', 'A', 'T', 'A', ' ', ' ', ' ',
    ' ', ' ', 0x00, 0x01, 0x01, [81] = 0xc5};
/* And for a disk behind AHCI, whose controller it does not tell. */
static const uint8_t ahci[ENTRY] = {0x80, 0x30, 0x07, 0x00, 0x34, 0x00, 0x0f, 0x3f, 0x1a, 0x00, 0x02, 0x00, 0x36, 0x00,
    0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x3f, 0x00, 0x00, 0x00, 0x00, 0xd8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x02};

static void fill(uint8_t boot_params[BOOT_PARAMS_SIZE], size_t count, const uint8_t *const entries[])
{
    memset(boot_params, 0, BOOT_PARAMS_SIZE);
    boot_params[0x1e9] = (uint8_t)count;
    for (size_t i = 0; i < count; i++)
        memcpy(boot_params + LIST + i * ENTRY, entries[i], ENTRY);
}

static void controllers_are_told(void **state)
{
    const uint8_t *entries[] = {virtio, ide};
    uint8_t boot_params[BOOT_PARAMS_SIZE];
    struct firmware_disks disks;

    (void)state;
    fill(boot_params, 2, entries);
    boot_params[0x1ea] = 2;
    assert_true(firmware_disks_parse(boot_params, &disks));
    assert_int_equal(disks.count, 2);
    assert_string_equal(disks.controllers[0], "0000:00:02.0");
    assert_string_equal(disks.controllers[1], "0000:00:01.1");
}

static bool is_believed(const uint8_t boot_params[BOOT_PARAMS_SIZE])
{
    struct firmware_disks disks;

    return firmware_disks_parse(boot_params, &disks);
}

static void what_may_be_incomplete_is_not_believed(void **state)
{
    const uint8_t *unknown[] = {virtio, ahci};
    const uint8_t *many[] = {virtio, virtio, virtio, virtio, virtio, virtio};
    uint8_t boot_params[BOOT_PARAMS_SIZE];

    (void)state;
    fill(boot_params, 0, many);
    assert_false(is_believed(boot_params));
    fill(boot_params, 5, many);
    assert_true(is_believed(boot_params));
    fill(boot_params, 6, many);
    assert_false(is_believed(boot_params));
    boot_params[0x1e9] = 0xff;
    assert_false(is_believed(boot_params));
    fill(boot_params, 2, unknown);
    assert_false(is_believed(boot_params));
    fill(boot_params, 1, many);
    boot_params[0x1ea] = 2; /* a second disk has a boot record, and is not told of */
    assert_false(is_believed(boot_params));
}

static void a_false_entry_is_not_believed(void **state)
{
    static const size_t bytes[] = {8 + 30, 8 + 32, 8 + 36, 8 + 48, 8 + 49, 8 + 73};
    const uint8_t *entries[] = {virtio};
    uint8_t boot_params[BOOT_PARAMS_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(bytes) / sizeof(*bytes); i++) {
        fill(boot_params, 1, entries);
        boot_params[LIST + bytes[i]] ^= 1;
        assert_false(is_believed(boot_params));
    }
    fill(boot_params, 1, entries);
    boot_params[LIST + 8 + 36] = 'I'; /* another bus, and a sum that is right */
    boot_params[LIST + 8 + 73] = (uint8_t)(0x89 - ('I' - 'P'));
    assert_false(is_believed(boot_params));
}

/* A /sys with that list and a PCI device, bound to a driver or not. */
static int make_sysfs(char *directory, const uint8_t boot_params[BOOT_PARAMS_SIZE], bool bound)
{
    int sysfs;
    FILE *data;

    assert_non_null(mkdtemp(directory));
    sysfs = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_true(sysfs >= 0);
    assert_int_equal(chdir(directory), 0);
    assert_int_equal(
        system("mkdir -p kernel/boot_params bus/pci/devices/0000:00:02.0 bus/pci/devices/0000:00:01.1"), 0);
    data = fopen("kernel/boot_params/data", "w");
    assert_non_null(data);
    assert_int_equal(fwrite(boot_params, 1, BOOT_PARAMS_SIZE, data), BOOT_PARAMS_SIZE);
    assert_int_equal(fclose(data), 0);
    assert_int_equal(mkdir("bus/pci/devices/0000:00:02.0/driver", 0755), 0);
    if (bound)
        assert_int_equal(mkdir("bus/pci/devices/0000:00:01.1/driver", 0755), 0);
    return sysfs;
}

static bool have_drivers(const uint8_t boot_params[BOOT_PARAMS_SIZE], bool bound)
{
    char directory[] = "/tmp/kindling-firmware-XXXXXX", command[64];
    int sysfs = make_sysfs(directory, boot_params, bound);
    bool have = firmware_disks_have_drivers(sysfs);

    close(sysfs);
    assert_int_equal(chdir("/"), 0);
    (void)snprintf(command, sizeof(command), "rm -r %s", directory);
    assert_int_equal(system(command), 0);
    return have;
}

static void every_disk_is_behind_a_driver_or_not(void **state)
{
    const uint8_t *entries[] = {virtio, ide};
    uint8_t boot_params[BOOT_PARAMS_SIZE];

    (void)state;
    fill(boot_params, 2, entries);
    assert_true(have_drivers(boot_params, true));
    assert_false(have_drivers(boot_params, false));
    fill(boot_params, 1, entries);
    assert_true(have_drivers(boot_params, false));
    fill(boot_params, 0, entries);
    assert_false(have_drivers(boot_params, true));
    assert_false(firmware_disks_have_drivers(-1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(controllers_are_told),
        cmocka_unit_test(what_may_be_incomplete_is_not_believed),
        cmocka_unit_test(a_false_entry_is_not_believed),
        cmocka_unit_test(every_disk_is_behind_a_driver_or_not),
    };

    return RUN_TESTS(tests);
}
