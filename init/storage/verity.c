#include "storage/verity.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/block_device_match.h"
#include "format/verity.h"
#include "name/device_ref.h"
#include "storage/device_mapper.h"
#include "storage/verity_words.h"
#include "system/text.h"

#define SECTOR 512u
#define PARAMETERS_SIZE 2048u

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

/* True when the boot waits for the root by the name that root= gives it. */
static bool wants_root(const struct storage *storage)
{
    const char *spec = cmdline_value(storage->cmdline, "root");
    struct device_ref root;

    return !spec || device_ref_parse(spec, &root) < 0
           || (root.kind == storage->wanted->kind && !strcmp(root.value, storage->wanted->value));
}

/* Where the words are refused, what was to be vouched for may have any name: then it is what the boot waits for, so
 * that nothing is mounted that nobody has vouched for. */
static bool are_of(const struct verity_words *words, const struct storage *storage, struct block_device *device)
{
    bool is_of_root = !strcmp(words->name, "root");

    if (block_device_is_called(device, words->data))
        return true;
    return words->is_refused && storage->wanted && wants_root(storage) == is_of_root
           && block_device_matches(device, storage->wanted);
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

/* bytes: the superblock's. Returns 0, -EINVAL for none, or another -errno. */
static int read_superblock(const struct block_device *tree, uint64_t offset, uint8_t bytes[VERITY_SUPERBLOCK_SIZE],
    struct verity_superblock *superblock)
{
    int fd = open(tree->path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : pread(fd, bytes, VERITY_SUPERBLOCK_SIZE, (off_t)offset);
    int result = length < 0 ? -errno : 0;

    if (fd >= 0)
        close(fd);
    if (length == VERITY_SUPERBLOCK_SIZE && verity_superblock_read(bytes, superblock))
        return 0;
    return result < 0 ? result : -EINVAL;
}

static void write_number(dev_t number, char text[2 * DECIMAL_SIZE])
{
    char device_major[DECIMAL_SIZE], device_minor[DECIMAL_SIZE];

    (void)text_join(text, 2 * DECIMAL_SIZE, text_decimal(major(number), device_major), ":",
        text_decimal(minor(number), device_minor), NULL);
}

static void write_salt(const struct verity_superblock *superblock, char text[2 * VERITY_SALT_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";

    (void)text_join(text, 2 * VERITY_SALT_SIZE + 1, "-", NULL); /* there is none */
    for (size_t i = 0; i < superblock->salt_size; i++) {
        text[2 * i] = digits[superblock->salt[i] >> 4];
        text[2 * i + 1] = digits[superblock->salt[i] & 15];
        text[2 * i + 2] = '\0';
    }
}

/* " COUNT OPTION..." */
static int add_options(const char *list, char parameters[PARAMETERS_SIZE])
{
    char names[256] = "", number[DECIMAL_SIZE];
    size_t length, count = 0, used = strlen(parameters);
    const char *option;
    int result = 0;

    while (result == 0 && (option = text_list_next(&list, &length)) != NULL) {
        const char *argument = verity_words_option(option, length);
        size_t end = strlen(names);

        if (!argument)
            continue;
        result = text_join(names + end, sizeof(names) - end, " ", argument, NULL);
        count++;
    }
    if (result == 0 && count > 0)
        result = text_join(parameters + used, PARAMETERS_SIZE - used, " ", text_decimal(count, number), names, NULL);
    return result;
}

/* The kernel's table (Documentation/admin-guide/device-mapper/verity.rst); the tree begins in the block behind its
 * superblock. */
static int write_parameters(const struct verity_words *words, const struct verity_superblock *superblock, dev_t data,
    dev_t tree, char parameters[PARAMETERS_SIZE])
{
    char data_number[2 * DECIMAL_SIZE], tree_number[2 * DECIMAL_SIZE], salt[2 * VERITY_SALT_SIZE + 1];
    char type[DECIMAL_SIZE], data_block[DECIMAL_SIZE], hash_block[DECIMAL_SIZE], blocks[DECIMAL_SIZE];
    char start[DECIMAL_SIZE];
    uint64_t end = words->tree_offset + VERITY_SUPERBLOCK_SIZE;
    int result;

    write_number(data, data_number);
    write_number(tree, tree_number);
    write_salt(superblock, salt);
    text_decimal((end + superblock->hash_block_size - 1) / superblock->hash_block_size, start);
    result = text_join(parameters, PARAMETERS_SIZE, text_decimal(superblock->hash_type, type), " ", data_number, " ",
        tree_number, " ", text_decimal(superblock->data_block_size, data_block), " ",
        text_decimal(superblock->hash_block_size, hash_block), " ", text_decimal(superblock->data_blocks, blocks), " ",
        start, " ", superblock->algorithm, " ", words->hash, " ", salt, NULL);
    return result == 0 ? add_options(words->options, parameters) : result;
}

/* As cryptsetup has it: without dashes. */
static void write_uuid(const struct verity_words *words, const char *uuid, char text[DEVICE_MAPPER_UUID_SIZE])
{
    size_t used = strlen("CRYPT-VERITY-");

    memcpy(text, "CRYPT-VERITY-", used);
    for (; *uuid; uuid++) {
        if (*uuid != '-')
            text[used++] = *uuid;
    }
    (void)text_join(text + used, DEVICE_MAPPER_UUID_SIZE - used, "-", words->name, NULL); /* there is room */
}

/* Returns 0 or -errno; -EIO where the data is not what the hash stands for. */
static int make(const struct verity_words *words, const struct verity_superblock *superblock,
    const struct block_device *data, const struct block_device *tree)
{
    char parameters[PARAMETERS_SIZE], uuid[DEVICE_MAPPER_UUID_SIZE];
    const struct mapped_target target = {.size = superblock->data_blocks * superblock->data_block_size / SECTOR,
        .type = "verity",
        .parameters = parameters};
    int result = write_parameters(words, superblock, data->number, tree->number, parameters);

    write_uuid(words, superblock->uuid, uuid);
    if (result == 0)
        result = device_mapper_create_checked(words->name, uuid, true, &target, 1);
    return result;
}

/* Who wants the data by any of its names gets what is vouched for. */
static void take_inside(struct storage *storage, struct block_device *device, const struct verity_words *words)
{
    char inside[64];

    (void)text_join(inside, sizeof(inside), "/dev/mapper/", words->name, NULL); /* there is room */
    log_info("dm-verity vouches for ", device->path, " as ", inside);
    if (storage->wanted && block_device_matches(device, storage->wanted))
        (void)device_ref_parse(inside, storage->wanted); /* such a path always is one */
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
    result = read_superblock(tree, words->tree_offset, bytes, &superblock);
    if (result < 0) {
        log_error("cannot read the hash tree of ", device->path, " on ", tree->path, ": ",
            result == -EINVAL ? "there is no superblock of dm-verity" : strerror(-result));
        return 1;
    }
    if (superblock.data_blocks * superblock.data_block_size > device->size) {
        log_error(device->path, " is smaller than what the hash tree on ", tree->path, " vouches for");
        return 1;
    }
    result = make(words, &superblock, device, tree);
    if (result == 0)
        take_inside(storage, device, words);
    else if (result == -EIO)
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
    .module = "dm_verity",
    .claims = claims,
    .is_wanted = is_wanted,
    .assemble = assemble,
    .explain = explain};
