/*
 * A medium that is to be checked before it is used, by what its maker has put on it: the MD5 sum that implantisomd5
 * wrote into an ISO image, or a list of its files' checksums, as Debian's and Ubuntu's media have, and Arch's of the
 * root's image. All of it is read, so it is done only when it is asked for: rd.live.check, verify-checksums,
 * integrity-check, checksum.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/isomd5.h"
#include "format/digest.h"
#include "root/live.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define PIECE (1u << 20)
#define LIST_LARGEST (4u << 20) /* of a list of checksums: a medium has some ten thousand files at most */

struct progress {
    uint64_t done, total; /* bytes */
    uint64_t next_note;   /* as timing_now */
};

/* Blanks out what of the piece lies in the field that holds the sum itself. */
static void blank(uint8_t *piece, uint64_t at, size_t length)
{
    for (uint64_t i = ISOMD5_FIELD_OFFSET; i < ISOMD5_FIELD_OFFSET + ISOMD5_FIELD_SIZE; i++) {
        if (i >= at && i < at + length)
            piece[i - at] = ' ';
    }
}

/* size: UINT64_MAX for all there is. is_image: the sum's own field counts as blanks. Returns 0 or -errno. */
static int sum_up(int fd, uint64_t size, bool is_image, struct digest *digest, struct progress *progress)
{
    static uint8_t piece[PIECE];
    char percent[DECIMAL_SIZE];
    uint64_t at = 0;

    while (at < size) {
        size_t wanted = size - at < sizeof(piece) ? (size_t)(size - at) : sizeof(piece);
        ssize_t length = pread(fd, piece, wanted, (off_t)at);

        if (length < 0)
            return -errno;
        if (length == 0)
            return size == UINT64_MAX ? 0 : -EIO;
        if (is_image)
            blank(piece, at, (size_t)length);
        digest_add(digest, piece, (size_t)length);
        at += (uint64_t)length;
        progress->done += (uint64_t)length;
        (void)posix_fadvise(fd, 0, (off_t)at, POSIX_FADV_DONTNEED);
        if (progress->total > 0 && timing_is_due(&progress->next_note, WAIT_FSCK_NOTES))
            log_warning("checking the medium: ", text_decimal(progress->done * 100 / progress->total, percent), " %");
    }
    return 0;
}

static int damaged(const char *what)
{
    return failure(
        what, "damaged", "the medium is damaged: ", what, " does not have the checksum that it was made with", NULL);
}

static int unreadable(const char *what, int error)
{
    return failure_because(what, strerror(-error), "the medium is damaged: ", what, " cannot be read", NULL);
}

/* Returns 1 when it was checked, 0 when there is no sum in it, or a -errno after it noted the failure. */
static int check_image(const char *device)
{
    uint8_t descriptor[ISO9660_DESCRIPTOR_SIZE];
    char text[DIGEST_TEXT_SIZE];
    struct isomd5 isomd5;
    struct digest digest;
    struct progress progress = {.next_note = timing_now() + WAIT_FSCK_NOTES};
    int fd = open(device, O_RDONLY | O_CLOEXEC);
    int result = 0;

    if (fd < 0)
        return 0;
    if (pread(fd, descriptor, sizeof(descriptor), ISO9660_DESCRIPTORS_OFFSET) != sizeof(descriptor)
        || isomd5_parse(descriptor, &isomd5) < 0) {
        close(fd);
        return 0;
    }
    progress.total = isomd5.size;
    digest_begin(&digest, DIGEST_MD5);
    result = sum_up(fd, isomd5.size, true, &digest, &progress);
    close(fd);
    if (result < 0)
        return unreadable(device, result);
    digest_end(&digest, text);
    return strcmp(text, isomd5.sum) != 0 ? damaged(device) : 1;
}

/* A line is "SUM  ./PATH" or "SUM *PATH" (md5sum(1)). NULL for any other. */
static char *cut_line(char *line, size_t digits)
{
    char *path = line + strspn(line, "0123456789abcdef");

    if ((size_t)(path - line) != digits || path[0] != ' ' || (path[1] != ' ' && path[1] != '*') || !path[2])
        return NULL;
    *path = '\0';
    path += 2;
    return !strncmp(path, "./", 2) ? path + 2 : path;
}

static int check_file(int medium, const char *path, enum digest_kind kind, const char *sum, struct progress *progress)
{
    char text[DIGEST_TEXT_SIZE];
    struct digest digest;
    int fd = openat(medium, path, O_RDONLY | O_CLOEXEC);
    int result;

    if (fd < 0)
        return unreadable(path, -errno);
    digest_begin(&digest, kind);
    result = sum_up(fd, UINT64_MAX, false, &digest, progress);
    close(fd);
    if (result < 0)
        return unreadable(path, result);
    digest_end(&digest, text);
    return strcmp(text, sum) != 0 ? damaged(path) : 0;
}

/* Reads it whole; NULL when there is none, or it is no list. */
static char *read_list(int medium, const char *name)
{
    int fd = openat(medium, name, O_RDONLY | O_CLOEXEC);
    struct stat status;
    size_t size = 0;
    char *text = NULL;

    if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size > 0 && status.st_size < LIST_LARGEST) {
        size = (size_t)status.st_size;
        text = malloc(size + 1);
    }
    if (text && read(fd, text, size) != (ssize_t)size) {
        free(text);
        text = NULL;
    }
    if (text)
        text[size] = '\0';
    if (fd >= 0)
        close(fd);
    return text;
}

static uint64_t total_of(int medium, const char *list, size_t digits)
{
    char *text = strdup(list), *rest = text, *line;
    struct stat status;
    uint64_t total = 0;

    while (text && (line = strsep(&rest, "\n")) != NULL) {
        const char *path = cut_line(line, digits);

        if (path && fstatat(medium, path, &status, 0) == 0)
            total += (uint64_t)status.st_size;
    }
    free(text);
    return total;
}

/* medium: the directory that it lies in. wanted: a file that it has to name, or else counts for nothing; NULL for none.
 * Returns 1 when the list was gone through, 0 when there is none, or a -errno after it noted the failure. */
static int check_list(int medium, const char *name, enum digest_kind kind, const char *wanted)
{
    size_t digits = digest_digits(kind);
    char *text = read_list(medium, name), *rest = text, *line;
    struct progress progress = {.next_note = timing_now() + WAIT_FSCK_NOTES};
    bool is_named = !wanted;
    int result = 0;

    if (!text)
        return 0;
    progress.total = total_of(medium, text, digits);
    while (result == 0 && (line = strsep(&rest, "\n")) != NULL) {
        const char *path = cut_line(line, digits);

        if (path)
            result = check_file(medium, path, kind, line, &progress);
        is_named = is_named || (path && !strcmp(path, wanted));
    }
    free(text);
    return result < 0 ? result : is_named;
}

/* The list that mkarchiso puts beside the root's image. Returns as check_list does. */
static int check_arch_image(const struct boot *boot, int medium)
{
    static const struct {
        const char *name;
        enum digest_kind kind;
    } lists[] = {{"airootfs.sha512", DIGEST_SHA512}, {"airootfs.sha256", DIGEST_SHA256}};
    struct live_images images = {0};
    char *name = NULL;
    int result = 0;

    if (boot->live.layout == LIVE_ARCH && live_images_list(&boot->live, medium, &images) == 0)
        name = strrchr(images.paths[0], '/');
    if (name) {
        int directory;

        *name++ = '\0';
        directory = openat(medium, images.paths[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
        for (size_t i = 0; result == 0 && i < sizeof(lists) / sizeof(lists[0]); i++)
            result = check_list(directory, lists[i].name, lists[i].kind, name);
        if (directory >= 0)
            close(directory);
    }
    live_images_free(&images);
    return result;
}

int live_check(const struct boot *boot, const char *device, const char *disk)
{
    const char *place = live_places(boot)->medium;
    int medium = open(place, O_PATH | O_DIRECTORY | O_CLOEXEC);
    uint64_t start = timing_now();
    int result = check_image(device), of_image;

    if (result == 0 && *disk)
        result = check_image(disk);
    if (result == 0)
        result = check_list(medium, "sha256sum.txt", DIGEST_SHA256, NULL);
    if (result == 0)
        result = check_list(medium, "md5sum.txt", DIGEST_MD5, NULL);
    /* archiso's word means this list, whatever else there is. */
    of_image = result < 0 ? 0 : check_arch_image(boot, medium);
    if (of_image != 0)
        result = of_image;
    if (medium >= 0)
        close(medium);
    timing_note("wait", "check", start);
    if (result == 0)
        return failure(device, "no checksums", "the medium on ", device,
            " cannot be checked: it has neither an implanted MD5 sum nor a sha256sum.txt or md5sum.txt",
            boot->live.layout == LIVE_ARCH ? ", nor an airootfs.sha512 or airootfs.sha256 of its image" : "", NULL);
    if (result > 0)
        log_warning("the medium is as it was made");
    return result < 0 ? result : 0;
}
