/* /init: from the kernel's first process to the root file system's own init. Read steps[] as the order of the boot. */
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/block_device_read.h"
#include "module/image.h"
#include "module/modprobe.h"
#include "module/proc_cmdline.h"
#include "root/console.h"
#include "root/network.h"
#include "root/shell.h"
#include "root/shutdown.h"
#include "root/steps.h"
#include "system/failure.h"
#include "system/file.h"
#include "system/log.h"
#include "system/process.h"
#include "system/relro.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

static int step_image(struct boot *boot)
{
    int result = image_open(&boot->index, true);

    if (result < 0)
        return failure_because(IMAGE_INDEX_PATH, image_error(result), "this initramfs cannot boot", NULL);
    return 0;
}

static int step_cmdline(struct boot *boot)
{
    const char *senseless;
    int result = proc_cmdline_read(&boot->index, &boot->cmdline);

    if (result < 0)
        return failure_because("/proc/cmdline", strerror(-result), "cannot read the kernel command line", NULL);
    live_words_read(&boot->cmdline, &boot->live);
    senseless = boot_options_read(&boot->cmdline, &boot->options);
    if (senseless)
        log_warning("the value of ", senseless, "= on the kernel command line makes no sense: it is ignored");
    if (boot->options.verbose || boot->options.debug)
        log_set_level(boot->options.debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
    network_check_words(boot);
    return 0;
}

static int step_modules(struct boot *boot)
{
    if (module_loader_open(&boot->modules, &boot->index, &boot->cmdline) < 0)
        return failure("", "not enough memory", "not enough memory for the table of modules", NULL);
    if (!boot->modules.wrong_release)
        modprobe_install();
    return 0;
}

static int step_autoload(struct boot *boot)
{
    module_autoload(&boot->modules);
    return 0;
}

static int step_devices(struct boot *boot)
{
    uint64_t seconds = boot->options.timeout;
    int result = devices_open(&boot->devices, &boot->modules, boot->options.uevent_buffer);

    boot->storage = (struct storage){.assemblers = storage_assemblers,
        .blocks = &boot->devices.blocks,
        .modules = &boot->modules,
        .index = &boot->index,
        .cmdline = &boot->cmdline,
        .options = &boot->options};
    if (seconds < BOOT_TIMEOUT_LONGEST)
        block_device_set_patience(seconds * SECOND);
    if (result < 0)
        return failure_because("uevents", strerror(-result), "cannot listen to the kernel's device events", NULL);
    result = devices_walk(&boot->devices);
    if (result < 0)
        return failure_because("/sys", strerror(-result), "cannot walk through /sys", NULL);
    return 0;
}

enum { ROOT = 7 }; /* the step that others may have to have done again */

static const struct step {
    const char *name;
    int (*run)(struct boot *boot);
    enum break_point break_before;
    bool brings_root; /* of no use once a person has mounted the root */
} steps[] = {
    {"mounts", step_mounts, BREAK_NONE, false},
    {"image", step_image, BREAK_NONE, false},
    {"cmdline", step_cmdline, BREAK_NONE, false},
    {"modules", step_modules, BREAK_NONE, false},
    {"console", step_console, BREAK_NONE, false}, /* before anything is asked or said that can wait */
    {"autoload", step_autoload, BREAK_MODULES, false},
    {"devices", step_devices, BREAK_DEVICES, false},
    [ROOT] = {"root", step_root, BREAK_ROOT, true},
    {"resume", step_resume, BREAK_CHECK, true},
    {"fsck", step_fsck, BREAK_NONE, true},
    {"grow", step_grow, BREAK_NONE, true},
    {"mount", step_mount, BREAK_MOUNT, true},
    {"overlay", step_overlay, BREAK_NONE, true},
    {"usr", step_usr, BREAK_NONE, true},
    {"network", step_network, BREAK_NONE, false},
    {"target-init", step_target_init, BREAK_INIT, false},
    {"hand-over", step_hand_over, BREAK_HAND_OVER, false},
};

/* A root that was mounted is left as a shutdown would leave it. */
static void leave_root(void *emergency)
{
    sync();
    umount2(IMAGE_ROOT_PATH "/usr", UMOUNT_NOFOLLOW);
    umount2(IMAGE_ROOT_PATH, 0);
    if (*(const int *)emergency)
        reboot(*(const int *)emergency);
}

/* The one place that ends a boot. Unless rd.emergency= says otherwise, the kernel's own panic behaviour decides
 * (panic=). A disk that never answers would hold up sync(2) and reboot(2) for ever. */
static _Noreturn void give_up(const struct boot *boot)
{
    int emergency = boot->options.emergency;

    (void)process_call(leave_root, &emergency, WAIT_LEAVE);
    _exit(1);
}

static dev_t device_of(const char *path)
{
    struct stat status = {0};

    (void)stat(path, &status);
    return status.st_dev;
}

/* Where the root's /usr lies, or the root where there is none: what a person has mounted there. */
static dev_t mounted_device(void)
{
    dev_t usr = device_of(IMAGE_ROOT_PATH "/usr");

    return usr ? usr : device_of(IMAGE_ROOT_PATH);
}

/* What a person has mounted counts as the root, or as its /usr. Returns 0 after the shell, or a -errno; it says itself
 * why there is none. */
static int let_in(struct boot *boot, const char *why, const char *what_exit_does)
{
    dev_t before = mounted_device(), after;
    int result;

    devices_load_all(&boot->devices);
    console_look(boot);
    result = shell_run(&boot->index, why, what_exit_does);
    if (boot->devices.loader)
        (void)devices_start_anew(&boot->devices); /* what is left out for want of memory is not found */
    boot->root = 0;
    after = mounted_device();
    boot->mounted_by_hand = after != device_of("/") && (boot->mounted_by_hand || after != before);
    return result;
}

/* Returns the step that failed, or NULL. */
static const struct step *try_step(struct boot *boot, const struct step *step)
{
    if (step->brings_root && boot->mounted_by_hand)
        return NULL;
    if (step->brings_root && steps[ROOT].run(boot) < 0)
        return &steps[ROOT];
    return step->run(boot) < 0 ? step : NULL;
}

static void run_step(struct boot *boot, const struct step *step)
{
    const struct step *failed;
    uint64_t start;
    char why[64];

    if (step->break_before & boot->options.break_at) {
        (void)text_join(why, sizeof(why), "rd.break asked for it before the step ", step->name, NULL);
        (void)let_in(boot, why, "goes on");
    }
    console_look(boot);
    start = timing_now();
    log_debug("step ", step->name);
    while ((failed = try_step(boot, step)) != NULL) {
        const char *exit_does = failed->brings_root ? "tries again, or goes on with what is mounted" : "tries again";

        failure_report(failed->name);
        if (!boot->options.shell || let_in(boot, failure_sentence(), exit_does) < 0)
            give_up(boot);
    }
    timing_note("step", step->name, start);
}

int main(int argc, char **argv)
{
    static struct boot boot;

    (void)argc;
    relro_protect();
    if (modprobe_is_asked(argv[0]))
        return modprobe_main(argv);
    if (getpid() != 1) {
        static const char refusal[] = "kindling: /init, and its copy /run/initramfs/shutdown, run as process 1 only\n";

        if (write(STDERR_FILENO, refusal, sizeof(refusal) - 1) < 0)
            return 1;
        return 2;
    }
    if (shutdown_is_asked(argv[0]))
        return shutdown_main(argv);
    boot.argv = argv;
    boot.start = timing_now();
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        run_step(&boot, &steps[i]);
    return 1;
}
