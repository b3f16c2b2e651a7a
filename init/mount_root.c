/* The root file system, mounted at IMAGE_ROOT_PATH. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "boot.h"
#include "btrfs_members.h"
#include "failure.h"
#include "log.h"
#include "text.h"

/* rootflags= words that are flags of mount(2); all others are the file system's own (mount(8)). */
static const struct mount_flag {
    const char *word;
    unsigned long set;
    unsigned long clear;
} mount_flags[] = {
    {"defaults", 0, 0},
    {"ro", MS_RDONLY, 0},
    {"rw", 0, MS_RDONLY},
    {"nosuid", MS_NOSUID, 0},
    {"suid", 0, MS_NOSUID},
    {"nodev", MS_NODEV, 0},
    {"dev", 0, MS_NODEV},
    {"noexec", MS_NOEXEC, 0},
    {"exec", 0, MS_NOEXEC},
    {"sync", MS_SYNCHRONOUS, 0},
    {"async", 0, MS_SYNCHRONOUS},
    {"dirsync", MS_DIRSYNC, 0},
    {"noatime", MS_NOATIME, 0},
    {"atime", 0, MS_NOATIME},
    {"nodiratime", MS_NODIRATIME, 0},
    {"diratime", 0, MS_NODIRATIME},
    {"relatime", MS_RELATIME, 0},
    {"norelatime", 0, MS_RELATIME},
    {"strictatime", MS_STRICTATIME, 0},
    {"nostrictatime", 0, MS_STRICTATIME},
    {"lazytime", MS_LAZYTIME, 0},
    {"nolazytime", 0, MS_LAZYTIME},
    {"silent", MS_SILENT, 0},
    {"loud", 0, MS_SILENT},
};

static const struct mount_flag *find_flag(const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof(mount_flags) / sizeof(mount_flags[0]); i++) {
        if (strlen(mount_flags[i].word) == length && !strncmp(mount_flags[i].word, word, length))
            return &mount_flags[i];
    }
    return NULL;
}

/* Takes one word of rootflags= in. Returns 0 or -E2BIG. */
static int add_option(struct mount_options *options, const char *word, size_t length)
{
    const struct mount_flag *flag = find_flag(word, length);
    size_t used = strlen(options->data);

    if (flag) {
        options->flags = (options->flags | flag->set) & ~flag->clear;
        return 0;
    }
    if (used + length + 2 > sizeof(options->data))
        return -E2BIG;
    if (used > 0)
        options->data[used++] = ',';
    memcpy(options->data + used, word, length);
    options->data[used + length] = '\0';
    return 0;
}

static int parse_options(const char *text, struct mount_options *options)
{
    int result = 0;

    while (*text && result == 0) {
        size_t length = strcspn(text, ",");

        if (length > 0)
            result = add_option(options, text, length);
        text += length + (text[length] == ',');
    }
    return result;
}

/* Named by its alias, the module is found under whatever name this kernel gives it. */
static void load_file_system(struct boot *boot, const char *type)
{
    char alias[128];

    if (text_join(alias, sizeof(alias), "fs-", type, NULL) == 0)
        (void)module_load_named(&boot->modules, alias); /* built into the kernel as often as not */
}

static int mount_as(struct boot *boot, const char *type, const struct mount_options *options)
{
    int result = 0;

    load_file_system(boot, type);
    if (!strcmp(type, "btrfs") && boot->root->superblock.device_count > 1)
        result = btrfs_register_members(&boot->devices.blocks, boot->root);
    if (result < 0)
        return result;
    if (mount(boot->root->path, IMAGE_ROOT_PATH, type, options->flags, options->data) < 0)
        return -errno;
    log_info("mounted ", boot->root->path, " as ", type);
    return 0;
}

/* A disk that refuses to be written to may still be read. */
static int mount_or_retreat(struct boot *boot, const char *type, struct mount_options *options)
{
    int result = mount_as(boot, type, options);

    if ((result != -EROFS && result != -EACCES) || options->flags & MS_RDONLY)
        return result;
    log_warning(boot->root->path, " is write-protected: it is mounted read-only");
    options->flags |= MS_RDONLY;
    return mount_as(boot, type, options);
}

/* The types of rootfstype=, a list as the kernel takes it. Returns 0 when one of them could be mounted. */
static int mount_as_asked(struct boot *boot, struct mount_options *options)
{
    const char *types = boot->options.rootfstype ? boot->options.rootfstype : "";
    int result = -ENOENT;

    while (*types) {
        size_t length = strcspn(types, ",");
        char type[64];

        if (length > 0 && length < sizeof(type)) {
            memcpy(type, types, length);
            type[length] = '\0';
            result = strcmp(type, "auto") != 0 ? mount_or_retreat(boot, type, options) : -ENOENT;
        }
        if (result == 0)
            return 0;
        types += length + (types[length] == ',');
    }
    return result;
}

static int cannot_mount(const struct boot *boot, const char *type, int error)
{
    const char *reason =
        error == -ENODEV ? "neither this kernel nor this image has that file system" : strerror(-error);

    return failure(
        "mount", boot->root->path, reason, "cannot mount ", boot->root->path, " as ", type, ": ", reason, NULL);
}

/* What lies on the device decides, once rootfstype= was of no use. */
static int mount_as_found(struct boot *boot, struct mount_options *options)
{
    const struct superblock *found = &boot->root->superblock;
    int result;

    block_device_read_superblock(boot->root);
    if (boot->root->read_error < 0)
        return cannot_mount(boot, "anything", boot->root->read_error);
    if (found->usage != SUPERBLOCK_FILESYSTEM)
        return failure("mount", boot->root->path, "not a file system", "cannot mount ", boot->root->path, ": there is ",
            superblock_describe(found), " on it, and no file system that kindling knows", NULL);
    if (boot->options.rootfstype)
        log_warning(boot->root->path, " is not rootfstype=", boot->options.rootfstype, ": trying ", found->type);
    result = mount_or_retreat(boot, found->type, options);
    return result < 0 ? cannot_mount(boot, found->type, result) : 0;
}

int root_mount(struct boot *boot)
{
    struct mount_options options = {.flags = boot->read_only ? MS_RDONLY : 0};

    if (parse_options(boot->options.rootflags, &options) < 0)
        return failure("mount", "rootflags", "too long", "rootflags= is longer than the kernel takes", NULL);
    if (boot->read_only)
        options.flags |= MS_RDONLY;
    if (mkdir(IMAGE_ROOT_PATH, 0755) < 0 && errno != EEXIST)
        return failure(
            "mount", IMAGE_ROOT_PATH, strerror(errno), "cannot make " IMAGE_ROOT_PATH ": ", strerror(errno), NULL);
    if (boot_root_is_shared(boot)) {
        load_file_system(boot, boot->options.rootfstype);
        return shared_root_mount(boot, &options);
    }
    if (mount_as_asked(boot, &options) == 0)
        return 0;
    return mount_as_found(boot, &options);
}
