/* toram, rd.live.ram, copytoram: the images are copied into memory, and nothing holds the medium any more. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "root/live.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/memory.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define MEMORY "/run/initramfs/memory"
#define MEBIBYTE (1u << 20)

/* Of a tmpfs, for directories and what a page is not filled with. */
#define MARGIN MEBIBYTE

/* How far a copy is. */
struct progress {
    uint64_t total, done; /* bytes */
    uint64_t next_note;   /* as timing_now */
};

/* Until the file's end. What was read is not kept twice. Returns 0 or -errno. */
static int copy_bytes(int from, int to, struct progress *progress)
{
    char done[DECIMAL_SIZE], total[DECIMAL_SIZE];
    off_t at = 0;
    ssize_t copied;

    while ((copied = sendfile(to, from, NULL, MEBIBYTE)) > 0) {
        at += copied;
        progress->done += (uint64_t)copied;
        (void)posix_fadvise(from, 0, at, POSIX_FADV_DONTNEED);
        if (timing_is_due(&progress->next_note, WAIT_FSCK_NOTES))
            log_warning("copied ", text_decimal(progress->done / MEBIBYTE, done), " of ",
                text_decimal(progress->total / MEBIBYTE, total), " MiB into memory");
    }
    return copied < 0 ? -errno : 0;
}

static int copy_image(const char *medium, const char *path, struct progress *progress)
{
    char from_path[LIVE_PATH_SIZE], to_path[LIVE_PATH_SIZE], mebibytes[DECIMAL_SIZE];
    int from, to, result;

    (void)text_join(from_path, sizeof(from_path), medium, "/", path, NULL);
    (void)text_join(to_path, sizeof(to_path), MEMORY "/", path, NULL);
    for (char *slash = strchr(to_path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(to_path, 0755);
        *slash = '/';
    }
    from = open(from_path, O_RDONLY | O_CLOEXEC);
    result = from < 0 ? -errno : 0;
    to = open(to_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (result == 0 && to < 0)
        result = -errno;
    if (result == 0)
        result = copy_bytes(from, to, progress);
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    if (result < 0)
        return failure_because(path, strerror(-result), "cannot copy ", path, " of the medium into memory, after ",
            text_decimal(progress->done / MEBIBYTE, mebibytes), " MiB", NULL);
    return 0;
}

static int add_size(const char *medium, const char *path, uint64_t *total)
{
    char whole[LIVE_PATH_SIZE];
    struct stat status;

    if (text_join(whole, sizeof(whole), medium, "/", path, NULL) < 0 || stat(whole, &status) < 0)
        return failure_because(path, strerror(errno), "cannot look at ", path, NULL);
    if (!S_ISREG(status.st_mode))
        return failure(path, "no file", "cannot copy ", path, " into memory: it is no file", NULL);
    *total += (uint64_t)status.st_size;
    return 0;
}

static bool is_there(const char *medium, const char *path)
{
    char whole[LIVE_PATH_SIZE];

    return text_join(whole, sizeof(whole), medium, "/", path, NULL) == 0 && access(whole, F_OK) == 0;
}

/* Returns 1 when they fit, 0 when they do not and need not, or a -errno after it noted the failure. */
static int fits(const struct live_words *words, uint64_t total)
{
    char needed[DECIMAL_SIZE], there[DECIMAL_SIZE], left[DECIMAL_SIZE];
    uint64_t available = 0;

    (void)memory_available(&available);
    text_decimal((total + MEBIBYTE - 1) / MEBIBYTE, needed);
    text_decimal(available / MEBIBYTE, there);
    text_decimal(words->memory_left, left);
    if (available / MEBIBYTE >= total / MEBIBYTE + 1 + words->memory_left)
        return 1;
    if (words->to_memory_if_fits) {
        log_warning("the images take ", needed, " MiB, and ", there, " are free: they stay on the medium");
        return 0;
    }
    return failure("toram", "not enough memory", "the images take ", needed, " MiB of memory, and of the ", there,
        " MiB that are free ", left, " are to be left (rd.minmem=): boot without toram or rd.live.ram", NULL);
}

/* The copy takes the medium's place, and is not written to any more. */
static int take_place(struct boot *boot, const char *medium)
{
    live_medium_leave(boot);
    if (mount(MEMORY, medium, NULL, MS_MOVE, NULL) < 0)
        return failure_because(medium, strerror(errno), "cannot move the copy to ", medium, NULL);
    (void)mount(NULL, medium, NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL);
    (void)rmdir(MEMORY);
    return 0;
}

/* The images, and what goes with them. */
static int list_files(const char *medium, const struct live_images *images, struct live_images *files)
{
    char path[LIVE_PATH_SIZE];
    int result = 0;

    for (size_t i = 0; result == 0 && i < images->count; i++) {
        for (const char *const *suffix = live_image_suffixes; result == 0 && *suffix; suffix++) {
            result = live_join(path, images->paths[i], *suffix, "");
            if (result == 0 && (!**suffix || is_there(medium, path)) && live_images_add(files, path) < 0)
                result = failure_because(path, strerror(ENOMEM), "cannot copy ", path, NULL);
        }
    }
    return result;
}

static int copy_files(struct boot *boot, const struct live_images *files)
{
    const char *medium = live_places(boot)->medium;
    struct progress progress = {.next_note = timing_now() + WAIT_FSCK_NOTES};
    uint64_t start = timing_now();
    char mebibytes[DECIMAL_SIZE], size[DECIMAL_SIZE], options[64];
    int result = 0;

    for (size_t i = 0; result == 0 && i < files->count; i++)
        result = add_size(medium, files->paths[i], &progress.total);
    if (result == 0)
        result = fits(&boot->live, progress.total);
    if (result <= 0)
        return result;
    (void)text_join(options, sizeof(options), "mode=0755,size=", text_decimal(progress.total + MARGIN, size), NULL);
    (void)mkdir(MEMORY, 0755);
    result = 0;
    if (mount("tmpfs", MEMORY, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0)
        result = failure_because("tmpfs", strerror(errno), "cannot mount a tmpfs with ", options, NULL);
    for (size_t i = 0; result == 0 && i < files->count; i++)
        result = copy_image(medium, files->paths[i], &progress);
    if (result == 0)
        result = take_place(boot, medium);
    else
        (void)umount2(MEMORY, 0);
    timing_note("wait", "copy", start);
    if (result == 0)
        log_warning("the root is in memory, ", text_decimal((progress.total + MEBIBYTE - 1) / MEBIBYTE, mebibytes),
            " MiB: the medium can be taken out");
    return result;
}

int live_copy_to_memory(struct boot *boot, const struct live_images *images)
{
    struct live_images files = {0};
    int result = list_files(live_places(boot)->medium, images, &files);

    if (result == 0)
        result = copy_files(boot, &files);
    live_images_free(&files);
    return result;
}
