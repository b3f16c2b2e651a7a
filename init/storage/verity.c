#include "storage/verity.h"

#include <errno.h>
#include <string.h>

#include "device/block_device_match.h"
#include "format/verity.h"
#include "name/device_ref.h"
#include "storage/device_mapper.h"
#include "storage/verity_device.h"
#include "storage/verity_words.h"
#include "system/text.h"

/* The command line remains as it is; what is wrong with it is said once. */
static const struct verity_words *words_of(const struct storage *storage, size_t *count)
{
    static struct verity_words words[2];
    static const struct cmdline *read_from;
    static size_t found;

    if (read_from != storage->cmdline)
        found = verity_words_read(storage->cmdline, words);
    read_from = storage->cmdline;
    *count = found;
    return words;
}

/* Where the words are refused, what was to be vouched for may have any name: then it is what the boot waits for, so
 * that nothing is mounted that nobody has vouched for. */
static bool are_of(const struct verity_words *words, const struct storage *storage, struct block_device *device)
{
    const char *spec = cmdline_value(storage->cmdline, "root");
    struct device_ref root;
    bool waits_for_root;

    if (block_device_is_called(device, words->data))
        return true;
    if (!words->is_refused || !storage->wanted)
        return false;
    waits_for_root = !spec || device_ref_parse(spec, &root) < 0
                     || (root.kind == storage->wanted->kind && !strcmp(root.value, storage->wanted->value));
    return waits_for_root == !strcmp(words->name, "root") && block_device_matches(device, storage->wanted);
}

/* What is said of the device, when it has the data of one; else NULL. */
static const struct verity_words *find_words(const struct storage *storage, struct block_device *device)
{
    size_t count;
    const struct verity_words *words = words_of(storage, &count);

    for (size_t i = 0; i < count; i++) {
        if (are_of(&words[i], storage, device))
            return &words[i];
    }
    return NULL;
}

static bool claims(const struct storage *storage, struct block_device *device)
{
    return find_words(storage, device) != NULL;
}

static bool is_wanted(const struct storage *storage)
{
    size_t count;

    (void)words_of(storage, &count);
    return count > 0 && storage->wanted;
}

static int assemble(struct storage *storage, struct block_device *device, bool degraded)
{
    const struct verity_words *words = find_words(storage, device);
    struct block_device *tree = words ? block_devices_find_called(storage->blocks, words->tree) : NULL;
    uint8_t bytes[VERITY_SUPERBLOCK_SIZE];
    struct verity_superblock superblock;
    int result;

    (void)degraded;
    if (words && words->is_refused)
        log_error(device->path, " is not taken for the ", words->name,
            ": what the kernel command line says of dm-verity cannot be done");
    if (!words || words->is_refused || device_mapper_is_active(words->name))
        return 1;
    if (!tree)
        return 0;
    result = verity_device_read_tree(tree->path, words->tree_offset, bytes, &superblock);
    if (result < 0) {
        log_error("cannot read the hash tree of ", device->path, " on ", tree->path, ": ",
            result == -EINVAL ? "there is no superblock of dm-verity" : strerror(-result));
        return 1;
    }
    if (superblock.data_blocks * superblock.data_block_size > device->size) {
        log_error(device->path, " is smaller than what the hash tree on ", tree->path, " vouches for");
        return 1;
    }
    result = verity_device_make(words, &superblock, device->number, tree->number);
    if (result == 0) {
        log_info("dm-verity vouches for ", device->path, " as /dev/mapper/", words->name);
        (void)storage_pass_on(storage, device, words->name);
    } else if (result == -EIO)
        log_error("what is on ", device->path, " is not what its hash on the kernel command line stands for (",
            !strcmp(words->name, "usr") ? "usrhash=" : "roothash=", "): it was changed, or the hash is another's");
    else
        log_error("the kernel makes no dm-verity device of ", device->path, ": ", strerror(-result),
            result == -EINVAL || result == -ENOENT ? ": kindling build -f verity" : "");
    return 1;
}

static void explain(struct storage *storage, struct block_device *device, char sentence[LOG_MESSAGE_SIZE])
{
    const struct verity_words *words = find_words(storage, device);

    if (words)
        (void)text_join(sentence, LOG_MESSAGE_SIZE, device->path, " has the data of the ", words->name,
            ", but its hash tree, ", words->tree, ", has not come", NULL);
    else
        (void)text_join(sentence, LOG_MESSAGE_SIZE, device->path, " is a hash tree of dm-verity, and no root", NULL);
}

const struct assembler verity_assembler = {.type = VERITY_TYPE,
    .links = "dm-",
    .module = "dm_verity",
    .claims = claims,
    .is_wanted = is_wanted,
    .assemble = assemble,
    .explain = explain};
