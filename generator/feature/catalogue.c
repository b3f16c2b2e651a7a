#include "feature/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "base/suggestion.h"

static const struct {
    const char *noun;
    const char *directory;
} kinds[] = {
    [CATALOGUE_FEATURE] = {"feature", ""},
    [CATALOGUE_PROFILE] = {"profile", "profiles/"},
    [CATALOGUE_MACHINE] = {"machine", "machines/"},
    [CATALOGUE_FILE_SYSTEM] = {"file system", "filesystems/"},
};

void catalogue_names(const struct catalogue *catalogue, enum catalogue_kind kind, struct string_list *names)
{
    for (size_t i = 0; i < catalogue->directories.count; i++) {
        char *path = allocate_format("%s/%s", catalogue->directories.items[i], kinds[kind].directory);
        DIR *directory = opendir(path);
        const struct dirent *entry;

        while (directory && (entry = readdir(directory))) {
            struct stat status;

            if (feature_name_is_valid(entry->d_name) && fstatat(dirfd(directory), entry->d_name, &status, 0) == 0
                && S_ISREG(status.st_mode))
                string_list_add(names, entry->d_name);
        }
        if (directory)
            closedir(directory);
        free(path);
    }
    string_list_sort(names);
}

static int no_such(const struct catalogue *catalogue, enum catalogue_kind kind, const char *name)
{
    struct string_list names = {0};
    char *known;
    char *phrase;

    catalogue_names(catalogue, kind, &names);
    known = string_list_join(&names, ", ");
    phrase = suggestion_phrase(name, &names);
    log_error("no such %s: %s%s (there are: %s)", kinds[kind].noun, name, phrase, known);
    free(phrase);
    free(known);
    string_list_free(&names);
    return -ENOENT;
}

/* Returns 1 when it was read, 0 when there is no such file, or -errno. */
static int read_from(struct catalogue *catalogue, const char *path, struct feature *feature)
{
    struct feature_error error = {0};
    char *text;
    int result = file_read_text(path, &text);

    if (result == -ENOENT)
        return 0;
    string_list_add(&catalogue->read, path);
    if (result < 0) {
        log_error("cannot read %s: %s", path, strerror(-result));
        return result;
    }
    result = feature_parse(feature, text, &error);
    if (result < 0) {
        log_error("%s:%u: %s: %s", path, error.line, error.word, error.reason);
        feature_free(feature);
    }
    free(text);
    return result < 0 ? result : 1;
}

/* Who adds a file where none was changes its directory, or, while that is missing too, the one above. root_length: of
 * the catalogue's own directory, above which nothing is ours. */
static void note_absence(struct catalogue *catalogue, const char *path, size_t root_length)
{
    char *place = allocate_string(path);
    char *slash = strrchr(place, '/');

    do {
        *slash = '\0';
        slash = strrchr(place, '/');
    } while (access(place, F_OK) < 0 && strlen(place) > root_length);
    if (access(place, F_OK) == 0)
        string_list_add(&catalogue->read, place);
    free(place);
}

int catalogue_read(struct catalogue *catalogue, enum catalogue_kind kind, const char *name, struct feature *feature)
{
    if (!feature_name_is_valid(name))
        return no_such(catalogue, kind, name);
    for (size_t i = 0; i < catalogue->directories.count; i++) {
        const char *root = catalogue->directories.items[i];
        char *path = allocate_format("%s/%s%s", root, kinds[kind].directory, name);
        int result = read_from(catalogue, path, feature);

        if (result == 0)
            note_absence(catalogue, path, strlen(root));
        free(path);
        if (result != 0)
            return result < 0 ? result : 0;
    }
    return no_such(catalogue, kind, name);
}

void catalogue_free(struct catalogue *catalogue)
{
    string_list_free(&catalogue->directories);
    string_list_free(&catalogue->read);
}
