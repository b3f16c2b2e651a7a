#include "command/check_kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "kernel/kernel_releases.h"
#include "kernel/vmlinuz.h"

int check_kernel_find(struct check_kernel *found)
{
    const char *option = found->option;
    struct vmlinuz kernel = {0};
    struct buffer bytes = {0};
    struct stat status;
    int result;

    if (!option)
        return 0;
    if (!strcmp(option, "all")) {
        log_error("an image is for one kernel: -k all has no meaning here");
        return -EINVAL;
    }
    /* A path, or the name of a file that lies here; anything else is a release. */
    if (!strchr(option, '/') && (stat(option, &status) < 0 || !S_ISREG(status.st_mode))) {
        found->release = allocate_string(option);
        return 0;
    }
    result = file_read(option, &bytes);
    if (result == 0)
        (void)vmlinuz_read(&kernel, bytes.data, bytes.size);
    buffer_free(&bytes);
    found->release = kernel.release;
    found->machine = kernel.machine;
    if (result < 0)
        log_error("cannot read %s: %s", option, strerror(-result));
    else if (!found->release)
        log_error("%s is no kernel of x86, arm64 or riscv64 that tells its release", option);
    return found->release ? 0 : -EINVAL;
}

const struct kernel_config *check_kernel_configuration(struct check_kernel *kernel, const char *release)
{
    if (!kernel->config.text && kernel_releases_is_name(release)
        && kernel_config_read(&kernel->config, kernel->modules_dir, release) < 0) {
        free(kernel->config.path);
        kernel->config.path = NULL;
    }
    return kernel->config.path ? &kernel->config : NULL;
}

void check_kernel_free(struct check_kernel *kernel)
{
    kernel_config_free(&kernel->config);
    free(kernel->release);
}
