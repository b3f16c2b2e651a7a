#include "storage/verity_words.h"

#include <errno.h>
#include <string.h>

#include "system/log.h"
#include "system/text.h"

#define HASH_DIGITS_MIN 32u
#define HASH_DIGITS_MAX 128u /* SHA-512 */

static const struct keys {
    const char *name, *hash, *data, *tree, *options;
} all_keys[] = {
    {"root", "roothash", "systemd.verity_root_data", "systemd.verity_root_hash", "systemd.verity_root_options"},
    {"usr", "usrhash", "systemd.verity_usr_data", "systemd.verity_usr_hash", "systemd.verity_usr_options"},
};

/* systemd's names, and the kernel's (Documentation/admin-guide/device-mapper/verity.rst). */
static const struct {
    const char *name, *argument;
} options_known[] = {
    {"ignore-corruption", "ignore_corruption"},
    {"restart-on-corruption", "restart_on_corruption"},
    {"panic-on-corruption", "panic_on_corruption"},
    {"ignore-zero-blocks", "ignore_zero_blocks"},
    {"check-at-most-once", "check_at_most_once"},
};

const char *verity_words_option(const char *option, size_t length)
{
    for (size_t i = 0; i < sizeof(options_known) / sizeof(options_known[0]); i++) {
        if (strlen(options_known[i].name) == length && !strncmp(options_known[i].name, option, length))
            return options_known[i].argument;
    }
    return NULL;
}

static bool is_moot(const char *option, size_t length)
{
    static const char *const moot[] = {"x-initrd.attach", "auto", "noauto", "nofail", "_netdev", "superblock=yes", ""};
    size_t i = 0;

    while (i < sizeof(moot) / sizeof(moot[0]) && (strlen(moot[i]) != length || strncmp(moot[i], option, length) != 0))
        i++;
    return i < sizeof(moot) / sizeof(moot[0]);
}

/* Its digits from there on as those of a partition's UUID (Discoverable Partitions Specification). */
static void name_partition(char spec[VERITY_SPEC_SIZE], const char *digits)
{
    char *out = spec + strlen("PARTUUID=");

    memcpy(spec, "PARTUUID=", strlen("PARTUUID="));
    for (size_t i = 0; i < HASH_DIGITS_MIN; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            *out++ = '-';
        *out++ = digits[i];
    }
    *out = '\0';
}

/* Returns 0 or -errno: -EINVAL for what is no hash, -ENOTSUP with *culprit. */
static int read_options(struct verity_words *words, char culprit[64])
{
    const char *options = words->options, *option;
    size_t length;

    while ((option = text_list_next(&options, &length)) != NULL) {
        size_t skip = strlen("hash-offset=");
        bool is_offset = length > skip && !strncmp(option, "hash-offset=", skip);
        size_t from = is_offset ? skip : 0;

        if (!is_offset && (is_moot(option, length) || verity_words_option(option, length)))
            continue;
        length = length - from < 64 ? length - from : 63;
        memcpy(culprit, option + from, length);
        culprit[length] = '\0';
        if (!is_offset || text_to_number(culprit, &words->tree_offset) < 0 || words->tree_offset % 512 != 0)
            return -ENOTSUP;
    }
    return 0;
}

static int read_one(const struct cmdline *cmdline, const struct keys *keys, struct verity_words *words)
{
    const char *data = cmdline_value(cmdline, keys->data), *tree = cmdline_value(cmdline, keys->tree);
    const char *options = cmdline_value(cmdline, keys->options);
    size_t digits = strlen(words->hash);
    char culprit[64];
    int result;

    words->name = keys->name;
    words->options = options ? options : "";
    result = data ? text_join(words->data, sizeof(words->data), data, NULL) : 0;
    if (digits < HASH_DIGITS_MIN || digits > HASH_DIGITS_MAX || digits % 2 != 0
        || words->hash[strspn(words->hash, "0123456789abcdefABCDEF")] != '\0') {
        log_error(keys->hash, "= on the kernel command line is no hash: nothing is made of it");
        return -EINVAL;
    }
    if (!data)
        name_partition(words->data, words->hash);
    name_partition(words->tree, words->hash + digits - HASH_DIGITS_MIN);
    if (result == 0 && tree)
        result = text_join(words->tree, sizeof(words->tree), tree, NULL);
    if (result == 0)
        result = read_options(words, culprit);
    if (result == -ENOTSUP)
        log_error(keys->options, "= on the kernel command line asks for ", culprit,
            ", which is nothing that /init does: the ", keys->name, " is not opened");
    else if (result < 0)
        log_error(keys->data, "= or ", keys->tree, "= on the kernel command line is too long");
    return result;
}

static bool is_refused(const struct cmdline *cmdline)
{
    const char *first = cmdline_value(cmdline, "rd.systemd.verity"), *second = cmdline_value(cmdline, "systemd.verity");

    return cmdline_is_no(first ? first : second);
}

size_t verity_words_read(const struct cmdline *cmdline, struct verity_words words[2])
{
    size_t count = 0;

    for (size_t i = 0; i < sizeof(all_keys) / sizeof(all_keys[0]) && !is_refused(cmdline); i++) {
        words[count] = (struct verity_words){.hash = cmdline_value(cmdline, all_keys[i].hash)};
        if (!words[count].hash)
            continue;
        words[count].is_refused = read_one(cmdline, &all_keys[i], &words[count]) < 0;
        count++;
    }
    return count;
}
