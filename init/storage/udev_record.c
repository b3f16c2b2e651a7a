#include "storage/udev_record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/directory.h"
#include "system/file.h"
#include "system/log.h"
#include "system/text.h"

#define RECORDS "/run/udev/data"

/* By the name that the kernel gives such devices. md: 69-lvm.rules takes no array for a physical volume that it has not
 * seen come up. dm: 10-dm.rules (55-dm.rules) and 99-systemd.rules take one without it for not ready, SYSTEMD_READY=0.
 */
static const struct record {
    const char *prefix;
    const char *property;
} records[] = {
    {"md", "E:LVM_MD_PV_ACTIVATED=1\n"},
    {"dm-", "E:DM_UDEV_PRIMARY_SOURCE_FLAG=1\n"},
};

/* The record of a device is bMAJOR:MINOR. */
static int write_record(int blocks, const char *name, const char *property)
{
    char attribute[64], number[32], path[64];
    ssize_t size = (ssize_t)strlen(property);
    int result = text_join(attribute, sizeof(attribute), name, "/dev", NULL);
    int fd;

    if (result == 0)
        result = (int)file_read_text(blocks, attribute, number, sizeof(number));
    if (result >= 0)
        result = text_join(path, sizeof(path), RECORDS "/b", number, NULL);
    if (result < 0)
        return result;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return -errno;
    result = write(fd, property, (size_t)size) == size ? 0 : -EIO;
    close(fd);
    return result;
}

void udev_records_write(void)
{
    struct directory directory;
    const struct dirent *entry;
    int result = 0;

    if ((mkdir("/run/udev", 0755) < 0 && errno != EEXIST) || (mkdir(RECORDS, 0755) < 0 && errno != EEXIST))
        result = -errno;
    directory_open(&directory, AT_FDCWD, "/sys/block");
    while (result == 0 && (entry = directory_next(&directory)) != NULL) {
        for (size_t i = 0; i < sizeof(records) / sizeof(records[0]) && result == 0; i++) {
            if (!strncmp(entry->d_name, records[i].prefix, strlen(records[i].prefix)))
                result = write_record(directory.fd, entry->d_name, records[i].property);
        }
    }
    directory_close(&directory);
    if (result < 0)
        log_warning("cannot write " RECORDS ", which the root's udev reads: ", strerror(-result));
}
