/* /init: from the kernel's first process to the root file system's own init. Read steps[] as the order of the boot. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "boot.h"
#include "early_mounts.h"
#include "failure.h"
#include "file.h"
#include "image.h"
#include "log.h"
#include "member.h"
#include "modprobe.h"
#include "shell.h"
#include "text.h"
#include "timing.h"

static int mount_early(struct boot *boot)
{
    (void)boot;
    return early_mounts();
}

static int open_image(struct boot *boot)
{
    int result = image_open(&boot->index);

    if (result < 0)
        return failure(
            "image", IMAGE_INDEX_PATH, image_error(result), "this initramfs cannot boot: ", image_error(result), NULL);
    return 0;
}

static int read_cmdline(struct boot *boot)
{
    const char *senseless;

    if (cmdline_read(&boot->index, &boot->cmdline) < 0)
        return failure("cmdline", "/proc/cmdline", "unreadable", "cannot read the kernel command line", NULL);
    senseless = boot_options_read(&boot->cmdline, &boot->options);
    if (senseless)
        log_warning("the value of ", senseless, "= on the kernel command line makes no sense: it is ignored");
    if (boot->options.verbose || boot->options.debug)
        log_set_level(boot->options.debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
    return 0;
}

static int open_modules(struct boot *boot)
{
    if (module_loader_open(&boot->modules, &boot->index, &boot->cmdline) < 0)
        return failure("modules", "", "not enough memory", "not enough memory for the table of modules", NULL);
    if (!boot->modules.wrong_release)
        modprobe_install();
    module_autoload(&boot->modules);
    return 0;
}

static int open_devices(struct boot *boot)
{
    if (devices_open(&boot->devices, &boot->modules, boot->options.uevent_buffer) < 0)
        return failure("devices", "/sys", "unreadable", "cannot look for devices", NULL);
    return 0;
}

static int hand_over(struct boot *boot)
{
    module_load_asked_for(&boot->modules, "rd.driver.post");
    modprobe_restore();
    log_restore();
    member_release();
    return switch_root(boot);
}

static const struct step {
    const char *name;
    int (*run)(struct boot *boot);
    enum break_point break_before;
} steps[] = {
    {"mounts", mount_early, BREAK_NONE},
    {"image", open_image, BREAK_NONE},
    {"cmdline", read_cmdline, BREAK_NONE},
    {"autoload", open_modules, BREAK_DEVICES},
    {"devices", open_devices, BREAK_NONE},
    {"root", root_find, BREAK_NONE},
    {"resume", resume_try, BREAK_NONE},
    {"fsck", root_check, BREAK_MOUNT},
    {"mount", root_mount, BREAK_NONE},
    {"target-init", next_init_find, BREAK_NONE},
    {"hand-over", hand_over, BREAK_HAND_OVER},
};

/* The one place that ends a boot. Without a shell the kernel's own panic behaviour decides (panic=). */
static _Noreturn void give_up(struct boot *boot)
{
    failure_report();
    if (boot->options.shell)
        (void)shell_run(&boot->index, "the boot has failed", "gives up"); /* it says itself why there is none */
    /* A root that was mounted is left as a shutdown would leave it. */
    sync();
    umount2(IMAGE_ROOT_PATH, 0);
    _exit(1);
}

static void run_step(struct boot *boot, const struct step *step)
{
    uint64_t start;

    if (step->break_before != BREAK_NONE && step->break_before == boot->options.break_at)
        (void)shell_run(&boot->index, "rd.break asked for it", "goes on"); /* it says itself why there is none */
    start = timing_now();
    if (step->run(boot) < 0)
        give_up(boot);
    timing_note("step", step->name, start);
}

int main(int argc, char **argv)
{
    static struct boot boot;

    (void)argc;
    if (modprobe_is_asked(argv[0]))
        return modprobe_main(argv);
    if (getpid() != 1) {
        static const char refusal[] = "kindling: /init is for the kernel to start, as process 1\n";

        if (write(STDERR_FILENO, refusal, sizeof(refusal) - 1) < 0)
            return 1;
        return 2;
    }
    boot.argv = argv;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        run_step(&boot, &steps[i]);
    return 1;
}
