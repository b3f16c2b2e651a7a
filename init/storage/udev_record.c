#include "storage/udev_record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "name/mapped_device.h"
#include "system/directory.h"
#include "system/file.h"
#include "system/log.h"
#include "system/text.h"

#define RECORDS "/run/udev/data"

/* `udevadm info --cleanup-db`, by which sysvinit's scripts drop what an initramfs has left, keeps a sticky one; rules
 * get it by OPTIONS+="db_persist". */
#define RECORD_MODE (S_ISVTX | 0644)

/* By the name that the kernel gives such devices. md: 69-lvm.rules takes no array for a physical volume that it has not
 * seen come up. dm: 10-dm.rules (55-dm.rules) and 99-systemd.rules take one without it for not ready, SYSTEMD_READY=0.
 */
static const struct record {
    const char *prefix;
    const char *properties;
} records[] = {
    {"md", "E:LVM_MD_PV_ACTIVATED=1\n"},
    {"dm-", "E:DM_UDEV_PRIMARY_SOURCE_FLAG=1\n"},
};

/* The parts of logical volumes, which lvm itself marks so for whoever looks for file systems. */
static const char part_properties[] = "E:DM_UDEV_PRIMARY_SOURCE_FLAG=1\nE:DM_UDEV_DISABLE_DISK_RULES_FLAG=1\n"
                                      "E:DM_UDEV_DISABLE_OTHER_RULES_FLAG=1\n";

static const struct record *record_for(const char *name)
{
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        if (!strncmp(name, records[i].prefix, strlen(records[i].prefix)))
            return &records[i];
    }
    return NULL;
}

bool udev_record_is_for(const char *name)
{
    return record_for(name) != NULL;
}

/* The record of a device is bMAJOR:MINOR. */
static int write_record(int blocks, const char *name, const char *properties)
{
    char attribute[64], number[32], path[64];
    ssize_t size = (ssize_t)strlen(properties);
    int result = text_join(attribute, sizeof(attribute), name, "/dev", NULL);
    int fd;

    if (result == 0)
        result = (int)file_read_text(blocks, attribute, number, sizeof(number));
    if (result >= 0)
        result = text_join(path, sizeof(path), RECORDS "/b", number, NULL);
    if (result < 0)
        return result;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, RECORD_MODE);
    if (fd < 0)
        return -errno;
    result = write(fd, properties, (size_t)size) == size ? 0 : -EIO;
    close(fd);
    return result;
}

void udev_records_write(void)
{
    struct directory directory;
    const struct dirent *entry;
    struct mapped_device mapped;
    int result = 0;

    if ((mkdir("/run/udev", 0755) < 0 && errno != EEXIST) || (mkdir(RECORDS, 0755) < 0 && errno != EEXIST))
        result = -errno;
    directory_open(&directory, AT_FDCWD, "/sys/block");
    while (result == 0 && (entry = directory_next(&directory)) != NULL) {
        const struct record *record = record_for(entry->d_name);
        bool is_part = mapped_device_is(entry->d_name) && mapped_device_read(directory.fd, entry->d_name, &mapped)
                       && mapped.is_part;

        if (record)
            result = write_record(directory.fd, entry->d_name, is_part ? part_properties : record->properties);
    }
    directory_close(&directory);
    if (result < 0)
        log_warning("cannot write " RECORDS ", which the root's udev reads: ", strerror(-result));
}
