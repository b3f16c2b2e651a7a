/*
 * What takes what is written to a live system: memory, a directory of a device that the command line names, one that
 * the medium itself has for it, or a persistence.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "contract/index_format.h"
#include "root/live.h"
#include "root/overlay.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"

/* What dracut's words say of the memory that takes what is written. */
static int describe_memory(const struct live_words *words, char options[LIVE_PATH_SIZE])
{
    *options = '\0';
    if (!words->overlay_size)
        return 0;
    return live_join(options, "size=", words->overlay_size, words->overlay_size_is_in_mib ? "M" : "");
}

/* Where dracut's users have it: "/LiveOS/overlay-LABEL-UUID", by the medium's names (dracut.cmdline(7), rd.overlay).
 * Returns false when the medium has none. */
static bool find_usual_place(const struct boot *boot, char directory[LIVE_PATH_SIZE])
{
    const struct block_device *medium = block_devices_find(&boot->devices.blocks, boot->live_medium);

    return medium && !*boot->live.file && !strchr(medium->superblock.label, '/')
           && text_join(directory, LIVE_PATH_SIZE, "/", boot->live.directory, "/overlay-", medium->superblock.label,
                  "-", medium->superblock.uuid, NULL)
                  == 0;
}

/* dracut's overlay may be a file: a snapshot of the device mapper. */
static int check_upper(const char *files)
{
    struct stat status;

    if (stat(files, &status) < 0 || S_ISDIR(status.st_mode))
        return 0;
    return failure(files, "no directory", files,
        " is a file: overlays of the device mapper are not used; name a directory, which overlayfs takes, or "
        "rd.overlay=none",
        NULL);
}

/* The medium's own directory, which only a medium that can be written to has. Returns 1; 0 when there is none; or a
 * -errno after it noted the failure. */
static int find_on_medium(struct boot *boot, char files[LIVE_PATH_SIZE])
{
    const struct live_places *places = live_places(boot);
    const char *medium = places->medium;
    char directory[LIVE_PATH_SIZE] = "";
    struct stat status;
    int result;

    if (!boot->live.overlay_on_medium || !find_usual_place(boot, directory))
        return 0;
    result = live_join(files, medium, directory, "");
    if (result < 0 || stat(files, &status) < 0)
        return result;
    result = check_upper(files);
    if (result < 0)
        return result;
    (void)mkdir(places->upper, 0755); /* it is there, or mount tells */
    result = live_medium_mount_again(boot, places->upper, boot->live.overlay_read_only);
    if (result < 0)
        return failure_because(files, strerror(-result), "what is written cannot go to ", files,
            " (rd.overlay=none, or rd.overlay.readonly)", NULL);
    result = live_join(files, places->upper, directory, "");
    return result < 0 ? result : 1;
}

/* Where Arch's users have it, below the device's mount point: "/persistent_LABEL/x86_64/upperdir". */
static int name_arch_directory(const struct live_words *words, const char *target, char files[LIVE_PATH_SIZE])
{
    const char *directory = words->overlay_directory;
    struct utsname system;
    int result;

    if (uname(&system) < 0)
        return failure_because("cow_directory", strerror(errno), "cannot tell the machine's kind", NULL);
    if (directory)
        result = text_join(files, LIVE_PATH_SIZE, target, "/", directory, "/upperdir", NULL);
    else
        result = text_join(
            files, LIVE_PATH_SIZE, target, "/persistent_", words->arch_label, "/", system.machine, "/upperdir", NULL);
    return result < 0 ? failure("cow_directory", "too long", "cow_directory= is too long", NULL) : 0;
}

/* A device's directory: the one that is named, or else dracut's, where somebody has made that, or else ours. */
static int name_directory(const struct boot *boot, const struct overlay_upper *upper, char files[LIVE_PATH_SIZE])
{
    const struct live_places *places = live_places(boot);
    char directory[LIVE_PATH_SIZE];
    struct stat status;

    if (*upper->directory)
        return live_join(files, upper->target, upper->directory, "");
    if (boot->live.layout == LIVE_ARCH)
        return name_arch_directory(&boot->live, upper->target, files);
    if (find_usual_place(boot, directory) && live_join(files, upper->target, directory, "") == 0
        && stat(files, &status) == 0)
        return 0;
    return live_join(files, upper->target, "/", places->files);
}

/* The directory for files. Returns 1 when it is kept, 0 when it is in memory, or a -errno after it noted the failure.
 */
static int find_upper(struct boot *boot, const struct live_persistence *persistence, char files[LIVE_PATH_SIZE])
{
    const struct live_places *places = live_places(boot);
    char options[LIVE_PATH_SIZE], label[LIVE_PATH_SIZE];
    struct overlay_upper upper = {.word = boot->live.layout == LIVE_ARCH ? "cow_device=" : "rd.overlay=",
        .spec = boot->live.overlay ? boot->live.overlay : "",
        .target = places->upper,
        .memory = options,
        .read_only = boot->live.overlay_read_only};
    int is_kept, result;

    if (*persistence->root) {
        result = live_join(files, persistence->root, "/", places->files);
        return result < 0 ? result : 1;
    }
    is_kept = find_on_medium(boot, files);
    if (is_kept != 0)
        return is_kept;
    result = describe_memory(&boot->live, options);
    if (result == 0 && boot->live.overlay_label) {
        result = live_join(label, "LABEL=", boot->live.overlay_label, "");
        upper.spec = label;
    }
    if (result == 0)
        is_kept = result = overlay_mount_upper(boot, &upper);
    if (result >= 0)
        result = is_kept ? name_directory(boot, &upper, files) : live_join(files, places->upper, "/", places->files);
    if (result == 0 && is_kept)
        result = check_upper(files);
    return result < 0 ? result : is_kept;
}

/* What was written before is below, what is written now goes to memory. */
static int add_read_only(struct boot *boot, char *lower, char files[LIVE_PATH_SIZE])
{
    const struct live_places *places = live_places(boot);
    char options[LIVE_PATH_SIZE], place[LIVE_PATH_SIZE];
    struct overlay_upper upper = {.word = "rd.overlay=", .spec = "", .target = place, .memory = options};
    int result = live_is_directory(files) ? live_add_layer(lower, files) : 0;

    if (result == 0)
        result = live_join(place, places->upper, "-now", "");
    if (result == 0)
        result = describe_memory(&boot->live, options);
    if (result == 0)
        result = overlay_mount_upper(boot, &upper);
    return result < 0 ? result : live_join(files, place, "/", places->files);
}

int live_overlay_mount(struct boot *boot, const struct live_persistence *persistence, char *lower)
{
    char files[LIVE_PATH_SIZE], work[LIVE_PATH_SIZE];
    int is_kept = find_upper(boot, persistence, files), result = is_kept < 0 ? is_kept : 0;
    size_t length;

    if (is_kept > 0)
        boot->options.keep_shutdown = true; /* a device is left clean only from outside */
    if (is_kept > 0 && boot->live.overlay_read_only)
        result = add_read_only(boot, lower, files);
    else if (is_kept > 0 && boot->live.overlay_reset)
        result = live_delete(boot, files);
    if (result < 0)
        return result;
    /* The overlay's own directory has to lie in the same file system as the one for files. */
    length = (size_t)(strrchr(files, '/') - files) + 1;
    memcpy(work, files, length);
    result = text_join(work + length, LIVE_PATH_SIZE - length, live_places(boot)->work, NULL);
    if (result < 0)
        return result;
    result = overlay_mount(boot, lower, files, work);
    if (result == -EROFS)
        return failure(files, "read-only", "what is written cannot go to ", files, ": it cannot be written to", NULL);
    if (result < 0)
        return failure_because(
            IMAGE_ROOT_PATH, overlay_error(result), "cannot lay what takes what is written over the root", NULL);
    return 0;
}
