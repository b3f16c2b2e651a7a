/*
 * A root that lies in image files: on a medium, in a file that is a medium, or in the initramfs itself. The medium is
 * found and mounted, its images are mounted, and an overlay that takes what is written is laid over them. Everything is
 * mounted where the live system's own tools look for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/index_format.h"
#include "contract/iso9660.h"
#include "name/mapped_device.h"
#include "root/live.h"
#include "root/network.h"
#include "root/root_source.h"
#include "system/directory.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"

#define FETCHED "/fetched" /* in the initramfs, whose wipe leaves it to the loop device */

static const struct live_places all_places[] = {
    /* live-boot(7), and what live-config reads */
    [LIVE_DEBIAN] = {"/run/live/medium", "/run/live/findiso", "/run/live/rootfs", true, NULL, "/run/live/overlay", "rw",
        "work", NULL},
    /* dracut's dmsquash-live */
    [LIVE_FEDORA] = {"/run/initramfs/live", "/run/initramfs/isoscan", "/run/rootfsbase", false,
        "/run/initramfs/squashfs", "/run/initramfs/overlay", "overlayfs", "ovlwork", NULL},
    /* mkinitcpio-archiso's archiso */
    [LIVE_ARCH] = {"/run/archiso/bootmnt", "/run/archiso/img_dev", "/run/archiso/airootfs", false, "/run/archiso/outer",
        "/run/archiso/cowspace", "upperdir", "workdir", NULL},
    /* casper(7) */
    [LIVE_CASPER] = {"/run/casper/medium", "/run/casper/isodevice", "/run/casper/rofs", true, NULL, "/run/casper/cow",
        "upper", "work", "/cdrom"},
    /* initramfs-tools' loop=: the file system that holds the root is its /host */
    [LIVE_FILE] = {"/run/initramfs/host", "/run/initramfs/host", "/run/rootfsbase", false, NULL,
        "/run/initramfs/overlay", "overlayfs", "ovlwork", "/host"},
    [LIVE_MEMORY] = {"/run/initramfs/live", NULL, "/run/rootfsbase", false, "/run/initramfs/squashfs",
        "/run/initramfs/overlay", "overlayfs", "ovlwork", NULL},
};

const struct live_places *live_places(const struct boot *boot)
{
    return &all_places[boot->live.layout];
}

static bool is_asked_for(const struct boot *boot)
{
    return boot->live.layout != LIVE_NONE;
}

/* root=live:/FILE may be part of the initramfs, as root=ram is; or it was fetched into it. */
static const char *file_in_initramfs(const struct boot *boot)
{
    if (boot->live.url)
        return FETCHED;
    if (boot->live.layout == LIVE_MEMORY)
        return IMAGE_ROOT_FILE_PATH;
    if (boot->live.layout == LIVE_FEDORA && *boot->live.file == '/' && access(boot->live.file, F_OK) == 0)
        return boot->live.file;
    return NULL;
}

static bool is_iso(const char *path)
{
    char found[ISO9660_ID_SIZE];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is =
        fd >= 0
        && pread(fd, found, sizeof(found), ISO9660_DESCRIPTORS_OFFSET + ISO9660_ID_OFFSET) == (ssize_t)sizeof(found)
        && !memcmp(found, ISO9660_ID, sizeof(found));

    if (fd >= 0)
        close(fd);
    return is;
}

static int find(struct boot *boot)
{
    struct live_words *words = &boot->live;
    int result;

    if (words->refused)
        return failure(words->refused_word, "not possible", words->refused_word,
            " on the kernel command line: ", words->refused, NULL);
    if (!words->url)
        return file_in_initramfs(boot) ? 0 : live_medium_find(boot);
    /* The root's own image, or a medium that has it, which then is in memory already. */
    result = network_fetch(boot, words->url, FETCHED);
    if (result < 0 || !is_iso(FETCHED))
        return result;
    result = live_medium_take(boot, FETCHED);
    if (result < 0)
        return result;
    words->url = NULL;
    words->to_memory = words->to_memory_if_fits = false;
    return 0;
}

int live_join(char path[LIVE_PATH_SIZE], const char *one, const char *two, const char *three)
{
    if (text_join(path, LIVE_PATH_SIZE, one, two, three, NULL) < 0)
        return failure(two, "too long", "the path ", one, two, three, " is too long", NULL);
    return 0;
}

/* Fedora's squashfs may hold nothing but the image of the root. */
static int mount_inner(struct boot *boot, const struct live_places *places)
{
    static const char *const names[] = {"/LiveOS/rootfs.img", "/LiveOS/ext3fs.img"};
    char path[LIVE_PATH_SIZE];
    int result = 0;

    for (size_t i = 0; result == 0 && places->outer && i < sizeof(names) / sizeof(names[0]); i++) {
        result = live_join(path, places->images, names[i], "");
        if (result < 0 || access(path, F_OK) < 0)
            continue;
        (void)mkdir(places->outer, 0755);
        if (mount(places->images, places->outer, NULL, MS_MOVE, NULL) < 0)
            return failure_because(places->outer, strerror(errno), "cannot move ", places->images, NULL);
        result = live_join(path, places->outer, names[i], "");
        return result < 0 ? result
                          : live_image_mount(boot, &(struct live_image){.path = path, .target = places->images});
    }
    return result;
}

static int mount_only(struct boot *boot, const char *path)
{
    const struct live_places *places = live_places(boot);
    const struct live_image image = {.path = path,
        .target = places->images,
        .type = boot->live.file_system,
        .writable = boot->live.plain && boot->options.writable,
        .is_of_root = true};
    int result;

    directory_make_parents(places->images); /* no medium was mounted beside it */
    (void)mkdir(places->images, 0755);
    result = live_image_mount(boot, &image);
    return result < 0 ? result : mount_inner(boot, places);
}

int live_add_layer(char *lower, const char *layer)
{
    char below[LIVE_LOWER_SIZE];

    (void)text_join(below, sizeof(below), *lower ? ":" : "", lower, NULL);
    if (text_join(lower, LIVE_LOWER_SIZE, layer, below, NULL) < 0)
        return failure("lowerdir", "too long", "the root has more images than an overlay takes", NULL);
    return 0;
}

bool live_is_directory(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Each image in a directory of its name. */
static int mount_each(struct boot *boot, const struct live_images *images, char *lower)
{
    const struct live_places *places = live_places(boot);
    char path[LIVE_PATH_SIZE], target[LIVE_PATH_SIZE];
    int result = 0;

    (void)mkdir(places->images, 0755);
    for (size_t i = 0; result == 0 && i < images->count; i++) {
        const char *name = strrchr(images->paths[i], '/');

        result = live_join(path, places->medium, "/", images->paths[i]);
        if (result == 0)
            result = live_join(target, places->images, "/", name ? name + 1 : images->paths[i]);
        if (result == 0 && live_is_directory(path)) {
            result = live_add_layer(lower, path);
            continue;
        }
        if (result == 0)
            result = live_image_mount(boot, &(struct live_image){.path = path, .target = target, .is_of_root = true});
        if (result == 0)
            result = live_add_layer(lower, target);
    }
    return result;
}

static int cannot_list(const struct boot *boot, int error)
{
    char wanted[LIVE_PATH_SIZE];

    live_images_describe(&boot->live, wanted);
    if (error == -EMLINK)
        return failure(boot->live.directory, "ambiguous", "the medium has several systems in /", boot->live.directory,
            ": name the one to boot with layerfs-path=", NULL);
    return failure_because(wanted, strerror(-error), "the medium has no ", wanted, NULL);
}

/* A hash is for the medium then, which the assembler of dm-verity has put together, or nobody has. */
static int take_medium(const struct boot *boot, char *lower)
{
    const struct block_device *medium = block_devices_find(&boot->devices.blocks, boot->live_medium);

    if (boot->live.root_hash && medium && !mapped_device_is(medium->path + strlen("/dev/")))
        return failure(medium->path, "no hash tree", "roothash= is given, and nothing vouches for ", medium->path,
            ": name it and its hash tree by systemd.verity_root_data= and systemd.verity_root_hash=", NULL);
    return live_add_layer(lower, live_places(boot)->medium);
}

/* What is on the medium, mounted; the directories for the overlay into lower. */
static int mount_medium_images(struct boot *boot, char *lower)
{
    const struct live_places *places = live_places(boot);
    int medium = open(places->medium, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct live_images images = {0};
    char path[LIVE_PATH_SIZE];
    int result = medium < 0 ? -errno : live_images_list(&boot->live, medium, &images);

    if (medium >= 0)
        close(medium);
    if (result == -ENOENT) /* the medium is the root's own file system, as the search for it has found */
        return take_medium(boot, lower);
    if (result < 0)
        return cannot_list(boot, result);
    result = live_verity_check(&boot->live, &images);
    if (result < 0) {
        live_images_free(&images);
        return result;
    }
    if (boot->live.to_memory || boot->live.to_memory_if_fits)
        result = live_copy_to_memory(boot, &images);
    if (result == 0 && (places->each_image || images.count > 1)) {
        result = mount_each(boot, &images, lower);
    } else if (result == 0 && images.paths) {
        result = live_join(path, places->medium, "/", images.paths[0]);
        if (result == 0)
            result = mount_only(boot, path);
        if (result == 0)
            result = live_add_layer(lower, places->images);
    }
    live_images_free(&images);
    return result;
}

static int mount_images(struct boot *boot, char *lower)
{
    const struct live_places *places = live_places(boot);
    const char *file = file_in_initramfs(boot);
    char path[LIVE_PATH_SIZE];
    int result;

    if (!file && boot->live.layout != LIVE_FILE)
        return mount_medium_images(boot, lower);
    result = file ? live_join(path, file, "", "") : live_join(path, places->medium, "", boot->live.file);
    if (result == 0)
        result = mount_only(boot, path);
    return result < 0 ? result : live_add_layer(lower, places->images);
}

static int mount_live(struct boot *boot, const struct mount_options *options)
{
    static char lower[LIVE_LOWER_SIZE];
    static struct live_persistence persistence;
    const struct live_places *places = live_places(boot);
    const char *medium = places->medium, *place = places->medium_in_root;
    char target[LIVE_PATH_SIZE];
    int result;

    (void)options;
    *lower = '\0';
    persistence = (struct live_persistence){0};
    result = mount_images(boot, lower);
    if (result == 0 && boot->live.persistence)
        result = live_persistence_find(boot, &persistence);
    if (result == 0 && !boot->live.plain)
        result = live_overlay_mount(boot, &persistence, lower);
    else if (result == 0 && mount(places->images, IMAGE_ROOT_PATH, NULL, MS_MOVE, NULL) < 0)
        result = failure_because(IMAGE_ROOT_PATH, strerror(errno), "cannot move ", places->images, NULL);
    if (result == 0)
        result = live_persistence_apply(boot, &persistence);
    if (result < 0)
        return result;
    /* Where the live system's tools look inside their root. What is not there cannot be had; the boot goes on. */
    if (!place || !live_is_directory(medium) || text_join(target, sizeof(target), IMAGE_ROOT_PATH, place, NULL) < 0)
        return 0;
    (void)mkdir(target, 0755); /* it is there, or mount tells */
    if (mount(medium, target, NULL, MS_MOVE, NULL) < 0)
        log_info("cannot move ", medium, " to ", place, ": ", strerror(errno));
    return 0;
}

const struct root_source live_root = {is_asked_for, true, find, NULL, mount_live};
