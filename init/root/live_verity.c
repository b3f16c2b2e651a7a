/*
 * Images that dm-verity vouches for, as live-boot has them (dm-verity-root-hash=): IMAGE.verity on the medium is the
 * hash tree, its top is on the command line, or in IMAGE.roothash. What is read is compared when it is read; nothing is
 * read for that alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "root/live.h"
#include "storage/device_mapper.h"
#include "storage/verity_device.h"
#include "system/failure.h"
#include "system/file.h"
#include "system/log.h"
#include "system/loop.h"
#include "system/text.h"

#define TREE ".verity"
#define HASH ".roothash"
#define HASH_SIZE 129u /* of SHA-512, in hexadecimal digits */

const char *const live_image_suffixes[] = {"", TREE, HASH, NULL};

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Where an entry's hash begins, if its image has that name; else NULL. */
static const char *hash_in(const char *entry, size_t length, const char *name)
{
    size_t end = strlen(name);

    return length > end && !strncmp(entry, name, end) && entry[end] == ':' ? entry + end + 1 : NULL;
}

static bool is_among(const struct live_images *images, const char *entry, size_t length)
{
    size_t i = 0;

    while (i < images->count && !hash_in(entry, length, name_of(images->paths[i])))
        i++;
    return i < images->count;
}

int live_verity_check(const struct live_words *words, const struct live_images *images)
{
    const char *list = words->image_hashes ? words->image_hashes : "", *entry;
    char text[LIVE_PATH_SIZE];
    size_t length;

    if (words->root_hash && images->count > 1)
        return failure("roothash", "ambiguous",
            "roothash= is of one image, and the medium has several: dm-verity-root-hash=IMAGE:HASH,... names each",
            NULL);
    while ((entry = text_list_next(&list, &length)) != NULL) {
        if (is_among(images, entry, length))
            continue;
        length = length < sizeof(text) ? length : sizeof(text) - 1;
        memcpy(text, entry, length);
        text[length] = '\0';
        return failure("dm-verity-root-hash", "no image", "dm-verity-root-hash=", text,
            ": the medium has no image of that name", NULL);
    }
    return 0;
}

/* Returns 1 for one that is asked for, 0 for one that the medium has, -ENOENT for none. */
static int find_hash(const struct live_words *words, const char *path, char hash[HASH_SIZE])
{
    const char *list = words->image_hashes ? words->image_hashes : "", *entry, *given = words->root_hash;
    char beside[LIVE_PATH_SIZE];
    size_t length = given ? strlen(given) : 0, whole;

    while (!given && (entry = text_list_next(&list, &whole)) != NULL) {
        given = hash_in(entry, whole, name_of(path));
        length = given ? whole - (size_t)(given - entry) : 0;
    }
    if (!given)
        return text_join(beside, sizeof(beside), path, HASH, NULL) == 0
                       && file_read_text(AT_FDCWD, beside, hash, HASH_SIZE) > 0
                   ? 0
                   : -ENOENT;
    if (length >= HASH_SIZE)
        length = 0; /* no hash */
    memcpy(hash, given, length);
    hash[length] = '\0';
    return 1;
}

static int read_tree(const char *tree, const struct block_device *device, uint8_t bytes[VERITY_SUPERBLOCK_SIZE],
    struct verity_superblock *superblock)
{
    int result = verity_device_read_tree(tree, 0, bytes, superblock);

    if (result < 0)
        return failure_because(tree, result == -EINVAL ? "there is no superblock of dm-verity" : strerror(-result),
            "cannot read the hash tree ", tree, NULL);
    if (superblock->data_blocks > device->size / superblock->data_block_size)
        return failure(tree, "cut off", tree, " vouches for more than there is: the image was cut off", NULL);
    return 0;
}

/* The kernel keeps the tree's device for as long as it has the one that is made. Returns 0 or -errno. */
static int make(struct boot *boot, const struct verity_words *words, const struct verity_superblock *superblock,
    const char *tree, const struct block_device *device)
{
    struct loop loop = {.fd = -1};
    int file = open(tree, O_RDONLY | O_CLOEXEC);
    int result = file < 0 ? -errno : loop_attach(file, false, &loop);

    if (file >= 0)
        close(file);
    (void)module_load_named(&boot->modules, "dm_verity"); /* or it is built in */
    if (result == 0)
        result = verity_device_make(words, superblock, device->number, loop.number);
    loop_close(&loop);
    return result;
}

static int cannot_make(const char *path, int error, bool is_asked)
{
    if (error == -EIO)
        return failure(path, "damaged", path,
            " is not what its hash stands for: it was changed or damaged, or the hash is another's", NULL);
    if (error != -EINVAL && error != -ENOENT && error != -ENODEV && error != -ENXIO)
        return failure_because(path, strerror(-error), "cannot make a dm-verity device of ", path, NULL);
    if (is_asked)
        return failure(path, "no dm-verity", "nothing vouches for ", path,
            ": its hash is none, or this kernel or image has no dm-verity (kindling build -f live,verity)", NULL);
    log_warning(path, " has a hash tree, and is not compared with it: kindling build -f live,verity");
    return 0;
}

int live_verity_put_on(struct boot *boot, const char *path, struct block_device *device)
{
    char hash[HASH_SIZE], name[128], tree[LIVE_PATH_SIZE], digits[DECIMAL_SIZE];
    uint8_t bytes[VERITY_SUPERBLOCK_SIZE];
    struct verity_superblock superblock;
    struct verity_words words = {.name = name, .hash = hash, .options = ""};
    int is_asked = find_hash(&boot->live, path, hash), result;
    bool has_tree;

    if (is_asked < 0)
        return 0;
    if (text_join(tree, sizeof(tree), path, TREE, NULL) < 0
        || text_join(name, sizeof(name), "live-", name_of(path), NULL) < 0)
        return failure(path, "too long", "the path ", path, " is too long", NULL);
    has_tree = access(tree, F_OK) == 0;
    if (!has_tree && !is_asked)
        return 0;
    if (!has_tree)
        return failure(tree, "not there", "nothing vouches for ", path, ": its hash is given, and its hash tree, ",
            tree, ", is not there", NULL);
    if (!*hash || hash[strspn(hash, "0123456789abcdefABCDEF")] != '\0')
        return failure(path, "no hash", "nothing vouches for ", path, ": what is given as its hash is none", NULL);
    result = read_tree(tree, device, bytes, &superblock);
    if (result < 0)
        return result;
    if (boot->live.verity_options)
        words.options = boot->live.verity_options;
    result = make(boot, &words, &superblock, tree, device);
    if (result < 0)
        return cannot_make(path, result, is_asked > 0);
    device->number = device_mapper_number(name);
    log_info("dm-verity vouches for ", path);
    return text_join(device->path, sizeof(device->path), "/dev/dm-", text_decimal(minor(device->number), digits), NULL);
}
