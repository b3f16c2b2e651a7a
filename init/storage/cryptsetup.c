#include "storage/cryptsetup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/crypttab.h"
#include "format/luks_cipher.h"
#include "module/program.h"
#include "system/process.h"
#include "system/text.h"
#include "system/timing.h"

bool cryptsetup_is_there(const struct index *index)
{
    struct index_program program;

    return index_find_program(index, CRYPTSETUP, &program) == 0 || access(CRYPTSETUP, X_OK) == 0;
}

int cryptsetup_unpack(const struct storage *storage)
{
    static bool is_unpacked;
    static int result;
    const char *culprit;

    if (is_unpacked)
        return result;
    is_unpacked = true;
    result = program_unpack(storage->index, CRYPTSETUP, &culprit);
    if (result < 0)
        log_error("cannot unpack ", culprit, ": ", strerror(-result));
    else
        (void)module_load_named(storage->modules, "dm_crypt"); /* or it is built in */
    return result;
}

/* A call of cryptsetup. */
struct command {
    char *argv[32];
    size_t count;
    char text[4 * CRYPT_TEXT_SIZE]; /* what argv points into */
    size_t used;
};

static int add(struct command *command, const char *argument, size_t length)
{
    if (command->count + 1 >= sizeof(command->argv) / sizeof(command->argv[0])
        || length >= sizeof(command->text) - command->used)
        return -E2BIG;
    command->argv[command->count++] = memcpy(command->text + command->used, argument, length);
    command->text[command->used + length] = '\0';
    command->used += length + 1;
    return 0;
}

static int add_text(struct command *command, const char *argument)
{
    return add(command, argument, strlen(argument));
}

static int add_option(struct command *command, const char *option, size_t length)
{
    const char *argument, *equals = memchr(option, '=', length);
    enum crypttab_meaning meaning = crypttab_option(option, length, &argument);
    int result = 0;

    if (meaning == CRYPTTAB_FLAG || meaning == CRYPTTAB_VALUE)
        result = add_text(command, argument);
    if (result == 0 && meaning == CRYPTTAB_VALUE)
        result = add(command, equals + 1, length - (size_t)(equals + 1 - option));
    return result;
}

static int add_number(struct command *command, const char *argument, uint64_t number)
{
    char text[DECIMAL_SIZE];
    int result = number > 0 ? add_text(command, argument) : 0;

    return result == 0 && number > 0 ? add_text(command, text_decimal(number, text)) : result;
}

/* A key that is read from a file may have options of its own; a passphrase comes whole, and a newline is part of it. */
static int put_together(
    struct command *command, const struct block_device *device, const struct crypt_volume *volume, const char *key_file)
{
    static const char *const beginning[] = {CRYPTSETUP, "open", "--type", "luks", "--batch-mode", "--key-file"};
    const char *options = volume->options, *option;
    size_t length;
    int result = 0;

    *command = (struct command){0};
    for (size_t i = 0; i < sizeof(beginning) / sizeof(beginning[0]) && result == 0; i++)
        result = add_text(command, beginning[i]);
    if (result == 0)
        result = add_text(command, key_file ? key_file : "-");
    if (result == 0 && key_file)
        result = add_number(command, "--keyfile-offset", crypt_volume_number(volume, "keyfile-offset=", 0));
    if (result == 0 && key_file)
        result = add_number(command, "--keyfile-size", crypt_volume_number(volume, "keyfile-size=", 0));
    while (result == 0 && (option = text_list_next(&options, &length)) != NULL)
        result = add_option(command, option, length);
    if (result == 0)
        result = add_text(command, device->path);
    return result == 0 ? add_text(command, volume->name) : result;
}

/* "aes-xts-plain64"; "" when its header does not tell. */
static void read_cipher(const struct block_device *device, char cipher[LUKS_CIPHER_SIZE])
{
    uint8_t *head = malloc(LUKS_CIPHER_HEAD_SIZE);
    int fd = open(device->path, O_RDONLY | O_CLOEXEC);
    ssize_t length = head && fd >= 0 ? read(fd, head, LUKS_CIPHER_HEAD_SIZE) : -1;
    const struct device_view view = {
        .head = head, .head_size = length > 0 ? (size_t)length : 0, .device_size = device->size};

    if (!luks_cipher(&view, cipher))
        *cipher = '\0';
    if (fd >= 0)
        close(fd);
    free(head);
}

/* Says what kept cryptsetup from opening the volume, unless that was the key. */
static void explain_status(const struct block_device *device, const struct crypt_volume *volume, int status, char *said)
{
    char number[DECIMAL_SIZE], cipher[LUKS_CIPHER_SIZE] = "";

    if (status == CRYPTSETUP_NO_MEMORY)
        log_error("cannot open the LUKS volume ", device->path, ": its key takes more memory than there is");
    else if (status == CRYPTSETUP_EXISTS)
        log_error(
            "cannot open the LUKS volume ", device->path, ": it is in use, or another one is called ", volume->name);
    else if (status < 0)
        log_error("cannot run cryptsetup: ", strerror(-status));
    else if (status > 255)
        log_error("cannot open the LUKS volume ", device->path, ": cryptsetup was killed by signal ",
            text_decimal((uint64_t)status - 256, number));
    else if (strstr(said, "kernel supports") || strstr(said, "reload ioctl"))
        read_cipher(device, cipher);
    if (*cipher)
        log_error("cannot open the LUKS volume ", device->path, ": its cipher is ", cipher,
            ", for which this kernel and this image have not all modules: kindling build -f crypt");
    else if (status > 0 && status <= 255 && status != CRYPTSETUP_NO_MEMORY && status != CRYPTSETUP_EXISTS)
        log_error("cannot open the LUKS volume ", device->path, ": cryptsetup says: ", *said ? said : "nothing");
}

int cryptsetup_open(const struct block_device *device, const struct crypt_volume *volume, const char *key_file,
    const char *passphrase, size_t length)
{
    char no_udev[] = "DM_DISABLE_UDEV=1", said[PROCESS_SAID_SIZE];
    uint64_t start = timing_now();
    struct command command;
    int status = put_together(&command, device, volume, key_file);

    if (status == 0)
        status = process_run_fed(command.argv, no_udev, passphrase, length, said);
    else
        *said = '\0';
    timing_note("program", "cryptsetup", start);
    if (status != CRYPTSETUP_OPENED && status != CRYPTSETUP_WRONG_KEY)
        explain_status(device, volume, status, said);
    return status;
}
