#include "storage/crypt_token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "contract/glob.h"
#include "format/luks_header.h"
#include "module/program.h"
#include "storage/cryptsetup.h"
#include "system/directory.h"
#include "system/text.h"
#include "system/waits.h"

static const struct kind {
    const char *name;
    const char *option;  /* of crypttab's, that asks for it */
    const char *type;    /* in LUKS2's text */
    const char *program; /* cryptsetup, with what this kind takes besides */
    const char *feature; /* that has it */
    const char *node;    /* what is in /dev when its device is there, a glob */
    uint64_t seconds;    /* that may take */
} kinds[] = {
    {"TPM", "tpm2-device=", "systemd-tpm2", "/sbin/cryptsetup-tpm2", "crypt-tpm2", "tpmrm[0-9]*", 0},
    {"FIDO2 key", "fido2-device=", "systemd-fido2", "/sbin/cryptsetup-fido2", "crypt-fido2", "hidraw[0-9]*",
        WAIT_KEY_SECONDS},
    {"PKCS#11 token", "pkcs11-uri=", "systemd-pkcs11", "/sbin/cryptsetup-pkcs11", "crypt-pkcs11", NULL, 0},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static bool has_program(const struct storage *storage, const struct kind *kind)
{
    struct index_program program;

    return index_find_program(storage->index, kind->program, &program) == 0;
}

static bool is_asked_for(const struct crypt_volume *volume, const struct kind *kind)
{
    const char *options = volume->options, *option;
    size_t length;
    bool is = false;

    while ((option = text_list_next(&options, &length)) != NULL)
        is |= length >= strlen(kind->option) && !strncmp(option, kind->option, strlen(kind->option));
    return is;
}

static bool header_has(const struct storage *storage, const struct block_device *device,
    const struct crypt_volume *volume, const struct kind *kind)
{
    struct device_view view;
    uint8_t *head = cryptsetup_read_header(storage, device, volume, &view);
    bool has = head && luks_header_says(&view, "type", kind->type);

    free(head);
    return has;
}

static bool node_is_there(const struct kind *kind)
{
    struct directory directory;
    const struct dirent *entry;
    bool is = !kind->node;

    directory_open(&directory, AT_FDCWD, "/dev");
    while (!is && (entry = directory_next(&directory)) != NULL)
        is = glob_matches(kind->node, entry->d_name);
    directory_close(&directory);
    return is;
}

bool crypt_token_is_awaited(const struct storage *storage, const struct block_device *device,
    const struct crypt_volume *volume, uint64_t *seconds)
{
    bool is = false;

    *seconds = 0;
    for (size_t i = 0; i < KIND_COUNT && volume->kind == CRYPT_LUKS; i++) {
        if (!has_program(storage, &kinds[i]) || node_is_there(&kinds[i])
            || !header_has(storage, device, volume, &kinds[i]))
            continue;
        is = true;
        if (kinds[i].seconds > *seconds)
            *seconds = kinds[i].seconds;
    }
    *seconds = is ? crypt_volume_number(volume, "token-timeout=", *seconds) : 0;
    return is;
}

int crypt_token_try(const struct storage *storage, const struct block_device *device, const struct crypt_volume *volume)
{
    for (size_t i = 0; i < KIND_COUNT && volume->kind == CRYPT_LUKS; i++) {
        const struct kind *kind = &kinds[i];
        const struct cryptsetup_key key = {.program = kind->program, .token = kind->type, .token_name = kind->name};
        const char *culprit;
        int result;

        if (!is_asked_for(volume, kind) && (!has_program(storage, kind) || !header_has(storage, device, volume, kind)))
            continue;
        result = program_unpack(storage->index, kind->program, &culprit);
        if (result == -ENOENT)
            log_warning("the key of ", crypt_volume_noun(volume), " ", device->path, " is in a ", kind->name,
                ", which this image cannot ask: kindling build -f ", kind->feature);
        else if (result < 0)
            log_error("cannot unpack ", culprit, ": ", strerror(-result));
        if (result == 0 && cryptsetup_unpack(storage) == 0
            && cryptsetup_open(storage, device, volume, &key) == CRYPTSETUP_OPENED)
            return CRYPTSETUP_OPENED;
    }
    return CRYPTSETUP_WRONG_KEY;
}
