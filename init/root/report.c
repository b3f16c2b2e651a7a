#include "root/report.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "contract/module_name.h"
#include "device/block_device_read.h"
#include "device/coldplug.h"
#include "device/supplier.h"
#include "module/member.h"
#include "system/file.h"
#include "system/log.h"
#include "system/text.h"

static void report_block_device(struct storage *storage, struct block_device *device)
{
    const struct superblock *found = &device->superblock;
    const char *part = device->partition.uuid;
    char missing[LOG_MESSAGE_SIZE];

    block_device_read_superblock(device);
    block_device_read_partition(device);
    if (found->claims[0]) {
        log_error("  ", device->path, ": both ", found->claims[0], " and ", found->claims[1], " claim it");
        return;
    }
    if (device->read_error < 0) {
        log_error("  ", device->path, ": cannot be read: ", strerror(-device->read_error));
        return;
    }
    log_error("  ", device->path, ": ", superblock_describe(found), *found->uuid ? ", UUID=" : "", found->uuid,
        *found->label ? ", LABEL=" : "", found->label, *part ? ", PARTUUID=" : "", part,
        device->partly_read ? ", with sectors that cannot be read" : "");
    if (storage_explain(storage, device, missing))
        log_error("    ", missing);
}

/* The names of modules to add, as `kindling build -m` takes them. */
struct missing_modules {
    char list[512];
};

static void add_missing(struct missing_modules *missing, const char *name)
{
    size_t used = strlen(missing->list);

    /* A list too long for one line is cut; those named are enough to go on with. */
    if (!text_list_has(missing->list, name) && used + strlen(name) + 2 < sizeof(missing->list))
        (void)text_join(missing->list + used, sizeof(missing->list) - used, used ? "," : "", name, NULL);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The driver that is bound to the device; "" when none is. It points into link. */
static const char *driver_of(const struct uevent *event, char link[UEVENT_SIZE])
{
    char path[UEVENT_SIZE + 16];
    ssize_t length = -1;

    if (text_join(path, sizeof(path), "/sys", event->devpath, "/driver", NULL) == 0)
        length = readlink(path, link, UEVENT_SIZE - 1);
    link[length < 0 ? 0 : length] = '\0';
    return base_name(link);
}

/* Devices that keep disks, by their modalias: PCI's base class 01 and USB's interface class 08 are mass storage (the
 * code assignments of PCI-SIG and USB-IF), virtio's 2 and 8 are block and SCSI (virtio specification, chapter 5), type
 * 0 of SCSI is a disk (SPC). */
static bool is_storage(const char *modalias)
{
    static const struct {
        const char *bus;
        const char *kind;
    } storage[] = {
        {"pci:", "bc01"}, {"usb:", "ic08"}, {"virtio:", "d00000002"}, {"virtio:", "d00000008"}, {"scsi:", "t-0x00"}};

    for (size_t i = 0; i < sizeof(storage) / sizeof(storage[0]); i++) {
        if (!strncmp(modalias, storage[i].bus, strlen(storage[i].bus)) && strstr(modalias, storage[i].kind))
            return true;
    }
    return false;
}

/* The controllers that have a driver: "0000:00:03.0 (mptspi), virtio1 (virtio_scsi)". What virtio-pci drives is a
 * device of the virtio bus, whose own driver counts. */
static void list_driven(char *list, size_t size)
{
    char link[UEVENT_SIZE];
    struct coldplug walk;
    struct uevent event;

    *list = '\0';
    if (coldplug_open(&walk) < 0)
        return;
    while (coldplug_next(&walk, &event)) {
        const char *driver = driver_of(&event, link);
        size_t used = strlen(list);

        if (*driver && is_storage(event.modalias) && strcmp(driver, "virtio-pci") != 0)
            (void)text_join(
                list + used, size - used, used ? ", " : "", base_name(event.devpath), " (", driver, ")", NULL);
    }
    coldplug_close(&walk);
}

static void report_block_devices(struct boot *boot)
{
    const struct block_devices *blocks = &boot->devices.blocks;
    char driven[512];

    list_driven(driven, sizeof(driven));
    if (blocks->count > 0)
        log_error("block devices seen:");
    else if (*driven)
        log_error("no block device was seen: no disk came behind the controllers that have a driver, ", driven);
    else
        log_error("no block device was seen: no driver in this image or in the kernel took any controller of disks");
    for (size_t i = 0; i < blocks->count; i++)
        report_block_device(&boot->storage, blocks->list[i]);
}

/* Names the modules of one index that want the device, with what became of them; loader: NULL for those that were left
 * out. Returns how many. */
static unsigned report_matches(const struct index *index, const char *device, const char *modalias,
    const struct module_loader *loader, struct missing_modules *missing)
{
    char alias[MODULE_NAME_SIZE];
    const char *fate;
    struct index_match match;
    struct index_module module;
    uint32_t number, last = UINT32_MAX;
    unsigned count = 0;

    if (text_join(alias, sizeof(alias), modalias, NULL) < 0)
        return 0;
    module_name_normalise(alias);
    index_match_begin(&match, index, alias);
    while (index_match_next(&match, &number)) {
        if (number == last || index_module(index, number, &module) < 0)
            continue;
        last = number;
        count++;
        if (missing)
            add_missing(missing, module.name);
        /* What became of a module that is in this image and wants a device without a driver. */
        if (!loader)
            fate = "this kernel has, but this image has not";
        else if (loader->wrong_release)
            fate = "is in this image, but for another kernel";
        else if (load_plan_is_blacklisted(&loader->plan, number))
            fate = "is in this image, but blacklisted on the kernel command line";
        else
            fate = "is in this image, but did not take it: the kernel's messages tell why";
        log_error("  ", device, ": wants ", module.name, ", which ", fate);
    }
    return count;
}

/* What the kernel tells for whoever debugs it: which devices' probing is put off, "" where it does not tell. */
static void read_deferred(char *list, size_t size)
{
    bool is_mounted = mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL) == 0;

    if (file_read_text(AT_FDCWD, "/sys/kernel/debug/devices_deferred", list, size) < 0)
        *list = '\0';
    if (is_mounted)
        (void)umount2("/sys/kernel/debug", MNT_DETACH);
}

/* True when the device's driver is not what is missing. deferred: the kernel's list. */
static bool report_supplier(const struct uevent *event, const char *deferred)
{
    const char *device = base_name(event->devpath), *reason;
    char names[256], detail[256] = "";
    int sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool waits = sysfs >= 0 && supplier_awaited(sysfs, event->devpath + 1, names, sizeof(names));
    size_t length;

    if (sysfs >= 0)
        close(sysfs);
    if (!waits && !supplier_is_deferred(deferred, device, &reason, &length))
        return false;
    if (waits && *names) {
        log_error("  ", device, ": waits for ", names, ", which no driver has taken");
        return true;
    }
    if (!waits && length > 0 && length < sizeof(detail))
        memcpy(detail, reason, length);
    log_error("  ", device, ": waits for another device that is not driven, such as an IOMMU, a clock or a regulator",
        *detail ? ": " : "", detail);
    return true;
}

static void report_drivers(const struct boot *boot, const struct index *left_out, struct missing_modules *missing)
{
    char link[UEVENT_SIZE];
    static char deferred[16384];
    struct coldplug walk;
    struct uevent event;
    /* A slot of virtio's memory-mapped transport is there with a device in it or without (virt of arm64 has 32); an
     * empty one its driver leaves alone without a word (drivers/virtio/virtio_mmio.c: an ID of 0). Of slots without a
     * driver one stands for all. */
    bool has_told_slot = access("/sys/bus/platform/drivers/virtio-mmio", F_OK) == 0;

    if (coldplug_open(&walk) < 0)
        return;
    read_deferred(deferred, sizeof(deferred));
    while (coldplug_next(&walk, &event)) {
        const char *device = base_name(event.devpath);

        if (!*event.modalias || *driver_of(&event, link) || report_supplier(&event, deferred))
            continue;
        if (!strncmp(event.modalias, "of:", strlen("of:")) && strstr(event.modalias, "Cvirtio,mmio")) {
            if (has_told_slot)
                continue;
            has_told_slot = true;
        }
        if (report_matches(&boot->index, device, event.modalias, &boot->modules, NULL) > 0)
            continue;
        if (left_out && report_matches(left_out, device, event.modalias, NULL, missing) > 0)
            continue;
        if (is_storage(event.modalias))
            log_error("  ", device, ": keeps disks, but no module of this kernel takes it");
    }
    coldplug_close(&walk);
}

void report_devices(struct boot *boot)
{
    const char *build = index_setting(&boot->index, SETTING_BUILD);
    struct missing_modules missing = {""};
    struct index left_out;
    const void *bytes;
    size_t size;
    bool knows_more = !boot->modules.wrong_release && member_inflate_file(IMAGE_LEFT_OUT_PATH, &bytes, &size) == 0
                      && index_attach(&left_out, bytes, size) == 0;

    report_block_devices(boot);
    report_drivers(boot, knows_more ? &left_out : NULL, &missing);
    if (!*missing.list)
        return;
    if (!strncmp(build, "kindling mkinitramfs", strlen("kindling mkinitramfs")))
        log_error("to have them in the image, add to modules.ramfs: ", missing.list);
    else
        log_error("to have them in the image: ", *build ? build : "kindling build", " -m ", missing.list);
}
