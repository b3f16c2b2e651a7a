#include "storage/mapped_partitions.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/uevent.h"
#include "format/partition.h"
#include "format/partition_extent.h"
#include "name/mapped_device.h"
#include "storage/device_mapper.h"
#include "system/text.h"

/* As the kernel, which stops at a chain that is longer. */
#define LOGICAL_COUNT_MAX 100u
#define LOGICAL_FIRST 5u

struct whole {
    const char *name, *uuid;
    char number[DEVICE_NUMBER_SIZE]; /* "254:0" */
};

static int make(const struct whole *whole, const struct partition_extent *extent)
{
    char number[DECIMAL_SIZE], first[DECIMAL_SIZE], parameters[DEVICE_NUMBER_SIZE + DECIMAL_SIZE + 1];
    char name[MAPPED_NAME_SIZE], uuid[DEVICE_MAPPER_UUID_SIZE];
    const struct mapped_target target = {.size = extent->count, .type = "linear", .parameters = parameters};
    const char *between = isdigit((unsigned char)whole->name[strlen(whole->name) - 1]) ? "p" : "";
    int result =
        text_join(parameters, sizeof(parameters), whole->number, " ", text_decimal(extent->first, first), NULL);

    text_decimal(extent->number, number);
    if (result == 0)
        result = text_join(name, sizeof(name), whole->name, between, number, NULL);
    if (result == 0)
        result = text_join(uuid, sizeof(uuid), "part", number, "-", whole->uuid, NULL);
    if (result == 0)
        result = device_mapper_create(name, uuid, false, &target, 1);
    return result == -EBUSY ? 0 : result;
}

static int make_logical(int fd, const struct whole *whole, const struct partition_extent *extended)
{
    uint8_t sector[PARTITION_SECTOR_SIZE];
    struct partition_extent extent;
    uint32_t number = LOGICAL_FIRST;
    uint64_t next, at = extended->first;
    int result = 0;

    for (unsigned i = 0; result == 0 && at != 0 && i < LOGICAL_COUNT_MAX; i++) {
        if (pread(fd, sector, sizeof(sector), (off_t)(at * sizeof(sector))) != sizeof(sector))
            return -EIO;
        if (partition_logical(sector, at, extended, &extent, &next)) {
            extent.number = number++;
            result = make(whole, &extent);
        }
        at = next;
    }
    return result;
}

static int make_all(int fd, const struct whole *whole)
{
    static uint8_t table[PARTITION_TABLE_SIZE];
    off_t size = lseek(fd, 0, SEEK_END);
    ssize_t head_size = pread(fd, table, sizeof(table), 0);
    const struct device_view view = {
        .head = table, .head_size = head_size < 0 ? 0 : (size_t)head_size, .device_size = (uint64_t)size};
    struct partition_extent extent = {0};
    int result = size < 0 || head_size < 0 ? -errno : 0;

    while (result == 0 && partition_extent_next(&view, extent.number, &extent))
        result = make(whole, &extent);
    if (result == 0 && partition_extended(&view, &extent))
        result = make_logical(fd, whole, &extent);
    return result;
}

int mapped_partitions_make(const char *name, const char *uuid)
{
    struct whole whole = {.name = name, .uuid = uuid};
    dev_t number = device_mapper_number(name);
    char path[64], node[DECIMAL_SIZE];
    int result, fd;

    text_device_number(number, whole.number);
    (void)text_join(path, sizeof(path), "/dev/dm-", text_decimal(minor(number), node), NULL);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    result = make_all(fd, &whole);
    close(fd);
    return result;
}
