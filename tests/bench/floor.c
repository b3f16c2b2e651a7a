/*
 * The floor that boots are measured against: an init that knows the answer. The modules in the right order, /dev/vda,
 * ext4, nothing discovered, nothing checked, nothing cleaned up. No real initramfs can be faster. With STACK, a header,
 * it assembles what the root lies on before.
 */
#include <sys/mount.h>
#include <unistd.h>

#include "floor.h"

#ifdef STACK
#include STACK
#endif

#ifdef ROOT
static void mount_root(void)
{
    assemble();
    mount(ROOT, "/sysroot", "ext4", MS_RDONLY, NULL);
}
#else
/* The one disk that there is, or the first of a SCSI bus: those come some time after their driver. */
static void mount_root(void)
{
    while (mount("/dev/vda", "/sysroot", "ext4", MS_RDONLY, NULL) < 0
           && mount("/dev/sda", "/sysroot", "ext4", MS_RDONLY, NULL) < 0)
        usleep(1000);
}
#endif

int main(int argc, char **argv)
{
    (void)argc;
    begin();
    load_modules();
    mount_root();
    return hand_over(argv);
}
