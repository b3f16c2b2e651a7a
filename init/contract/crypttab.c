#include "contract/crypttab.h"

#include <string.h>

#include "contract/fields.h"

enum { NAME, DEVICE, KEY, OPTIONS, FIELD_COUNT };

bool crypttab_next(char **text, struct crypttab_entry *entry)
{
    char *fields[FIELD_COUNT];
    unsigned count;

    while ((count = fields_next(text, fields, FIELD_COUNT)) > 0) {
        bool has_key;

        if (count <= DEVICE)
            continue;
        has_key = strcmp(fields[KEY], "none") != 0 && strcmp(fields[KEY], "-") != 0;
        *entry = (struct crypttab_entry){fields[NAME], fields[DEVICE], has_key ? fields[KEY] : "", fields[OPTIONS]};
        return true;
    }
    return false;
}

/* The names of Debian's crypttab(5), systemd's and mkinitcpio's cryptdevice=; an "=" for those with a value. */
static const struct {
    const char *name;
    enum crypttab_meaning meaning;
    const char *argument;
} known[] = {
    {"discard", CRYPTTAB_FLAG, "--allow-discards"},
    {"allow-discards", CRYPTTAB_FLAG, "--allow-discards"},
    {"readonly", CRYPTTAB_FLAG, "--readonly"},
    {"read-only", CRYPTTAB_FLAG, "--readonly"},
    {"same-cpu-crypt", CRYPTTAB_FLAG, "--perf-same_cpu_crypt"},
    {"perf-same_cpu_crypt", CRYPTTAB_FLAG, "--perf-same_cpu_crypt"},
    {"submit-from-crypt-cpus", CRYPTTAB_FLAG, "--perf-submit_from_crypt_cpus"},
    {"perf-submit_from_crypt_cpus", CRYPTTAB_FLAG, "--perf-submit_from_crypt_cpus"},
    {"no-read-workqueue", CRYPTTAB_FLAG, "--perf-no_read_workqueue"},
    {"perf-no_read_workqueue", CRYPTTAB_FLAG, "--perf-no_read_workqueue"},
    {"no-write-workqueue", CRYPTTAB_FLAG, "--perf-no_write_workqueue"},
    {"perf-no_write_workqueue", CRYPTTAB_FLAG, "--perf-no_write_workqueue"},
    {"key-slot=", CRYPTTAB_VALUE, "--key-slot"},
    {"keyslot=", CRYPTTAB_VALUE, "--key-slot"},
    {"cipher=", CRYPTTAB_PLAIN, "--cipher"},
    {"size=", CRYPTTAB_PLAIN, "--key-size"},
    {"hash=", CRYPTTAB_PLAIN, "--hash"},
    {"offset=", CRYPTTAB_PLAIN, "--offset"},
    {"skip=", CRYPTTAB_PLAIN, "--skip"},
    {"sector-size=", CRYPTTAB_PLAIN, "--sector-size"},
    {"tcrypt-hidden", CRYPTTAB_FLAG, "--tcrypt-hidden"},
    {"tcrypt-system", CRYPTTAB_FLAG, "--tcrypt-system"},
    {"tcrypt-veracrypt", CRYPTTAB_FLAG, "--veracrypt"},
    {"veracrypt", CRYPTTAB_FLAG, "--veracrypt"},
    {"tcrypt-keyfile=", CRYPTTAB_VALUE, "--key-file"},
    {"veracrypt-pim=", CRYPTTAB_VALUE, "--veracrypt-pim"},
    {"header=", CRYPTTAB_OURS, NULL},
    {"plain", CRYPTTAB_OURS, NULL},
    {"tcrypt", CRYPTTAB_OURS, NULL},
    {"bitlk", CRYPTTAB_OURS, NULL},
    {"keyfile-offset=", CRYPTTAB_OURS, NULL},
    {"keyfile-size=", CRYPTTAB_OURS, NULL},
    {"keyfile-timeout=", CRYPTTAB_OURS, NULL},
    {"timeout=", CRYPTTAB_OURS, NULL},
    {"token-timeout=", CRYPTTAB_OURS, NULL},
    {"tpm2-device=", CRYPTTAB_OURS, NULL},
    {"tpm2-pcrs=", CRYPTTAB_MOOT, NULL}, /* the token tells */
    {"headless", CRYPTTAB_OURS, NULL},
    {"headless=", CRYPTTAB_OURS, NULL},
    {"fido2-device=", CRYPTTAB_OURS, NULL},
    {"pkcs11-uri=", CRYPTTAB_OURS, NULL},
    {"tries=", CRYPTTAB_OURS, NULL},
    {"luks", CRYPTTAB_MOOT, NULL},
    {"initramfs", CRYPTTAB_MOOT, NULL},
    {"x-initrd.attach", CRYPTTAB_MOOT, NULL},
    {"auto", CRYPTTAB_MOOT, NULL},
    {"noauto", CRYPTTAB_MOOT, NULL},
    {"nofail", CRYPTTAB_MOOT, NULL},
    {"noearly", CRYPTTAB_MOOT, NULL},
    {"_netdev", CRYPTTAB_MOOT, NULL},
    {"quiet", CRYPTTAB_MOOT, NULL},
    {"loud", CRYPTTAB_MOOT, NULL},
    {"check", CRYPTTAB_MOOT, NULL},
    {"check=", CRYPTTAB_MOOT, NULL},
    {"checkargs=", CRYPTTAB_MOOT, NULL},
    {"retry=", CRYPTTAB_MOOT, NULL},
    {"password-echo=", CRYPTTAB_MOOT, NULL},
    {"password-cache=", CRYPTTAB_MOOT, NULL},
    {"x-systemd.device-timeout=", CRYPTTAB_MOOT, NULL},
    {"none", CRYPTTAB_MOOT, NULL},
    {"swap", CRYPTTAB_REFUSED, NULL},
    {"tmp", CRYPTTAB_REFUSED, NULL},
    {"tmp=", CRYPTTAB_REFUSED, NULL},
    {"fvault2", CRYPTTAB_REFUSED, NULL},
    {"keyscript=", CRYPTTAB_REFUSED, NULL},
    {"link-volume-key=", CRYPTTAB_REFUSED, NULL},
};

enum crypttab_meaning crypttab_option(const char *option, size_t length, const char **argument)
{
    const char *equals = memchr(option, '=', length);
    size_t name_length = equals ? (size_t)(equals - option) + 1 : length;

    *argument = NULL;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strlen(known[i].name) == name_length && !strncmp(known[i].name, option, name_length)) {
            *argument = known[i].argument;
            return known[i].meaning;
        }
    }
    return CRYPTTAB_UNKNOWN;
}
