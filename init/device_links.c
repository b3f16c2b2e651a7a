#include "device_links.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "bus_path.h"
#include "bytes.h"
#include "glob.h"
#include "sysfs.h"
#include "text.h"

/* What a partition's names differ in from its disk's. */
#define PARTITION_SUFFIX "-part"

struct disk {
    int sysfs;
    const char *name; /* "sda" */
    struct device_links *links;
    char suffix[sizeof(PARTITION_SUFFIX) + DECIMAL_SIZE]; /* "-part2", or "" for the disk itself */
    char directory[SYSFS_PATH_SIZE];                      /* "devices/.../block/sda" */
    char scsi[SYSFS_PATH_SIZE];                           /* of a SCSI disk: the directory of the SCSI device */
};

/* Adds the name of these parts and the partition's suffix. */
static void add(const struct disk *disk, const char *directory, const char *one, const char *two, const char *three)
{
    struct device_links *links = disk->links;
    char *name = links->text + links->used;
    size_t room = sizeof(links->text) - links->used;

    if (links->count == DEVICE_LINKS_MAX || room == 0
        || text_join(name, room, directory, one, two, three, disk->suffix, NULL) < 0)
        return;
    links->names[links->count++] = name;
    links->used += strlen(name) + 1;
}

/* How udev makes names of texts from outside. */

#define BLANKS " \t\n\v\f\r"

/* None at the ends, and '_' for each run of them between (udev_replace_whitespace). */
static void replace_blanks(char *text)
{
    const char *in = text + strspn(text, BLANKS);

    while (*in) {
        size_t blanks = strspn(in, BLANKS);

        if (!blanks) {
            *text++ = *in++;
            continue;
        }
        in += blanks;
        if (*in)
            *text++ = '_';
    }
    *text = '\0';
}

/* '_' for what is neither a letter or digit, nor one of "#+-.:=@_", nor allowed here, nor \x (udev_replace_chars). */
static void replace_others(char *text, const char *allowed)
{
    for (; *text; text++) {
        char lower = *text | ('a' ^ 'A');
        bool is_plain = (lower >= 'a' && lower <= 'z') || (*text >= '0' && *text <= '9') || (*text & 0x80) != 0;

        if (text[0] == '\\' && text[1] == 'x')
            text++;
        else if (!is_plain && !strchr("#+-.:=@_", *text) && !strchr(allowed, *text))
            *text = '_';
    }
}

static void replace_all(char *text)
{
    replace_blanks(text);
    replace_others(text, "");
}

/* Names made of attributes: BUS-ONE_TWO_THREE, each from the nearest device above the disk that has it. */

static const struct id_rule {
    char names[12]; /* of the disks that it is for */
    char bus[8];
    bool escaped; /* the rule's string_escape=replace: blank by blank */
    char attributes[3][7];
} id_rules[] = {
    {"vd*", "virtio-", false, {"serial"}},
    {"nvme*", "nvme-", false, {"wwid"}},
    {"nvme*", "nvme-", false, {"model", "serial"}}, /* before version 252, and again from 253 on */
    {"nvme*", "nvme-", true, {"model", "serial"}},
    {"nvme*", "nvme-", true, {"model", "serial", "nsid"}},
    {"mmcblk[0-9]", "mmc-", false, {"name", "serial"}},
    {"pmem*", "pmem-", false, {"uuid"}},
};

static void add_attributes(const struct disk *disk, const struct id_rule *rule)
{
    char id[3 * SYSFS_VALUE_SIZE] = "", value[SYSFS_VALUE_SIZE], directory[SYSFS_PATH_SIZE];

    for (size_t i = 0; i < 3 && *rule->attributes[i]; i++) {
        strcpy(directory, disk->directory);
        if (!sysfs_search(disk->sysfs, directory, rule->attributes[i], value))
            return;
        if (!rule->escaped)
            replace_blanks(value);
        replace_others(value, rule->escaped ? "" : "/");
        if (i > 0)
            strcat(id, "_");
        strcat(id, value);
    }
    add(disk, "by-id/", rule->bus, id, "");
}

/* SCSI's pages of vital product data, as they came from the disk. */

#define PAGE_SIZE 1024u
#define PAGE_HEADER_SIZE 4u /* page number in byte 1, length of what follows in bytes 2 and 3, big-endian (SPC-4) */

/* Returns the page's length with its header, no more than was read; 0 when there is none. */
static size_t read_page(const struct disk *disk, const char *attribute, uint8_t page[PAGE_SIZE])
{
    size_t size = sysfs_read_bytes(disk->sysfs, disk->scsi, attribute, page, PAGE_SIZE);
    size_t stated;

    if (size < PAGE_HEADER_SIZE)
        return 0;
    stated = PAGE_HEADER_SIZE + get_be16(page + 2);
    return stated < size ? stated : size;
}

static void put_hex(char *text, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        *text++ = "0123456789abcdef"[bytes[i] >> 4];
        *text++ = "0123456789abcdef"[bytes[i] & 15];
    }
    *text = '\0';
}

static void put_text(char *text, const uint8_t *bytes, size_t count)
{
    memcpy(text, bytes, count);
    text[count] = '\0';
}

/* ATA. Page 0x89 has the disk's answer to IDENTIFY DEVICE (SAT-3, 12.4.2): words whose bytes are swapped in texts and
 * in the World Wide Name. */
enum {
    IDENTIFY = 60,
    IDENTIFY_SIZE = 512,
    IDENTIFY_SERIAL = IDENTIFY + 2 * 10,
    IDENTIFY_SERIAL_SIZE = 20,
    IDENTIFY_MODEL = IDENTIFY + 2 * 27,
    IDENTIFY_MODEL_SIZE = 40,
    IDENTIFY_WWN = IDENTIFY + 2 * 108,
    IDENTIFY_WWN_SIZE = 8,
};

static void put_identified(char *text, const uint8_t *page, size_t offset, size_t size)
{
    put_text(text, page + offset, size);
    replace_all(text);
}

/* False when it is no ATA disk. */
static bool add_ata(const struct disk *disk)
{
    uint8_t page[PAGE_SIZE];
    char serial[1 + IDENTIFY_SERIAL_SIZE + 1] = "_", model[IDENTIFY_MODEL_SIZE + 1], wwn[2 * IDENTIFY_WWN_SIZE + 1];

    if (read_page(disk, "vpd_pg89", page) < IDENTIFY + IDENTIFY_SIZE)
        return false;
    for (size_t i = IDENTIFY; i < IDENTIFY + IDENTIFY_SIZE; i += 2) {
        uint8_t first = page[i];

        page[i] = page[i + 1];
        page[i + 1] = first;
    }
    put_identified(model, page, IDENTIFY_MODEL, IDENTIFY_MODEL_SIZE);
    put_identified(serial + 1, page, IDENTIFY_SERIAL, IDENTIFY_SERIAL_SIZE);
    add(disk, "by-id/ata-", model, serial[1] ? serial : "", "");
    if (page[IDENTIFY_WWN] >> 4 == 5) {
        put_hex(wwn, page + IDENTIFY_WWN, IDENTIFY_WWN_SIZE);
        add(disk, "by-id/wwn-0x", wwn, "", "");
    }
    return true;
}

/* USB: VENDOR_MODEL_SERIAL-TARGET:LUN, the serial number being the USB device's. */

static bool is_usb_serial(const char *serial)
{
    for (; *serial; serial++)
        if (*serial < ' ' || *serial == ',')
            return false;
    return true;
}

/* Reads an attribute of a device for a part of a name. */
static void read_escaped(
    const struct disk *disk, const char *directory, const char *attribute, char value[SYSFS_VALUE_SIZE])
{
    (void)sysfs_read(disk->sysfs, directory, attribute, value);
    replace_all(value);
}

/* The interface is a disk's that takes SCSI commands: class 8, subclass 6 or, rarely, 2 (USB Mass Storage 1.4, 2). */
static bool is_usb_scsi(const struct disk *disk, const char *interface)
{
    char class[SYSFS_VALUE_SIZE], subclass[SYSFS_VALUE_SIZE];

    (void)sysfs_read(disk->sysfs, interface, "bInterfaceSubClass", subclass);
    return sysfs_read(disk->sysfs, interface, "bInterfaceClass", class) && strcmp(class, "08") == 0
           && (strcmp(subclass, "06") == 0 || strcmp(subclass, "02") == 0);
}

/* False when it is no USB disk. */
static bool add_usb(const struct disk *disk)
{
    char directory[SYSFS_PATH_SIZE], value[SYSFS_VALUE_SIZE];
    char vendor[SYSFS_VALUE_SIZE], model[SYSFS_VALUE_SIZE], serial[SYSFS_VALUE_SIZE];
    char id[3 * SYSFS_VALUE_SIZE];
    const char *address = strchr(sysfs_name(disk->scsi), ':');

    strcpy(directory, disk->directory);
    if (!sysfs_search(disk->sysfs, directory, "bInterfaceSubClass", value))
        return false;
    if (!address || !is_usb_scsi(disk, directory) || !sysfs_ascend(directory))
        return true;
    read_escaped(disk, disk->scsi, "vendor", vendor);
    read_escaped(disk, disk->scsi, "model", model);
    (void)sysfs_read(disk->sysfs, directory, "serial", serial);
    if (!is_usb_serial(serial))
        *serial = '\0';
    replace_all(serial);
    (void)text_join(id, sizeof(id), vendor, "_", model, *serial ? "_" : "", serial, NULL);
    add(disk, "by-id/usb-", id, "-", address + 2 + strcspn(address + 1, ":"));
    return true;
}

/* SCSI. Page 0x83 has several designators of the disk (SPC-4, 7.8.6); this is scsi_id's order of preference: NAA
 * (registered extended, registered, others), EUI-64, T10 vendor, vendor specific, each binary and as text. */

enum { DESIGNATOR_VENDOR = 0, DESIGNATOR_T10 = 1, DESIGNATOR_EUI64 = 2, DESIGNATOR_NAA = 3 };
enum { DESIGNATOR_BINARY = 1, DESIGNATOR_TEXT = 2 };
#define DESIGNATOR_HEADER_SIZE 4u
#define ANY_NAA 0xff
#define SCSI_ID_SIZE 256u

static const struct designator_kind {
    uint8_t type, naa, code_set;
} designator_kinds[] = {
    {DESIGNATOR_NAA, 6, DESIGNATOR_BINARY},
    {DESIGNATOR_NAA, 6, DESIGNATOR_TEXT},
    {DESIGNATOR_NAA, 5, DESIGNATOR_BINARY},
    {DESIGNATOR_NAA, 5, DESIGNATOR_TEXT},
    {DESIGNATOR_NAA, ANY_NAA, DESIGNATOR_BINARY},
    {DESIGNATOR_NAA, ANY_NAA, DESIGNATOR_TEXT},
    {DESIGNATOR_EUI64, ANY_NAA, DESIGNATOR_BINARY},
    {DESIGNATOR_EUI64, ANY_NAA, DESIGNATOR_TEXT},
    {DESIGNATOR_T10, ANY_NAA, DESIGNATOR_BINARY},
    {DESIGNATOR_T10, ANY_NAA, DESIGNATOR_TEXT},
    {DESIGNATOR_VENDOR, ANY_NAA, DESIGNATOR_BINARY},
    {DESIGNATOR_VENDOR, ANY_NAA, DESIGNATOR_TEXT},
};

/* The type's byte has the association too: 0 for the disk itself rather than the port to it. */
static bool is_designator(const uint8_t *designator, const struct designator_kind *kind)
{
    return (designator[0] & 0x0f) == kind->code_set && (designator[1] & 0x3f) == kind->type
           && (kind->naa == ANY_NAA || designator[DESIGNATOR_HEADER_SIZE] >> 4 == kind->naa);
}

static const uint8_t *find_designator(const uint8_t *page, size_t size, const struct designator_kind *kind)
{
    size_t at = PAGE_HEADER_SIZE;

    while (at + DESIGNATOR_HEADER_SIZE < size) {
        size_t next = at + DESIGNATOR_HEADER_SIZE + page[at + 3];

        if (next <= size && is_designator(page + at, kind))
            return page + at;
        at = next;
    }
    return NULL;
}

/* What does not name the disk among all makers' is preceded by vendor and model. */
static bool put_scsi_id(const struct disk *disk, const char *type, bool is_unique, const char *value, char *id)
{
    char vendor[SYSFS_VALUE_SIZE] = "", model[SYSFS_VALUE_SIZE] = "";

    if (!is_unique) {
        (void)sysfs_read(disk->sysfs, disk->scsi, "vendor", vendor);
        (void)sysfs_read(disk->sysfs, disk->scsi, "model", model);
    }
    if (text_join(id, SCSI_ID_SIZE, type, vendor, model, value, NULL) < 0)
        return false;
    replace_all(id);
    return true;
}

static bool put_designator(const struct disk *disk, const uint8_t *designator, char id[SCSI_ID_SIZE])
{
    const char type[] = {(char)('0' + (designator[1] & 0x0f)), '\0'};
    char value[2 * UINT8_MAX + 1];
    void (*put)(char *, const uint8_t *, size_t) = (designator[0] & 0x0f) == DESIGNATOR_TEXT ? put_text : put_hex;

    put(value, designator + DESIGNATOR_HEADER_SIZE, designator[3]);
    return put_scsi_id(disk, type, type[0] != '0' + DESIGNATOR_VENDOR, value, id);
}

static bool find_scsi_id(const struct disk *disk, char id[SCSI_ID_SIZE])
{
    uint8_t page[PAGE_SIZE];
    char serial[PAGE_SIZE];
    size_t size = read_page(disk, "vpd_pg83", page);

    for (size_t i = 0; i < sizeof(designator_kinds) / sizeof(designator_kinds[0]); i++) {
        const uint8_t *designator = find_designator(page, size, &designator_kinds[i]);

        if (designator && put_designator(disk, designator, id))
            return true;
    }
    size = read_page(disk, "vpd_pg80", page);
    if (size == 0)
        return false;
    put_text(serial, page + PAGE_HEADER_SIZE, size - PAGE_HEADER_SIZE);
    return put_scsi_id(disk, "S", false, serial, id);
}

static void add_scsi(const struct disk *disk)
{
    char id[SCSI_ID_SIZE];

    if (!find_scsi_id(disk, id))
        return;
    add(disk, "by-id/scsi-", id, "", "");
    if (id[0] == '0' + DESIGNATOR_NAA)
        add(disk, "by-id/wwn-0x", id + 1, "", "");
}

/* An ATA disk in a USB enclosure has names of both kinds. Of libata's own, what has no page 0x89 has no name. */
static void add_scsi_disk(struct disk *disk)
{
    bool is_usb;

    strcpy(disk->scsi, disk->directory); /* .../2:0:0:0/block/sda */
    (void)(sysfs_ascend(disk->scsi) && sysfs_ascend(disk->scsi));
    is_usb = add_usb(disk);
    if (!add_ata(disk) && !is_usb && !strstr(disk->scsi, "/ata"))
        add_scsi(disk);
}

static void add_ids(struct disk *disk)
{
    for (size_t i = 0; i < sizeof(id_rules) / sizeof(id_rules[0]); i++)
        if (glob_matches(id_rules[i].names, disk->name))
            add_attributes(disk, &id_rules[i]);
    if (glob_matches("sd*", disk->name))
        add_scsi_disk(disk);
}

/* The path and its other spellings: of old for virtio and ATA ("ata-1" for "ata-1.0"), since 255 with USB's revision.
 */
static void add_paths(const struct disk *disk)
{
    struct bus_path found;
    char *path = bus_path_find(disk->sysfs, disk->directory, &found), *part;
    char usb[] = "-usbv0-";

    if (!path)
        return;
    add(disk, "by-path/", path, "", "");
    if (glob_matches("vd*", disk->name) && strncmp(path, "pci-", 4) == 0)
        add(disk, "by-path/virtio-", path, "", "");
    part = strstr(path, "-ata-");
    if (part) {
        part[strcspn(part, ".")] = '\0';
        add(disk, "by-path/", path, "", "");
    }
    part = strstr(path, "-usb-0:");
    if (part && found.usb_revision) {
        *part = '\0';
        usb[strlen("-usbv")] = found.usb_revision;
        add(disk, "by-path/", path, usb, part + strlen("-usb-"));
    }
}

static bool find_disk(const struct block_device *device, struct disk *disk)
{
    const char *path = *device->disk ? device->disk : device->path;
    char name[BLOCK_DEVICE_PATH_SIZE], number[DECIMAL_SIZE];

    if (text_join(name, sizeof(name), path + strlen("/dev/"), NULL) < 0)
        return false;
    for (char *c = name; *c; c++)
        *c = *c == '/' ? '!' : *c; /* as sysfs has it */
    if (!sysfs_find(disk->sysfs, "class/block", name, disk->directory))
        return false;
    disk->name = sysfs_name(disk->directory);
    *disk->suffix = '\0';
    if (device->partition_number > 0)
        (void)text_join(
            disk->suffix, sizeof(disk->suffix), PARTITION_SUFFIX, text_decimal(device->partition_number, number), NULL);
    return true;
}

size_t device_links_find(const char *sysfs_root, const struct block_device *device, struct device_links *links)
{
    struct disk disk = {.sysfs = open(sysfs_root, O_PATH | O_DIRECTORY | O_CLOEXEC), .links = links};

    links->count = links->used = 0;
    if (disk.sysfs >= 0 && find_disk(device, &disk)) {
        add_ids(&disk);
        add_paths(&disk);
    }
    if (disk.sysfs >= 0)
        close(disk.sysfs);
    links->names[links->count] = NULL;
    return links->count;
}
