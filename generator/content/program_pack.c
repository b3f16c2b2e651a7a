#include "content/program_pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "content/library_closure.h"
#include "feature/data_directory.h"

#define SCRIPT_DEPTH_MAXIMUM 5u /* the kernel gives up there too */

static int pack_program(struct program_pack *pack, const char *path, const char *origin, unsigned depth);

void program_pack_open(struct program_pack *pack, struct image *image, const char *sysroot,
    const struct architecture *architecture, struct string_list *inputs)
{
    *pack = (struct program_pack){.architecture = architecture, .files = {.image = image, .sysroot = sysroot}};
    library_places_open(&pack->places, sysroot);
    for (size_t i = 0; i < pack->places.read.count; i++)
        string_list_add(inputs, pack->places.read.items[i]);
}

void program_pack_close(struct program_pack *pack)
{
    packed_files_free(&pack->files);
    for (size_t i = 0; i < pack->program_count; i++)
        free(pack->programs[i].needs);
    free(pack->programs);
    string_list_free(&pack->visited);
    library_places_free(&pack->places);
}

static int missing_interpreter(
    const struct program_pack *pack, const char *path, const char *interpreter, const char *origin)
{
    log_error("cannot pack %s (%s): %s has no %s to run it", path, origin, pack->places.sysroot, interpreter);
    return -ENOENT;
}

static struct packed_program *current(const struct program_pack *pack)
{
    return &pack->programs[pack->program_count - 1];
}

static int pack_dynamic(struct program_pack *pack, const char *path, struct executable *executable, const char *origin)
{
    const char *interpreter = executable->interpreter;
    struct dynamic_program program = {
        path, origin, &pack->wanted->libraries, &pack->places, &pack->files, current(pack)};
    char *why = allocate_format("needed by %s (%s)", path, origin);
    int result = 0;

    if (interpreter && !sysroot_has(pack->places.sysroot, interpreter))
        result = missing_interpreter(pack, path, interpreter, origin);
    else if (interpreter)
        result = packed_files_need(&pack->files, program.packed, interpreter, why);
    free(why);
    return result < 0 ? result : library_closure_pack(&program, executable);
}

/* Where "env NAME" finds NAME; a new string, or NULL. */
static char *find_command(const struct program_pack *pack, const char *name)
{
    static const char *const directories[] = {
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};

    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        char *path = allocate_format("%s/%s", directories[i], name);

        if (sysroot_has(pack->places.sysroot, path))
            return path;
        free(path);
    }
    return NULL;
}

/* "#!/usr/bin/env -S NAME ARGUMENT..." */
static int pack_command_of_env(
    struct program_pack *pack, const char *path, const char *argument, const char *origin, unsigned depth)
{
    struct string_list words = {0};
    size_t first = 0;
    char *command;
    int result;

    string_list_add_parts(&words, argument, " \t");
    while (first < words.count && (words.items[first][0] == '-' || strchr(words.items[first], '=')))
        first++;
    if (first == words.count) {
        string_list_free(&words);
        return 0;
    }
    command = find_command(pack, words.items[first]);
    result = command ? pack_program(pack, command, origin, depth)
                     : missing_interpreter(pack, path, words.items[first], origin);
    free(command);
    string_list_free(&words);
    return result;
}

static int pack_script(
    struct program_pack *pack, const char *path, const struct executable *script, const char *origin, unsigned depth)
{
    const char *name = strrchr(script->interpreter, '/') + 1;
    char *why = allocate_format("runs %s (%s)", path, origin);
    int result;

    if (sysroot_has(pack->places.sysroot, script->interpreter))
        result = pack_program(pack, script->interpreter, why, depth + 1);
    else
        result = missing_interpreter(pack, path, script->interpreter, origin);
    if (result == 0 && !strcmp(name, "env") && script->argument)
        result = pack_command_of_env(pack, path, script->argument, why, depth + 1);
    free(why);
    return result;
}

static int pack_program(struct program_pack *pack, const char *path, const char *origin, unsigned depth)
{
    struct executable executable = {0};
    int result = depth > SCRIPT_DEPTH_MAXIMUM ? -ELOOP : 0;

    if (string_list_contains(&pack->visited, path))
        return 0;
    string_list_add(&pack->visited, path);
    if (result == 0)
        result = program_read(&executable, pack->places.sysroot, pack->architecture, path);
    if (result < 0) {
        log_error("cannot pack %s (%s): %s", path, origin, program_fault(result));
        executable_free(&executable);
        return result;
    }
    result = packed_files_need(&pack->files, current(pack), path, origin);
    if (result == 0 && executable.kind == EXECUTABLE_DYNAMIC)
        result = pack_dynamic(pack, path, &executable, origin);
    else if (result == 0 && executable.kind == EXECUTABLE_SCRIPT)
        result = pack_script(pack, path, &executable, origin, depth);
    executable_free(&executable);
    return result;
}

static int pack_static(struct program_pack *pack, const struct wanted_program *wanted, const char *path)
{
    struct sysroot_place place = {.name = image_resolve(pack->files.image, wanted->destination),
        .source = allocate_string(path),
        .permissions = 0755};
    const struct packed_file *present = packed_files_find(&pack->files, place.name);

    if (image_find(pack->files.image, place.name) || (present && strcmp(present->source, path) != 0)) {
        log_error(
            "cannot add %s to the image (%s): another program's file is there", wanted->destination, wanted->origin);
        sysroot_place_free(&place);
        return -EEXIST;
    }
    packed_files_need_place(&pack->files, current(pack), &place, wanted->origin);
    return 0;
}

/* Lies where it does in the sysroot; where it is wanted, if that is elsewhere, is a symlink. */
static int pack_dependent(struct program_pack *pack, const struct wanted_program *wanted, const char *path)
{
    int result = pack_program(pack, path, wanted->origin, 0);

    log_note("%s is not static: what it needs is packed too (%s)", path, wanted->origin);
    if (result < 0 || packed_files_has(&pack->files, wanted->destination))
        return result;
    result = image_add_symlink(pack->files.image, wanted->destination, path, wanted->origin);
    if (result < 0)
        log_error("cannot add %s to the image: %s", wanted->destination, strerror(-result));
    return result;
}

/* What of a glob's is no regular file stays away. */
static int add_data(struct program_pack *pack, const struct wish *wish)
{
    struct string_list paths = {0};
    int result = 0;

    if (!sysroot_is_glob(wish->name))
        return packed_files_need(&pack->files, current(pack), wish->name, wish->origin);
    sysroot_glob(pack->places.sysroot, wish->name, &paths);
    for (size_t i = 0; i < paths.count && result == 0; i++) {
        struct stat status = {0};
        char *resolved;

        if (sysroot_resolve(pack->places.sysroot, paths.items[i], &resolved) < 0)
            continue;
        if (stat(resolved, &status) < 0)
            status.st_mode = 0;
        free(resolved);
        if (S_ISREG(status.st_mode))
            result = packed_files_need(&pack->files, current(pack), paths.items[i], wish->origin);
    }
    string_list_free(&paths);
    return result;
}

static void add_program(struct program_pack *pack, const char *wanted_at)
{
    pack->programs = allocate_more(pack->programs, pack->program_count, sizeof(*pack->programs));
    pack->programs[pack->program_count++] = (struct packed_program){.wanted_at = wanted_at};
    string_list_free(&pack->visited);
}

/* From beside /init, whatever the sysroot: of the same make as it. */
static int pack_own(struct program_pack *pack, const struct wanted_program *wanted)
{
    char *path = data_directory_program(pack->architecture, wanted->own);
    int result = access(path, R_OK) < 0 ? -errno : 0;

    if (result == 0)
        result = pack_static(pack, wanted, path);
    else
        log_error("cannot pack %s (%s): %s: %s", wanted->destination, wanted->origin, path, strerror(-result));
    free(path);
    return result;
}

static int pack_wanted(struct program_pack *pack, const struct wanted_program *wanted)
{
    struct program found;
    int result = wanted->own ? 0 : program_find(pack->places.sysroot, pack->architecture, wanted, &found);

    if (result < 0)
        return wanted->is_optional ? 0 : result;
    add_program(pack, wanted->destination);
    pack->wanted = wanted;
    if (wanted->own)
        return pack_own(pack, wanted);
    result = found.is_static ? pack_static(pack, wanted, found.path) : pack_dependent(pack, wanted, found.candidate);
    for (size_t i = 0; i < wanted->data.count && result == 0; i++)
        result = add_data(pack, &wanted->data.items[i]);
    free(found.path);
    return result;
}

static bool is_packed(const struct program_pack *pack, const char *wanted_at)
{
    for (size_t i = 0; i < pack->program_count; i++) {
        if (!strcmp(pack->programs[i].wanted_at, wanted_at))
            return true;
    }
    return false;
}

int program_pack_add_all(struct program_pack *pack, const struct wanted_program *wanted, size_t count)
{
    int result = 0;

    /* Before we add anything, all that is there is the template's. */
    for (size_t i = 0; i < count; i++) {
        if (image_find(pack->files.image, wanted[i].destination) && !is_packed(pack, wanted[i].destination)) {
            log_note("%s is the template's", wanted[i].destination);
            add_program(pack, wanted[i].destination);
        }
    }
    for (size_t i = 0; i < count && result == 0; i++) {
        if (!is_packed(pack, wanted[i].destination))
            result = pack_wanted(pack, &wanted[i]);
    }
    if (result == 0)
        packed_files_sort(&pack->files);
    return result;
}
