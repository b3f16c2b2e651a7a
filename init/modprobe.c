#include "modprobe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cmdline.h"
#include "file.h"
#include "image.h"
#include "log.h"
#include "module.h"

#define HELPER_PATH "/lib/kindling/modprobe"
#define KERNEL_SETTING "/proc/sys/kernel/modprobe"

static char former[256];

int modprobe_is_asked(const char *argv0)
{
    return !strcmp(argv0, HELPER_PATH);
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
    char text[4096] = "";
    struct module_loader loader;
    struct cmdline cmdline;
    struct index index;

    log_open();
    if (image_open(&index) < 0 || file_read_text(AT_FDCWD, "/proc/cmdline", text, sizeof(text)) < 0)
        return 1;
    if (cmdline_parse(text, &cmdline) < 0 || module_loader_open(&loader, &index, &cmdline) < 0)
        return 1;
    return load_all(&loader, argv + 1);
}

void modprobe_install(void)
{
    if (file_read_text(AT_FDCWD, KERNEL_SETTING, former, sizeof(former)) < 0)
        return; /* a kernel without modules */
    if (symlink("/init", HELPER_PATH) < 0 && errno != EEXIST)
        log_warning("cannot make " HELPER_PATH ": ", strerror(errno));
    if (file_write_text(KERNEL_SETTING, HELPER_PATH) < 0)
        log_warning("cannot set " KERNEL_SETTING ": modules that the kernel itself asks for are not loaded");
}

void modprobe_restore(void)
{
    if (*former)
        (void)file_write_text(KERNEL_SETTING, former); /* it was writable a moment ago */
}
