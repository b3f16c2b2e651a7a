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
static int mount_as_found(struct boot *boot, struct mount_options *options, int error_as_asked)
{
    const struct superblock *found = &boot->root->superblock;
    int result;

    block_device_read_superblock(boot->root);
    if (boot->root->read_error < 0)
        return cannot_mount(boot, "anything", boot->root->read_error);
    if (found->usage != SUPERBLOCK_FILESYSTEM)
        return failure("mount", boot->root->path, "not a file system", "cannot mount ", boot->root->path, ": there is ",
            superblock_describe(found), " on it, and no file system that kindling knows", NULL);
    if (boot->options.rootfstype && text_list_has(boot->options.rootfstype, found->type))
        return cannot_mount(boot, found->type, error_as_asked);
    if (boot->options.rootfstype)
        log_warning(boot->root->path, " is not rootfstype=", boot->options.rootfstype, ": trying ", found->type);
    result = mount_or_retreat(boot, found->type, options);
    return result < 0 ? cannot_mount(boot, found->type, result) : 0;
}

int root_mount(struct boot *boot)
{
    struct mount_options options = {.flags = boot->read_only ? MS_RDONLY : 0};
    int result;

    if (mount_options_parse(boot->options.rootflags, &options) < 0)
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
    result = mount_as_asked(boot, &options);
    return result < 0 ? mount_as_found(boot, &options, result) : 0;
}
