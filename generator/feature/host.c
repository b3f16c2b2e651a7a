#include "feature/host.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "contract/device_options.h"
#include "feature/block_stack.h"
#include "feature/device_chain.h"
#include "feature/host_device.h"
#include "feature/mount_table.h"

/* Bits of an input device's capabilities/ev (linux/input-event-codes.h): a keyboard has keys that repeat. */
#define EV_KEY_BIT (1ul << 0x01)
#define EV_REP_BIT (1ul << 0x14)

static int visit_mounted(struct host *host, mount_table_visit *visit)
{
    int result = mount_table_mounted(host->sysroot, visit, host);

    if (result < 0)
        log_error("cannot tell what the machine of %s needs: %s" MOUNT_TABLE_MOUNTED ": %s", host->sysroot,
            strcmp(host->sysroot, "/") != 0 ? host->sysroot : "", strerror(-result));
    return result;
}

static void add_type(void *context, const struct mount *mount)
{
    struct host *host = context;

    if (mount_is_needed_early(mount) && strcmp(mount->type, "auto") != 0 && !strchr(mount->type, ',')
        && !string_list_contains(&host->types, mount->type))
        string_list_add(&host->types, mount->type);
}

int host_add_types(struct host *host)
{
    int result = visit_mounted(host, add_type);

    if (result == 0)
        mount_table_fstab(host->sysroot, &host->inputs, add_type, host);
    return result;
}

static int add_chain(struct host *host, const char *path)
{
    struct device_chain chain = {.sysroot = host->sysroot};
    int result = device_chain_add(&chain, path);

    for (size_t i = 0; i < chain.aliases.count; i++)
        string_list_add(&host->aliases, chain.aliases.items[i]);
    for (size_t i = 0; i < chain.drivers.count; i++)
        string_list_add(&host->drivers, chain.drivers.items[i]);
    device_chain_free(&chain);
    return result;
}

static void add_btrfs_member(void *context, const char *path)
{
    (void)add_chain(context, path);
}

static bool add_named_device(struct host *host, const char *spec)
{
    char *name = host_device_name(host->sysroot, spec);
    char *path = allocate_format("/sys/class/block/%s", name ? name : "");
    bool is_there = name && add_chain(host, path) == 0;

    if (is_there)
        host_device_btrfs(host->sysroot, name, add_btrfs_member, host);
    free(path);
    free(name);
    return is_there;
}

/* Its log, its journal or its real-time data may lie on another one. */
static void add_further_devices(struct host *host, const char *options)
{
    struct device_option option;

    while (device_option_next(&options, &option)) {
        char *spec = allocate_format("%.*s", (int)option.length, option.value);

        if (!add_named_device(host, spec))
            log_note("%s, which the options of a mount name, is no device of this machine", spec);
        free(spec);
    }
}

static bool is_remote(void *context, const struct block_stack *stack, const char *device)
{
    (void)context;
    (void)device;
    return stack->is_remote;
}

/* What /sys/class/net tells of a link; a card that has none now may be another network's. */
static bool has_link(const struct host *host, const char *card)
{
    char *path = allocate_format("/sys/class/net/%s/operstate", card);
    char *state = NULL;
    bool is_up = file_read_text_of(host->sysroot, path, &state) == 0 && !strncmp(state, "up", 2);

    free(state);
    free(path);
    return is_up;
}

/* For a root on the network: all cards that it may come by. */
static void add_cards(struct host *host)
{
    char *cards;
    DIR *stream;
    const struct dirent *entry;

    if (sysroot_resolve(host->sysroot, "/sys/class/net", &cards) < 0)
        return;
    stream = opendir(cards);
    while (stream && (entry = readdir(stream))) {
        char *path = allocate_format("/sys/class/net/%s", entry->d_name);

        if (*entry->d_name != '.' && has_link(host, entry->d_name))
            (void)add_chain(host, path); /* one without a device is a bridge, a tunnel or the like */
        free(path);
    }
    if (stream)
        closedir(stream);
    free(cards);
}

/* Which disks a ZFS pool lies on, no file of /sys tells: all that are a device's. */
static void add_all_disks(struct host *host)
{
    char *blocks;
    DIR *stream;
    const struct dirent *entry;

    if (sysroot_resolve(host->sysroot, "/sys/class/block", &blocks) < 0)
        return;
    stream = opendir(blocks);
    while (stream && (entry = readdir(stream))) {
        char *path = allocate_format("/sys/class/block/%s", entry->d_name);

        if (*entry->d_name != '.')
            (void)add_chain(host, path);
        free(path);
    }
    if (stream)
        closedir(stream);
    free(blocks);
}

/* By its number; a file system of many devices, btrfs, has one that is nobody's, and its first device's path. */
static void add_mounted(void *context, const struct mount *mount)
{
    struct host *host = context;
    const struct block_stack *stack;
    char *path;

    if (!mount_is_needed_early(mount))
        return;
    stack = block_stack_of_type(mount->type);
    if (stack && stack->is_remote) {
        add_cards(host);
        return;
    }
    if (!strcmp(mount->type, "zfs")) {
        add_all_disks(host);
        return;
    }
    path = allocate_format("/sys/dev/block/%s", mount->number);
    if (block_stack_find(host->sysroot, path, is_remote, host))
        add_cards(host);
    if (add_chain(host, path) < 0 && !add_named_device(host, mount->device))
        log_warning("%s of the machine of %s is %s (%s), which lies on no device there: what it needs has to be named "
                    "with --feature or --module",
            mount->place, host->sysroot, mount->device, mount->type);
    add_further_devices(host, mount->options);
    free(path);
}

static void add_from_fstab(void *context, const struct mount *mount)
{
    bool is_swap = !strcmp(mount->type, "swap");

    if ((is_swap || !strcmp(mount->place, "/usr")) && !add_named_device(context, mount->device))
        log_note(MOUNT_TABLE_FSTAB ": %s is no device of this machine", mount->device);
    if (mount_is_needed_early(mount))
        add_further_devices(context, mount->options);
}

/* A line of /proc/swaps begins with the path; the first one is a heading. */
static void add_swaps(struct host *host)
{
    struct line_reader reader = {0};
    char *text = NULL;
    char *line;

    if (file_read_text_of(host->sysroot, "/proc/swaps", &text) < 0)
        return;
    reader.next = text;
    while ((line = lines_next(&reader))) {
        const char *path = lines_word(&line);

        if (path && *path == '/')
            (void)add_named_device(host, path); /* a file is no device */
    }
    free(text);
}

int host_add_disks(struct host *host)
{
    int result = visit_mounted(host, add_mounted);
    char *resume, *rootflags;

    if (result < 0)
        return result;
    mount_table_fstab(host->sysroot, &host->inputs, add_from_fstab, host);
    add_swaps(host);
    resume = host_device_word(host->sysroot, "resume");
    if (resume)
        (void)add_named_device(host, resume);
    free(resume);
    rootflags = host_device_word(host->sysroot, "rootflags");
    if (rootflags)
        add_further_devices(host, rootflags);
    free(rootflags);
    return 0;
}

void host_add_keyboards(struct host *host)
{
    char *inputs;
    DIR *stream;
    const struct dirent *entry;

    if (sysroot_resolve(host->sysroot, "/sys/class/input", &inputs) < 0)
        return;
    stream = opendir(inputs);
    while (stream && (entry = readdir(stream))) {
        char *path = allocate_format("/sys/class/input/%s", entry->d_name);
        char *capabilities = allocate_format("%s/capabilities/ev", path);
        char *text = NULL;
        unsigned long bits = 0;

        if (!strncmp(entry->d_name, "input", strlen("input"))
            && file_read_text_of(host->sysroot, capabilities, &text) == 0)
            bits = strtoul(text, NULL, 16);
        if (bits & EV_KEY_BIT && bits & EV_REP_BIT)
            (void)add_chain(host, path); /* it is there, or has just been pulled */
        free(text);
        free(capabilities);
        free(path);
    }
    if (stream)
        closedir(stream);
    free(inputs);
}

void host_free(struct host *host)
{
    string_list_free(&host->aliases);
    string_list_free(&host->drivers);
    string_list_free(&host->types);
    string_list_free(&host->inputs);
}

/* Every hypervisor sets a bit for its guests on x86 (CPUID 1, ECX 31); others tell it in other ways. */
bool host_is_virtual(const char *sysroot)
{
    char *text = NULL;
    bool has_flag = file_read_text_of(sysroot, "/proc/cpuinfo", &text) == 0
                    && (strstr(text, " hypervisor ") || strstr(text, " hypervisor\n"));

    free(text);
    return has_flag || sysroot_has(sysroot, "/sys/hypervisor/type")
           || sysroot_has(sysroot, "/proc/device-tree/hypervisor");
}
