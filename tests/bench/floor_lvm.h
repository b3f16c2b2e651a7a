/* The floor for a linear volume: its one segment is known, and what device-mapper wants to be told of it. */
#include <linux/dm-ioctl.h>
#include <string.h>
#include <sys/ioctl.h>

#define ROOT "/dev/dm-0"

/* Each call fills the header with what it found. */
struct call {
    struct dm_ioctl header;
    struct dm_target_spec target;
    char parameters[64];
};

static struct call volume(void)
{
    return (struct call){.header = {.version = {4, 0, 0},
                             .data_size = sizeof(struct call),
                             .data_start = sizeof(struct dm_ioctl),
                             .target_count = 1,
                             .name = "vg-root"},
        .target = {.length = VOLUME_SECTORS, .target_type = "linear"},
        .parameters = "/dev/vda 2048"};
}

static void assemble(void)
{
    struct call call = volume();
    int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);

    strcpy(call.header.uuid, "LVM-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    ioctl(control, DM_DEV_CREATE, &call);
    call = volume();
    ioctl(control, DM_TABLE_LOAD, &call);
    call = volume();
    ioctl(control, DM_DEV_SUSPEND, &call);
    close(control);
}
