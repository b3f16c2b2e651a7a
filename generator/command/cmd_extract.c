#include "command/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "archive/image_archive.h"
#include "base/allocate.h"
#include "base/log.h"
#include "base/stop.h"
#include "command/arguments.h"

#define USAGE "extract IMAGE [DIR]"
#define USAGE_STATUS 2
#define PERMISSIONS 01777u /* that are restored: all but set-id */

/* A name that stays below where it begins. "." is the directory itself, which many an archive has as an entry. */
static bool is_inside(const char *name)
{
    if (*name == '\0' || *name == '/')
        return false;
    do {
        size_t length = strcspn(name, "/");

        if (length == 2 && !strncmp(name, "..", 2))
            return false;
        name += length;
        name += strspn(name, "/");
    } while (*name);
    return true;
}

static int open_beneath(int root, const char *path)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

    return fd < 0 ? -errno : (int)fd;
}

/* The part of a name that leads to its directory, "." when there is none, as a new string. *last: the other part. */
static char *split(const char *name, const char **last)
{
    const char *slash = strrchr(name, '/');

    *last = slash ? slash + 1 : name;
    return slash ? allocate_text(name, (size_t)(slash - name)) : allocate_string(".");
}

/* Opens a directory below root, and makes what is missing of it: a descriptor or -errno. */
static int open_directory(int root, const char *path)
{
    int fd = open_beneath(root, path);
    const char *last;
    char *parent_path;
    int parent;

    if (fd != -ENOENT || !strcmp(path, "."))
        return fd;
    parent_path = split(path, &last);
    parent = open_directory(root, parent_path);
    free(parent_path);
    if (parent < 0)
        return parent;
    if (*last)
        mkdirat(parent, last, 0755);
    close(parent);
    return open_beneath(root, path);
}

static int make_file(int parent, const char *name, const struct image_entry *entry)
{
    const struct timespec times[2] = {{.tv_sec = entry->mtime}, {.tv_sec = entry->mtime}};
    int fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int result = fd < 0 ? -errno : 0;

    if (fd < 0)
        return result;
    for (size_t position = 0; position < entry->bytes.size && result == 0;) {
        ssize_t written = write(fd, entry->bytes.data + position, entry->bytes.size - position);

        if (written > 0)
            position += (size_t)written;
        else if (written < 0 && errno != EINTR)
            result = -errno;
        if (stop_check() < 0)
            result = -EINTR;
    }
    if (result == 0 && fchmod(fd, entry->mode & PERMISSIONS) < 0)
        result = -errno;
    futimens(fd, times);
    if (close(fd) < 0 && result == 0)
        result = -errno;
    return result;
}

static int make_entry(int parent, const char *name, const struct image_entry *entry)
{
    struct stat status;
    char *target;
    int result;

    if (S_ISDIR(entry->mode)) {
        /* Its permissions come last, for it may not even be writable to us. */
        if (mkdirat(parent, name, 0700) == 0)
            return 0;
        if (errno != EEXIST || fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
            return -errno;
        return S_ISDIR(status.st_mode) ? 0 : -EEXIST;
    }
    if (unlinkat(parent, name, 0) < 0 && errno != ENOENT)
        return errno == EPERM ? -EISDIR : -errno;
    if (S_ISREG(entry->mode))
        return make_file(parent, name, entry);
    if (S_ISLNK(entry->mode)) {
        target = allocate_text((const char *)entry->bytes.data, entry->bytes.size);
        result = symlinkat(target, parent, name) < 0 ? -errno : 0;
        free(target);
        return result;
    }
    if (mknodat(parent, name, (entry->mode & S_IFMT) | (entry->mode & PERMISSIONS),
            makedev(entry->device_major, entry->device_minor))
        == 0)
        return 0;
    if (errno != EPERM)
        return -errno;
    log_warning("%s is left out: making a device node takes privilege", entry->name);
    return 0;
}

static int extract_entry(int root, const struct image_entry *entry)
{
    const char *last;
    char *path = split(entry->name, &last);
    int parent = open_directory(root, path);
    int result = parent < 0 ? parent : 0;

    /* Names like "." and "a/" have no last part of their own. */
    if (result == 0 && *last && strcmp(last, ".") != 0)
        result = make_entry(parent, last, entry);
    if (parent >= 0)
        close(parent);
    free(path);
    if (result == 0 && stop_check() < 0)
        result = -EINTR;
    if (result < 0)
        log_error("cannot extract %s: %s", entry->name,
            result == -ELOOP ? "something above it is a symlink" : strerror(-result));
    return result;
}

static void restore_permissions(int root, const struct image_entry *entry)
{
    int fd = S_ISDIR(entry->mode) ? open_beneath(root, entry->name) : -1;
    char *path;

    if (fd < 0)
        return;
    /* A descriptor for a path alone cannot be given to fchmod. */
    path = allocate_format("/proc/self/fd/%d", fd);
    if (chmod(path, entry->mode & PERMISSIONS) < 0)
        log_warning("%s keeps its permissions: %s", entry->name, strerror(errno));
    free(path);
    close(fd);
}

/*
 * The directory is made if need be. What is there under the same names is replaced, but for directories. No symlink is
 * ever followed, be it of the image or of the directory, and a name that leads out of the directory refuses the whole
 * image before anything is written. Owners and set-id bits are not restored; device nodes are left out where the user
 * may not make them.
 */
static int extract_image(const struct image *image, const char *directory)
{
    int result = 0;
    int root;

    for (size_t i = 0; i < image->count; i++) {
        if (is_inside(image->entries[i]->name))
            continue;
        log_error("cannot extract the image: the name '%s' in it leads out of the directory", image->entries[i]->name);
        return -EXDEV;
    }
    if (mkdir(directory, 0755) < 0 && errno != EEXIST)
        root = -1;
    else
        root = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) {
        result = -errno;
        log_error("cannot extract to %s: %s", directory, strerror(errno));
        return result;
    }
    for (size_t i = 0; i < image->count && result == 0; i++)
        result = extract_entry(root, image->entries[i]);
    /* Children before parents: a parent may not let us in any more afterwards. */
    for (size_t i = image->count; i-- > 0 && result == 0;)
        restore_permissions(root, image->by_name[i]);
    close(root);
    return result;
}

int cmd_extract(int argc, char **argv)
{
    struct image image = {0};
    int status;

    if (!arguments_are_plain(argc, argv))
        return USAGE_STATUS;
    if (argc - optind < 1 || argc - optind > 2) {
        log_error("usage: kindling " USAGE);
        return USAGE_STATUS;
    }
    status = image_archive_read(argv[optind], &image) < 0
             || extract_image(&image, argc - optind == 2 ? argv[optind + 1] : ".") < 0;
    image_free(&image);
    return status;
}
