#include "contract/persistence_conf.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "contract/fields.h"

/* No part of the path is "." or "..". */
static bool is_straight(const char *path)
{
    while (*path) {
        size_t length = strcspn(path, "/");

        if ((length == 1 && *path == '.') || (length == 2 && !strncmp(path, "..", 2)))
            return false;
        path += length;
        path += strspn(path, "/");
    }
    return true;
}

static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    return !strncmp(path, directory, length) && (path[length] == '/' || path[length] == '\0');
}

static int take_option(const char *option, struct persistence_entry *entry)
{
    static const struct {
        const char *word;
        enum persistence_kind kind;
    } kinds[] = {{"bind", PERSISTENCE_BIND}, {"union", PERSISTENCE_UNION}, {"link", PERSISTENCE_LINK}};

    if (!strncmp(option, "source=", strlen("source="))) {
        entry->source = option + strlen("source=");
        if (!strcmp(entry->source, "."))
            entry->source = "";
        else if (*entry->source == '/' || *entry->source == '\0' || !is_straight(entry->source))
            return -EINVAL;
        return 0;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!strcmp(option, kinds[i].word)) {
            entry->kind = kinds[i].kind;
            return 0;
        }
    }
    return -EINVAL;
}

static int take_options(char *options, struct persistence_entry *entry)
{
    char *rest = options, *option;
    int result = 0;

    while (result == 0 && (option = strsep(&rest, ",")) != NULL) {
        if (*option)
            result = take_option(option, entry);
    }
    return result;
}

int persistence_conf_next(char **text, struct persistence_entry *entry)
{
    char *fields[2];

    if (fields_next(text, fields, 2) == 0)
        return 0;
    *entry = (struct persistence_entry){.directory = fields[0]};
    /* The system's libraries and the live system's own mounts are not to be hidden. */
    if (*fields[0] != '/' || !is_straight(fields[0]) || is_below(fields[0], "/lib") || is_below(fields[0], "/run/live"))
        return -EINVAL;
    entry->source = fields[0] + strspn(fields[0], "/");
    return take_options(fields[1], entry) < 0 ? -EINVAL : 1;
}
