#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "module/image.h"
#include "root/root_source.h"
#include "root/steps.h"
#include "system/failure.h"

int step_mount(struct boot *boot)
{
    struct mount_options options = {0};

    if (mount_options_parse(boot->options.rootflags, &options) < 0)
        return failure("rootflags", "too long", "rootflags= is longer than the kernel takes", NULL);
    if (boot->read_only)
        options.flags |= MS_RDONLY;
    (void)mkdir(IMAGE_ROOT_PATH, 0755); /* it is there, or mount tells */
    return root_source(boot)->mount(boot, &options);
}
