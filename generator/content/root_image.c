#include "content/root_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/host_program.h"
#include "base/log.h"
#include "contract/bytes.h"

#define SQUASHFS_SUPERBLOCK 96u /* fs/squashfs/squashfs_fs.h: its size */
#define EROFS_OFFSET 1024u      /* Documentation/filesystems/erofs.rst: the superblock's */
#define EROFS_MAGIC 0xe0f5e1e2u /* fs/erofs/erofs_fs.h */

/* What the times of a file system say is when it was made, and its bytes are to be the same each time: where nobody
 * says when (SOURCE_DATE_EPOCH), it is at no time. The files keep their own. */
static int make_squashfs(const char *directory, const char *output)
{
    char *purpose = allocate_format("make a squashfs of %s", directory);
    char *program = host_program_find("mksquashfs", "squashfs-tools", purpose);
    struct string_list words = {0};
    int result;

    string_list_add(&words, "mksquashfs");
    string_list_add(&words, directory);
    string_list_add(&words, output);
    string_list_add_parts(&words, "-noappend -no-progress -quiet -reproducible -comp zstd -b 262144", " ");
    if (!getenv("SOURCE_DATE_EPOCH"))
        string_list_add_parts(&words, "-mkfs-time 0", " ");
    result = program ? host_program_run(program, &words, purpose) : -ENOENT;
    string_list_free(&words);
    free(purpose);
    free(program);
    return result;
}

const char *root_image_type(const uint8_t *head, size_t size)
{
    if (size >= SQUASHFS_SUPERBLOCK && !memcmp(head, "hsqs", 4))
        return "squashfs";
    return size >= EROFS_OFFSET + 4 && get_le32(head + EROFS_OFFSET) == EROFS_MAGIC ? "erofs" : NULL;
}

int root_image_check(const char *path)
{
    uint8_t head[EROFS_OFFSET + 4];
    int fd = file_open(path);
    ssize_t length = fd < 0 ? 0 : pread(fd, head, sizeof(head), 0);

    if (fd < 0) {
        log_error("cannot read the root's image %s: %s", path, strerror(-fd));
        return fd;
    }
    close(fd);
    if (length == sizeof(head) && root_image_type(head, sizeof(head)))
        return 0;
    log_error("%s is no root's image: neither squashfs nor erofs is in it, and it is no directory", path);
    return -EINVAL;
}

int root_image_find(const char *source, struct scratch *scratch, char **file)
{
    struct stat status;
    int result;

    *file = NULL;
    if (stat(source, &status) == 0 && S_ISDIR(status.st_mode)) {
        result = scratch->path ? 0 : scratch_make(scratch);
        if (result < 0)
            return result;
        *file = allocate_format("%s/root.squashfs", scratch->path);
        result = make_squashfs(source, *file);
    } else {
        *file = allocate_string(source);
        result = root_image_check(source);
    }
    if (result < 0) {
        free(*file);
        *file = NULL;
    }
    return result;
}
