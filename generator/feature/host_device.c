#include "feature/host_device.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/sysroot.h"
#include "contract/cmdline.h"

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

char *host_device_name(const char *sysroot, const char *spec)
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

char *host_device_word(const char *sysroot, const char *key)
{
    struct cmdline cmdline;
    const char *value;
    char *text = NULL;
    char *device = NULL;

    if (file_read_text_of(sysroot, "/proc/cmdline", &text) < 0)
        return NULL;
    if (cmdline_parse("", text, &cmdline) == 0) {
        value = cmdline_value(&cmdline, key);
        device = value ? allocate_string(value) : NULL;
        cmdline_free(&cmdline);
    }
    free(text);
    return device;
}

void host_device_btrfs(
    const char *sysroot, const char *name, void (*visit)(void *context, const char *path), void *context)
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

            visit(context, path);
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

void host_device_visit(
    const char *sysroot, const char *spec, void (*visit)(void *context, const char *path), void *context)
{
    char *name = host_device_name(sysroot, spec);
    char *path = allocate_format("/sys/class/block/%s", name ? name : "");

    if (name) {
        visit(context, path);
        host_device_btrfs(sysroot, name, visit, context);
    }
    free(path);
    free(name);
}
