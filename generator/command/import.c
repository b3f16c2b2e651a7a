#include "command/import.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/compress.h"
#include "archive/module_path.h"
#include "base/allocate.h"
#include "base/buffer.h"
#include "base/sysroot.h"

#define BLANKS " \t\r\n"

/* How a key of theirs is carried over. */
struct key {
    enum foreign_tool tool;
    const char *name;
    void (*carry)(struct import *import, const struct foreign_setting *setting, const struct key *key);
    const char *ours;  /* the key, or what stands in its place */
    const char *usual; /* a value that needs nothing */
    const char *why;   /* any other value is lost, by this clause */
};

static void lose(struct import *import, const struct foreign_setting *setting, const char *what, const char *why)
{
    string_list_take(&import->lost, allocate_format("%s: %s=%s: %s", setting->origin, setting->key, what, why));
}

static void add_line(struct import *import, const struct foreign_setting *setting, const char *key, const char *value)
{
    import->lines = allocate_more(import->lines, import->count, sizeof(*import->lines));
    import->lines[import->count++] =
        (struct import_line){.origin = allocate_format("%s, %s", setting->key, setting->origin),
            .key = allocate_string(key),
            .value = allocate_string(value)};
}

/* Of a key that has one value the first word counts: dracut's, if both are configured. */
static void set(struct import *import, const struct foreign_setting *setting, const char *key, const char *value)
{
    for (size_t i = 0; i < import->count; i++) {
        if (!strcmp(import->lines[i].key, key)) {
            if (strcmp(import->lines[i].value, value) != 0)
                lose(import, setting, setting->value, "dracut's configuration says something else");
            return;
        }
    }
    add_line(import, setting, key, value);
}

static void add_cmdline(struct import *import, const struct foreign_setting *setting, char *words)
{
    string_list_add_parts(&import->cmdline, words, BLANKS);
    string_list_take(&import->cmdline_origins, allocate_format("%s, %s", setting->key, setting->origin));
    free(words);
}

static void add_list(
    struct import *import, const struct foreign_setting *setting, const char *key, const struct string_list *values)
{
    char *joined = string_list_join(values, ", ");

    if (values->count > 0)
        add_line(import, setting, key, joined);
    free(joined);
}

static bool is_yes(const char *value)
{
    return !strcmp(value, "yes") || !strcmp(value, "y");
}

static void carry_nothing(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    (void)import;
    (void)setting;
    (void)key;
}

static void carry_usual(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    if (strcmp(setting->value, key->usual) != 0 && *setting->value)
        lose(import, setting, setting->value, key->why);
}

/* "nvme.ko.xz" is nvme, "=drivers/net/phy" a directory below kernel/. */
static void carry_drivers(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    struct string_list words = {0};
    struct string_list names = {0};

    string_list_add_parts(&words, setting->value, BLANKS);
    for (size_t i = 0; i < words.count; i++) {
        const char *word = words.items[i];

        if (*word == '=')
            string_list_take(&names, allocate_format("%s/", word + 1));
        else
            string_list_take(&names, module_path_is(word) ? module_path_name(word) : allocate_string(word));
    }
    add_list(import, setting, key->ours, &names);
    if (key->why && names.count > 0)
        lose(import, setting, setting->value, key->why);
    string_list_free(&words);
    string_list_free(&names);
}

/* Regular expressions of names: what is none is a name. */
static void carry_blacklist(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    struct string_list words = {0};
    struct string_list names = {0};

    (void)key;
    string_list_add_parts(&words, setting->value, BLANKS);
    for (size_t i = 0; i < words.count; i++) {
        if (strpbrk(words.items[i], ".*[]^$+?|()\\/"))
            lose(import, setting, words.items[i], "only whole names can be kept from being loaded");
        else
            string_list_add(&names, words.items[i]);
    }
    if (names.count > 0) {
        char *joined = string_list_join(&names, ",");

        add_cmdline(import, setting, allocate_format("rd.driver.blacklist=%s", joined));
        free(joined);
    }
    string_list_free(&words);
    string_list_free(&names);
}

static void carry_file_systems(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    struct string_list words = {0};
    struct string_list features = {0};
    struct string_list modules = {0};

    string_list_add_parts(&words, setting->value, BLANKS ",");
    for (size_t i = 0; i < words.count; i++) {
        const char *word = words.items[i];

        if (!strcmp(word, "auto"))
            continue;
        if (!strcmp(word, "ext2") || !strcmp(word, "ext3"))
            word = "ext4";
        if (string_list_contains(&import->known, word))
            string_list_add(&features, word);
        else
            string_list_add(&modules, word);
    }
    add_list(import, setting, "feature", &features);
    add_list(import, setting, "module", &modules);
    if (key->why && words.count > 0)
        lose(import, setting, setting->value, key->why);
    string_list_free(&words);
    string_list_free(&features);
    string_list_free(&modules);
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
    {"dracut-systemd", NULL},
    {"drm", NULL},
    {"fs-lib", NULL},
    {"fstab-sys", NULL},
    {"hwdb", NULL},
    {"i18n", "vconsole"},
    {"kernel-modules", NULL},
    {"kernel-modules-extra", NULL},
    {"lvm", "lvm"},
    {"mdraid", "md"},
    {"memstrack", NULL},
    {"mksh", NULL},
    {"multipath", "multipath"},
    {"nvdimm", "pmem"},
    {"overlay-root", "overlay"},
    {"overlayfs", "overlay"},
    {"pollcdrom", NULL},
    {"qemu", "virtio"},
    {"resume", NULL},
    {"rootfs-block", NULL},
    {"shutdown", "shutdown"},
    {"syslog", NULL},
    {"systemd", NULL},
    {"terminfo", NULL},
    {"udev-rules", NULL},
    {"usrmount", NULL},
    {"virtfs", "9p"},
    {"virtiofs", "virtiofs"},
};

static const struct counterpart *find_counterpart(const char *module)
{
    static const struct counterpart nothing = {"systemd-*", NULL};

    if (!strncmp(module, "systemd-", strlen("systemd-")))
        return &nothing;
    for (size_t i = 0; i < sizeof(counterparts) / sizeof(counterparts[0]); i++) {
        if (!strcmp(counterparts[i].module, module))
            return &counterparts[i];
    }
    return NULL;
}

static void carry_dracut_modules(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    struct string_list words = {0};
    struct string_list features = {0};

    string_list_add_parts(&words, setting->value, BLANKS);
    for (size_t i = 0; i < words.count; i++) {
        const struct counterpart *counterpart = find_counterpart(words.items[i]);

        if (counterpart && !counterpart->feature)
            continue;
        if (counterpart && string_list_contains(&import->known, counterpart->feature))
            string_list_add(&features, counterpart->feature);
        else
            lose(import, setting, words.items[i], "there is no feature for it");
    }
    add_list(import, setting, "feature", &features);
    if (key->why && words.count > 0)
        lose(import, setting, setting->value, key->why);
    string_list_free(&words);
    string_list_free(&features);
}

/* What we never pack need not be taken out. */
static void carry_omitted(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    struct string_list words = {0};
    struct string_list features = {0};

    (void)key;
    string_list_add_parts(&words, setting->value, BLANKS);
    for (size_t i = 0; i < words.count; i++) {
        const struct counterpart *counterpart = find_counterpart(words.items[i]);

        if (counterpart && counterpart->feature && string_list_contains(&import->known, counterpart->feature))
            string_list_take(&features, allocate_format("-%s", counterpart->feature));
    }
    add_list(import, setting, "feature", &features);
    string_list_free(&words);
    string_list_free(&features);
}

static void carry_hostonly(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    set(import, setting, key->ours, is_yes(setting->value) ? "host" : "generic");
}

/* MODULES= of initramfs-tools. */
static void carry_policy(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    static const char *const profiles[][2] = {{"most", "generic"}, {"dep", "host"}, {"list", "minimal"}};

    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        if (!strcmp(setting->value, profiles[i][0])) {
            set(import, setting, key->ours, profiles[i][1]);
            return;
        }
    }
    lose(import, setting, setting->value, key->why);
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
    struct import *import, const struct foreign_setting *setting, const struct key *key, const char *word)
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
        lose(import, setting, word, "there is no such file");
    }
    free(resolved);
    free(path);
}

static void carry_files(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    struct string_list words = {0};
    size_t before = import->feature.count;

    string_list_add_parts(&words, setting->value, BLANKS);
    for (size_t i = 0; i < words.count; i++)
        carry_file(import, setting, key, words.items[i]);
    if (import->feature.count > before)
        add_line(import, setting, "feature", IMPORT_FEATURE);
    string_list_free(&words);
}

/* "zstd -3 -T0", "/usr/bin/xz --check=crc32", or a word and level by itself. level: "" when nobody says it. */
static void set_compressor(
    struct import *import, const struct foreign_setting *setting, const char *name, const char *level)
{
    static const char *const others[][2] = {{"cat", "none"}, {"pigz", "gzip"}};
    enum compress_method method = COMPRESS_NONE;
    long number = strtol(level, NULL, 10);
    char *value;

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (!strcmp(name, others[i][0]))
            name = others[i][1];
    }
    while (method < COMPRESS_METHODS && strcmp(compress_name(method), name) != 0)
        method++;
    if (method == COMPRESS_METHODS) {
        lose(import, setting, setting->value, "images are compressed by gzip, zstd, xz or lz4");
        return;
    }
    if (*level && (number < 1 || number > compress_level_maximum(method))) {
        lose(import, setting, level, "there is no such level");
        level = "";
    }
    value = allocate_format("%s%s%s", name, *level ? ":" : "", level);
    set(import, setting, "compress", value);
    free(value);
}

static void carry_compressor(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    struct string_list words = {0};
    const char *level = "";

    (void)key;
    string_list_add_parts(&words, setting->value, BLANKS);
    for (size_t i = 1; i < words.count; i++) {
        const char *word = words.items[i];

        if (*word == '-' && word[1] && strspn(word + 1, "0123456789") == strlen(word + 1))
            level = word + 1;
    }
    if (words.count > 0) {
        const char *slash = strrchr(words.items[0], '/');

        set_compressor(import, setting, slash ? slash + 1 : words.items[0], level);
    }
    string_list_free(&words);
}

static void carry_method(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    const struct foreign_setting *level =
        foreign_configuration_find(import->configuration, FOREIGN_INITRAMFS_TOOLS, "COMPRESSLEVEL");

    (void)key;
    if (*setting->value)
        set_compressor(import, setting, setting->value, level ? level->value : "");
}

static void carry_cmdline(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    (void)key;
    add_cmdline(import, setting, allocate_string(setting->value));
}

static void carry_read_only(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    (void)key;
    if (is_yes(setting->value))
        add_cmdline(import, setting, allocate_string("ro"));
}

static void carry_microcode(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    const struct foreign_setting *hostonly =
        foreign_configuration_find(import->configuration, FOREIGN_DRACUT, "hostonly");
    const char *wanted = hostonly && is_yes(hostonly->value) ? "host" : "all";

    set(import, setting, key->ours, is_yes(setting->value) ? wanted : "none");
}

/* ours: the features, which go where the value is usual. */
static void carry_taken_out(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    if (is_yes(setting->value))
        add_line(import, setting, "feature", key->ours);
}

static void carry_switch(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    char *without = allocate_format("-%s", key->ours);

    if (is_yes(setting->value))
        add_line(import, setting, "feature", key->ours);
    else if (key->usual && strcmp(setting->value, key->usual) != 0 && *setting->value)
        add_line(import, setting, "feature", without);
    free(without);
}

static void carry_resume(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    if (!strcmp(setting->value, "none"))
        add_cmdline(import, setting, allocate_string("noresume"));
    else if (!strcmp(setting->value, "auto"))
        lose(import, setting, setting->value, key->why);
    else if (*setting->value)
        add_cmdline(import, setting, allocate_format("resume=%s", setting->value));
}

static void carry_root(struct import *import, const struct foreign_setting *setting, const struct key *key)
{
    (void)key;
    if (*setting->value)
        add_cmdline(import, setting, allocate_format("root=%s", setting->value));
}

#define DRACUT FOREIGN_DRACUT
#define TOOLS FOREIGN_INITRAMFS_TOOLS

static const char no_network[] = "there is no root on a network yet";
static const char not_exclusive[] =
    "it is added to what the profile has, which it replaced there (profile = minimal has "
    "nothing by itself)";

/* All that the manual pages of dracut 059 and initramfs-tools 0.142 name. kindling.conf(5) has the same in words. */
static const struct key keys[] = {
    {DRACUT, "dracutmodules", carry_dracut_modules, "feature", NULL, not_exclusive},
    {DRACUT, "add_dracutmodules", carry_dracut_modules, "feature", NULL, NULL},
    {DRACUT, "force_add_dracutmodules", carry_dracut_modules, "feature", NULL, NULL},
    {DRACUT, "omit_dracutmodules", carry_omitted, "feature", NULL, NULL},
    {DRACUT, "drivers", carry_drivers, "module", NULL, not_exclusive},
    {DRACUT, "add_drivers", carry_drivers, "module", NULL, NULL},
    {DRACUT, "force_drivers", carry_drivers, "autoload", NULL, NULL},
    {DRACUT, "omit_drivers", carry_blacklist, "cmdline", NULL, NULL},
    {DRACUT, "filesystems", carry_file_systems, "feature", NULL, not_exclusive},
    {DRACUT, "hostonly", carry_hostonly, "profile", NULL, NULL},
    {DRACUT, "hostonly_mode", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "hostonly_cmdline", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "hostonly_default_device", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "hostonly_nics", carry_usual, NULL, "", no_network},
    {DRACUT, "install_items", carry_files, "feature", NULL, NULL},
    {DRACUT, "install_optional_items", carry_files, "feature", "absent", NULL},
    {DRACUT, "compress", carry_compressor, "compress", NULL, NULL},
    {DRACUT, "kernel_cmdline", carry_cmdline, "cmdline", NULL, NULL},
    {DRACUT, "early_microcode", carry_microcode, "microcode", NULL, NULL},
    {DRACUT, "ro_mnt", carry_read_only, "cmdline", NULL, NULL},
    {DRACUT, "nofscks", carry_taken_out, "-e2fsck, -fsck-vfat, -fsck-exfat, -fsck-f2fs", NULL, NULL},
    {DRACUT, "fscks", carry_usual, NULL, "", "a checker comes in by the feature of its file system"},
    {DRACUT, "mdadmconf", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "lvmconf", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "drivers_dir", carry_usual, NULL, "", "modules-dir names the directory above KVER/"},
    {DRACUT, "fw_dir", carry_usual, NULL, "", "firmware is looked for where the kernel looks"},
    {DRACUT, "libdirs", carry_usual, NULL, "", "libraries are looked for where the system's loader looks"},
    {DRACUT, "squash_compress", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "do_strip", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "aggressive_strip", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "do_hardlink", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "prefix", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "persistent_policy", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "tmpdir", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "use_fstab", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "add_fstab", carry_usual, NULL, "", "only the root and /usr are mounted before the system is"},
    {DRACUT, "add_device", carry_usual, NULL, "", "name the modules of that device with module ="},
    {DRACUT, "kernel_only", carry_usual, NULL, "no", "an image has /init with its modules"},
    {DRACUT, "no_kernel", carry_usual, NULL, "no", "an image has /init with its modules"},
    {DRACUT, "acpi_override", carry_usual, NULL, "no", "no ACPI tables are packed"},
    {DRACUT, "acpi_table_dir", carry_usual, NULL, "", "no ACPI tables are packed"},
    {DRACUT, "stdloglvl", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "sysloglvl", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "fileloglvl", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "logfile", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "show_modules", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "sshkey", carry_usual, NULL, "", no_network},
    {DRACUT, "i18n_vars", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "i18n_default_font", carry_usual, NULL, "", "feature = vconsole takes the system's own"},
    {DRACUT, "i18n_install_all", carry_usual, NULL, "no", "feature = vconsole takes the system's own"},
    {DRACUT, "reproducible", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "noimageifnotneeded", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "loginstall", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "parallel", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "enhanced_cpio", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "machine_id", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "uefi", carry_usual, NULL, "no", "no unified kernel image is made: see ukify(1)"},
    {DRACUT, "uefi_stub", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "uefi_splash_image", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "uefi_secureboot_cert", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "uefi_secureboot_key", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "uefi_secureboot_engine", carry_nothing, NULL, NULL, NULL},
    {DRACUT, "kernel_image", carry_nothing, NULL, NULL, NULL},
    {TOOLS, "MODULES", carry_policy, "profile", NULL, no_network},
    {TOOLS, "BUSYBOX", carry_switch, "busybox", "auto", NULL},
    {TOOLS, "KEYMAP", carry_switch, "vconsole", NULL, NULL},
    {TOOLS, "COMPRESS", carry_method, "compress", NULL, NULL},
    {TOOLS, "COMPRESSLEVEL", carry_nothing, NULL, NULL, NULL}, /* goes with COMPRESS */
    {TOOLS, "FSTYPE", carry_file_systems, "feature", "auto", NULL},
    {TOOLS, "RESUME", carry_resume, "cmdline", NULL,
        "name the swap: cmdline = resume=UUID=..., or on the boot loader's line"},
    {TOOLS, "ROOT", carry_root, "cmdline", NULL, NULL},
    {TOOLS, "UMASK", carry_nothing, NULL, NULL, NULL},
    {TOOLS, "BOOT", carry_usual, NULL, "local", no_network},
    {TOOLS, "DEVICE", carry_usual, NULL, "", no_network},
    {TOOLS, "NFSROOT", carry_usual, NULL, "auto", no_network},
    {TOOLS, "RUNSIZE", carry_usual, NULL, "10%", "/run is as large as the system mounts it"},
    {TOOLS, "update_initramfs", carry_usual, NULL, "yes", "images are always made when kernels and modules change"},
    {TOOLS, "backup_initramfs", carry_nothing, NULL, NULL, NULL},
};

static void carry_setting(struct import *import, const struct foreign_setting *setting)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i].tool == setting->tool && !strcmp(keys[i].name, setting->key)) {
            keys[i].carry(import, setting, &keys[i]);
            return;
        }
    }
    lose(import, setting, setting->value, "nobody here knows that key");
}

/* initramfs-tools' list of modules to load, each with its options: "NAME OPTION=VALUE...". */
static void carry_module_list(struct import *import)
{
    const struct foreign_configuration *configuration = import->configuration;
    const struct foreign_setting setting = {.key = (char[]){"modules"}, .origin = configuration->modules_origin};
    struct string_list names = {0};

    for (size_t i = 0; i < configuration->modules.count; i++) {
        struct string_list words = {0};

        string_list_add_parts(&words, configuration->modules.items[i], BLANKS);
        string_list_add(&names, words.items[0]);
        for (size_t j = 1; j < words.count; j++)
            add_cmdline(import, &setting, allocate_format("%s.%s", words.items[0], words.items[j]));
        string_list_free(&words);
    }
    add_list(import, &setting, "autoload", &names);
    string_list_free(&names);
}

void import_make(
    struct import *import, const struct foreign_configuration *configuration, const struct catalogue *catalogue)
{
    *import = (struct import){.configuration = configuration};
    catalogue_names(catalogue, CATALOGUE_FEATURE, &import->known);
    for (size_t i = 0; i < configuration->count; i++)
        carry_setting(import, &configuration->settings[i]);
    carry_module_list(import);
    for (size_t i = 0; i < configuration->unread.count; i++)
        string_list_add(&import->lost, configuration->unread.items[i]);
    for (size_t i = 0; i < configuration->hooks.count; i++)
        string_list_take(
            &import->lost, allocate_format("%s/initramfs-tools/%s: hooks and scripts of initramfs-tools are not run",
                               configuration->etc, configuration->hooks.items[i]));
}

static void append_line(struct buffer *text, const char *before, const char *line)
{
    buffer_append_string(text, before);
    /* One line, whatever was quoted in theirs. */
    for (; *line; line++)
        buffer_append(text, *line == '\n' || *line == '\r' ? " " : line, 1);
    buffer_append_string(text, "\n");
}

static void append_key(struct buffer *text, const char *origin, const char *key, const char *value)
{
    char *line = allocate_format("%s = %s", key, value);

    append_line(text, "# ", origin);
    append_line(text, "", line);
    free(line);
}

static char *finish(struct buffer *text)
{
    buffer_append(text, "", 1);
    return (char *)text->data;
}

char *import_text(const struct import *import)
{
    char *files = string_list_join(&import->configuration->files, ", ");
    char *cmdline = string_list_join(&import->cmdline, " ");
    char *origins = string_list_join(&import->cmdline_origins, "; ");
    struct buffer text = {0};

    append_line(&text, "# By kindling import, from ", files);
    for (size_t i = 0; i < import->count; i++)
        append_key(&text, import->lines[i].origin, import->lines[i].key, import->lines[i].value);
    if (import->cmdline.count > 0)
        append_key(&text, origins, "cmdline", cmdline);
    for (size_t i = 0; i < import->lost.count; i++)
        append_line(&text, i == 0 ? "\n# Not carried over:\n#   " : "#   ", import->lost.items[i]);
    free(origins);
    free(cmdline);
    free(files);
    return finish(&text);
}

char *import_feature_text(const struct import *import)
{
    struct buffer text = {0};

    if (import->feature.count == 0)
        return NULL;
    append_line(&text, "", "description what kindling import found to be installed in the images of dracut");
    for (size_t i = 0; i < import->feature.count; i++)
        append_line(&text, "", import->feature.items[i]);
    return finish(&text);
}

void import_free(struct import *import)
{
    for (size_t i = 0; i < import->count; i++) {
        free(import->lines[i].origin);
        free(import->lines[i].key);
        free(import->lines[i].value);
    }
    free(import->lines);
    string_list_free(&import->known);
    string_list_free(&import->cmdline);
    string_list_free(&import->cmdline_origins);
    string_list_free(&import->feature);
    string_list_free(&import->lost);
}
