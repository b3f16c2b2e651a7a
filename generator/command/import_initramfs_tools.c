#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "command/import_key.h"

/* MODULES=. */
static void carry_policy(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    static const char *const profiles[][2] = {{"most", "generic"}, {"dep", "host"}, {"list", "minimal"}};

    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        if (!strcmp(setting->value, profiles[i][0])) {
            import_set(import, setting, key->ours, profiles[i][1]);
            return;
        }
    }
    if (!strcmp(setting->value, "netboot")) { /* most, less what is for disks alone */
        import_set(import, setting, key->ours, "generic");
        import_add_line(import, setting, "feature", "network, network-cards");
        return;
    }
    import_lose(import, setting, setting->value, key->why);
}

static void carry_switch(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    char *without = allocate_format("-%s", key->ours);

    if (import_says_yes(setting->value))
        import_add_line(import, setting, "feature", key->ours);
    else if (key->usual && strcmp(setting->value, key->usual) != 0 && *setting->value)
        import_add_line(import, setting, "feature", without);
    free(without);
}

static void carry_method(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    const struct foreign_setting *level =
        foreign_configuration_find(import->configuration, FOREIGN_INITRAMFS_TOOLS, "COMPRESSLEVEL");

    (void)key;
    if (*setting->value)
        import_compressor(import, setting, setting->value, level ? level->value : "");
}

static void carry_resume(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    if (!strcmp(setting->value, "none"))
        import_add_cmdline(import, setting, allocate_string("noresume"));
    else if (!strcmp(setting->value, "auto"))
        import_lose(import, setting, setting->value, key->why);
    else if (*setting->value)
        import_add_cmdline(import, setting, allocate_format("resume=%s", setting->value));
}

static void carry_root(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    (void)key;
    if (*setting->value)
        import_add_cmdline(import, setting, allocate_format("root=%s", setting->value));
}

/* BOOT=: what is on the boot's own command line says the rest. */
static void carry_boot(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    if (!strcmp(setting->value, "nfs"))
        import_add_line(import, setting, key->ours, "nfs");
    else if (strcmp(setting->value, key->usual) != 0 && *setting->value)
        import_lose(import, setting, setting->value, key->why);
}

/* The card of a root on the network. */
static void carry_device(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    (void)key;
    if (*setting->value)
        import_add_cmdline(import, setting, allocate_format("ip=:::::%s:dhcp", setting->value));
}

static void carry_nfsroot(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    if (*setting->value && strcmp(setting->value, key->usual) != 0)
        import_add_cmdline(import, setting, allocate_format("nfsroot=%s", setting->value));
}

const struct import_key import_initramfs_tools_keys[] = {
    {"MODULES", carry_policy, "profile", NULL, "there is most, dep, list and netboot"},
    {"BUSYBOX", carry_switch, "busybox", "auto", NULL},
    {"KEYMAP", carry_switch, "vconsole", NULL, NULL},
    {"COMPRESS", carry_method, "compress", NULL, NULL},
    {"COMPRESSLEVEL", import_nothing, NULL, NULL, NULL}, /* goes with COMPRESS */
    {"FSTYPE", import_file_systems, "feature", "auto", NULL},
    {"RESUME", carry_resume, "cmdline", NULL, "name the swap: cmdline = resume=UUID=..., or on the boot loader's line"},
    {"ROOT", carry_root, "cmdline", NULL, NULL},
    {"UMASK", import_nothing, NULL, NULL, NULL},
    {"BOOT", carry_boot, "feature", "local", "there are local and nfs"},
    {"DEVICE", carry_device, "cmdline", "", NULL},
    {"NFSROOT", carry_nfsroot, "cmdline", "auto", NULL},
    {"RUNSIZE", import_usual, NULL, "10%", "/run is as large as the system mounts it"},
    {"update_initramfs", import_usual, NULL, "yes", "images are always made when kernels and modules change"},
    {"backup_initramfs", import_nothing, NULL, NULL, NULL},
    {0},
};

/* Each with its options: "NAME OPTION=VALUE...". */
void import_module_list(struct import *import)
{
    const struct foreign_configuration *configuration = import->configuration;
    const struct foreign_setting setting = {.key = (char[]){"modules"}, .origin = configuration->modules_origin};
    struct string_list names = {0};

    for (size_t i = 0; i < configuration->modules.count; i++) {
        struct string_list words = {0};

        string_list_add_parts(&words, configuration->modules.items[i], IMPORT_BLANKS);
        string_list_add(&names, words.items[0]);
        for (size_t j = 1; j < words.count; j++)
            import_add_cmdline(import, &setting, allocate_format("%s.%s", words.items[0], words.items[j]));
        string_list_free(&words);
    }
    import_add_list(import, &setting, "autoload", &names);
    string_list_free(&names);
}
