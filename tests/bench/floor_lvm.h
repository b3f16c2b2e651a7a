/* The floor for a linear volume: its one segment is known, and what device-mapper wants to be told of it. */
#include <linux/dm-ioctl.h>
#include <string.h>
#include <sys/ioctl.h>

#define ROOT "/dev/dm-0"

static void assemble(void)
{
    struct {
        struct dm_ioctl header;
        struct dm_target_spec target;
        char parameters[64];
    } call = {.header = {.version = {4, 0, 0},
                  .data_size = sizeof(call),
                  .data_start = sizeof(struct dm_ioctl),
                  .target_count = 1,
                  .name = "vg-root",
                  .uuid = "LVM-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
        .target = {.length = VOLUME_SECTORS, .target_type = "linear"},
        .parameters = "/dev/vda 2048"};
    int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);

    ioctl(control, DM_DEV_CREATE, &call);
    call.header.data_size = sizeof(call);
    *call.header.uuid = '\0';
    ioctl(control, DM_TABLE_LOAD, &call);
    call.header.flags = 0;
    ioctl(control, DM_DEV_SUSPEND, &call);
    close(control);
}
