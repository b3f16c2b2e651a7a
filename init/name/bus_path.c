#include "name/bus_path.h"

#include <stdint.h>
#include <string.h>

#include "system/directory.h"
#include "system/sysfs.h"
#include "system/text.h"

/* The walk from the disk up to the root of the tree. */
struct walk {
    int sysfs;
    const char *disk; /* the directory where it began */
    struct bus_path *path;
    char directory[SYSFS_PATH_SIZE]; /* where it is */
};

/* A part of the path is put together from its end, a "-" first. */
static void prepend(struct walk *walk, const char *text)
{
    struct bus_path *path = walk->path;
    size_t length = strlen(text);

    if (length > path->start) {
        path->refused = true;
        return;
    }
    path->start -= length;
    memcpy(path->text + path->start, text, length);
}

static void prepend_number(struct walk *walk, uint64_t number)
{
    char decimal[DECIMAL_SIZE];

    prepend(walk, text_decimal(number, decimal));
}

/* The name of the directory so many levels above; "" above all. */
static const char *name_above(const struct walk *walk, unsigned levels, char directory[SYSFS_PATH_SIZE])
{
    (void)text_join(directory, SYSFS_PATH_SIZE, walk->directory, NULL);
    while (levels-- > 0)
        if (!sysfs_ascend(directory))
            return "";
    return sysfs_name(directory);
}

/* Reads an attribute that the class's device of that name has. */
static bool read_above(
    const struct walk *walk, unsigned levels, const char *class, const char *attribute, char value[SYSFS_VALUE_SIZE])
{
    char above[SYSFS_PATH_SIZE], directory[SYSFS_PATH_SIZE];

    return text_join(directory, sizeof(directory), class, "/", name_above(walk, levels, above), NULL) == 0
           && sysfs_read(walk->sysfs, directory, attribute, value);
}

/* SCSI. The walk is at a device "HOST:CHANNEL:TARGET:LUN"; above it are its target and, mostly, the host. */

enum scsi_number { SCSI_HOST, SCSI_CHANNEL, SCSI_TARGET, SCSI_LUN, SCSI_NUMBERS };

static bool read_address(const char *address, uint32_t numbers[SCSI_NUMBERS])
{
    for (int i = 0; i < SCSI_NUMBERS; i++) {
        const char *start = address;

        for (numbers[i] = 0; *address >= '0' && *address <= '9'; address++)
            numbers[i] = numbers[i] * 10 + (uint32_t)(*address - '0');
        if (address == start || *address++ != (i == SCSI_LUN ? '\0' : ':'))
            return false;
    }
    return true;
}

/* The kernel keeps a LUN's 64 bits as a number with its 16-bit parts in reverse order (scsilun_to_int). Up to 255 it
 * is written as that number, beyond that in its own order. */
static void prepend_lun(struct walk *walk, uint32_t lun)
{
    uint32_t in_order = lun << 16 | lun >> 16;
    char digits[] = "0x0000000000000000";

    for (int i = 0; i < 8; i++)
        digits[2 + i] = "0123456789abcdef"[in_order >> (28 - 4 * i) & 15];
    if (lun < 256)
        prepend_number(walk, lun);
    else
        prepend(walk, digits);
    prepend(walk, "-lun-");
}

static bool add_fibre_channel(struct walk *walk)
{
    char port[SYSFS_VALUE_SIZE];

    if (!read_above(walk, 1, "class/fc_transport", "port_name", port))
        return false;
    prepend(walk, port);
    prepend(walk, "fc-");
    return true;
}

/* .../host4/port-4:0/end_device-4:0/target4:0:0/4:0:0:0, or with an expander where the host is here. A port of several
 * phys is named by the disk's address, since any of them may be used. */
static bool add_sas(struct walk *walk)
{
    static const char sas_device[] = "class/sas_device";
    char phys[SYSFS_VALUE_SIZE], address[SYSFS_VALUE_SIZE], phy[SYSFS_VALUE_SIZE];

    if (!read_above(walk, 3, "class/sas_port", "num_phys", phys)
        || !read_above(walk, 2, sas_device, "sas_address", address)
        || !read_above(walk, 2, sas_device, "phy_identifier", phy))
        return false;
    if (strcmp(phys, "1") == 0) {
        prepend(walk, phy);
        prepend(walk, "phy");
        if (read_above(walk, 4, sas_device, "sas_address", address)) {
            prepend(walk, "-");
            prepend(walk, address);
            prepend(walk, "exp");
        }
    } else {
        prepend(walk, address);
    }
    prepend(walk, "sas-");
    return true;
}

/* Behind a port multiplier the channel tells the disks apart, else master and slave are targets. */
static bool add_ata(struct walk *walk, const uint32_t numbers[SCSI_NUMBERS])
{
    char port[SYSFS_VALUE_SIZE];

    if (!read_above(walk, 3, "class/ata_port", "port_no", port))
        return false;
    if (numbers[SCSI_CHANNEL])
        prepend(walk, ".0");
    prepend_number(walk, numbers[SCSI_CHANNEL] ? numbers[SCSI_CHANNEL] : numbers[SCSI_TARGET]);
    prepend(walk, ".");
    prepend(walk, port);
    prepend(walk, "ata-");
    return true;
}

/* The host is a device on Hyper-V's bus with an id "{xxxxxxxx-xxxx-...}", of which the digits are taken. */
static bool add_hyperv(struct walk *walk)
{
    char directory[SYSFS_PATH_SIZE], id[SYSFS_VALUE_SIZE];
    char *end = id;

    (void)name_above(walk, 3, directory);
    if (!sysfs_read(walk->sysfs, directory, "device_id", id))
        return false;
    for (const char *digit = id; *digit; digit++)
        if (!strchr("{-}", *digit))
            *end++ = *digit;
    *end = '\0';
    prepend(walk, id);
    prepend(walk, "vmbus-");
    return true;
}

/* The lowest number of the hosts in the directory: the kernel counts them throughout the machine. */
static uint64_t first_host(int sysfs, const char *directory)
{
    struct directory entries;
    const struct dirent *entry;
    uint64_t first = UINT64_MAX, number;

    directory_open(&entries, sysfs, directory);
    while ((entry = directory_next(&entries)) != NULL)
        if (strncmp(entry->d_name, "host", 4) == 0 && text_to_number(entry->d_name + 4, &number) == 0 && number < first)
            first = number;
    directory_close(&entries);
    return first;
}

/* False for iSCSI, whose session is between host and target. */
static bool add_address(struct walk *walk, const uint32_t numbers[SCSI_NUMBERS])
{
    char directory[SYSFS_PATH_SIZE];
    uint64_t first;

    (void)name_above(walk, 3, directory);
    first = first_host(walk->sysfs, directory);
    if (first > numbers[SCSI_HOST])
        return false;
    prepend(walk, strchr(sysfs_name(walk->directory), ':'));
    prepend_number(walk, numbers[SCSI_HOST] - first);
    prepend(walk, "scsi-");
    return true;
}

/* By what the path has in it; the first that fits, the last fits all. */
enum scsi_transport { FIBRE_CHANNEL, SAS, ATA, HYPERV, OTHER_SCSI };

static const struct scsi_mark {
    char mark[14];
    uint8_t transport;
} scsi_marks[] = {
    {"/rport-", FIBRE_CHANNEL},
    {"/end_device-", SAS},
    {"/ata", ATA},
    {"/VMBUS", HYPERV},
    {"/", OTHER_SCSI},
};

static bool add_scsi(struct walk *walk)
{
    const struct scsi_mark *mark = scsi_marks;
    uint32_t numbers[SCSI_NUMBERS];

    if (!read_address(sysfs_name(walk->directory), numbers))
        return true; /* a target or host */
    while (!strstr(walk->directory, mark->mark))
        mark++;
    prepend(walk, "-");
    if (mark->transport != ATA && mark->transport != OTHER_SCSI)
        prepend_lun(walk, numbers[SCSI_LUN]);
    walk->path->controller |= mark->transport <= SAS;
    switch (mark->transport) {
    case FIBRE_CHANNEL:
        return add_fibre_channel(walk);
    case SAS:
        return add_sas(walk);
    case ATA:
        return add_ata(walk, numbers);
    case HYPERV:
        return add_hyperv(walk);
    default:
        return add_address(walk, numbers);
    }
}

/* USB. The port's own name is after the bus's number in "3-1:1.0". That number changes from boot to boot; the revision
 * of the bus tells the two halves of a USB 3 controller apart. */

/* By the root hub's bDeviceProtocol (USB 2.0, 11.23.1; USB 3.2, 10.15.1); of protocol 0 there are two kinds. */
static char usb_revision(int sysfs, const char *root_hub)
{
    static const char revisions[] = "1223";
    char protocol[SYSFS_VALUE_SIZE], speed[SYSFS_VALUE_SIZE];

    (void)sysfs_read(sysfs, root_hub, "speed", speed);
    if (!sysfs_read(sysfs, root_hub, "bDeviceProtocol", protocol) || protocol[0] != '0' || protocol[1] < '0'
        || protocol[1] > '3')
        return 0;
    if (strcmp(speed, "480") == 0)
        return '2';
    return revisions[protocol[1] - '0'];
}

static bool add_usb(struct walk *walk)
{
    const char *port = strchr(sysfs_name(walk->directory), '-');
    char root_hub[SYSFS_PATH_SIZE];

    if (!port)
        return true;
    (void)name_above(walk, 0, root_hub);
    while (strchr(sysfs_name(root_hub), '-') && sysfs_ascend(root_hub))
        ;
    walk->path->usb_revision = usb_revision(walk->sysfs, root_hub);
    prepend(walk, "-");
    prepend(walk, port + 1);
    prepend(walk, "usb-0:");
    return true;
}

static bool add_nvme(struct walk *walk)
{
    char nsid[SYSFS_VALUE_SIZE];

    if (!sysfs_read(walk->sysfs, walk->disk, "nsid", nsid))
        return false;
    prepend(walk, "-");
    prepend(walk, nsid);
    prepend(walk, "nvme-");
    return true;
}

/* With multipath the disk nvme0n1 is a child of devices/virtual/nvme-subsystem: on with the controller nvme0. */
static bool add_nvme_subsystem(struct walk *walk)
{
    char controller[BUS_PATH_SIZE];

    (void)text_join(controller, sizeof(controller), sysfs_name(walk->disk), NULL);
    controller[strlen("nvme") + strspn(controller + strlen("nvme"), "0123456789")] = '\0';
    return add_nvme(walk) && sysfs_find(walk->sysfs, "class/nvme", controller, walk->directory);
}

enum bus_kind { BUS_SCSI, BUS_USB, BUS_NVME, BUS_NVME_SUBSYSTEM, BUS_NAMED, BUS_UNNAMED };

static const struct bus {
    char subsystem[15];
    uint8_t kind;
    bool is_transport, is_controller;
} buses[] = {
    {"scsi", BUS_SCSI, true, false},
    {"usb", BUS_USB, true, false},
    {"nvme", BUS_NVME, true, true},
    {"nvme-subsystem", BUS_NVME_SUBSYSTEM, true, true},
    {"virtio", BUS_UNNAMED, true, false},
    {"pci", BUS_NAMED, false, true},
    {"acpi", BUS_NAMED, false, true},
    {"xen", BUS_NAMED, false, true},
    {"platform", BUS_NAMED, true, true},
    {"amba", BUS_NAMED, true, true},
    {"ccw", BUS_NAMED, true, true},
};

static void add_bus(struct walk *walk, const char *subsystem)
{
    const struct bus *bus = buses, *end = buses + sizeof(buses) / sizeof(buses[0]);
    bool is_named = true;

    while (bus < end && strcmp(bus->subsystem, subsystem) != 0)
        bus++;
    if (bus == end)
        return;
    walk->path->transport |= bus->is_transport;
    walk->path->controller |= bus->is_controller;
    switch (bus->kind) {
    case BUS_SCSI:
        is_named = add_scsi(walk);
        break;
    case BUS_USB:
        is_named = add_usb(walk);
        break;
    case BUS_NVME:
        is_named = add_nvme(walk);
        break;
    case BUS_NVME_SUBSYSTEM:
        is_named = add_nvme_subsystem(walk);
        break;
    case BUS_NAMED:
        prepend(walk, "-");
        prepend(walk, sysfs_name(walk->directory));
        prepend(walk, "-");
        prepend(walk, bus->subsystem);
        break;
    }
    walk->path->refused |= !is_named;
}

char *bus_path_find(int sysfs, const char *directory, struct bus_path *path)
{
    struct walk walk = {.sysfs = sysfs, .disk = directory, .path = path};
    char subsystem[SYSFS_PATH_SIZE], below[SYSFS_PATH_SIZE] = "";

    *path = (struct bus_path){.start = BUS_PATH_SIZE - 1};
    (void)text_join(walk.directory, sizeof(walk.directory), directory, NULL);
    while (!path->refused && sysfs_ascend(walk.directory)) {
        sysfs_subsystem(sysfs, walk.directory, subsystem);
        /* Of a chain within one bus, such as PCI bridges, the lowest is enough. */
        if (strcmp(subsystem, below) != 0)
            add_bus(&walk, subsystem);
        memcpy(below, subsystem, sizeof(below));
    }
    if (!path->transport || !path->controller || path->refused || strcmp(walk.directory, "devices/virtual") == 0)
        return NULL;
    path->text[BUS_PATH_SIZE - 2] = '\0'; /* the lowest part's "-" */
    return path->text + path->start;
}
