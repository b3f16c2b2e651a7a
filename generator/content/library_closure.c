#include "content/library_closure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/log.h"
#include "base/sysroot.h"

#define ORIGIN_LONG "${ORIGIN}"
#define ORIGIN_SHORT "$ORIGIN"

/* An object whose needs are to be met: the program, then its libraries. */
struct object {
    char *path; /* in the sysroot */
    struct executable executable;
    struct string_list inherited; /* the DT_RPATHs of what needs it, expanded */
};

/* While they are gathered. */
struct closure {
    const struct dynamic_program *program;
    char *loader_directory; /* where its interpreter really lies */
    struct object *objects; /* objects[0] is the program */
    size_t count;
    struct string_list names; /* of the libraries that are there already */
};

/* Of a path as the loader takes it: where its file really lies, without the file's name. A new string, or NULL. */
static char *real_directory(const struct closure *closure, const char *path)
{
    char *canonical;
    char *slash;

    if (sysroot_canonical(closure->program->places->sysroot, path, &canonical) < 0)
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

static void add_search_path(const struct closure *closure, const struct object *object,
    const struct string_list *entries, struct string_list *out)
{
    char *origin = real_directory(closure, object->path);

    for (size_t i = 0; i < entries->count; i++)
        string_list_take(out, expand(entries->items[i], origin ? origin : "/"));
    free(origin);
}

/* As ld.so(8) has it: a DT_RUNPATH counts for its own object alone and hides all DT_RPATHs; else the object's own
 * DT_RPATH comes first, then those of the objects that need it. */
static void make_search_path(const struct closure *closure, const struct object *object, struct string_list *rpath)
{
    if (object->executable.runpath.count > 0) {
        add_search_path(closure, object, &object->executable.runpath, rpath);
        return;
    }
    add_search_path(closure, object, &object->executable.rpath, rpath);
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
static int link_for_loader(struct closure *closure, const char *name, const struct library *library, const char *origin)
{
    char *link = allocate_format("%s/%s", closure->loader_directory, name);
    int result = 0;

    if (!library->is_usual && !packed_files_has(closure->program->files, link))
        result = image_add_symlink(closure->program->files->image, link, library->path, origin);
    if (result < 0)
        log_error("cannot add %s to the image: %s", link, strerror(-result));
    free(link);
    return result;
}

/* What the object of that number needs; not a pointer, for the array moves as it grows. origin: why. */
static int add_library(
    struct closure *closure, size_t number, const struct string_list *rpath, const char *name, const char *origin)
{
    struct object *object = &closure->objects[number];
    struct library library;
    char *why;
    int result;

    if (string_list_contains(&closure->names, name))
        return 0;
    string_list_add(&closure->names, name);
    if (library_find(
            closure->program->places, &closure->objects[0].executable, closure->loader_directory, rpath, name, &library)
        < 0) {
        log_error("cannot pack %s (%s): it needs %s, which %s has nowhere that a loader looks", object->path, origin,
            name, closure->program->places->sysroot);
        return -ENOENT;
    }
    why = allocate_format("needed by %s (%s)", closure->objects[0].path, origin);
    result = packed_files_need(closure->program->files, closure->program->packed, library.path, why);
    free(why);
    if (result == 0)
        result = link_for_loader(closure, name, &library, origin);
    if (result < 0) {
        library_free(&library);
        return result;
    }
    add_object(closure, library.path, &library.executable, rpath);
    free(library.path);
    return 0;
}

static bool is_library_for(const struct closure *closure, const char *path)
{
    struct library library;
    bool is_one = library_find(closure->program->places, &closure->objects[0].executable, closure->loader_directory,
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
    int result = 0;

    if (sysroot_is_glob(wish->name))
        sysroot_glob(closure->program->places->sysroot, wish->name, &names);
    else
        string_list_add(&names, wish->name);
    make_search_path(closure, &closure->objects[0], &rpath);
    for (size_t i = 0; i < names.count && result == 0; i++) {
        if (!sysroot_is_glob(wish->name) || is_library_for(closure, names.items[i]))
            result = add_library(closure, 0, &rpath, names.items[i], wish->origin);
    }
    string_list_free(&rpath);
    string_list_free(&names);
    return result;
}

/* A program without interpreter is loaded by nobody; its libraries are what a library's would be. */
int library_closure_pack(const struct dynamic_program *program, struct executable *executable)
{
    struct closure closure = {.program = program};
    int result = 0;

    if (executable->interpreter)
        closure.loader_directory = real_directory(&closure, executable->interpreter);
    if (!closure.loader_directory)
        closure.loader_directory = allocate_string("/lib");
    add_object(&closure, program->path, executable, &(struct string_list){0});
    *executable = (struct executable){0};
    for (size_t i = 0; i < program->opened->count && result == 0; i++)
        result = add_opened(&closure, &program->opened->items[i]);
    /* What a library needs is appended, and is met in its turn. */
    for (size_t number = 0; number < closure.count && result == 0; number++) {
        struct string_list rpath = {0};

        make_search_path(&closure, &closure.objects[number], &rpath);
        for (size_t i = 0; i < closure.objects[number].executable.needed.count && result == 0; i++)
            result = add_library(
                &closure, number, &rpath, closure.objects[number].executable.needed.items[i], program->origin);
        string_list_free(&rpath);
    }
    for (size_t i = 0; i < closure.count; i++) {
        free(closure.objects[i].path);
        executable_free(&closure.objects[i].executable);
        string_list_free(&closure.objects[i].inherited);
    }
    free(closure.objects);
    string_list_free(&closure.names);
    free(closure.loader_directory);
    return result;
}
