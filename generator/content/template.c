#include "content/template.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"

#define ORIGIN "the template"

static mode_t permissions_of(const struct stat *status)
{
    mode_t permissions = status->st_mode & 07777;

    return permissions & S_ISVTX ? permissions : permissions & ~(mode_t)(S_IWGRP | S_IWOTH);
}

static int add_file(struct image *image, const FTSENT *node, const char *name)
{
    struct buffer bytes = {0};
    int result = file_read(node->fts_accpath, &bytes);

    if (result < 0) {
        buffer_free(&bytes);
        return result;
    }
    if (node->fts_statp->st_mode & (S_ISUID | S_ISGID))
        log_warning("%s goes into the image with its setuid or setgid bit", node->fts_path);
    return image_add_file(image, name, permissions_of(node->fts_statp), &bytes, IMAGE_HEAD, ORIGIN);
}

static int add_symlink(struct image *image, const FTSENT *node, const char *name)
{
    char target[PATH_MAX];
    ssize_t length = readlink(node->fts_accpath, target, sizeof(target));

    if (length < 0)
        return -errno;
    if (length == sizeof(target))
        return -ENAMETOOLONG;
    target[length] = '\0';
    return image_add_symlink(image, name, target, ORIGIN);
}

static int add_node(struct image *image, const FTSENT *node, const char *name)
{
    const struct stat *status = node->fts_statp;

    if (node->fts_errno && (node->fts_info == FTS_DNR || node->fts_info == FTS_ERR || node->fts_info == FTS_NS))
        return -node->fts_errno;
    switch (status->st_mode & S_IFMT) {
    case S_IFDIR:
        return image_add_directory(image, name, permissions_of(status), ORIGIN);
    case S_IFREG:
        return add_file(image, node, name);
    case S_IFLNK:
        return add_symlink(image, node, name);
    case S_IFCHR:
    case S_IFBLK:
        return image_add_device(image, name, (status->st_mode & S_IFMT) | permissions_of(status),
            major(status->st_rdev), minor(status->st_rdev), ORIGIN);
    default:
        return -EMEDIUMTYPE;
    }
}

/* root_length: of the template's own path, which the names in the image do without. */
static int visit(struct image *image, const FTSENT *node, size_t root_length, struct string_list *inputs)
{
    const char *name = node->fts_path + root_length;
    int result;

    if (node->fts_info == FTS_DP)
        return 0;
    if (node->fts_info != FTS_SL && node->fts_info != FTS_SLNONE)
        string_list_add(inputs, node->fts_path);
    name += strspn(name, "/");
    if (*name == '\0' && node->fts_info == FTS_D)
        return 0;
    if (!strcmp(name, "init")) {
        log_warning("%s gives way to kindling's own /init", node->fts_path);
        return 0;
    }
    result = *name ? add_node(image, node, name) : -(node->fts_errno ? node->fts_errno : ENOTDIR);
    if (result == -EMEDIUMTYPE)
        log_error("cannot pack %s: a fifo or socket has no place in an image", node->fts_path);
    else if (result < 0)
        log_error("cannot pack %s: %s", node->fts_path, strerror(-result));
    return result;
}

int template_add(struct image *image, const char *directory, struct string_list *inputs)
{
    char *root = allocate_string(directory);
    char *roots[] = {root, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_COMFOLLOW, NULL);
    int result = walk ? 0 : -errno;
    const FTSENT *node;

    if (result < 0)
        log_error("cannot read the template %s: %s", directory, strerror(-result));
    while (result == 0 && (node = fts_read(walk)))
        result = visit(image, node, strlen(directory), inputs);
    if (walk)
        fts_close(walk);
    free(root);
    return result;
}
