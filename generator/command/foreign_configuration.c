#include "command/foreign_configuration.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "command/shell_assignments.h"
#include "feature/data_directory.h"

/* The files of a tool in the order in which it reads them (dracut.conf(5), initramfs.conf(5)). */
static const struct source {
    enum foreign_tool tool;
    const char *pattern; /* below /etc */
} sources[] = {
    {FOREIGN_DRACUT, "dracut.conf"},
    {FOREIGN_DRACUT, "dracut.conf.d/*.conf"},
    {FOREIGN_INITRAMFS_TOOLS, "initramfs-tools/initramfs.conf"},
    {FOREIGN_INITRAMFS_TOOLS, "initramfs-tools/update-initramfs.conf"},
    {FOREIGN_INITRAMFS_TOOLS, "initramfs-tools/conf.d/*"},
};

static char *find_etc(const char *sysroot)
{
    char *etc = sysroot ? allocate_string("/etc") : data_directory_configuration("");
    size_t length = strlen(etc);

    while (length > 1 && etc[length - 1] == '/')
        etc[--length] = '\0';
    return etc;
}

static struct foreign_setting *find(
    const struct foreign_configuration *configuration, enum foreign_tool tool, const char *key)
{
    for (size_t i = 0; i < configuration->count; i++) {
        if (configuration->settings[i].tool == tool && !strcmp(configuration->settings[i].key, key))
            return &configuration->settings[i];
    }
    return NULL;
}

const struct foreign_setting *foreign_configuration_find(
    const struct foreign_configuration *configuration, enum foreign_tool tool, const char *key)
{
    return find(configuration, tool, key);
}

static void assign(struct foreign_configuration *configuration, enum foreign_tool tool, const char *file,
    const struct shell_statement *statement)
{
    struct foreign_setting *setting = find(configuration, tool, statement->name);
    char *origin = allocate_format("%s:%u", file, statement->line);

    if (!setting) {
        configuration->settings =
            allocate_more(configuration->settings, configuration->count, sizeof(*configuration->settings));
        setting = &configuration->settings[configuration->count++];
        *setting = (struct foreign_setting){.tool = tool,
            .key = allocate_string(statement->name),
            .value = allocate_string(statement->value),
            .origin = origin};
    } else if (statement->appends) {
        allocate_replace(&setting->value, allocate_format("%s%s", setting->value, statement->value));
        allocate_replace(&setting->origin, allocate_format("%s, %s", setting->origin, origin));
        free(origin);
    } else {
        allocate_replace(&setting->value, allocate_string(statement->value));
        allocate_replace(&setting->origin, origin);
    }
}

static void take_statements(
    struct foreign_configuration *configuration, enum foreign_tool tool, const char *file, const char *text)
{
    struct shell_statements statements;

    shell_statements_parse(&statements, text);
    for (size_t i = 0; i < statements.count; i++) {
        const struct shell_statement *statement = &statements.items[i];

        if (statement->value)
            assign(configuration, tool, file, statement);
        else
            string_list_take(&configuration->unread,
                allocate_format("%s:%u: %s: %s", file, statement->line, statement->name, statement->why));
    }
    shell_statements_free(&statements);
}

/* Editors' and dpkg's leavings are nobody's configuration. */
static bool is_leftover(const char *path)
{
    size_t length = strlen(path);

    return strstr(path, ".dpkg-") || path[length - 1] == '~';
}

/* 1: there is a file of its name, and it was read; 0: none; or -errno, logged. */
static int read_text(struct foreign_configuration *configuration, const char *path, char **text)
{
    int result = file_read_text_of(configuration->sysroot, path, text);

    if (result == -ENOENT || result == -ENOTDIR || result == -EISDIR)
        return 0;
    if (result < 0) {
        log_error("cannot read %s: %s", path, strerror(-result));
        return result;
    }
    string_list_add(&configuration->files, path);
    return 1;
}

static int read_source(struct foreign_configuration *configuration, const struct source *source)
{
    char *pattern = allocate_format("%s/%s", configuration->etc, source->pattern);
    struct string_list paths = {0};
    int result = 0;

    sysroot_glob(configuration->sysroot, pattern, &paths);
    for (size_t i = 0; i < paths.count && result >= 0; i++) {
        char *text;

        if (is_leftover(paths.items[i]))
            continue;
        result = read_text(configuration, paths.items[i], &text);
        if (result > 0) {
            take_statements(configuration, source->tool, paths.items[i], text);
            free(text);
        }
    }
    string_list_free(&paths);
    free(pattern);
    return result < 0 ? result : 0;
}

static int read_modules(struct foreign_configuration *configuration)
{
    char *path = allocate_format("%s/initramfs-tools/modules", configuration->etc);
    struct line_reader reader = {0};
    char *text = NULL;
    char *line;
    int result = read_text(configuration, path, &text);

    configuration->modules_origin = path;
    if (result <= 0)
        return result;
    reader.next = text;
    while ((line = lines_next(&reader))) {
        line[strcspn(line, "#")] = '\0';
        line = lines_rest(line);
        if (*line)
            string_list_add(&configuration->modules, line);
    }
    free(text);
    return 0;
}

static bool is_program(const char *sysroot, const char *path)
{
    struct stat status;
    char *resolved;
    bool is;

    if (sysroot_resolve(sysroot, path, &resolved) < 0)
        return false;
    is = stat(resolved, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 0111);
    free(resolved);
    return is;
}

/* Adds the programs below a directory that match a pattern, without the directory's name. */
static void find_programs(const char *sysroot, const char *directory, const char *pattern, struct string_list *names)
{
    const char *root = sysroot ? sysroot : "/";
    char *whole = allocate_format("%s/%s", directory, pattern);
    struct string_list paths = {0};

    sysroot_glob(root, whole, &paths);
    for (size_t i = 0; i < paths.count; i++) {
        if (!is_leftover(paths.items[i]) && is_program(root, paths.items[i]))
            string_list_add(names, paths.items[i] + strlen(directory) + 1);
    }
    string_list_free(&paths);
    free(whole);
}

void foreign_hooks_find(const char *sysroot, struct string_list *hooks)
{
    char *etc = find_etc(sysroot);
    char *directory = allocate_format("%s/initramfs-tools", etc);

    find_programs(sysroot, directory, "hooks/*", hooks);
    find_programs(sysroot, directory, "scripts/*/*", hooks);
    free(directory);
    free(etc);
}

/*
 * What packages have for initramfs-tools and kindling does itself: as they call it in Debian 12 and 13. nfs-common and
 * nvme-cli have none.
 */
static const char *const replaced_hooks[] = {"amd64_microcode", "intel_microcode", "btrfs", "dmsetup", "lvm2", "mdadm",
    "multipath", "iscsi", "nbd", "nbd-client", "aoe", "bcache", "thin-provisioning-tools", "cryptroot",
    "cryptroot-unlock", "cryptgnupg", "cryptgnupg-sc", "cryptkeyctl", "cryptopensc", "cryptpassdev", "dmraid", "fsck",
    "fuse", "fuse3", "ntfs_3g", "keymap", "kbd", "console_setup", "klibc*", "kmod", "udev", "resume", "thermal",
    "zz-busybox*", "reiserfsprogs", "xfs", "compcache", "framebuffer", "iucode_tool"};

static bool is_replaced(const char *hook)
{
    const char *name = strrchr(hook, '/') + 1;

    for (size_t i = 0; i < sizeof(replaced_hooks) / sizeof(replaced_hooks[0]); i++) {
        if (fnmatch(replaced_hooks[i], name, 0) == 0)
            return true;
    }
    return false;
}

/* Packages' hooks lie in /usr/share of the tree that /etc is in. */
static void find_packages_hooks(const char *sysroot, struct string_list *hooks)
{
    char *etc = find_etc(sysroot);
    const char *last = strrchr(etc, '/');
    char *directory = allocate_format("%.*s/usr/share/initramfs-tools", last ? (int)(last - etc) : 0, etc);
    struct string_list all = {0};

    find_programs(sysroot, directory, "hooks/*", &all);
    for (size_t i = 0; i < all.count; i++) {
        if (!is_replaced(all.items[i]))
            string_list_add(hooks, all.items[i]);
    }
    string_list_free(&all);
    free(directory);
    free(etc);
}

static bool is_acknowledged(const struct string_list *patterns, const char *hook)
{
    for (size_t i = 0; i < patterns->count; i++) {
        if (fnmatch(patterns->items[i], hook, 0) == 0)
            return true;
    }
    return false;
}

static void warn_of(const char *whose, const struct string_list *hooks, const struct string_list *acknowledged)
{
    struct string_list named = {0};
    char *joined;

    for (size_t i = 0; i < hooks->count; i++) {
        if (!is_acknowledged(acknowledged, hooks->items[i]))
            string_list_add(&named, hooks->items[i]);
    }
    joined = string_list_join(&named, ", ");
    if (named.count > 0)
        log_warning(
            "of %s these are not run: %s (known-hook = ... in kindling.conf when that is known)", whose, joined);
    free(joined);
    string_list_free(&named);
}

void foreign_hooks_warn(const char *sysroot, const struct string_list *acknowledged)
{
    struct string_list own = {0};
    struct string_list packages = {0};

    foreign_hooks_find(sysroot, &own);
    find_packages_hooks(sysroot, &packages);
    warn_of("/etc/initramfs-tools", &own, acknowledged);
    warn_of("packages' hooks for initramfs-tools", &packages, acknowledged);
    string_list_free(&own);
    string_list_free(&packages);
}

int foreign_configuration_read(struct foreign_configuration *configuration, const char *sysroot)
{
    int result = 0;

    *configuration = (struct foreign_configuration){.sysroot = sysroot ? sysroot : "/", .etc = find_etc(sysroot)};
    file_confine(configuration->sysroot);
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]) && result == 0; i++)
        result = read_source(configuration, &sources[i]);
    if (result == 0)
        result = read_modules(configuration);
    foreign_hooks_find(sysroot, &configuration->hooks);
    return result;
}

void foreign_configuration_free(struct foreign_configuration *configuration)
{
    for (size_t i = 0; i < configuration->count; i++) {
        free(configuration->settings[i].key);
        free(configuration->settings[i].value);
        free(configuration->settings[i].origin);
    }
    free(configuration->settings);
    free(configuration->etc);
    free(configuration->modules_origin);
    string_list_free(&configuration->files);
    string_list_free(&configuration->unread);
    string_list_free(&configuration->modules);
    string_list_free(&configuration->hooks);
}
