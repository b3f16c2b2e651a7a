#include "storage/verity_device.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "contract/bytes.h"
#include "storage/device_mapper.h"
#include "system/text.h"

#define SECTOR 512u
#define PARAMETERS_SIZE 2048u

int verity_device_read_tree(
    const char *path, uint64_t offset, uint8_t bytes[VERITY_SUPERBLOCK_SIZE], struct verity_superblock *superblock)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : pread(fd, bytes, VERITY_SUPERBLOCK_SIZE, (off_t)offset);
    int result = length < 0 ? -errno : 0;

    if (fd >= 0)
        close(fd);
    if (length == VERITY_SUPERBLOCK_SIZE && verity_superblock_read(bytes, superblock))
        return 0;
    return result < 0 ? result : -EINVAL;
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

/* The kernel's table (Documentation/admin-guide/device-mapper/verity.rst); the tree begins in the block behind its
 * superblock. */
int verity_device_make(
    const struct verity_words *words, const struct verity_superblock *superblock, dev_t data, dev_t tree)
{
    char parameters[PARAMETERS_SIZE], uuid[DEVICE_MAPPER_UUID_SIZE];
    char data_number[DEVICE_NUMBER_SIZE], tree_number[DEVICE_NUMBER_SIZE], salt[2 * VERITY_SALT_SIZE + 1] = "-";
    char type[DECIMAL_SIZE], data_block[DECIMAL_SIZE], hash_block[DECIMAL_SIZE], blocks[DECIMAL_SIZE];
    char start[DECIMAL_SIZE];
    const struct mapped_target target = {.size = superblock->data_blocks * superblock->data_block_size / SECTOR,
        .type = "verity",
        .parameters = parameters};
    uint64_t end = words->tree_offset + VERITY_SUPERBLOCK_SIZE;
    int result;

    if (superblock->salt_size > 0)
        put_hex(salt, superblock->salt, superblock->salt_size);
    text_decimal((end + superblock->hash_block_size - 1) / superblock->hash_block_size, start);
    result = text_join(parameters, sizeof(parameters), text_decimal(superblock->hash_type, type), " ",
        text_device_number(data, data_number), " ", text_device_number(tree, tree_number), " ",
        text_decimal(superblock->data_block_size, data_block), " ",
        text_decimal(superblock->hash_block_size, hash_block), " ", text_decimal(superblock->data_blocks, blocks), " ",
        start, " ", superblock->algorithm, " ", words->hash, " ", salt, NULL);
    if (result == 0)
        result = add_options(words->options, parameters);
    write_uuid(words, superblock->uuid, uuid);
    if (result == 0)
        result = device_mapper_create_checked(words->name, uuid, true, &target, 1);
    return result;
}
