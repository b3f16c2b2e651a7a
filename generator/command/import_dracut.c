#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/module_path.h"
#include "base/allocate.h"
#include "base/sysroot.h"
#include "command/import_key.h"

/* "nvme.ko.xz" is nvme, "=drivers/net/phy" a directory below kernel/. */
static void take_driver(
    struct import *import, const struct foreign_setting *setting, const char *word, struct string_list *names)
{
    (void)import;
    (void)setting;
    if (*word == '=')
        string_list_take(names, allocate_format("%s/", word + 1));
    else
        string_list_take(names, module_path_is(word) ? module_path_name(word) : allocate_string(word));
}

static void carry_drivers(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    import_words(import, setting, key, take_driver);
}

/* Regular expressions of names: what is none is a name. */
static void carry_blacklist(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    struct string_list words = {0};
    struct string_list names = {0};

    (void)key;
    string_list_add_parts(&words, setting->value, IMPORT_BLANKS);
    for (size_t i = 0; i < words.count; i++) {
        if (strpbrk(words.items[i], ".*[]^$+?|()\\/"))
            import_lose(import, setting, words.items[i], "only whole names can be kept from being loaded");
        else
            string_list_add(&names, words.items[i]);
    }
    if (names.count > 0) {
        char *joined = string_list_join(&names, ",");

        import_add_cmdline(import, setting, allocate_format("rd.driver.blacklist=%s", joined));
        free(joined);
    }
    string_list_free(&words);
    string_list_free(&names);
}

/* dracut's modules and our features. NULL: /init does it by itself, or has no need of it. */
static const struct counterpart {
    const char *module;
    const char *feature;
} counterparts[] = {
    {"base", NULL},
    {"bash", NULL},
    {"biosdevname", NULL},
    {"btrfs", "btrfs"},
    {"busybox", "busybox"},
    {"caps", NULL},
    {"console-setup", "vconsole"},
    {"crypt", "crypt"},
    {"dash", NULL},
    {"dbus", NULL},
    {"dbus-broker", NULL},
    {"dbus-daemon", NULL},
    {"dm", "lvm"},
    {"dmraid", "dmraid"},
    {"dracut-systemd", NULL},
    {"drm", NULL},
    {"fido2", "crypt-fido2"},
    {"fs-lib", NULL},
    {"fstab-sys", NULL},
    {"hwdb", NULL},
    {"i18n", "vconsole"},
    {"iscsi", "iscsi"},
    {"kernel-modules", NULL},
    {"kernel-modules-extra", NULL},
    {"kernel-network-modules", "network-cards"},
    {"lvm", "lvm"},
    {"mdraid", "md"},
    {"memstrack", NULL},
    {"mksh", NULL},
    {"multipath", "multipath"},
    {"nbd", "nbd"},
    {"network", "network"},
    {"network-legacy", "network"},
    {"network-manager", "network"},
    {"nfs", "nfs"},
    {"nvdimm", "pmem"},
    {"nvmf", "nvme-tcp"},
    {"overlay-root", "overlay"},
    {"overlayfs", "overlay"},
    {"pkcs11", "crypt-pkcs11"},
    {"pollcdrom", NULL},
    {"qemu", "virtio"},
    {"resume", NULL},
    {"rootfs-block", NULL},
    {"shutdown", "shutdown"},
    {"syslog", NULL},
    {"systemd", NULL},
    {"systemd-cryptsetup", "crypt"},
    {"systemd-integritysetup", "integrity"},
    {"systemd-networkd", "network"},
    {"systemd-veritysetup", "verity"},
    {"terminfo", NULL},
    {"tpm2-tss", "crypt-tpm2"},
    {"udev-rules", NULL},
    {"usrmount", NULL},
    {"virtfs", "9p"},
    {"virtiofs", "virtiofs"},
};

static const struct counterpart *find_counterpart(const char *module)
{
    static const struct counterpart nothing = {"systemd-*", NULL};

    for (size_t i = 0; i < sizeof(counterparts) / sizeof(counterparts[0]); i++) {
        if (!strcmp(counterparts[i].module, module))
            return &counterparts[i];
    }
    return !strncmp(module, "systemd-", strlen("systemd-")) ? &nothing : NULL;
}

static void take_module(
    struct import *import, const struct foreign_setting *setting, const char *word, struct string_list *features)
{
    const struct counterpart *counterpart = find_counterpart(word);

    if (counterpart && !counterpart->feature)
        return;
    if (counterpart && string_list_contains(&import->known, counterpart->feature))
        string_list_add(features, counterpart->feature);
    else
        import_lose(import, setting, word, "there is no feature for it");
}

static void carry_modules(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    import_words(import, setting, key, take_module);
}

/* What we never pack need not be taken out. */
static void take_omitted(
    struct import *import, const struct foreign_setting *setting, const char *word, struct string_list *features)
{
    const struct counterpart *counterpart = find_counterpart(word);

    (void)setting;
    if (counterpart && counterpart->feature && string_list_contains(&import->known, counterpart->feature))
        string_list_take(features, allocate_format("-%s", counterpart->feature));
}

static void carry_omitted(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    import_words(import, setting, key, take_omitted);
}

static void carry_hostonly(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    import_set(import, setting, key->ours, import_says_yes(setting->value) ? "host" : "generic");
}

static bool find_program(const struct import *import, const char *word, char **path)
{
    static const char *const directories[] = {"/usr/bin", "/usr/sbin", "/bin", "/sbin"};

    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        *path = allocate_format("%s/%s", directories[i], word);
        if (sysroot_has(import->configuration->sysroot, *path))
            return true;
        free(*path);
    }
    *path = NULL;
    return false;
}

/* Files of the system: a feature of one's own has them. Programs come with their libraries, as there. */
static void carry_file(
    struct import *import, const struct foreign_setting *setting, const struct import_key *key, const char *word)
{
    const char *sysroot = import->configuration->sysroot;
    struct stat status = {0};
    char *path = NULL;
    char *resolved = NULL;

    if (*word == '/')
        path = allocate_string(word);
    if ((path || find_program(import, word, &path)) && sysroot_resolve(sysroot, path, &resolved) == 0
        && stat(resolved, &status) == 0 && S_ISREG(status.st_mode)) {
        if (status.st_mode & 0111)
            string_list_take(&import->feature, allocate_format("program %s %s", path, path));
        else
            string_list_take(&import->feature, allocate_format("file %s", path));
    } else if (!key->usual) { /* it is no optional one */
        import_lose(import, setting, word, "there is no such file");
    }
    free(resolved);
    free(path);
}

static void carry_files(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    struct string_list words = {0};
    size_t before = import->feature.count;

    string_list_add_parts(&words, setting->value, IMPORT_BLANKS);
    for (size_t i = 0; i < words.count; i++)
        carry_file(import, setting, key, words.items[i]);
    if (import->feature.count > before)
        import_add_line(import, setting, "feature", IMPORT_FEATURE);
    string_list_free(&words);
}

/* "zstd -3 -T0", or "/usr/bin/xz --check=crc32". */
static void carry_compressor(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    struct string_list words = {0};
    const char *level = "";

    (void)key;
    string_list_add_parts(&words, setting->value, IMPORT_BLANKS);
    for (size_t i = 1; i < words.count; i++) {
        const char *word = words.items[i];

        if (*word == '-' && word[1] && strspn(word + 1, "0123456789") == strlen(word + 1))
            level = word + 1;
    }
    if (words.count > 0) {
        const char *slash = strrchr(words.items[0], '/');

        import_compressor(import, setting, slash ? slash + 1 : words.items[0], level);
    }
    string_list_free(&words);
}

static void carry_cmdline(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    (void)key;
    import_add_cmdline(import, setting, allocate_string(setting->value));
}

static void carry_read_only(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    (void)key;
    if (import_says_yes(setting->value))
        import_add_cmdline(import, setting, allocate_string("ro"));
}

static void carry_microcode(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    const struct foreign_setting *hostonly =
        foreign_configuration_find(import->configuration, FOREIGN_DRACUT, "hostonly");
    const char *wanted = hostonly && import_says_yes(hostonly->value) ? "host" : "all";

    import_set(import, setting, key->ours, import_says_yes(setting->value) ? wanted : "none");
}

/* ours: the features, which go where the value is usual. */
static void carry_taken_out(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    if (import_says_yes(setting->value))
        import_add_line(import, setting, "feature", key->ours);
}

static const char not_exclusive[] =
    "it is added to what the profile has, which it replaced there (profile = minimal has "
    "nothing by itself)";

const struct import_key import_dracut_keys[] = {
    {"dracutmodules", carry_modules, "feature", NULL, not_exclusive},
    {"add_dracutmodules", carry_modules, "feature", NULL, NULL},
    {"force_add_dracutmodules", carry_modules, "feature", NULL, NULL},
    {"omit_dracutmodules", carry_omitted, "feature", NULL, NULL},
    {"drivers", carry_drivers, "module", NULL, not_exclusive},
    {"add_drivers", carry_drivers, "module", NULL, NULL},
    {"force_drivers", carry_drivers, "autoload", NULL, NULL},
    {"omit_drivers", carry_blacklist, "cmdline", NULL, NULL},
    {"filesystems", import_file_systems, "feature", NULL, not_exclusive},
    {"hostonly", carry_hostonly, "profile", NULL, NULL},
    {"hostonly_mode", import_nothing, NULL, NULL, NULL},
    {"hostonly_cmdline", import_nothing, NULL, NULL, NULL},
    {"hostonly_default_device", import_nothing, NULL, NULL, NULL},
    {"hostonly_nics", import_usual, NULL, "", "profile = host takes the cards that a root on the network needs"},
    {"install_items", carry_files, "feature", NULL, NULL},
    {"install_optional_items", carry_files, "feature", "absent", NULL},
    {"compress", carry_compressor, "compress", NULL, NULL},
    {"kernel_cmdline", carry_cmdline, "cmdline", NULL, NULL},
    {"early_microcode", carry_microcode, "microcode", NULL, NULL},
    {"ro_mnt", carry_read_only, "cmdline", NULL, NULL},
    {"nofscks", carry_taken_out, "-e2fsck, -fsck-vfat, -fsck-exfat, -fsck-f2fs", NULL, NULL},
    {"fscks", import_usual, NULL, "", "a checker comes in by the feature of its file system"},
    {"mdadmconf", import_nothing, NULL, NULL, NULL},
    {"lvmconf", import_nothing, NULL, NULL, NULL},
    {"drivers_dir", import_usual, NULL, "", "modules-dir names the directory above KVER/"},
    {"fw_dir", import_usual, NULL, "", "firmware is looked for where the kernel looks"},
    {"libdirs", import_usual, NULL, "", "libraries are looked for where the system's loader looks"},
    {"squash_compress", import_nothing, NULL, NULL, NULL},
    {"do_strip", import_nothing, NULL, NULL, NULL},
    {"aggressive_strip", import_nothing, NULL, NULL, NULL},
    {"do_hardlink", import_nothing, NULL, NULL, NULL},
    {"prefix", import_nothing, NULL, NULL, NULL},
    {"persistent_policy", import_nothing, NULL, NULL, NULL},
    {"tmpdir", import_nothing, NULL, NULL, NULL},
    {"use_fstab", import_nothing, NULL, NULL, NULL},
    {"add_fstab", import_usual, NULL, "", "only the root and /usr are mounted before the system is"},
    {"add_device", import_usual, NULL, "", "name the modules of that device with module ="},
    {"kernel_only", import_usual, NULL, "no", "an image has /init with its modules"},
    {"no_kernel", import_usual, NULL, "no", "an image has /init with its modules"},
    {"acpi_override", import_usual, NULL, "no", "no ACPI tables are packed"},
    {"acpi_table_dir", import_usual, NULL, "", "no ACPI tables are packed"},
    {"stdloglvl", import_nothing, NULL, NULL, NULL},
    {"sysloglvl", import_nothing, NULL, NULL, NULL},
    {"fileloglvl", import_nothing, NULL, NULL, NULL},
    {"logfile", import_nothing, NULL, NULL, NULL},
    {"show_modules", import_nothing, NULL, NULL, NULL},
    {"sshkey", import_usual, NULL, "", "nothing is fetched by ssh"},
    {"i18n_vars", import_nothing, NULL, NULL, NULL},
    {"i18n_default_font", import_usual, NULL, "", "feature = vconsole takes the system's own"},
    {"i18n_install_all", import_usual, NULL, "no", "feature = vconsole takes the system's own"},
    {"reproducible", import_nothing, NULL, NULL, NULL},
    {"noimageifnotneeded", import_nothing, NULL, NULL, NULL},
    {"loginstall", import_nothing, NULL, NULL, NULL},
    {"parallel", import_nothing, NULL, NULL, NULL},
    {"enhanced_cpio", import_nothing, NULL, NULL, NULL},
    {"machine_id", import_nothing, NULL, NULL, NULL},
    {"uefi", import_usual, NULL, "no", "kindling uki makes unified kernel images"},
    {"uefi_stub", import_usual, NULL, "", "kindling uki takes systemd's stub"},
    {"uefi_splash_image", import_usual, NULL, "", "kindling uki adds no picture"},
    {"uefi_secureboot_cert", import_usual, NULL, "", "kindling uki signs with --sign-cert FILE and --sign-key FILE"},
    {"uefi_secureboot_key", import_usual, NULL, "", "kindling uki signs with --sign-cert FILE and --sign-key FILE"},
    {"uefi_secureboot_engine", import_usual, NULL, "", "kindling uki takes its key from a file"},
    {"kernel_image", import_usual, NULL, "", "kindling uki --kernel FILE takes a kernel"},
    {0},
};
