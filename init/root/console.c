/*
 * The consoles that the command line names (Documentation/admin-guide/serial-console.rst). A driver that is a module
 * comes after the kernel has opened /dev/console; so it is loaded before any other, and process 1 takes /dev/console,
 * which is the last one named, as soon as that is there.
 */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "device/coldplug.h"
#include "root/console.h"
#include "root/steps.h"
#include "system/directory.h"
#include "system/file.h"
#include "system/log.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

/* The kernel tells a poll of it when a console comes (console_sysfs_notify in drivers/tty/tty_io.c). */
#define ACTIVE "/sys/class/tty/console/active"
#define ACTIVE_SIZE 256u

/* The rows whose driver may be a module, with its bus; other consoles are built into every kernel that has them. */
static const struct console_driver {
    char prefix[8];
    const char *modules; /* in order; the last one is the console's own */
    const char *there;   /* what shows that the kernel has that one; NULL when nothing does */
    const char *devices; /* shows the devices that it drives; NULL when nothing does */
} drivers[] = {
    {"hvc", "virtio_pci,virtio_mmio,virtio_console", "/sys/bus/virtio/drivers/virtio_console",
        "/sys/bus/virtio/drivers/virtio_console"},
    {"ttyUSB", "xhci_pci,ehci_pci,ohci_pci,uhci_hcd,usbserial", "/sys/bus/usb-serial", NULL},
    {"ttyGS", "g_serial", "/sys/class/tty/ttyGS0", NULL},
    {"ttyS", "8250_lpss,8250_mid,8250_exar,8250_pericom,8250_pci,8250_dw", "/sys/class/tty/ttyS0", NULL},
};

static const struct console_driver *driver_of(const char *name)
{
    for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        if (!strncmp(drivers[i].prefix, name, strlen(drivers[i].prefix)))
            return &drivers[i];
    }
    return NULL;
}

/* The value of console= less its options, "ttyS0,115200n8"; a name without a number is number 0. */
static void take_name(const char *value, char name[ACTIVE_SIZE])
{
    size_t length = strcspn(value, ",");

    *name = '\0';
    if (length == 0 || length + 2 > ACTIVE_SIZE)
        return;
    memcpy(name, value, length);
    name[length] = '\0';
    if (strcspn(name, "0123456789") == length)
        memcpy(name + length, "0", 2);
}

/* name: "" for any. */
static bool is_active(int active, const char *name)
{
    char names[ACTIVE_SIZE];
    ssize_t length = pread(active, names, sizeof(names) - 1, 0);

    if (length <= 0)
        return false;
    names[length] = '\0';
    for (char *c = names; *c; c++) {
        if (*c == ' ' || *c == '\n')
            *c = ',';
    }
    return !*name || text_list_has(names, name);
}

static bool is_there(const char *name)
{
    int active = open(ACTIVE, O_RDONLY | O_CLOEXEC);
    bool there = active >= 0 && is_active(active, name);

    if (active >= 0)
        close(active);
    return there;
}

static void await(const char *name)
{
    struct pollfd news = {.fd = open(ACTIVE, O_RDONLY | O_CLOEXEC), .events = POLLPRI | POLLERR};
    uint64_t deadline = timing_now() + WAIT_CONSOLE, now;

    while (news.fd >= 0 && !is_active(news.fd, name) && (now = timing_now()) < deadline)
        (void)poll(&news, 1, (int)((deadline - now) / 1000) + 1);
    if (news.fd >= 0)
        close(news.fd);
}

/* A driver's directory has a link for each device, and one for its module. */
static bool drives_any(const char *path)
{
    struct directory directory;
    const struct dirent *entry;
    bool found = false;

    directory_open(&directory, AT_FDCWD, path);
    while (!found && (entry = directory_next(&directory)) != NULL)
        found = entry->d_type == DT_LNK && strcmp(entry->d_name, "module") != 0;
    directory_close(&directory);
    return found;
}

static void drive(struct boot *boot, const struct console_driver *driver, const char *name)
{
    const char *list = driver->modules;
    char module[MODULE_NAME_SIZE];
    unsigned found = 0;

    while (load_list_next(&list, module))
        found = module_load_named(&boot->modules, module);
    if (driver->there && access(driver->there, F_OK) < 0 && found == 0)
        log_warning("console=", name, " is not there: neither this kernel nor this image has its driver, ", module);
    else if (driver->devices && drives_any(driver->devices))
        await(name);
    if (!is_there(name))
        log_info("console=", name, " is not there yet");
}

static void load_network(struct boot *boot)
{
    struct coldplug walk;
    struct uevent event;

    (void)module_load_named(&boot->modules, "virtio_pci");
    (void)module_load_named(&boot->modules, "virtio_mmio");
    if (coldplug_open(&walk) < 0)
        return;
    while (coldplug_next(&walk, &event)) {
        const char *alias = event.modalias;
        /* Network interfaces: PCI's base class 02, virtio's device 1, Xen's and Hyper-V's own. */
        bool is_network = (!strncmp(alias, "pci:", 4) && strstr(alias, "bc02")) || strstr(alias, "virtio:d00000001v")
                          || !strcmp(alias, "xen:vif") || !strcmp(alias, "vmbus:635161f83edfc546913ff2d2f965ed0e");
        struct module_match match;
        uint32_t number;

        module_match_begin(&match, &boot->modules, alias);
        while (is_network && module_match_next(&match, &number))
            module_load(&boot->modules, number);
    }
    coldplug_close(&walk);
}

/* It takes an interface that is there, and gives up otherwise. */
static void start_netconsole(struct boot *boot)
{
    uint32_t number;

    if (!cmdline_value(&boot->cmdline, "netconsole") || access("/sys/module/netconsole", F_OK) == 0)
        return;
    if (index_find_module(&boot->index, "netconsole", &number) < 0) {
        log_warning("netconsole= is of no use: neither this kernel nor this image has netconsole");
        return;
    }
    load_network(boot);
    module_load(&boot->modules, number);
}

/* Without close-on-exec: a first descriptor of 0 is kept as it is. */
bool console_take(void)
{
    int fd = open("/dev/console", O_RDWR | O_NOCTTY);
    bool taken = fd >= 0;

    if (fd < 0)
        fd = open("/dev/null", O_RDWR);
    for (int standard = 0; fd >= 0 && standard <= 2; standard++)
        dup2(fd, standard);
    if (fd > 2)
        close(fd);
    return taken;
}

void console_look(struct boot *boot)
{
    const char *last = cmdline_value(&boot->cmdline, "console");
    char name[ACTIVE_SIZE];

    if (!boot->console_is_due)
        return;
    take_name(last ? last : "", name);
    if (is_there(name))
        boot->console_is_due = !console_take();
    else if (!isatty(STDIN_FILENO) && is_there(""))
        (void)console_take(); /* rather another one than none */
}

int step_console(struct boot *boot)
{
    char name[ACTIVE_SIZE];
    const char *value;
    size_t position = 0;

    boot->console_is_due = !isatty(STDIN_FILENO);
    while ((value = cmdline_next(&boot->cmdline, "console", &position)) != NULL) {
        const struct console_driver *driver;

        take_name(value, name);
        driver = driver_of(name);
        boot->console_is_due |= !is_there(name);
        if (driver && !is_there(name))
            drive(boot, driver, name);
    }
    start_netconsole(boot);
    console_look(boot);
    return 0;
}
