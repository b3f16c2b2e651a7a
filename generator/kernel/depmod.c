#include "kernel/depmod.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive/compressor.h"
#include "archive/image_archive.h"
#include "archive/module_path.h"
#include "base/allocate.h"
#include "base/debris.h"
#include "base/file.h"
#include "base/host_program.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/string_list.h"
#include "kernel/depmod_cache.h"
#include "kernel/module_outline.h"

/* depmod reads these besides the modules; all other modules.* are what it writes. */
static const char *const files[] = {"modules.order", "modules.builtin", "modules.builtin.modinfo"};

/* with_modules: so is all that may hold modules. */
static bool is_input(const char *name, bool with_modules)
{
    if (strncmp(name, "modules.", strlen("modules.")) != 0)
        return with_modules && *name != '.' && strcmp(name, "build") != 0 && strcmp(name, "source") != 0;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (!strcmp(files[i], name))
            return true;
    }
    return false;
}

/* What depmod would wait for, as a fifo's writer, is refused. */
static int link_entries(const char *tree, const char *scratch_directory, bool with_modules)
{
    char *absolute = realpath(tree, NULL);
    DIR *source = opendir(tree);
    const struct dirent *entry;
    int result = 0;

    if (!source || !absolute)
        result = errno == ENOENT ? 0 : -errno; /* a kernel without modules may have none */
    while (result == 0 && source && absolute && (entry = readdir(source))) {
        char *target = allocate_format("%s/%s", absolute, entry->d_name);
        char *link = allocate_format("%s/%s", scratch_directory, entry->d_name);

        if (is_input(entry->d_name, with_modules))
            result = file_check(target) == -EINVAL ? -ENOTSUP : symlink(target, link) < 0 ? -errno : 0;
        free(target);
        free(link);
    }
    if (source)
        closedir(source);
    free(absolute);
    return result;
}

/* Writes what the gzip stream at source holds. Logs. */
static int inflate_file(const char *source, const char *path)
{
    struct buffer inflated = {0};
    int result = image_archive_read_file(source, &inflated);

    if (result == 0) {
        result = file_write_new(path, &inflated);
        if (result < 0)
            log_error("cannot write %s: %s", path, strerror(-result));
    }
    buffer_free(&inflated);
    return result;
}

static int mirror_file(const char *tree, const char *name, const char *scratch_directory, bool is_indexed)
{
    size_t length = module_path_plain_length(name);
    bool is_gzip = !strcmp(name + length, compressors[COMPRESSOR_GZIP].suffix);
    char *source = allocate_format("%s/%s", tree, name);
    char *path = allocate_format("%s/%.*s", scratch_directory, is_gzip ? (int)length : (int)strlen(name), name);
    int result = file_make_parents(scratch_directory, name);

    if (result < 0) {
        log_error("cannot make a directory for %s: %s", path, strerror(-result));
    } else if (is_gzip && !is_indexed) {
        result = inflate_file(source, path);
    } else if (symlink(source, path) < 0) {
        result = -errno;
        log_error("cannot make %s: %s", path, strerror(-result));
    }
    free(source);
    free(path);
    return result;
}

/* depmod, as Debian builds it, takes no notice of a *.ko.gz: such a tree is shown to it inflated. Where it has been
 * indexed before, libkmod only wants to see that there are files of the names that the indexes have. Logs. */
static int mirror_modules(
    const char *tree, const struct module_files *modules, const char *scratch_directory, bool is_indexed)
{
    char *absolute = realpath(tree, NULL);
    int result = 0;

    for (size_t i = 0; i < modules->count && result == 0; i++) {
        result = mirror_file(absolute ? absolute : tree, modules->items[i].path, scratch_directory, is_indexed);
        if (result == 0 && stop_check() < 0) {
            log_error("stopped by a signal");
            result = -EINTR;
        }
    }
    free(absolute);
    return result;
}

/* Without a list of built-in modules depmod writes no index of them, and without that libkmod reads none. */
static int make_missing_files(const char *scratch_directory)
{
    int result = 0;

    for (size_t i = 0; result == 0 && i < sizeof(files) / sizeof(files[0]); i++) {
        char *path = allocate_format("%s/%s", scratch_directory, files[i]);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        if (fd >= 0)
            close(fd);
        else if (errno != EEXIST)
            result = -errno;
        free(path);
    }
    return result;
}

/* Makes scratch/lib/modules/RELEASE, where depmod -b scratch looks, and scratch/configuration. */
static int make_directories(const char *scratch, const char *release, char **directory)
{
    static const char *const parts[] = {"configuration", "lib", "lib/modules"};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        char *path = allocate_format("%s/%s", scratch, parts[i]);
        int result = mkdir(path, 0700) < 0 ? -errno : 0;

        free(path);
        if (result < 0)
            return result;
    }
    *directory = allocate_format("%s/lib/modules/%s", scratch, release);
    return mkdir(*directory, 0700) < 0 ? -errno : 0;
}

/* -C: only an empty configuration, for this host's rules are not those of the tree. */
static int run_depmod(const char *program, const struct scratch *scratch, const char *release, const char *messages)
{
    char *configuration = allocate_format("%s/configuration", scratch->path);
    char *base = allocate_string(scratch->path);
    char *version = allocate_string(release);
    char *arguments[] = {(char[]){"depmod"}, (char[]){"-b"}, base, (char[]){"-C"}, configuration, version, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = 0;
    int result;

    posix_spawn_file_actions_init(&actions);
    /* It inherits the lock: should we be killed, nobody takes for stale what depmod still writes into. */
    posix_spawn_file_actions_adddup2(&actions, scratch->lock, scratch->lock);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, messages, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    result = -posix_spawn(&child, program, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (result == 0) {
        stop_with_child(child);
        if (waitpid(child, &status, 0) < 0)
            result = -errno;
        stop_with_child(0);
    }
    if (result == 0 && stop_check() < 0)
        result = -EINTR;
    if (result == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        result = -EINVAL;
    free(configuration);
    free(base);
    free(version);
    return result;
}

/* depmod warns of things that a tree may well lack; what it says matters only when it fails. */
static void report(const char *tree, const char *messages, int error)
{
    char *text = NULL;

    if (error == -EINTR) {
        log_error("stopped by a signal");
        return;
    }
    if (error != -EINVAL || file_read_text(messages, &text) < 0 || *text == '\0')
        log_error("cannot run depmod for %s: %s", tree, error == -EINVAL ? "it failed" : strerror(-error));
    else
        log_error("cannot find out the dependencies of %s: %.*s", tree, (int)strcspn(text, "\n"), text);
    free(text);
}

/* A tree under work: what depmod is to say of it, where. */
struct job {
    const char *tree;
    const char *release;
    const struct module_files *modules;
    unsigned jobs;
    const char *cache;
    const struct scratch *scratch;
    char *program;
};

static bool has_compressed(const struct module_files *modules)
{
    for (size_t i = 0; i < modules->count; i++) {
        if (compressor_of_file(modules->items[i].path))
            return true;
    }
    return false;
}

/* What it wrote beside the modules becomes the directory's. */
static int take_indexes(const char *from, const char *directory)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) ; make_directories has made it */
    DIR *source = opendir(from);
    const struct dirent *entry;
    int result = 0;

    if (!source)
        return -errno;
    while (result == 0 && (entry = readdir(source))) {
        char *old = allocate_format("%s/%s", from, entry->d_name);
        char *new = allocate_format("%s/%s", directory, entry->d_name);

        if (!strncmp(entry->d_name, "modules.", strlen("modules.")) && !is_input(entry->d_name, false)
            && rename(old, new) < 0)
            result = -errno;
        free(old);
        free(new);
    }
    closedir(source);
    return result;
}

/* By outlines of the modules, in scratch/outlines, which need not be for long. That it did not work is no error: the
 * modules themselves tell the same, and depmod then says what is wrong with them: *is_done. What is damaged is one,
 * logged: -EBADMSG. */
static int index_by_outlines(
    const struct job *job, enum outline outline, const char *messages, const char *directory, bool *is_done)
{
    struct scratch outlines = *job->scratch;
    char *from = NULL;
    int result;

    outlines.path = allocate_format("%s/outlines", job->scratch->path);
    result = mkdir(outlines.path, 0700) < 0 ? -errno : make_directories(outlines.path, job->release, &from);
    if (result == 0)
        result = link_entries(job->tree, from, false);
    if (result == 0)
        result = make_missing_files(from);
    if (result == 0)
        result = module_outlines_make(job->tree, job->modules, job->jobs, from, outline);
    *is_done = result == 0 && run_depmod(job->program, &outlines, job->release, messages) == 0
               && take_indexes(from, directory) == 0;
    debris_remove(outlines.path);
    free(outlines.path);
    free(from);
    return result == -EBADMSG ? result : 0;
}

static int index_into(const struct job *job, char **directory)
{
    char *messages = allocate_format("%s/messages", job->scratch->path);
    bool is_mirrored = module_files_have_gzip(job->modules);
    bool is_indexed, has_outlines = false;
    struct depmod_cache cache;
    int result = make_directories(job->scratch->path, job->release, directory);

    if (result == 0)
        result = link_entries(job->tree, *directory, !is_mirrored);
    if (result == 0)
        result = make_missing_files(*directory);
    if (result < 0) {
        report(job->tree, messages, result);
        free(messages);
        return result;
    }
    depmod_cache_open(&cache, job->cache, job->tree, job->program, job->modules);
    is_indexed = depmod_cache_get(&cache, *directory);
    if (is_mirrored)
        result = mirror_modules(job->tree, job->modules, *directory, is_indexed);
    if (result == 0 && !is_indexed && !is_mirrored && has_compressed(job->modules)) {
        result = index_by_outlines(job, OUTLINE_SUMMARY, messages, *directory, &has_outlines);
        if (result == 0 && !has_outlines)
            result = index_by_outlines(job, OUTLINE_SECTIONS, messages, *directory, &has_outlines);
    }
    if (result == 0 && !is_indexed) {
        result = has_outlines ? 0 : run_depmod(job->program, job->scratch, job->release, messages);
        if (result < 0)
            report(job->tree, messages, result);
        else
            depmod_cache_put(&cache, *directory);
    }
    depmod_cache_close(&cache);
    free(messages);
    return result;
}

int depmod_index(const char *tree, const char *release, const struct module_files *modules, unsigned jobs,
    const char *cache, struct scratch *scratch, char **directory)
{
    struct job job = {
        .tree = tree, .release = release, .modules = modules, .jobs = jobs, .cache = cache, .scratch = scratch};
    int result = scratch_make(scratch);

    *directory = NULL;
    if (result < 0)
        return result;
    job.program = host_program_path("depmod");
    if (!job.program)
        job.program = allocate_string("/sbin/depmod"); /* running it tells */
    result = index_into(&job, directory);
    free(job.program);
    if (result == 0)
        return 0;
    scratch_remove(scratch);
    free(*directory);
    *directory = NULL;
    return result;
}

void depmod_add_inputs(const char *tree, struct string_list *inputs)
{
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        file_add_existing(tree, files[i], inputs);
}
