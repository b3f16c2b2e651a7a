#include "storage/cryptsetup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/crypttab.h"
#include "device/block_device_read.h"
#include "format/luks_header.h"
#include "module/program.h"
#include "storage/crypt_file.h"
#include "storage/device_mapper.h"
#include "system/file.h"
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

static int add_option(struct command *command, const struct crypt_volume *volume, const char *option, size_t length)
{
    const char *argument, *equals = memchr(option, '=', length);
    enum crypttab_meaning meaning = crypttab_option(option, length, &argument);
    int result = 0;

    if (meaning == CRYPTTAB_PLAIN && volume->kind == CRYPT_PLAIN)
        meaning = CRYPTTAB_VALUE;
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

/* A passphrase comes whole, and a newline is part of it, but for VeraCrypt, whose key files are no passphrases. */
static int add_key(struct command *command, const struct crypt_volume *volume, const struct cryptsetup_key *key)
{
    int result = 0;

    if (key->token) {
        result = add_text(command, "--verbose"); /* else it says nothing of what the token lacks */
        if (result == 0)
            result = add_text(command, "--token-only");
        if (result == 0)
            result = add_text(command, "--token-type");
        return result == 0 ? add_text(command, key->token) : result;
    }
    result = add_text(command, "--batch-mode");
    if (result < 0 || volume->kind == CRYPT_TCRYPT)
        return result;
    result = add_text(command, "--key-file");
    if (result == 0)
        result = add_text(command, key->file ? key->file : "-");
    if (result == 0 && key->file)
        result = add_number(command, "--keyfile-offset", crypt_volume_number(volume, "keyfile-offset=", 0));
    if (result == 0 && key->file)
        result = add_number(command, "--keyfile-size", crypt_volume_number(volume, "keyfile-size=", 0));
    return result;
}

/* header: "" for none. */
static int put_together(struct command *command, const struct block_device *device, const struct crypt_volume *volume,
    const char *header, const struct cryptsetup_key *key)
{
    static const char *const types[] = {
        [CRYPT_LUKS] = "luks", [CRYPT_PLAIN] = "plain", [CRYPT_TCRYPT] = "tcrypt", [CRYPT_BITLK] = "bitlk"};
    const char *const beginning[] = {key->program ? key->program : CRYPTSETUP, "open", "--type", types[volume->kind]};
    const char *options = volume->options, *option;
    size_t length;
    int result = 0;

    *command = (struct command){0};
    for (size_t i = 0; i < sizeof(beginning) / sizeof(beginning[0]) && result == 0; i++)
        result = add_text(command, beginning[i]);
    if (result == 0)
        result = add_key(command, volume, key);
    if (result == 0 && *header)
        result = add_text(command, "--header");
    if (result == 0 && *header)
        result = add_text(command, header);
    while (result == 0 && (option = text_list_next(&options, &length)) != NULL)
        result = add_option(command, volume, option, length);
    if (result == 0)
        result = add_text(command, device->path);
    return result == 0 ? add_text(command, volume->name) : result;
}

static uint8_t *read_head(const char *path, struct device_view *view)
{
    uint8_t *head = malloc(LUKS_HEADER_SIZE);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = head && fd >= 0 ? read(fd, head, LUKS_HEADER_SIZE) : -1;

    *view = (struct device_view){
        .head = head, .head_size = length > 0 ? (size_t)length : 0, .device_size = LUKS_HEADER_SIZE};
    if (fd >= 0)
        close(fd);
    if (length <= 0) {
        free(head);
        return NULL;
    }
    return head;
}

uint8_t *cryptsetup_read_header(const struct storage *storage, const struct block_device *device,
    const struct crypt_volume *volume, struct device_view *view)
{
    struct crypt_file_view header;
    uint8_t *head = NULL;

    if (crypt_file_open(storage, &volume->header, CRYPTSETUP_HEADER_PLACE, &header) == 0)
        head = read_head(*header.path ? header.path : device->path, view);
    crypt_file_close(&header);
    return head;
}

/* "aes-xts-plain64"; "" when its header does not tell. */
static void read_cipher(const char *path, char cipher[LUKS_CIPHER_SIZE])
{
    struct device_view view;
    uint8_t *head = read_head(path, &view);

    if (!head || !luks_header_cipher(&view, cipher))
        *cipher = '\0';
    free(head);
}

/* Says what kept cryptsetup from opening the volume, unless that was the key. */
static void explain_status(const struct block_device *device, const struct crypt_volume *volume, const char *header,
    int status, const char *said)
{
    const char *noun = crypt_volume_noun(volume);
    char number[DECIMAL_SIZE], cipher[LUKS_CIPHER_SIZE] = "";

    if (status == CRYPTSETUP_NO_MEMORY)
        log_error("cannot open ", noun, " ", device->path, ": its key takes more memory than there is");
    else if (status == CRYPTSETUP_EXISTS)
        log_error("cannot open ", noun, " ", device->path, ": it is in use, or another one is called ", volume->name);
    else if (status < 0)
        log_error("cannot run cryptsetup: ", strerror(-status));
    else if (status > 255)
        log_error("cannot open ", noun, " ", device->path, ": cryptsetup was killed by signal ",
            text_decimal((uint64_t)status - 256, number));
    else if (strstr(said, "kernel supports") || strstr(said, "reload ioctl"))
        read_cipher(*header ? header : device->path, cipher);
    if (*cipher)
        log_error("cannot open ", noun, " ", device->path, ": its cipher is ", cipher,
            ", for which this kernel and this image have not all modules: kindling build -f crypt");
    else if (status > 0 && status <= 255 && status != CRYPTSETUP_NO_MEMORY && status != CRYPTSETUP_EXISTS)
        log_error("cannot open ", noun, " ", device->path, ": cryptsetup says: ", *said ? said : "nothing");
}

/* A plain volume tells no wrong key from a right one: what comes out of it does. Returns as cryptsetup_open. */
static int judge_content(const struct crypt_volume *volume)
{
    struct block_device inside = {.path = "/dev/mapper/"};

    (void)text_join(inside.path, sizeof(inside.path), "/dev/mapper/", volume->name, NULL); /* there is room */
    block_device_read_superblock(&inside);
    if (inside.superblock.usage != SUPERBLOCK_UNKNOWN || inside.superblock.claims[0])
        return CRYPTSETUP_OPENED;
    (void)device_mapper_remove(volume->name);
    (void)unlink(inside.path);
    return CRYPTSETUP_WRONG_KEY;
}

int cryptsetup_open(const struct storage *storage, const struct block_device *device, const struct crypt_volume *volume,
    const struct cryptsetup_key *key)
{
    char no_udev[] = "DM_DISABLE_UDEV=1", said[PROCESS_SAID_SIZE] = "", of_file[CRYPT_TEXT_SIZE];
    const char *passphrase = key->passphrase;
    size_t length = key->length;
    uint64_t start = timing_now();
    struct crypt_file_view header;
    struct command command;
    int status = crypt_file_open(storage, &volume->header, CRYPTSETUP_HEADER_PLACE, &header);

    if (status == 0)
        status = put_together(&command, device, volume, header.path, key);
    if (status == 0 && key->file && volume->kind == CRYPT_TCRYPT) {
        ssize_t size = file_read_text(AT_FDCWD, key->file, of_file, sizeof(of_file));

        passphrase = of_file; /* of VeraCrypt a file has one as it would be typed */
        length = size > 0 ? strcspn(of_file, "\n") : 0;
        status = size < 0 ? (int)size : 0;
    }
    if (status == 0)
        status = process_run_fed(command.argv, no_udev, passphrase, length, said);
    if (status == CRYPTSETUP_OPENED && volume->kind == CRYPT_PLAIN)
        status = judge_content(volume);
    if (status == 1 && volume->kind == CRYPT_BITLK && !*said)
        status = CRYPTSETUP_WRONG_KEY; /* its word for a key of which no copy came out */
    timing_note("program", "cryptsetup", start);
    if (status != CRYPTSETUP_OPENED && key->token) {
        said[strcspn(said, "\n")] = '\0';
        log_warning("the ", key->token_name, " does not open ", crypt_volume_noun(volume), " ", device->path,
            ": cryptsetup says: ", *said ? said : "nothing");
    } else if (status != CRYPTSETUP_OPENED && status != CRYPTSETUP_WRONG_KEY)
        explain_status(device, volume, header.path, status, said);
    crypt_file_close(&header);
    explicit_bzero(of_file, sizeof(of_file));
    return status;
}
