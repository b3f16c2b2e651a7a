#include "module/modprobe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "module/image.h"
#include "module/module.h"
#include "module/proc_cmdline.h"
#include "system/file.h"
#include "system/log.h"
#include "system/timing.h"

#define HELPER_PATH "/lib/kindling/modprobe"
#define LENT_PATH "/sbin/modprobe"
#define KERNEL_SETTING "/proc/sys/kernel/modprobe"

static char former[256];
static bool is_installed;

int modprobe_is_asked(const char *argv0)
{
    return !strcmp(argv0, HELPER_PATH) || !strcmp(argv0, LENT_PATH);
}

static int load_all(struct module_loader *loader, char **names)
{
    int status = 0;

    for (; *names; names++) {
        if ((*names)[0] != '-' && module_load_named(loader, *names) == 0)
            status = 1;
    }
    return status;
}

int modprobe_main(char **argv)
{
    struct module_loader loader;
    struct cmdline cmdline;
    struct index index;
    int status;

    log_open();
    if (image_open(&index, false) < 0 || proc_cmdline_read(&index, &cmdline) < 0
        || module_loader_open(&loader, &index, &cmdline) < 0)
        return 1;
    loader.others_wait = true; /* what the kernel asks for is no disk's, and one may never end to be probed */
    loader.others_load = true;
    status = load_all(&loader, argv + 1);
    (void)timing_save(); /* the modules are loaded all the same */
    return status;
}

void modprobe_lend(void)
{
    if (symlink("/init", LENT_PATH) < 0 && errno != EEXIST)
        log_warning("cannot make " LENT_PATH ": ", strerror(errno));
}

void modprobe_install(void)
{
    if (file_read_text(AT_FDCWD, KERNEL_SETTING, former, sizeof(former)) < 0)
        return; /* a kernel without modules */
    if (symlink("/init", HELPER_PATH) < 0 && errno != EEXIST)
        log_warning("cannot make " HELPER_PATH ": ", strerror(errno));
    if (file_write_text(KERNEL_SETTING, HELPER_PATH) < 0)
        log_warning("cannot set " KERNEL_SETTING ": modules that the kernel itself asks for are not loaded");
    else
        is_installed = true;
}

void modprobe_restore(void)
{
    /* An empty setting means that the kernel is to ask nobody; a write of nothing would leave ours. */
    if (is_installed)
        (void)file_write_text(KERNEL_SETTING, *former ? former : "\n"); /* it was writable a moment ago */
}
