#include "predict/boot_program.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/image_path.h"
#include "base/allocate.h"
#include "base/architecture.h"
#include "content/executable.h"

#define INTERPRETERS_MAXIMUM 5u /* of scripts whose interpreter is a script: as deep as the kernel goes */
#define ORIGIN "$ORIGIN"
#define MUSL_LOADER "ld-musl-"
#define MUSL_LIBRARY "libc."

/* The libraries of one program, while they are sought. */
struct search {
    const struct image *image;
    const char *interpreter;
    struct executable *program;
    struct string_list directories; /* those of the program's own rpath, then the usual ones */
    struct string_list names;       /* all that are needed; those up to the current one have been found */
    char *missing;                  /* the first name that was not found */
};

/* "$ORIGIN/../lib" of /usr/bin/x is /usr/bin/../lib, whose ".." is resolved. */
static void add_directory(struct string_list *directories, const char *directory, const char *origin)
{
    char *path = !strncmp(directory, ORIGIN, strlen(ORIGIN))
                     ? allocate_format("%s%s", origin, directory + strlen(ORIGIN))
                     : allocate_string(directory);
    char *up;

    while ((up = strstr(path, "/..")) && (up[3] == '/' || up[3] == '\0')) {
        char *parent = up;

        while (parent > path && parent[-1] != '/')
            parent--;
        parent = parent > path ? parent - 1 : parent;
        memmove(parent, up + 3, strlen(up + 3) + 1);
    }
    if (string_list_contains(directories, path))
        free(path);
    else
        string_list_take(directories, path);
}

static void add_search_paths(struct search *search, const struct executable *executable, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *origin = slash ? allocate_text(path, (size_t)(slash - path)) : allocate_string("");

    for (size_t i = 0; i < executable->rpath.count; i++)
        add_directory(&search->directories, executable->rpath.items[i], origin);
    for (size_t i = 0; i < executable->runpath.count; i++)
        add_directory(&search->directories, executable->runpath.items[i], origin);
    free(origin);
}

static void add_names(struct search *search, const struct executable *executable)
{
    for (size_t i = 0; i < executable->needed.count; i++)
        string_list_add_once(&search->names, executable->needed.items[i]);
}

/* Reads the library at a path; true when it suits the program, and its own needs are added then. */
static bool take_library(struct search *search, const char *path)
{
    const struct image_entry *entry = image_path_find(search->image, path);
    struct executable library = {0};
    bool does_suit = entry && executable_read(&library, entry->bytes.data, entry->bytes.size) == 0
                     && executable_suits(&library, search->program);

    if (does_suit) {
        add_search_paths(search, &library, path);
        add_names(search, &library);
    }
    executable_free(&library);
    return does_suit;
}

static bool find_library(struct search *search, const char *name)
{
    const char *slash = strrchr(search->interpreter, '/');
    const char *loader = slash ? slash + 1 : search->interpreter;
    bool is_found;

    if (strchr(name, '/'))
        return take_library(search, name);
    /* musl's loader is its C library. */
    is_found =
        !strcmp(name, loader)
        || (!strncmp(loader, MUSL_LOADER, strlen(MUSL_LOADER)) && !strncmp(name, MUSL_LIBRARY, strlen(MUSL_LIBRARY)));
    for (size_t i = 0; i < search->directories.count && !is_found; i++) {
        char *path = allocate_format("%s/%s", search->directories.items[i], name);

        is_found = take_library(search, path);
        free(path);
    }
    return is_found;
}

static char *check_libraries(const struct image *image, struct executable *program, const char *path)
{
    /* Where loaders look by themselves. */
    static const char *const usual[] = {"/lib64", "/usr/lib64", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
        "/lib/i386-linux-gnu", "/usr/lib/i386-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
        "/lib/arm-linux-gnueabihf", "/usr/lib/arm-linux-gnueabihf", "/lib", "/usr/lib", "/usr/local/lib"};
    struct search search = {.image = image, .interpreter = program->interpreter, .program = program};
    char *why = NULL;

    add_search_paths(&search, program, path);
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        string_list_add(&search.directories, usual[i]);
    add_names(&search, program);
    for (size_t i = 0; i < search.names.count && !why; i++) {
        if (!find_library(&search, search.names.items[i]))
            why = allocate_format("it needs the library %s, which is not in this image", search.names.items[i]);
    }
    string_list_free(&search.names);
    string_list_free(&search.directories);
    return why;
}

/* That of /init, or of this program where /init is none. */
static const struct architecture *architecture_of(const struct simulated_boot *boot)
{
    const struct architecture *architecture = architecture_of_machine(boot->machine);

    return architecture ? architecture : architecture_native();
}

static char *check_path(
    const struct image *image, const struct architecture *architecture, const char *path, unsigned depth)
{
    const struct image_entry *entry = image_path_find(image, path);
    struct executable program;
    char *why = NULL;
    char *deeper;
    bool is_ours;

    if (!entry)
        return allocate_string("it is not in this image");
    if (!(entry->mode & 0111))
        return allocate_string("it is not executable");
    if (depth > INTERPRETERS_MAXIMUM)
        return allocate_string("its interpreters have interpreters without end");
    is_ours = executable_read(&program, entry->bytes.data, entry->bytes.size) == 0
              && (program.kind == EXECUTABLE_SCRIPT || architecture_runs(architecture, program.machine));
    if (!is_ours) {
        why = allocate_string("it is no program for this kind of processor");
    } else if (program.interpreter && (deeper = check_path(image, architecture, program.interpreter, depth + 1))) {
        why = allocate_format("its interpreter %s cannot run: %s", program.interpreter, deeper);
        free(deeper);
    } else if (program.interpreter && program.kind == EXECUTABLE_DYNAMIC) {
        why = check_libraries(image, &program, path);
    }
    executable_free(&program);
    return why;
}

char *boot_program_check(const struct simulated_boot *boot, const char *path)
{
    return check_path(boot->image, architecture_of(boot), path, 0);
}

/* A file as it is once /init has unpacked it; with a name, it was looked at. */
struct unpacked_file {
    struct image_entry entry;
    char *why; /* it cannot be unpacked; NULL: it can */
};

void boot_programs_open(struct boot_programs *programs, struct simulated_boot *boot)
{
    *programs = (struct boot_programs){boot, allocate(index_file_count(&boot->index) * sizeof(*programs->files))};
}

void boot_programs_free(struct boot_programs *programs)
{
    for (uint32_t i = 0; i < index_file_count(&programs->boot->index); i++) {
        free(programs->files[i].entry.name);
        buffer_free(&programs->files[i].entry.bytes);
        free(programs->files[i].why);
    }
    free(programs->files);
}

static struct unpacked_file *unpack(struct boot_programs *programs, uint32_t number, const struct index_file *file)
{
    struct simulated_boot *boot = programs->boot;
    struct unpacked_file *unpacked = &programs->files[number];
    struct buffer *bytes = &unpacked->entry.bytes;
    const struct image_entry *packed;
    bool is_whole;

    if (unpacked->entry.name)
        return unpacked;
    unpacked->entry.name = allocate_string(file->path + strspn(file->path, "/"));
    unpacked->entry.mode = S_IFREG | (mode_t)(file->permissions & 0777);
    packed = image_path_find(boot->image, file->member);
    is_whole = packed && boot->budget > 0 && simulated_boot_read_member(packed, file->format, file->size, bytes);
    boot->budget -= bytes->size < boot->budget ? bytes->size : boot->budget;
    if (!packed)
        unpacked->why = allocate_format("%s is in the index, but not in this image", file->member);
    else if (!is_whole)
        unpacked->why = allocate_format("%s is damaged in this image", file->member);
    return unpacked;
}

/* Unpacks what a program needs into an image. Returns NULL, or why that cannot be, as a new string. */
static char *unpack_needs(struct boot_programs *programs, const struct index_program *program, struct image *image)
{
    const struct index *index = &programs->boot->index;
    struct index_file file;
    uint32_t number;

    for (uint32_t i = 0; i < program->need_count; i++) {
        struct unpacked_file *unpacked;

        if (index_need(index, program->first_need + i, &number) < 0 || index_file(index, number, &file) < 0)
            return allocate_string("the index has not all that it needs");
        unpacked = unpack(programs, number, &file);
        if (unpacked->why)
            return allocate_string(unpacked->why);
        if (file.format != MEMBER_PLAIN)
            image_append(image, &unpacked->entry);
    }
    return NULL;
}

char *boot_programs_check(struct boot_programs *programs, const struct index_program *program)
{
    const struct image *packed = programs->boot->image;
    struct image image = {0};
    char *why;

    /* The same entries, which stay the other's, with room for more. */
    for (; image.count < packed->count; image.count++) {
        image.entries = allocate_more(image.entries, image.count, sizeof(void *));
        image.by_name = allocate_more(image.by_name, image.count, sizeof(void *));
        image.entries[image.count] = packed->entries[image.count];
        image.by_name[image.count] = packed->by_name[image.count];
    }
    why = unpack_needs(programs, program, &image);
    if (!why)
        why = check_path(&image, architecture_of(programs->boot), program->wanted_at, 0);
    for (size_t i = packed->count; i < image.count; i++)
        free(image.entries[i]);
    free(image.entries);
    free(image.by_name);
    return why;
}
