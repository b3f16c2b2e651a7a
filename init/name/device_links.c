#include "name/device_links.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "contract/glob.h"
#include "name/bus_path.h"
#include "name/mapped_device.h"
#include "name/scsi_id.h"
#include "name/udev_name.h"
#include "system/sysfs.h"
#include "system/text.h"

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
        memcpy(directory, disk->directory, sizeof(directory));
        if (!sysfs_search(disk->sysfs, directory, rule->attributes[i], value))
            return;
        if (!rule->escaped)
            udev_name_join_words(value);
        udev_name_replace(value, rule->escaped ? "" : "/");
        (void)text_join(id + strlen(id), sizeof(id) - strlen(id), i > 0 ? "_" : "", value, NULL);
    }
    add(disk, "disk/by-id/", rule->bus, id, "");
}

/* USB: VENDOR_MODEL_SERIAL-TARGET:LUN, the serial number being the USB device's. */

static bool is_usb_serial(const char *serial)
{
    for (; *serial; serial++)
        if (*serial < ' ' || (*serial & 0x80) != 0 || *serial == ',')
            return false;
    return true;
}

static void escape(char *text)
{
    udev_name_join_words(text);
    udev_name_replace(text, "");
}

static void read_escaped(
    const struct disk *disk, const char *directory, const char *attribute, char value[SYSFS_VALUE_SIZE])
{
    (void)sysfs_read(disk->sysfs, directory, attribute, value);
    escape(value);
}

/* False when it is no USB disk. */
static bool add_usb(const struct disk *disk)
{
    char directory[SYSFS_PATH_SIZE], class[SYSFS_VALUE_SIZE], subclass[SYSFS_VALUE_SIZE];
    char vendor[SYSFS_VALUE_SIZE], model[SYSFS_VALUE_SIZE], serial[SYSFS_VALUE_SIZE];
    char id[3 * SYSFS_VALUE_SIZE];
    const char *address = strchr(sysfs_name(disk->scsi), ':');

    memcpy(directory, disk->directory, sizeof(directory));
    if (!sysfs_search(disk->sysfs, directory, "bInterfaceSubClass", subclass))
        return false;
    /* A disk that takes SCSI commands: class 8, subclass 6 or, rarely, 2 (USB Mass Storage 1.4, 2). */
    if (!sysfs_read(disk->sysfs, directory, "bInterfaceClass", class) || strcmp(class, "08") != 0
        || (strcmp(subclass, "06") != 0 && strcmp(subclass, "02") != 0))
        return true;
    if (!address || !sysfs_ascend(directory))
        return true;
    read_escaped(disk, disk->scsi, "vendor", vendor);
    read_escaped(disk, disk->scsi, "model", model);
    (void)sysfs_read(disk->sysfs, directory, "serial", serial);
    if (!is_usb_serial(serial))
        *serial = '\0';
    escape(serial);
    (void)text_join(id, sizeof(id), vendor, "_", model, *serial ? "_" : "", serial, NULL);
    add(disk, "disk/by-id/usb-", id, "-", address + 2 + strcspn(address + 1, ":"));
    return true;
}

static void add_ids(struct disk *disk)
{
    struct ata_id ata;
    char scsi[SCSI_ID_SIZE];
    bool is_usb;

    for (size_t i = 0; i < sizeof(id_rules) / sizeof(id_rules[0]); i++)
        if (glob_matches(id_rules[i].names, disk->name))
            add_attributes(disk, &id_rules[i]);
    if (!glob_matches("sd*", disk->name))
        return;
    /* An ATA disk in a USB enclosure has names of both kinds. Without a page 0x89 libata's own disks have none. */
    memcpy(disk->scsi, disk->directory, sizeof(disk->scsi)); /* .../2:0:0:0/block/sda */
    sysfs_ascend(disk->scsi);
    sysfs_ascend(disk->scsi);
    is_usb = add_usb(disk);
    if (ata_id_find(disk->sysfs, disk->scsi, &ata)) {
        add(disk, "disk/by-id/ata-", ata.model, *ata.serial ? "_" : "", ata.serial);
        if (*ata.wwn)
            add(disk, "disk/by-id/wwn-0x", ata.wwn, "", "");
    } else if (!is_usb && !strstr(disk->scsi, "/ata") && scsi_id_find(disk->sysfs, disk->scsi, scsi)) {
        add(disk, "disk/by-id/scsi-", scsi, "", "");
        if (*scsi == SCSI_ID_WORLD_WIDE)
            add(disk, "disk/by-id/wwn-0x", scsi + 1, "", "");
    }
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
    add(disk, "disk/by-path/", path, "", "");
    if (glob_matches("vd*", disk->name) && strncmp(path, "pci-", 4) == 0)
        add(disk, "disk/by-path/virtio-", path, "", "");
    part = strstr(path, "-ata-");
    if (part) {
        part[strcspn(part, ".")] = '\0';
        add(disk, "disk/by-path/", path, "", "");
    }
    part = strstr(path, "-usb-0:");
    if (part && found.usb_revision) {
        *part = '\0';
        usb[strlen("-usbv")] = found.usb_revision;
        add(disk, "disk/by-path/", path, usb, part + strlen("-usb-"));
    }
}

/* 10-dm.rules (55-dm.rules), 13-dm-disk.rules (60-persistent-storage-dm.rules), 11-dm-lvm.rules (56-lvm.rules). */
static void add_mapped(const struct disk *disk)
{
    struct mapped_device mapped;

    if (!mapped_device_is(disk->name) || !mapped_device_read(disk->sysfs, disk->directory, &mapped))
        return;
    add(disk, "mapper/", mapped.name, "", "");
    add(disk, "disk/by-id/dm-name-", mapped.name, "", "");
    if (*mapped.uuid)
        add(disk, "disk/by-id/dm-uuid-", mapped.uuid, "", "");
    if (*mapped.volume)
        add(disk, mapped.volume, "", "", "");
}

static bool find_disk(const char *device, unsigned partition, struct disk *disk)
{
    char name[SYSFS_VALUE_SIZE], number[DECIMAL_SIZE];

    if (text_join(name, sizeof(name), device, NULL) < 0)
        return false;
    for (char *c = name; (c = strchr(c, '/')) != NULL;)
        *c = '!'; /* as sysfs has it */
    if (!sysfs_find(disk->sysfs, "class/block", name, disk->directory))
        return false;
    disk->name = sysfs_name(disk->directory);
    *disk->suffix = '\0';
    if (partition > 0)
        (void)text_join(disk->suffix, sizeof(disk->suffix), PARTITION_SUFFIX, text_decimal(partition, number), NULL);
    return true;
}

size_t device_links_find(const char *sysfs_root, const char *disk, unsigned partition, struct device_links *links)
{
    struct disk found = {.sysfs = open(sysfs_root, O_PATH | O_DIRECTORY | O_CLOEXEC), .links = links};

    links->count = links->used = 0;
    if (found.sysfs >= 0 && find_disk(disk, partition, &found)) {
        add_ids(&found);
        add_paths(&found);
        add_mapped(&found);
    }
    if (found.sysfs >= 0)
        close(found.sysfs);
    links->names[links->count] = NULL;
    return links->count;
}
