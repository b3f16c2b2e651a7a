#include "content/library.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/sysroot.h"

#define CONFIGURATION "/etc/ld.so.conf"
#define INCLUDES_MAXIMUM 256u /* files, in all: they may include each other */

static void read_configuration(struct library_places *places, const char *path);

/* A relative pattern means one beside the file that has it. */
static void include(struct library_places *places, const char *file, const char *pattern)
{
    const char *base = *pattern == '/' ? "" : file;
    int base_length = *base ? (int)(strrchr(file, '/') - file) + 1 : 0;
    char *path = allocate_format("%.*s%s", base_length, base, pattern);
    struct string_list files = {0};

    sysroot_glob(places->sysroot, path, &files);
    for (size_t i = 0; i < files.count; i++)
        read_configuration(places, files.items[i]);
    string_list_free(&files);
    free(path);
}

/* A line is "include GLOB...", "hwcap ..." (of no use any more), or directories, which blanks, colons and commas
 * part. "DIRECTORY=TYPE" is of libc5's days. */
static void read_line(struct library_places *places, const char *file, char *line)
{
    struct string_list words = {0};

    line[strcspn(line, "#")] = '\0';
    string_list_add_parts(&words, line, " \t\r:,");
    if (words.count > 0 && !strcmp(words.items[0], "include")) {
        for (size_t i = 1; i < words.count; i++)
            include(places, file, words.items[i]);
    } else if (words.count > 0 && strcmp(words.items[0], "hwcap") != 0) {
        for (size_t i = 0; i < words.count; i++) {
            char *canonical;

            words.items[i][strcspn(words.items[i], "=")] = '\0';
            if (*words.items[i] != '/' || sysroot_canonical(places->sysroot, words.items[i], &canonical) < 0)
                continue;
            string_list_add_once(&places->configured, canonical);
            free(canonical);
        }
    }
    string_list_free(&words);
}

static void read_configuration(struct library_places *places, const char *path)
{
    struct line_reader reader = {0};
    char *resolved;
    char *text;
    char *line;

    if (places->read.count >= INCLUDES_MAXIMUM || sysroot_resolve(places->sysroot, path, &resolved) < 0)
        return;
    if (string_list_contains(&places->read, resolved) || file_read_text(resolved, &text) < 0) {
        free(resolved);
        return;
    }
    string_list_take(&places->read, resolved);
    reader.next = text;
    while ((line = lines_next(&reader)))
        read_line(places, path, line);
    free(text);
}

void library_places_open(struct library_places *places, const char *sysroot)
{
    *places = (struct library_places){.sysroot = sysroot};
    read_configuration(places, CONFIGURATION);
}

void library_places_free(struct library_places *places)
{
    string_list_free(&places->configured);
    string_list_free(&places->read);
}

/* Takes the path when it leads to what suits the program. */
static bool try_path(const struct library_places *places, const struct executable *program, char *path, bool is_usual,
    struct library *library)
{
    *library = (struct library){.path = path, .is_usual = is_usual};
    if (executable_read_of(&library->executable, places->sysroot, path) == 0
        && executable_suits(&library->executable, program))
        return true;
    library_free(library);
    return false;
}

/* The loader's directory without /usr in front, or with it. */
static char *twin_of(const char *directory)
{
    if (!strncmp(directory, "/usr/", strlen("/usr/")))
        return allocate_string(directory + strlen("/usr"));
    return allocate_format("/usr%s", directory);
}

/* Directories go by their canonical names, so that one file is not packed under two. */
static bool try_directory(const struct library_places *places, const struct executable *program, const char *directory,
    const char *loader_directory, const char *name, struct library *library)
{
    char *canonical;
    char *twin;
    bool is_usual, is_found;

    if (sysroot_canonical(places->sysroot, directory, &canonical) < 0)
        return false;
    twin = twin_of(loader_directory);
    is_usual = !strcmp(canonical, loader_directory) || !strcmp(canonical, twin);
    is_found = try_path(places, program, allocate_format("%s/%s", canonical, name), is_usual, library);
    free(twin);
    free(canonical);
    return is_found;
}

int library_find(const struct library_places *places, const struct executable *program, const char *loader_directory,
    const struct string_list *rpath, const char *name, struct library *library)
{
    /* Loaders are built with the directory that they lie in, and its twin: /lib64 and /usr/lib64, /lib/x86_64-linux-gnu
     * and /usr/lib/x86_64-linux-gnu. The others are each usual somewhere. */
    static const char *const others[] = {"/lib64", "/usr/lib64", "/lib", "/usr/lib"};
    struct string_list directories = {0};
    bool is_found = false;

    if (strchr(name, '/'))
        return *name == '/' && try_path(places, program, allocate_string(name), true, library) ? 0 : -ENOENT;
    for (size_t i = 0; i < rpath->count; i++) {
        if (try_path(places, program, allocate_format("%s/%s", rpath->items[i], name), true, library))
            return 0;
    }
    for (size_t i = 0; i < places->configured.count; i++)
        string_list_add(&directories, places->configured.items[i]);
    string_list_add(&directories, loader_directory);
    string_list_take(&directories, twin_of(loader_directory));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        string_list_add(&directories, others[i]);
    for (size_t i = 0; i < directories.count && !is_found; i++)
        is_found = try_directory(places, program, directories.items[i], loader_directory, name, library);
    string_list_free(&directories);
    return is_found ? 0 : -ENOENT;
}

void library_free(struct library *library)
{
    free(library->path);
    executable_free(&library->executable);
    *library = (struct library){0};
}
