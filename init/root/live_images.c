#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "root/live.h"
#include "system/directory.h"
#include "system/file.h"
#include "system/text.h"

#define LIST_SIZE 16384u /* of the file that lists a root's images */

static bool is_there(int medium, const char *path)
{
    return faccessat(medium, path, F_OK, 0) == 0;
}

int live_images_add(struct live_images *images, const char *path)
{
    char **more = reallocarray(images->paths, images->count + 1, sizeof(*more));

    if (!more)
        return -ENOMEM;
    images->paths = more;
    more[images->count] = strdup(path);
    if (!more[images->count])
        return -ENOMEM;
    images->count++;
    return 0;
}

static int add(struct live_images *images, const char *directory, const char *name)
{
    char path[LIVE_PATH_SIZE];

    if (text_join(path, sizeof(path), directory, *directory ? "/" : "", name, NULL) < 0)
        return -ENAMETOOLONG;
    return live_images_add(images, path);
}

void live_images_free(struct live_images *images)
{
    for (size_t i = 0; i < images->count; i++)
        free(images->paths[i]);
    free(images->paths);
    *images = (struct live_images){0};
}

/* live-boot's, and erofs, which it does not know yet. */
static bool is_image(const char *name)
{
    static const char *const suffixes[] = {".squashfs", ".erofs", ".ext2", ".ext3", ".ext4", ".xfs", ".dir"};
    const char *suffix = strrchr(name, '.');

    if (!suffix || suffix == name)
        return false;
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        if (!strcmp(suffix, suffixes[i]))
            return true;
    }
    return false;
}

static int compare(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* All images in the directory, in the order of their names. */
static int list_all(int medium, const char *path, struct live_images *images)
{
    struct directory directory;
    const struct dirent *entry;
    int result = 0;

    directory_open(&directory, medium, *path ? path : ".");
    while (result == 0 && (entry = directory_next(&directory)) != NULL) {
        if (is_image(entry->d_name))
            result = add(images, path, entry->d_name);
    }
    directory_close(&directory);
    if (images->count > 0)
        qsort(images->paths, images->count, sizeof(*images->paths), compare);
    return result;
}

/* The file NAME.module or filesystem.NAME.module, which names the images, the lowest first. */
static int list_named(int medium, const struct live_words *words, struct live_images *images)
{
    static const char *const prefixes[] = {"/filesystem.", "/"};
    static char text[LIST_SIZE];
    char path[LIVE_PATH_SIZE], *word, *rest;
    int result = -ENOENT;

    for (size_t i = 0; result < 0 && i < 2; i++) {
        if (text_join(path, sizeof(path), words->directory, prefixes[i], words->list, ".module", NULL) == 0)
            result = (int)file_read_text(medium, path, text, sizeof(text));
    }
    if (result < 0)
        return result == -EMSGSIZE ? result : 0;
    result = 0;
    for (word = strtok_r(text, " \t\r\n", &rest); word && result == 0; word = strtok_r(NULL, " \t\r\n", &rest))
        result = add(images, words->directory, word);
    return result;
}

static int list_debian(int medium, const struct live_words *words, const char *directory, struct live_images *images)
{
    int result;

    if (words->to_memory_image)
        return add(images, directory, words->to_memory_image);
    result = list_named(medium, words, images);
    return result == 0 && images->count == 0 ? list_all(medium, directory, images) : result;
}

static int list_first(int medium, const char *directory, const char *const *names, struct live_images *images)
{
    char path[LIVE_PATH_SIZE];

    for (; *names; names++) {
        if (text_join(path, sizeof(path), directory, *directory ? "/" : "", *names, NULL) == 0
            && is_there(medium, path))
            return add(images, directory, *names);
    }
    return 0;
}

/* A medium of Debian's layout may be named in dracut's way, as well. */
static int list_fedora(int medium, const struct live_words *words, struct live_images *images)
{
    const char *const given[] = {words->image, NULL};
    static const char *const usual[] = {"squashfs.img", "rootfs.img", "ext3fs.img", NULL};
    int result = list_first(medium, words->directory, words->image ? given : usual, images);

    if (result == 0 && images->count == 0 && !words->image)
        result = list_debian(medium, words, live_layout_directory(LIVE_DEBIAN), images);
    return result;
}

static int list_arch(int medium, const struct live_words *words, struct live_images *images)
{
    static const char *const names[] = {"airootfs.erofs", "airootfs.sfs", "airootfs.img", NULL};
    char directory[LIVE_PATH_SIZE];
    struct utsname system;

    if (uname(&system) < 0)
        return -errno;
    if (text_join(directory, sizeof(directory), words->directory, *words->directory ? "/" : "", system.machine, NULL)
        < 0)
        return -ENAMETOOLONG;
    return list_first(medium, directory, names, images);
}

/* minimal.standard.live.squashfs lies on minimal.standard.squashfs, and that on minimal.squashfs. */
static int list_layers(int medium, const char *directory, const char *top, struct live_images *images)
{
    char name[LIVE_PATH_SIZE];
    const char *suffix = strrchr(top, '.');
    int result = suffix ? 0 : -ENOENT;

    for (const char *dot = strchr(top, '.'); dot && result == 0; dot = strchr(dot + 1, '.')) {
        size_t length = (size_t)(dot - top);

        if (length + strlen(suffix) >= sizeof(name))
            return -ENAMETOOLONG;
        memcpy(name, top, length);
        memcpy(name + length, suffix, strlen(suffix) + 1);
        result = add(images, directory, name);
        if (result == 0 && !is_there(medium, images->paths[images->count - 1]))
            result = -ENOENT;
    }
    return result;
}

static unsigned count_dots(const char *name)
{
    unsigned dots = 0;

    for (; *name; name++)
        dots += *name == '.';
    return dots;
}

/* Of all images the one with the most layers below it, if it is the only one; one that is called live has more right.
 */
static const char *find_top(const struct live_images *all, size_t prefix)
{
    const char *top = NULL;
    unsigned most = 0;
    bool is_tie = false;

    for (size_t i = 0; i < all->count; i++) {
        const char *name = all->paths[i] + prefix;
        unsigned dots = 2 * count_dots(name) + (strstr(name, ".live.") != NULL);

        is_tie = dots == most || (dots < most && is_tie);
        if (dots > most) {
            most = dots;
            top = name;
        }
    }
    return is_tie ? NULL : top;
}

static int list_casper(int medium, const struct live_words *words, struct live_images *images)
{
    struct live_images all = {0};
    const char *top;
    int result;

    if (words->layer)
        return list_layers(medium, words->directory, words->layer, images);
    result = list_all(medium, words->directory, &all);
    if (result == 0 && all.count > 0) {
        top = find_top(&all, strlen(words->directory) + (*words->directory != '\0'));
        result = top ? list_layers(medium, words->directory, top, images) : -EMLINK;
    }
    live_images_free(&all);
    return result;
}

int live_images_list(const struct live_words *words, int medium, struct live_images *images)
{
    int result = 0;

    *images = (struct live_images){0};
    switch (words->layout) {
    case LIVE_DEBIAN:
        result = list_debian(medium, words, words->directory, images);
        break;
    case LIVE_FEDORA:
        result = list_fedora(medium, words, images);
        break;
    case LIVE_ARCH:
        result = list_arch(medium, words, images);
        break;
    case LIVE_CASPER:
        result = list_casper(medium, words, images);
        break;
    case LIVE_FILE:
    case LIVE_MEMORY:
    case LIVE_NONE:
        break;
    }
    for (size_t i = 0; result == 0 && i < images->count; i++) {
        if (!is_there(medium, images->paths[i]))
            result = -ENOENT;
    }
    if (result == 0 && images->count == 0)
        result = -ENOENT;
    if (result < 0)
        live_images_free(images);
    return result;
}

void live_images_describe(const struct live_words *words, char text[LIVE_PATH_SIZE])
{
    const char *directory = words->directory;

    if (words->to_memory_image || words->layer || words->image) {
        const char *name = words->to_memory_image ? words->to_memory_image : words->layer ? words->layer : words->image;

        (void)text_join(text, LIVE_PATH_SIZE, "/", directory, "/", name, NULL);
    } else if (words->layout == LIVE_FEDORA) {
        (void)text_join(text, LIVE_PATH_SIZE, "/", directory, "/squashfs.img", NULL);
    } else if (words->layout == LIVE_ARCH) {
        (void)text_join(text, LIVE_PATH_SIZE, "/", directory, "/MACHINE/airootfs.sfs", NULL);
    } else {
        (void)text_join(text, LIVE_PATH_SIZE, "/", directory, "/*.squashfs", NULL);
    }
}
