#include "command/config.h"

#include <errno.h>
#include <string.h>

#include "base/lines.h"

static const char *parse_line(struct options *options, char *line, const char **key)
{
    char *equals = strchr(line, '=');

    *key = NULL;
    line = lines_rest(line);
    if (*line == '\0' || *line == '#')
        return NULL;
    if (!equals)
        return "not of the form key = value";
    *equals = '\0';
    *key = lines_rest(line);
    return options_set(options, *key, lines_rest(equals + 1));
}

int config_parse(struct options *options, char *text, struct config_error *error)
{
    struct line_reader reader = {0};
    char *line;

    reader.next = text;
    while ((line = lines_next(&reader))) {
        error->line = reader.number;
        error->reason = parse_line(options, line, &error->key);
        if (error->reason)
            return -EINVAL;
    }
    return 0;
}
