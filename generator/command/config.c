#include "command/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/log.h"
#include "base/suggestion.h"

static const char *parse_line(struct options *options, char *line, unsigned number, const char **key)
{
    char *equals = strchr(line, '=');
    const char *wrong = "unknown key";
    size_t count;
    const struct option_row *rows = options_rows(&count);
    char *origin;

    *key = NULL;
    line = lines_rest(line);
    if (*line == '\0' || *line == '#')
        return NULL;
    if (!equals)
        return "not of the form key = value";
    *equals = '\0';
    *key = lines_rest(line);
    origin = allocate_format("%s:%u", options->configuration ? options->configuration : "-", number);
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(rows[i].name, *key) && rows[i].place == CONFIGURATION_TOO)
            wrong = options_set(options, &rows[i], lines_rest(equals + 1), origin);
    }
    free(origin);
    return wrong;
}

int config_parse(struct options *options, char *text, struct config_error *error)
{
    struct line_reader reader = {0};
    char *line;

    reader.next = text;
    while ((line = lines_next(&reader))) {
        error->line = reader.number;
        error->reason = parse_line(options, line, reader.number, &error->key);
        if (error->reason)
            return -EINVAL;
    }
    return 0;
}

static void complain(const char *path, const struct config_error *error)
{
    struct string_list keys = {0};
    size_t count;
    const struct option_row *rows = options_rows(&count);
    char *phrase;

    for (size_t i = 0; i < count; i++) {
        if (rows[i].place == CONFIGURATION_TOO)
            string_list_add(&keys, rows[i].name);
    }
    if (!error->key)
        log_error("%s:%u: %s", path, error->line, error->reason);
    else if (string_list_contains(&keys, error->key)) /* its value makes no sense */
        log_error("%s:%u: %s: %s", path, error->line, error->key, error->reason);
    else {
        phrase = suggestion_phrase(error->key, &keys);
        log_error("%s:%u: %s: %s%s", path, error->line, error->key, error->reason, phrase);
        free(phrase);
    }
    string_list_free(&keys);
}

int config_read(struct options *options, const char *path, bool must_exist)
{
    struct config_error error;
    char *text;
    int result = file_read_text_any(path, &text);

    if (result == -ENOENT && !must_exist)
        return 0;
    if (result < 0) {
        log_error("cannot read %s: %s", path, strerror(-result));
        return result;
    }
    options->configuration = allocate_string(path);
    result = config_parse(options, text, &error);
    if (result < 0)
        complain(path, &error);
    free(text);
    return result < 0 ? -EBADMSG : 0;
}
