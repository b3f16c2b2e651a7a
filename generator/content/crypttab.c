#include "content/crypttab.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "contract/crypttab.h"
#include "feature/host_volumes.h"

#define CRYPTTAB "/etc/crypttab"
#define ORIGIN "this machine's " CRYPTTAB

static bool wants_program(const struct wanted *wanted, const char *destination)
{
    size_t i = 0;

    while (i < wanted->program_count && strcmp(wanted->programs[i].destination, destination) != 0)
        i++;
    return i < wanted->program_count;
}

/* Who has a key in a token wants to be asked for none. */
static int check_token(const struct wanted *wanted, const struct crypttab_entry *entry, const char *option)
{
    static const struct {
        const char *option, *program, *feature;
    } tokens[] = {{"tpm2-device=", "/sbin/cryptsetup-tpm2", "crypt-tpm2"},
        {"fido2-device=", "/sbin/cryptsetup-fido2", "crypt-fido2"},
        {"pkcs11-uri=", "/sbin/cryptsetup-pkcs11", "crypt-pkcs11"}};

    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        if (strncmp(option, tokens[i].option, strlen(tokens[i].option)) != 0
            || wants_program(wanted, tokens[i].program))
            continue;
        log_error(CRYPTTAB ": the initramfs cannot open %s as it says: its option %s takes the feature %s", entry->name,
            option, tokens[i].feature);
        return -ENOTSUP;
    }
    return 0;
}

static int check_options(
    const struct wanted *wanted, const struct crypttab_entry *entry, const struct string_list *options)
{
    int result = 0;

    for (size_t i = 0; i < options->count && result == 0; i++) {
        const char *argument, *option = options->items[i];
        enum crypttab_meaning meaning = crypttab_option(option, strlen(option), &argument);

        result = check_token(wanted, entry, option);
        if (meaning != CRYPTTAB_REFUSED && meaning != CRYPTTAB_UNKNOWN)
            continue;
        log_error(CRYPTTAB ": the initramfs cannot open %s as it says: /init does nothing with its option %s",
            entry->name, option);
        return -ENOTSUP;
    }
    return result;
}

/* A device is no file of the image's, nor is what lies on one ("/key:LABEL=stick"). */
static bool is_reached(const struct image *image, const char *file)
{
    return !strncmp(file, "/dev/", strlen("/dev/")) || strchr(file, ':') || (*file != '/' && strchr(file, '='))
           || image_find(image, file + (*file == '/'));
}

/* A header is no secret, but as large as the image may be; without it there is no volume. */
static int check_header(
    const struct image *image, const struct crypttab_entry *entry, const struct string_list *options)
{
    for (size_t i = 0; i < options->count; i++) {
        const char *header = options->items[i] + strlen("header=");

        if (strncmp(options->items[i], "header=", strlen("header=")) != 0 || is_reached(image, header))
            continue;
        log_error(CRYPTTAB
            ": the initramfs cannot open %s: its header %s is not in the image, where a feature with the "
            "line \"file %s\" would put it",
            entry->name, header, header);
        return -ENOENT;
    }
    return 0;
}

static int add_line(struct buffer *lines, const struct image *image, const struct wanted *wanted,
    const struct string_list *volumes, const struct crypttab_entry *entry)
{
    struct string_list options = {0};
    int result = 0;

    string_list_add_parts(&options, entry->options, ",");
    if (host_volumes_line_is_early(&options, volumes, entry->name)) {
        result = check_options(wanted, entry, &options);
        if (result == 0)
            result = check_header(image, entry, &options);
        if (result == 0) {
            bool has_key = *entry->key && is_reached(image, entry->key);
            char *line = allocate_format("%s %s %s %s\n", entry->name, entry->device, has_key ? entry->key : "none",
                *entry->options ? entry->options : "luks");

            if (*entry->key && !has_key)
                log_note(CRYPTTAB ": the key %s of %s is not in the image, so that its passphrase is asked for; a "
                                  "feature with the line \"file %s\" would put it there, for everybody who can read "
                                  "the image",
                    entry->key, entry->name, entry->key);

            buffer_append_string(lines, line);
            free(line);
        }
    }
    string_list_free(&options);
    return result;
}

int crypttab_add(struct image *image, const struct wanted *wanted, const char *sysroot, struct string_list *inputs)
{
    struct string_list volumes = {0};
    struct buffer lines = {0};
    struct crypttab_entry entry;
    char *text = NULL, *resolved = NULL, *rest;
    int result = 0;

    if (image_find(image, CRYPTTAB + 1) || file_read_text_of(sysroot, CRYPTTAB, &text) < 0)
        return 0;
    if (sysroot_resolve(sysroot, CRYPTTAB, &resolved) == 0)
        string_list_add(inputs, resolved);
    host_volumes_find(sysroot, &volumes);
    rest = text;
    while (result == 0 && crypttab_next(&rest, &entry))
        result = add_line(&lines, image, wanted, &volumes, &entry);
    if (result == 0 && lines.size > 0) {
        result = image_add_file(image, CRYPTTAB + 1, 0644, &lines, IMAGE_HEAD, ORIGIN);
        if (result < 0)
            log_error("cannot add " CRYPTTAB " to the image: %s", strerror(-result));
    }
    buffer_free(&lines);
    string_list_free(&volumes);
    free(resolved);
    free(text);
    return result;
}
