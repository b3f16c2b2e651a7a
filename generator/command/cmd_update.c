#include "command/commands.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/string_list.h"
#include "command/arguments.h"
#include "command/build_image.h"
#include "command/command_line.h"
#include "command/fallback.h"
#include "command/foreign_configuration.h"
#include "command/outcome.h"
#include "command/post_update.h"
#include "feature/data_directory.h"
#include "kernel/kernel_config.h"

#define USAGE "update [-k KVER | --all] [-b DIR] [-c FILE] [-d] [--force] [-q | -v]"

#define LETTERS ":k:ab:c:dqv"

struct update {
    struct options options; /* what the configuration file says */
    const char *boot_dir;
    const char *configuration; /* NULL: the usual one */
    struct string_list releases;
    bool wants_all;
    bool wants_deletion;
    bool is_forced;
};

static char *image_of(const struct update *update, const char *release)
{
    return allocate_format("%s/initrd.img-%s", update->boot_dir, release);
}

static int delete_image(const struct update *update, const char *release)
{
    static const char *const ends[] = {"", ".old", ".old.new"};
    char *image = image_of(update, release);
    int result = 0;

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char *path = allocate_format("%s%s", image, ends[i]);

        if (unlink(path) < 0 && errno != ENOENT) {
            log_error("cannot delete %s: %s", path, strerror(errno));
            result = -EIO;
        }
        free(path);
    }
    free(image);
    return result;
}

static int update_image(struct update *update, const char *release)
{
    char *image = image_of(update, release);
    char *kept = allocate_format("%s.old", image);
    struct options *options = &update->options;
    struct outcome outcome;
    struct fallback fallback;
    int result;

    free(options->settings.release);
    free(options->settings.output);
    options->settings.release = allocate_string(release);
    options->settings.output = allocate_string(image);
    options->settings.if_changed = true;
    options->is_for_host = true;
    options->is_forced = update->is_forced;
    outcome_begin(&outcome, image);
    result = fallback_open(&fallback, image);
    if (result == 0)
        result = build_image(options);
    if (fallback_close(&fallback) < 0 && result == 0)
        result = -EIO;
    if (result == 0)
        outcome_tell(&outcome, kept);
    if (result == 0)
        result = post_update_run(release, image);
    free(kept);
    free(image);
    return result;
}

/* What is no kernel's release, as 6.1.0.old, has no modules either, and no configuration that says why. */
static bool is_kernel(const struct update *update, const char *release)
{
    const char *directory =
        update->options.settings.modules_dir ? update->options.settings.modules_dir : "/lib/modules";
    char *path = allocate_format("%s/%s", directory, release);
    struct kernel_config config = {0};
    bool has = false;

    if (*release != '\0' && *release != '.' && !strchr(release, '/')) {
        has = access(path, F_OK) == 0
              || (kernel_config_read(&config, directory, release) == 0 && kernel_config_forbids_modules(&config));
        kernel_config_free(&config);
    }
    free(path);
    return has;
}

static int find_kernels(struct update *update)
{
    static const char *const prefixes[] = {"vmlinuz-", "vmlinux-"};
    DIR *directory = opendir(update->boot_dir);
    const struct dirent *entry;

    if (!directory) {
        log_error("cannot look for kernels in %s: %s", update->boot_dir, strerror(errno));
        return -EIO;
    }
    while ((entry = readdir(directory))) {
        for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
            const char *release = entry->d_name + strlen(prefixes[i]);

            if (!strncmp(entry->d_name, prefixes[i], strlen(prefixes[i])) && is_kernel(update, release))
                string_list_add(&update->releases, release);
        }
    }
    closedir(directory);
    if (update->releases.count == 0) /* as in a container; or /boot is not mounted */
        log_warning("no kernel vmlinuz-KVER in %s has modules: no image is made", update->boot_dir);
    string_list_sort(&update->releases);
    return 0;
}

static int settle_releases(struct update *update)
{
    struct utsname running;

    if (update->wants_all)
        return find_kernels(update);
    if (update->releases.count > 0)
        return 0;
    uname(&running);
    string_list_add(&update->releases, running.release);
    if (update->options.settings.sysroot || is_kernel(update, running.release))
        return 0;
    log_error("the kernel that runs, %s, has no modules here, as in a chroot: --all makes the images of those that are "
              "here, -k KVER makes one",
        running.release);
    return -ENOENT;
}

static int update_all(struct update *update)
{
    int result = 0;
    int fd = open(update->boot_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        log_error("cannot put an image into %s: %s", update->boot_dir, strerror(errno));
        return -EIO;
    }
    /* Two updates at a time, of apt and of an administrator, would take each other's previous images for their own.
     * What has no locks goes without. */
    flock(fd, LOCK_EX);
    for (size_t i = 0; i < update->releases.count && stop_check() == 0; i++) {
        const char *release = update->releases.items[i];

        if ((update->wants_deletion ? delete_image(update, release) : update_image(update, release)) < 0)
            result = -EIO;
    }
    close(fd);
    return stop_check() < 0 ? -EINTR : result;
}

static void set(struct update *update, int option, const char *value)
{
    switch (option) {
    case 'k':
        if (!strcmp(value, "all"))
            update->wants_all = true;
        else
            string_list_add(&update->releases, value);
        break;
    case 'a':
        update->wants_all = true;
        break;
    case 'b':
        update->boot_dir = value;
        break;
    case 'c':
        update->configuration = value;
        break;
    case 'd':
        update->wants_deletion = true;
        break;
    case 'f':
        update->is_forced = true;
        break;
    case 'q':
        log_set_quiet(true);
        break;
    default:
        log_set_verbose(true);
    }
}

/* The key of kindling.conf that an option of build is: update has one way to say what goes in. NULL: it is none. */
static const char *configuration_key(const char *word)
{
    size_t count;
    const struct option_row *rows = options_rows(&count);

    for (size_t i = 0; i < count; i++) {
        bool is_long = !strncmp(word, "--", 2) && strcspn(word + 2, "=") == strlen(rows[i].name)
                       && !strncmp(word + 2, rows[i].name, strlen(rows[i].name));
        bool is_short = rows[i].letter && word[0] == '-' && word[1] == rows[i].letter && !strchr(LETTERS, word[1]);

        if (rows[i].place == CONFIGURATION_TOO && (is_long || is_short))
            return rows[i].name;
    }
    return NULL;
}

static bool is_for_configuration(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *key = configuration_key(argv[i]);
        char *path;

        if (!key)
            continue;
        path = data_directory_configuration("kindling.conf");
        log_error("update takes no %.*s: what goes into images is said in %s, by a line %s = ...",
            (int)strcspn(argv[i], "="), argv[i], path, key);
        free(path);
        return true;
    }
    return false;
}

static int read_arguments(struct update *update, int argc, char **argv)
{
    static const struct option longs[] = {{"kernel", required_argument, NULL, 'k'}, {"all", no_argument, NULL, 'a'},
        {"boot-dir", required_argument, NULL, 'b'}, {"config", required_argument, NULL, 'c'},
        {"delete", no_argument, NULL, 'd'}, {"force", no_argument, NULL, 'f'}, {"quiet", no_argument, NULL, 'q'},
        {"verbose", no_argument, NULL, 'v'}, {0}};
    bool has_names;
    int option;

    if (is_for_configuration(argc, argv))
        return -EINVAL;
    while ((option = arguments_next(argc, argv, LETTERS, longs)) != -1) {
        if (option == '?')
            return -EINVAL;
        set(update, option, optarg);
    }
    has_names = update->releases.count > 0;
    /* What is deleted has to be named. */
    if (optind == argc && !(update->wants_all && has_names) && !(update->wants_deletion && !has_names))
        return 0;
    log_error("usage: kindling " USAGE);
    return -EINVAL;
}

int cmd_update(int argc, char **argv)
{
    struct update update = {.boot_dir = "/boot"};
    int status = 2;

    /* What a kernel package's installation leaves is no business of root's home. */
    if (geteuid() == 0)
        setenv("XDG_CACHE_HOME", "/var/cache", 0);
    if (read_arguments(&update, argc, argv) == 0) {
        char *file = allocate_string(update.configuration ? update.configuration : "");
        char *arguments[] = {(char[]){"kindling"}, (char[]){"-c"}, file, NULL};
        int result = command_line_read(&update.options, update.configuration ? 3 : 1, arguments);

        free(file);
        if (result == 0)
            result = settle_releases(&update);
        if (result == 0 && !update.wants_deletion)
            foreign_hooks_warn(update.options.settings.sysroot, &update.options.known_hooks);
        if (result == 0)
            result = update_all(&update);
        status = result < 0 ? 1 : 0;
    }
    options_free(&update.options);
    string_list_free(&update.releases);
    return status;
}
