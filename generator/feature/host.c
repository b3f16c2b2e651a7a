#include "feature/host.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "contract/cmdline.h"
#include "contract/fstab.h"
#include "feature/block_stack.h"
#include "feature/device_chain.h"

#define MOUNTS "/proc/self/mountinfo"
#define FSTAB "/etc/fstab"

/* Bits of an input device's capabilities/ev (linux/input-event-codes.h): a keyboard has keys that repeat. */
#define EV_KEY_BIT (1ul << 0x01)
#define EV_REP_BIT (1ul << 0x14)

/* Reads a text file of the sysroot; *resolved is where it lies, a new string. */
static int read_text(const char *sysroot, const char *path, char **resolved, char **text)
{
    int result = sysroot_resolve(sysroot, path, resolved);

    if (result == 0)
        result = file_read_text(*resolved, text);
    else
        *resolved = NULL;
    return result;
}

/* The same for one that need not be there: "" then. */
static char *text_of(const char *sysroot, const char *path)
{
    char *resolved = NULL;
    char *text = NULL;

    if (read_text(sysroot, path, &resolved, &text) < 0)
        text = allocate_string("");
    free(resolved);
    return text;
}

/* What is done with each mount or fstab line: its device as it is written there, its number ("8:1", "" when none is
 * known), where it is mounted, its type, and what of it is mounted there ("/": all of it). */
struct mount {
    const char *device;
    const char *number;
    const char *place;
    const char *type;
    const char *root;
};

typedef void visit_mount(struct host *host, const char *sysroot, const struct mount *mount);

/* Documentation/filesystems/proc.rst: "ID PARENT MAJOR:MINOR ROOT PLACE OPTIONS [FIELDS] - TYPE SOURCE OPTIONS". */
static void visit_mountinfo_line(struct host *host, const char *sysroot, const char *line, visit_mount *visit)
{
    struct string_list words = {0};
    size_t dash = 6;

    string_list_add_parts(&words, line, " ");
    while (dash < words.count && strcmp(words.items[dash], "-") != 0)
        dash++;
    for (size_t i = 0; i < words.count; i++)
        fstab_decode(words.items[i]);
    if (dash + 2 < words.count)
        visit(host, sysroot,
            &(struct mount){
                words.items[dash + 2], words.items[2], words.items[4], words.items[dash + 1], words.items[3]});
    string_list_free(&words);
}

/* Pure. */
static int try_mountinfo(struct host *host, const char *sysroot, visit_mount *visit)
{
    struct line_reader reader = {0};
    char *resolved = NULL;
    char *text = NULL;
    char *line;
    int result = read_text(sysroot, MOUNTS, &resolved, &text);

    if (result == 0) {
        reader.next = text;
        while ((line = lines_next(&reader)))
            visit_mountinfo_line(host, sysroot, line, visit);
    }
    free(text);
    free(resolved);
    return result;
}

static int visit_mountinfo(struct host *host, const char *sysroot, visit_mount *visit)
{
    int result = try_mountinfo(host, sysroot, visit);

    if (result < 0)
        log_error("cannot tell what the machine of %s needs: %s" MOUNTS ": %s", sysroot,
            strcmp(sysroot, "/") != 0 ? sysroot : "", strerror(-result));
    return result;
}

static void visit_fstab(struct host *host, const char *sysroot, visit_mount *visit)
{
    struct fstab_entry entry;
    char *resolved = NULL;
    char *text = NULL;
    char *rest;

    if (read_text(sysroot, FSTAB, &resolved, &text) == 0) {
        string_list_add(&host->inputs, resolved);
        rest = text;
        while (fstab_next(&rest, &entry))
            visit(host, sysroot, &(struct mount){entry.spec, "", entry.place, entry.type, "/"});
    }
    free(text);
    free(resolved);
}

static bool is_needed_early(const struct mount *mount)
{
    return !strcmp(mount->place, "/") || !strcmp(mount->place, "/usr");
}

static void add_type(struct host *host, const char *sysroot, const struct mount *mount)
{
    (void)sysroot;
    /* "auto", or a list to try. */
    if (is_needed_early(mount) && strcmp(mount->type, "auto") != 0 && !strchr(mount->type, ',')
        && !string_list_contains(&host->types, mount->type))
        string_list_add(&host->types, mount->type);
}

int host_add_types(struct host *host, const char *sysroot)
{
    int result = visit_mountinfo(host, sysroot, add_type);

    if (result == 0)
        visit_fstab(host, sysroot, add_type);
    return result;
}

static int add_chain(struct host *host, const char *sysroot, const char *path)
{
    struct device_chain chain = {.sysroot = sysroot};
    int result = device_chain_add(&chain, path);

    for (size_t i = 0; i < chain.aliases.count; i++)
        string_list_add(&host->aliases, chain.aliases.items[i]);
    for (size_t i = 0; i < chain.drivers.count; i++)
        string_list_add(&host->drivers, chain.drivers.items[i]);
    device_chain_free(&chain);
    return result;
}

/* The directory of /dev/disk that has the symlinks for "UUID=..." and its like; NULL: it is a path. */
static const char *link_directory(const char *spec)
{
    static const struct {
        const char *tag;
        const char *directory;
    } tags[] = {{"UUID=", "by-uuid"}, {"LABEL=", "by-label"}, {"PARTUUID=", "by-partuuid"},
        {"PARTLABEL=", "by-partlabel"}, {"ID=", "by-id"}};

    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        if (!strncmp(spec, tags[i].tag, strlen(tags[i].tag)))
            return tags[i].directory;
    }
    return NULL;
}

/* What udev calls a link that a text from a disk names (systemd's encode_devnode_name): "my root" is "my\\x20root". A
 * new string. */
static char *encode_link_name(const char *text)
{
    char *encoded = allocate(4 * strlen(text) + 1);
    size_t length = 0;

    for (; *text; text++) {
        int lower = *text | ('a' ^ 'A');
        bool is_plain = (lower >= 'a' && lower <= 'z') || (*text >= '0' && *text <= '9') || (*text & 0x80)
                        || strchr("#+-.:=@_", *text);

        length += (size_t)sprintf(encoded + length, is_plain ? "%c" : "\\x%02x", *text);
    }
    encoded[length] = '\0';
    return encoded;
}

/* The kernel's name of a device that somebody wrote: "sda1" for "UUID=...", "/dev/mapper/x" or "/dev/sda1". A new
 * string, or NULL. */
static char *name_of(const char *sysroot, const char *spec)
{
    const char *directory = link_directory(spec);
    char *link = directory ? encode_link_name(strchr(spec, '=') + 1) : NULL;
    char *path = directory ? allocate_format("/dev/disk/%s/%s", directory, link) : allocate_string(spec);
    char *canonical = NULL;
    char *name = NULL;

    if (sysroot_canonical(sysroot, path, &canonical) == 0)
        name = allocate_string(strrchr(canonical, '/') + 1);
    else if (!directory && !strncmp(path, "/dev/", strlen("/dev/")))
        name = allocate_string(strrchr(path, '/') + 1);
    free(canonical);
    free(path);
    free(link);
    return name;
}

static void add_member(struct host *host, const char *sysroot, const char *path)
{
    (void)add_chain(host, sysroot, path);
}

/* The devices of a btrfs that a device belongs to. */
static void visit_btrfs_members(struct host *host, const char *sysroot, const char *name,
    void (*visit)(struct host *host, const char *sysroot, const char *path))
{
    char *all;
    DIR *stream;
    const struct dirent *entry;

    if (sysroot_resolve(sysroot, "/sys/fs/btrfs", &all) < 0)
        return;
    stream = opendir(all);
    while (stream && (entry = readdir(stream))) {
        char *members = allocate_format("%s/%s/devices", all, entry->d_name);
        char *own = allocate_format("/sys/fs/btrfs/%s/devices/%s", entry->d_name, name);
        DIR *directory = sysroot_has(sysroot, own) ? opendir(members) : NULL;
        const struct dirent *member;

        while (directory && (member = readdir(directory))) {
            char *path = allocate_format("/sys/fs/btrfs/%s/devices/%s", entry->d_name, member->d_name);

            visit(host, sysroot, path);
            free(path);
        }
        if (directory)
            closedir(directory);
        free(own);
        free(members);
    }
    if (stream)
        closedir(stream);
    free(all);
}

static bool add_named_device(struct host *host, const char *sysroot, const char *spec)
{
    char *name = name_of(sysroot, spec);
    char *path = allocate_format("/sys/class/block/%s", name ? name : "");
    bool is_there = name && add_chain(host, sysroot, path) == 0;

    if (is_there)
        visit_btrfs_members(host, sysroot, name, add_member);
    free(path);
    free(name);
    return is_there;
}

/* By its number; a file system of many devices, btrfs, has one that is nobody's, and its first device's path. */
static void add_mounted(struct host *host, const char *sysroot, const struct mount *mount)
{
    char *path;

    if (!is_needed_early(mount))
        return;
    path = allocate_format("/sys/dev/block/%s", mount->number);
    if (add_chain(host, sysroot, path) < 0 && !add_named_device(host, sysroot, mount->device))
        log_warning("%s of the machine of %s is %s (%s), which lies on no device there: what it needs has to be named "
                    "with --feature or --module",
            mount->place, sysroot, mount->device, mount->type);
    free(path);
}

static void add_from_fstab(struct host *host, const char *sysroot, const struct mount *mount)
{
    bool is_swap = !strcmp(mount->type, "swap");

    if ((is_swap || !strcmp(mount->place, "/usr")) && !add_named_device(host, sysroot, mount->device))
        log_note("%s: %s is no device of this machine", FSTAB, mount->device);
}

/* A line of /proc/swaps begins with the path; the first one is a heading. */
static void add_swaps(struct host *host, const char *sysroot)
{
    struct line_reader reader = {0};
    char *text = text_of(sysroot, "/proc/swaps");
    char *line;

    reader.next = text;
    while ((line = lines_next(&reader))) {
        const char *path = lines_word(&line);

        if (path && *path == '/')
            (void)add_named_device(host, sysroot, path); /* a file is no device */
    }
    free(text);
}

/* What resume= names on the kernel command line; a new string, or NULL. */
static char *resume_device(const char *sysroot)
{
    char *text = text_of(sysroot, "/proc/cmdline");
    struct cmdline cmdline;
    const char *value;
    char *device = NULL;

    if (cmdline_parse("", text, &cmdline) == 0) {
        value = cmdline_value(&cmdline, "resume");
        device = value ? allocate_string(value) : NULL;
        cmdline_free(&cmdline);
    }
    free(text);
    return device;
}

static void add_resume(struct host *host, const char *sysroot)
{
    char *device = resume_device(sysroot);

    if (device)
        (void)add_named_device(host, sysroot, device);
    free(device);
}

int host_add_disks(struct host *host, const char *sysroot)
{
    int result = visit_mountinfo(host, sysroot, add_mounted);

    if (result < 0)
        return result;
    visit_fstab(host, sysroot, add_from_fstab);
    add_swaps(host, sysroot);
    add_resume(host, sysroot);
    return 0;
}

static bool note_lacking(void *context, const struct block_stack *stack, const char *device)
{
    struct host *host = context;

    if (stack->feature && string_list_contains(host->features, stack->feature))
        return false;
    host->lacking = stack;
    host->lacking_device = allocate_string(device);
    return true;
}

static void check_device(struct host *host, const char *sysroot, const char *path)
{
    if (!host->lacking)
        block_stack_find(sysroot, path, note_lacking, host);
}

static void check_named_device(struct host *host, const char *sysroot, const char *spec)
{
    char *name = name_of(sysroot, spec);
    char *path = allocate_format("/sys/class/block/%s", name ? name : "");

    if (name) {
        check_device(host, sysroot, path);
        visit_btrfs_members(host, sysroot, name, check_device);
    }
    free(path);
    free(name);
}

static void note_place(struct host *host, const char *place)
{
    if (host->lacking && !host->lacking_place)
        host->lacking_place = allocate_string(place);
}

/* A directory that is bound to the place of a root is that of a container, whose host boots by itself. Parts of a btrfs
 * are roots. */
static bool is_whole(const struct mount *mount)
{
    return !strcmp(mount->root, "/") || !strcmp(mount->type, "btrfs");
}

static void check_mount(struct host *host, const char *sysroot, const struct mount *mount)
{
    const struct block_stack *stack = block_stack_of_type(mount->type);
    char *path;

    if (!is_needed_early(mount) || !is_whole(mount) || host->lacking)
        return;
    path = allocate_format("/sys/dev/block/%s", mount->number);
    if (stack)
        note_lacking(host, stack, mount->device);
    else if (*mount->number)
        check_device(host, sysroot, path);
    check_named_device(host, sysroot, mount->device);
    note_place(host, mount->place);
    free(path);
}

/* crypttab(5): NAME DEVICE KEY OPTIONS; Debian's "initramfs" and systemd's "x-initrd.attach" mean us. */
static void check_crypttab(struct host *host, const char *sysroot)
{
    struct line_reader reader = {0};
    char *text = text_of(sysroot, "/etc/crypttab");
    char *line;

    reader.next = text;
    while ((line = lines_next(&reader)) && !host->lacking) {
        const char *words[4];
        struct string_list options = {0};

        for (size_t i = 0; i < 4; i++)
            words[i] = lines_word(&line);
        if (words[3])
            string_list_add_parts(&options, words[3], ",");
        if (string_list_contains(&options, "initramfs") || string_list_contains(&options, "x-initrd.attach"))
            note_lacking(host, &block_stack_luks, words[0]);
        note_place(host, "a line of /etc/crypttab");
        string_list_free(&options);
    }
    free(text);
}

static void check_resume(struct host *host, const char *sysroot)
{
    char *device = resume_device(sysroot);

    if (device)
        check_named_device(host, sysroot, device);
    note_place(host, "resume=");
    free(device);
}

int host_check_root(const char *sysroot, const struct string_list *features)
{
    struct host host = {.features = features};
    int result = 0;

    try_mountinfo(&host, sysroot, check_mount);
    visit_fstab(&host, sysroot, check_mount);
    check_crypttab(&host, sysroot);
    check_resume(&host, sysroot);
    if (host.lacking) {
        const char *feature = host.lacking->feature;

        log_error("this image could not open what this machine needs: %s lies on %s (%s), and %s%s; --force makes it",
            host.lacking_place, host.lacking->name, host.lacking_device,
            feature ? "it has no feature " : "kindling has nothing for that", feature ? feature : "");
        result = -ENOTSUP;
    }
    host_free(&host);
    return result;
}

static bool is_keyboard(const char *sysroot, const char *input)
{
    char *path = allocate_format("%s/capabilities/ev", input);
    char *text = text_of(sysroot, path);
    unsigned long bits = strtoul(text, NULL, 16);

    free(text);
    free(path);
    return bits & EV_KEY_BIT && bits & EV_REP_BIT;
}

void host_add_keyboards(struct host *host, const char *sysroot)
{
    char *inputs;
    DIR *stream;
    const struct dirent *entry;

    if (sysroot_resolve(sysroot, "/sys/class/input", &inputs) < 0)
        return;
    stream = opendir(inputs);
    while (stream && (entry = readdir(stream))) {
        char *path = allocate_format("/sys/class/input/%s", entry->d_name);

        if (!strncmp(entry->d_name, "input", strlen("input")) && is_keyboard(sysroot, path))
            (void)add_chain(host, sysroot, path); /* it is there, or has just been pulled */
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
    free(host->lacking_place);
    free(host->lacking_device);
}

/* Every hypervisor sets a bit for its guests on x86 (CPUID 1, ECX 31); others tell it in other ways. */
bool host_is_virtual(const char *sysroot)
{
    char *text = text_of(sysroot, "/proc/cpuinfo");
    bool has_flag = strstr(text, " hypervisor ") || strstr(text, " hypervisor\n");

    free(text);
    return has_flag || sysroot_has(sysroot, "/sys/hypervisor/type")
           || sysroot_has(sysroot, "/proc/device-tree/hypervisor");
}
