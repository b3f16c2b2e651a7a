#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/supplier.h"

static char top[] = "/tmp/kindling-supplier-XXXXXX";
static int sysfs = -1;

static void make(const char *path)
{
    assert_int_equal(mkdirat(sysfs, path, 0755), 0);
}

static int make_sysfs(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(top));
    sysfs = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
    make("disk");
    make("clock");
    make("phy");
    make("phy/driver");
    make("clock-disk");
    make("phy-disk");
    assert_int_equal(symlinkat("../clock", sysfs, "clock-disk/supplier"), 0);
    assert_int_equal(symlinkat("../phy", sysfs, "phy-disk/supplier"), 0);
    return 0;
}

static int remove_sysfs(void **state)
{
    char command[sizeof(top) + 8];

    (void)state;
    close(sysfs);
    snprintf(command, sizeof(command), "rm -r %s", top);
    return system(command);
}

static void write_attribute(const char *path, const char *value)
{
    int fd = openat(sysfs, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, value, strlen(value)), (ssize_t)strlen(value));
    close(fd);
}

static void who_waits_is_told(void **state)
{
    char names[64];

    (void)state;
    assert_false(supplier_awaited(sysfs, "disk", names, sizeof(names)));
    write_attribute("disk/waiting_for_supplier", "0\n");
    assert_false(supplier_awaited(sysfs, "disk", names, sizeof(names)));
    write_attribute("disk/waiting_for_supplier", "1\n");
    assert_true(supplier_awaited(sysfs, "disk", names, sizeof(names)));
    assert_string_equal(names, "");
}

static void a_supplier_without_a_driver_is_named(void **state)
{
    char names[64];

    (void)state;
    write_attribute("disk/waiting_for_supplier", "0\n");
    assert_int_equal(symlinkat("../phy-disk", sysfs, "disk/supplier:platform:phy"), 0);
    assert_false(supplier_awaited(sysfs, "disk", names, sizeof(names)));
    assert_int_equal(symlinkat("../clock-disk", sysfs, "disk/supplier:platform:clock"), 0);
    assert_true(supplier_awaited(sysfs, "disk", names, sizeof(names)));
    assert_string_equal(names, "platform:clock");
}

static void a_deferred_device_is_found(void **state)
{
    static const char list[] = "0000:00:02.0\t\n0000:00:1f.2\tahci: no clock\nlast\tx";
    const char *reason;
    size_t length;

    (void)state;
    assert_true(supplier_is_deferred(list, "0000:00:02.0", &reason, &length));
    assert_int_equal(length, 0);
    assert_true(supplier_is_deferred(list, "0000:00:1f.2", &reason, &length));
    assert_int_equal(length, strlen("ahci: no clock"));
    assert_memory_equal(reason, "ahci: no clock", length);
    assert_true(supplier_is_deferred(list, "last", &reason, &length));
    assert_false(supplier_is_deferred(list, "0000:00:02", &reason, &length));
    assert_false(supplier_is_deferred(list, "x", &reason, &length));
    assert_false(supplier_is_deferred("", "x", &reason, &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_waits_is_told),
        cmocka_unit_test(a_supplier_without_a_driver_is_named),
        cmocka_unit_test(a_deferred_device_is_found),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_sysfs, remove_sysfs);
}
