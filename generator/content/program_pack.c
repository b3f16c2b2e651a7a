#include "content/program_pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "content/sysroot_walk.h"

#define SCRIPT_DEPTH_MAXIMUM 5u /* the kernel gives up there too */
#define ORIGIN_LONG "${ORIGIN}"
#define ORIGIN_SHORT "$ORIGIN"

/* An object whose needs are to be met: the program, then its libraries. */
struct object {
    char *path; /* in the sysroot */
    struct executable executable;
    struct string_list inherited; /* the DT_RPATHs of what needs it, expanded */
};

/* One dynamic program with its libraries, while they are gathered. */
struct closure {
    struct program_pack *pack;
    const char *origin;
    char *loader_directory; /* where its interpreter really lies */
    struct object *objects; /* objects[0] is the program */
    size_t count;
    struct string_list names; /* of the libraries that are there already */
};

static int pack_program(struct program_pack *pack, const char *path, const char *origin, unsigned depth);

void program_pack_open(struct program_pack *pack, struct image *image, const char *sysroot, struct string_list *inputs)
{
    *pack = (struct program_pack){.image = image, .inputs = inputs};
    library_places_open(&pack->places, sysroot);
    for (size_t i = 0; i < pack->places.read.count; i++)
        string_list_add(inputs, pack->places.read.items[i]);
}

void program_pack_close(struct program_pack *pack)
{
    for (size_t i = 0; i < pack->file_count; i++) {
        free(pack->files[i]->name);
        free(pack->files[i]->source);
        free(pack->files[i]->origin);
        free(pack->files[i]);
    }
    free(pack->files);
    for (size_t i = 0; i < pack->program_count; i++)
        free(pack->programs[i].needs);
    free(pack->programs);
    string_list_free(&pack->visited);
    library_places_free(&pack->places);
}

static struct packed_file *find_file(const struct program_pack *pack, const char *name)
{
    for (size_t i = 0; i < pack->file_count; i++) {
        if (!strcmp(pack->files[i]->name, name))
            return pack->files[i];
    }
    return NULL;
}

/* Whether a path leads to something in the image as it will be. */
static bool is_taken(const struct program_pack *pack, const char *path)
{
    char *name = image_resolve(pack->image, path);
    bool is_taken = image_find(pack->image, name) || find_file(pack, name);

    free(name);
    return is_taken;
}

/* Takes the place. */
static struct packed_file *add_file(struct program_pack *pack, const struct sysroot_place *place, const char *origin)
{
    struct packed_file *file = allocate(sizeof(*file));

    *file = (struct packed_file){.name = place->name,
        .source = place->source,
        .permissions = place->permissions,
        .origin = allocate_string(origin)};
    pack->files = allocate_more(pack->files, pack->file_count, sizeof(void *));
    pack->files[pack->file_count++] = file;
    return file;
}

/* The file at a place, which becomes ours, is needed by the program that is being packed. What the image has there
 * already stays, and is there for all. */
static void need_place(struct program_pack *pack, struct sysroot_place *place, const char *origin)
{
    struct packed_program *program = &pack->programs[pack->program_count - 1];
    struct packed_file *file = find_file(pack, place->name);

    if (file || image_find(pack->image, place->name))
        sysroot_place_free(place);
    else
        file = add_file(pack, place, origin);
    for (size_t i = 0; i < program->need_count; i++) {
        if (program->needs[i] == file)
            return;
    }
    if (file) {
        program->needs = allocate_more(program->needs, program->need_count, sizeof(void *));
        program->needs[program->need_count++] = file;
    }
}

static int need(struct program_pack *pack, const char *path, const char *origin)
{
    struct sysroot_place place;
    int result = sysroot_walk(pack->image, pack->places.sysroot, path, origin, &place);

    if (result < 0)
        log_error("cannot pack %s (%s): %s", path, origin, strerror(-result));
    else
        need_place(pack, &place, origin);
    return result;
}

/* Of a path as the loader takes it: where its file really lies, without the file's name. A new string, or NULL. */
static char *real_directory(const struct program_pack *pack, const char *path)
{
    char *canonical;
    char *slash;

    if (sysroot_canonical(pack->places.sysroot, path, &canonical) < 0)
        return NULL;
    slash = strrchr(canonical, '/');
    slash[slash == canonical] = '\0';
    return canonical;
}

/* $ORIGIN is the directory of the object itself. Nothing is known of the other tokens, $LIB and $PLATFORM. */
static char *expand(const char *entry, const char *origin)
{
    const char *token = strstr(entry, ORIGIN_LONG);
    size_t length = strlen(ORIGIN_LONG);

    if (!token) {
        token = strstr(entry, ORIGIN_SHORT);
        length = strlen(ORIGIN_SHORT);
    }
    if (!token)
        return allocate_string(entry);
    return allocate_format("%.*s%s%s", (int)(token - entry), entry, origin, token + length);
}

static void add_search_path(const struct program_pack *pack, const struct object *object,
    const struct string_list *entries, struct string_list *out)
{
    char *origin = real_directory(pack, object->path);

    for (size_t i = 0; i < entries->count; i++)
        string_list_take(out, expand(entries->items[i], origin ? origin : "/"));
    free(origin);
}

/* As ld.so(8) has it: a DT_RUNPATH counts for its own object alone and hides all DT_RPATHs; else the object's own
 * DT_RPATH comes first, then those of the objects that need it. */
static void make_search_path(const struct closure *closure, const struct object *object, struct string_list *rpath)
{
    if (object->executable.runpath.count > 0) {
        add_search_path(closure->pack, object, &object->executable.runpath, rpath);
        return;
    }
    add_search_path(closure->pack, object, &object->executable.rpath, rpath);
    for (size_t i = 0; i < object->inherited.count; i++)
        string_list_add(rpath, object->inherited.items[i]);
}

/* Takes executable. */
static void add_object(
    struct closure *closure, const char *path, const struct executable *executable, const struct string_list *inherited)
{
    struct object *object;

    closure->objects = allocate_more(closure->objects, closure->count, sizeof(*closure->objects));
    object = &closure->objects[closure->count++];
    *object = (struct object){.path = allocate_string(path), .executable = *executable};
    for (size_t i = 0; i < inherited->count; i++)
        string_list_add(&object->inherited, inherited->items[i]);
}

/* ld.so.conf's other directories mean nothing to a loader without its cache. */
static int link_for_loader(struct closure *closure, const char *name, const struct library *library)
{
    char *link = allocate_format("%s/%s", closure->loader_directory, name);
    int result = 0;

    if (!library->is_usual && !is_taken(closure->pack, link))
        result = image_add_symlink(closure->pack->image, link, library->path, closure->origin);
    if (result < 0)
        log_error("cannot add %s to the image: %s", link, strerror(-result));
    free(link);
    return result;
}

/* number and not a pointer: the array moves as it grows. */
static int add_library(struct closure *closure, size_t number, const struct string_list *rpath, const char *name)
{
    struct object *object = &closure->objects[number];
    struct library library;
    char *origin;
    int result;

    if (string_list_contains(&closure->names, name))
        return 0;
    string_list_add(&closure->names, name);
    if (library_find(
            &closure->pack->places, &closure->objects[0].executable, closure->loader_directory, rpath, name, &library)
        < 0) {
        log_error("cannot pack %s (%s): it needs %s, which %s has nowhere that a loader looks", object->path,
            closure->origin, name, closure->pack->places.sysroot);
        return -ENOENT;
    }
    origin = allocate_format("needed by %s (%s)", closure->objects[0].path, closure->origin);
    result = need(closure->pack, library.path, origin);
    free(origin);
    if (result == 0)
        result = link_for_loader(closure, name, &library);
    if (result < 0) {
        library_free(&library);
        return result;
    }
    add_object(closure, library.path, &library.executable, rpath);
    free(library.path);
    return 0;
}

/* What a library needs is appended, and is met in its turn. */
static int add_libraries(struct closure *closure)
{
    int result = 0;

    for (size_t number = 0; number < closure->count && result == 0; number++) {
        struct string_list rpath = {0};

        make_search_path(closure, &closure->objects[number], &rpath);
        for (size_t i = 0; i < closure->objects[number].executable.needed.count && result == 0; i++)
            result = add_library(closure, number, &rpath, closure->objects[number].executable.needed.items[i]);
        string_list_free(&rpath);
    }
    return result;
}

static void free_closure(struct closure *closure)
{
    for (size_t i = 0; i < closure->count; i++) {
        free(closure->objects[i].path);
        executable_free(&closure->objects[i].executable);
        string_list_free(&closure->objects[i].inherited);
    }
    free(closure->objects);
    string_list_free(&closure->names);
    free(closure->loader_directory);
}

static int missing_interpreter(
    const struct program_pack *pack, const char *path, const char *interpreter, const char *origin)
{
    log_error("cannot pack %s (%s): %s has no %s to run it", path, origin, pack->places.sysroot, interpreter);
    return -ENOENT;
}

static bool is_library_for(const struct closure *closure, const char *path)
{
    struct library library;
    bool is_one = library_find(&closure->pack->places, &closure->objects[0].executable, closure->loader_directory,
                      &(struct string_list){0}, path, &library)
                  == 0;

    if (is_one)
        library_free(&library);
    return is_one;
}

/* What the program opens by itself: as what it is linked with. Of what a glob takes, that which is no library for it
 * stays away. */
static int add_opened(struct closure *closure, const struct wish *wish)
{
    struct string_list names = {0}, rpath = {0};
    const char *origin = closure->origin;
    int result = 0;

    if (sysroot_is_glob(wish->name))
        sysroot_glob(closure->pack->places.sysroot, wish->name, &names);
    else
        string_list_add(&names, wish->name);
    make_search_path(closure, &closure->objects[0], &rpath);
    closure->origin = wish->origin;
    for (size_t i = 0; i < names.count && result == 0; i++) {
        if (!sysroot_is_glob(wish->name) || is_library_for(closure, names.items[i]))
            result = add_library(closure, 0, &rpath, names.items[i]);
    }
    closure->origin = origin;
    string_list_free(&rpath);
    string_list_free(&names);
    return result;
}

/* A program without interpreter is loaded by nobody; its libraries are what a library's would be. Takes executable. */
static int pack_dynamic(
    struct program_pack *pack, const char *path, const struct executable *executable, const char *origin)
{
    struct closure closure = {.pack = pack, .origin = origin};
    const char *interpreter = executable->interpreter;
    int result = 0;

    add_object(&closure, path, executable, &(struct string_list){0});
    closure.loader_directory = interpreter ? real_directory(pack, interpreter) : allocate_string("/lib");
    if (!closure.loader_directory) {
        result = missing_interpreter(pack, path, interpreter, origin);
    } else if (interpreter) {
        char *why = allocate_format("needed by %s (%s)", path, origin);

        result = need(pack, interpreter, why);
        free(why);
    }
    for (size_t i = 0; i < pack->wanted->libraries.count && result == 0; i++)
        result = add_opened(&closure, &pack->wanted->libraries.items[i]);
    if (result == 0)
        result = add_libraries(&closure);
    free_closure(&closure);
    return result;
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

static int read_program(const struct program_pack *pack, const char *path, struct executable *executable)
{
    struct buffer bytes = {0};
    char *resolved = NULL;
    int result = sysroot_resolve(pack->places.sysroot, path, &resolved);

    if (result == 0)
        result = file_read(resolved, &bytes);
    if (result == 0)
        result = executable_read(executable, bytes.data, bytes.size);
    free(resolved);
    buffer_free(&bytes);
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
        result = read_program(pack, path, &executable);
    if (result < 0) {
        log_error("cannot pack %s (%s): %s", path, origin,
            result == -ENOEXEC ? "it is neither an ELF program nor a script" : strerror(-result));
        executable_free(&executable);
        return result;
    }
    result = need(pack, path, origin);
    if (result == 0 && executable.kind == EXECUTABLE_DYNAMIC)
        return pack_dynamic(pack, path, &executable, origin);
    if (result == 0 && executable.kind == EXECUTABLE_SCRIPT)
        result = pack_script(pack, path, &executable, origin, depth);
    executable_free(&executable);
    return result;
}

/* Where a program that lies elsewhere is wanted. */
static int link_program(struct program_pack *pack, const struct wanted_program *wanted, const char *path)
{
    int result = 0;

    if (!is_taken(pack, wanted->destination))
        result = image_add_symlink(pack->image, wanted->destination, path, wanted->origin);
    if (result < 0)
        log_error("cannot add %s to the image: %s", wanted->destination, strerror(-result));
    return result;
}

static int pack_static(struct program_pack *pack, const struct wanted_program *wanted, const char *path)
{
    struct sysroot_place place = {
        .name = image_resolve(pack->image, wanted->destination), .source = allocate_string(path), .permissions = 0755};
    const struct packed_file *present = find_file(pack, place.name);

    if (image_find(pack->image, place.name) || (present && strcmp(present->source, path) != 0)) {
        log_error(
            "cannot add %s to the image (%s): another program's file is there", wanted->destination, wanted->origin);
        sysroot_place_free(&place);
        return -EEXIST;
    }
    need_place(pack, &place, wanted->origin);
    return 0;
}

static int pack_dependent(struct program_pack *pack, const struct wanted_program *wanted, const char *path)
{
    int result = pack_program(pack, path, wanted->origin, 0);

    log_note("%s is not static: what it needs is packed too (%s)", path, wanted->origin);
    return result < 0 ? result : link_program(pack, wanted, path);
}

static bool is_regular(const struct program_pack *pack, const char *path)
{
    struct stat status = {0};
    char *resolved = NULL;

    if (sysroot_resolve(pack->places.sysroot, path, &resolved) < 0)
        return false;
    if (stat(resolved, &status) < 0)
        status.st_mode = 0;
    free(resolved);
    return S_ISREG(status.st_mode);
}

/* What of a glob's is no regular file stays away. */
static int add_data(struct program_pack *pack, const struct wish *wish)
{
    struct string_list paths = {0};
    int result = 0;

    if (!sysroot_is_glob(wish->name))
        return need(pack, wish->name, wish->origin);
    sysroot_glob(pack->places.sysroot, wish->name, &paths);
    for (size_t i = 0; i < paths.count && result == 0; i++) {
        if (is_regular(pack, paths.items[i]))
            result = need(pack, paths.items[i], wish->origin);
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

static int pack_wanted(struct program_pack *pack, const struct wanted_program *wanted)
{
    struct program found;
    int result = program_find(pack->places.sysroot, wanted, &found);

    if (result < 0)
        return wanted->is_optional ? 0 : result;
    add_program(pack, wanted->destination);
    pack->wanted = wanted;
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

static int compare_files(const void *a, const void *b)
{
    return strcmp((*(struct packed_file *const *)a)->name, (*(struct packed_file *const *)b)->name);
}

static void arrange(struct program_pack *pack)
{
    if (pack->file_count > 0)
        qsort(pack->files, pack->file_count, sizeof(void *), compare_files);
    for (size_t i = 0; i < pack->file_count; i++)
        pack->files[i]->number = i;
}

int program_pack_add_all(struct program_pack *pack, const struct wanted_program *wanted, size_t count)
{
    int result = 0;

    /* Before we add anything, all that is there is the template's. */
    for (size_t i = 0; i < count; i++) {
        if (image_find(pack->image, wanted[i].destination) && !is_packed(pack, wanted[i].destination)) {
            log_note("%s is the template's", wanted[i].destination);
            add_program(pack, wanted[i].destination);
        }
    }
    for (size_t i = 0; i < count && result == 0; i++) {
        if (!is_packed(pack, wanted[i].destination))
            result = pack_wanted(pack, &wanted[i]);
    }
    if (result == 0)
        arrange(pack);
    return result;
}
