#include "module/boot_options.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/reboot.h>

#include "system/text.h"
#include "system/waits.h"

/* Room for a few thousand events, which a machine with many disks sends at once; were there more, what was lost would
 * be found again by another walk through /sys. */
#define DEFAULT_UEVENT_BUFFER (4u << 20)

static int set_true(const char *value, void *field)
{
    (void)value;
    *(bool *)field = true;
    return 0;
}

static int set_false(const char *value, void *field)
{
    (void)value;
    *(bool *)field = false;
    return 0;
}

static int set_boolean(const char *value, void *field)
{
    *(bool *)field = !cmdline_is_no(value);
    return 0;
}

static int set_negated(const char *value, void *field)
{
    set_boolean(value, field);
    *(bool *)field = !*(bool *)field;
    return 0;
}

static int set_text(const char *value, void *field)
{
    if (!value)
        return -EINVAL;
    *(const char **)field = value;
    return 0;
}

/* An empty value, which a boot loader's script may leave, is none. */
static int set_name(const char *value, void *field)
{
    int result = set_text(value, field);

    if (result == 0 && !*value)
        *(const char **)field = NULL;
    return result;
}

static int set_number(const char *value, void *field)
{
    return value ? text_to_number(value, field) : -EINVAL;
}

static int set_timeout(const char *value, void *field)
{
    struct boot_options *options = field;
    uint64_t seconds;

    if (!value || text_to_number(value, &seconds) < 0)
        return -EINVAL;
    if (options->timeout != BOOT_TIMEOUT_NEVER)
        options->timeout = seconds == 0 || seconds > BOOT_TIMEOUT_LONGEST ? BOOT_TIMEOUT_NEVER : seconds;
    return 0;
}

static int set_degraded(const char *value, void *field)
{
    uint64_t seconds = BOOT_TIMEOUT_NEVER;

    if (!value
        || (strcmp(value, "never") != 0 && (text_to_number(value, &seconds) < 0 || seconds > BOOT_TIMEOUT_LONGEST)))
        return -EINVAL;
    *(uint64_t *)field = seconds;
    return 0;
}

/* Since 6.3 the kernel takes a limit here; without one it waits for ever. */
static int set_rootwait(const char *value, void *field)
{
    if (value)
        return set_timeout(value, field);
    ((struct boot_options *)field)->timeout = BOOT_TIMEOUT_NEVER;
    return 0;
}

static int set_shell(const char *value, void *field)
{
    struct boot_options *options = field;

    set_boolean(value, &options->shell);
    options->shell_refused = !options->shell;
    return 0;
}

struct choice {
    char value[12];
    int meaning;
};

static int choose(const struct choice *choices, const char *value, int *meaning)
{
    for (; *choices->value; choices++) {
        if (value && !strcmp(choices->value, value)) {
            *meaning = choices->meaning;
            return 0;
        }
    }
    return -EINVAL;
}

/* Each tradition's names for the step that it stops before: dracut.cmdline(7), initramfs-tools(7). */
static const struct choice break_points[] = {
    {"cmdline", BREAK_MODULES},
    {"pre-udev", BREAK_MODULES},
    {"pre-trigger", BREAK_DEVICES},
    {"initqueue", BREAK_ROOT},
    {"pre-mount", BREAK_CHECK},
    {"mount", BREAK_MOUNT},
    {"pre-pivot", BREAK_INIT},
    {"cleanup", BREAK_HAND_OVER},
    {"top", BREAK_MODULES},
    {"modules", BREAK_MODULES},
    {"premount", BREAK_CHECK},
    {"mountroot", BREAK_MOUNT},
    {"bottom", BREAK_INIT},
    {"init", BREAK_HAND_OVER},
    {"", 0},
};

static int add_break(const char *value, int bare, unsigned *break_at)
{
    int meaning = bare;
    int result = value ? choose(break_points, value, &meaning) : 0;

    if (result == 0)
        *break_at |= (unsigned)meaning;
    return result;
}

/* A bare word means dracut's last stop here, and there initramfs-tools' premount. */
static int set_break_dracut(const char *value, void *field)
{
    return add_break(value, BREAK_HAND_OVER, field);
}

static int set_break_debian(const char *value, void *field)
{
    return add_break(value, BREAK_CHECK, field);
}

#define EMERGENCY_SHELL 1 /* no command of reboot(2) */

static const struct choice emergencies[] = {{"shell", EMERGENCY_SHELL}, {"reboot", RB_AUTOBOOT},
    {"poweroff", RB_POWER_OFF}, {"halt", (int)RB_HALT_SYSTEM}, {"", 0}};

static int set_emergency(const char *value, void *field)
{
    struct boot_options *options = field;
    int meaning = 0;
    int result = choose(emergencies, value, &meaning);

    if (result < 0)
        return result;
    if (meaning == EMERGENCY_SHELL)
        return set_shell(NULL, options);
    options->emergency = meaning;
    return 0;
}

enum fsck_mode { FSCK_AUTO, FSCK_FORCE, FSCK_SKIP };

static const struct choice fsck_modes[] = {{"auto", FSCK_AUTO}, {"force", FSCK_FORCE}, {"skip", FSCK_SKIP}, {"", 0}};

static int set_fsck_mode(const char *value, void *field)
{
    struct boot_options *options = field;
    int mode = FSCK_AUTO;
    int result = choose(fsck_modes, value, &mode);

    if (result < 0)
        return result;
    options->force_fsck = mode == FSCK_FORCE;
    options->skip_fsck = mode == FSCK_SKIP;
    return 0;
}

static const struct choice repairs[] = {{"preen", 0}, {"yes", 0}, {"no", 0}, {"", 0}};

static int set_repair(const char *value, void *field)
{
    int known;

    return choose(repairs, value, &known) < 0 ? -EINVAL : set_text(value, field);
}

static int set_repair_yes(const char *value, void *field)
{
    (void)value;
    return set_text("yes", field);
}

/* A boolean, or the device that takes what is written. */
static int set_overlay(const char *value, void *field)
{
    bool wanted = true;

    set_boolean(value, &wanted);
    if (!value || !strcmp(value, "1") || !strcmp(value, "yes"))
        value = "";
    *(const char **)field = wanted ? value : NULL;
    return 0;
}

static const struct choice hand_overs[] = {{"move", false}, {"detach", true}, {"", 0}};

static int set_hand_over(const char *value, void *field)
{
    int detach = false;
    int result = choose(hand_overs, value, &detach);

    if (result == 0)
        *(bool *)field = detach;
    return result;
}

static const struct choice settlings[] = {
    {"disks", SETTLE_DISKS}, {"quick", SETTLE_QUICK}, {"all", SETTLE_ALL}, {"", 0}};

static int set_settle(const char *value, void *field)
{
    int settling = SETTLE_DISKS;
    int result = choose(settlings, value, &settling);

    if (result == 0)
        *(enum settling *)field = (enum settling)settling;
    return result;
}

#define FIELD(name) offsetof(struct boot_options, name)

static const struct option {
    const char *key;
    int (*set)(const char *value, void *field); /* value may be NULL; returns 0 or -errno */
    size_t field;
} options_known[] = {
    {"root", set_text, FIELD(root)},
    {"rootfallback", set_name, FIELD(rootfallback)},
    {"rootfstype", set_name, FIELD(rootfstype)},
    {"rootflags", set_text, FIELD(rootflags)},
    {"mount.usr", set_name, FIELD(usr)},
    {"mount.usrfstype", set_name, FIELD(usrfstype)},
    {"mount.usrflags", set_name, FIELD(usrflags)},
    {"rd.overlay", set_overlay, FIELD(overlay)},
    {"rd.overlayfs", set_overlay, FIELD(overlay)},
    {"rd.live.overlay.overlayfs", set_overlay, FIELD(overlay)},
    {"init", set_name, FIELD(init)},
    {"ro", set_false, FIELD(writable)},
    {"rw", set_true, FIELD(writable)},
    {"rootwait", set_rootwait, 0},
    {"rootdelay", set_number, FIELD(rootdelay)},
    {"rd.timeout", set_timeout, 0},
    {"rd.retry", set_timeout, 0},
    {"rd.settle", set_settle, FIELD(settling)},
    {"rd.shell", set_shell, 0},
    {"rd.emergency", set_emergency, 0},
    {"rd.break", set_break_dracut, FIELD(break_at)},
    {"break", set_break_debian, FIELD(break_at)},
    {"panic", set_true, FIELD(panic)},
    {"resume", set_name, FIELD(resume)},
    {"resume_offset", set_number, FIELD(resume_offset)},
    {"noresume", set_true, FIELD(noresume)},
    {"fsck.mode", set_fsck_mode, 0},
    {"fsck.repair", set_repair, FIELD(repair)},
    {"fastboot", set_true, FIELD(skip_fsck)},
    {"rd.skipfsck", set_true, FIELD(skip_fsck)},
    {"forcefsck", set_true, FIELD(force_fsck)},
    {"fsckfix", set_repair_yes, FIELD(repair)},
    {"kindling.growroot", set_boolean, FIELD(grow_root)},
    {"kindling.handover", set_hand_over, FIELD(detach_mounts)},
    {"kindling.shutdown", set_boolean, FIELD(keep_shutdown)},
    {"kindling.uevent_buffer", set_number, FIELD(uevent_buffer)},
    {"rd.lvm", set_negated, FIELD(no_lvm)},
    {"rd.md", set_negated, FIELD(no_md)},
    {"rd.md.conf", set_negated, FIELD(no_md_config)},
    {"rd.md.imsm", set_negated, FIELD(no_isw)},
    {"rd.multipath", set_boolean, FIELD(multipath)},
    {"multipath", set_boolean, FIELD(multipath)},
    {"nompath", set_false, FIELD(multipath)},
    {"noiswmd", set_true, FIELD(no_isw)},
    {"rd.md.ddf", set_negated, FIELD(no_ddf)},
    {"rd.md.degraded", set_degraded, FIELD(md_degraded)},
    {"rd.dm", set_negated, FIELD(no_dm)},
    {"nodmraid", set_true, FIELD(no_dm)},
    {"rd.dm.degraded", set_degraded, FIELD(dm_degraded)},
    {"rd.info", set_boolean, FIELD(verbose)},
    {"rd.debug", set_boolean, FIELD(debug)},
    {"debug", set_true, FIELD(debug)},
};

static int set_option(const struct cmdline_word *word, struct boot_options *options)
{
    for (size_t i = 0; i < sizeof(options_known) / sizeof(options_known[0]); i++) {
        if (!strcmp(options_known[i].key, word->key))
            return options_known[i].set(word->value, (char *)options + options_known[i].field);
    }
    return 0; /* somebody else's: the kernel's, a module's or the root's */
}

const char *boot_options_read(const struct cmdline *cmdline, struct boot_options *options)
{
    const char *senseless = NULL;

    *options = (struct boot_options){.root = "",
        .rootflags = "",
        .repair = "preen",
        .timeout = WAIT_ROOT_SECONDS,
        .md_degraded = WAIT_QUIET_SECONDS,
        .dm_degraded = BOOT_TIMEOUT_NEVER,
        .uevent_buffer = DEFAULT_UEVENT_BUFFER};
    for (size_t i = 0; i < cmdline->count; i++) {
        if (set_option(&cmdline->words[i], options) < 0 && !senseless)
            senseless = cmdline->words[i].key;
    }
    /* systemd-fstab-generator(8) */
    if (!*options->root && cmdline_value(cmdline, "roothash"))
        options->root = "/dev/mapper/root";
    if (!options->usr && cmdline_value(cmdline, "usrhash"))
        options->usr = "/dev/mapper/usr";
    if (options->timeout < options->rootdelay)
        options->timeout = options->rootdelay;
    if (options->panic || options->shell_refused) {
        options->shell = false;
        options->break_at = BREAK_NONE;
    }
    return senseless;
}
