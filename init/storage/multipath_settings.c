#include "storage/multipath_settings.h"

#include <string.h>

#include "system/text.h"

#define BLANKS " \t\r\n"

bool multipath_is_listed(const char *wwids, const char *wwid)
{
    size_t length = strlen(wwid);

    for (const char *line = wwids; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (*line == '/' && !strncmp(line + 1, wwid, length) && line[length + 1] == '/')
            return true;
    }
    return false;
}

/* The next word of a line or a file: between blanks or quotes, or a brace. Comments go to the end of their lines.
 * Returns its length; NULL in *word at the end. */
static size_t next_word(const char **text, const char **word)
{
    const char *at = *text + strspn(*text, BLANKS);
    size_t length;

    while (*at == '#' || *at == '!') {
        at += strcspn(at, "\n");
        at += strspn(at, BLANKS);
    }
    *word = *at ? at : NULL;
    if (*at == '"') {
        *word = at + 1;
        length = strcspn(at + 1, "\"");
        *text = at + 1 + length + (at[1 + length] == '"');
        return length;
    }
    length = *at == '{' || *at == '}' ? 1 : strcspn(at, BLANKS "{}\"");
    *text = at + length;
    return length;
}

static bool is(const char *word, size_t length, const char *text)
{
    return word && strlen(text) == length && !strncmp(word, text, length);
}

/* Of a section multipath { wwid W alias A }. Returns the alias's length, 0 when there is none. */
static size_t find_alias(const char *config, const char *wwid, const char **alias)
{
    const char *word, *value, *name = NULL;
    size_t length, name_length = 0;
    bool is_its = false;

    while (config && (length = next_word(&config, &word), word)) {
        if (is(word, length, "{") || is(word, length, "}")) {
            if (is_its && name)
                break;
            is_its = false;
            name = NULL;
        } else if (is(word, length, "wwid")) {
            length = next_word(&config, &value);
            is_its = is(value, length, wwid);
        } else if (is(word, length, "alias")) {
            name_length = next_word(&config, &value);
            name = value;
        }
    }
    *alias = name;
    return is_its && name ? name_length : 0;
}

/* Lines of an alias and a WWID. */
static size_t find_binding(const char *bindings, const char *wwid, const char **alias)
{
    const char *word;

    while (bindings) {
        size_t name_length = next_word(&bindings, alias), length = next_word(&bindings, &word);

        if (!word)
            return 0;
        if (is(word, length, wwid))
            return name_length;
    }
    return 0;
}

int multipath_name(const char *config, const char *bindings, const char *wwid, char *name, size_t size)
{
    const char *alias;
    size_t length = find_alias(config, wwid, &alias);

    if (length == 0)
        length = find_binding(bindings, wwid, &alias);
    if (length == 0 || length >= size || memchr(alias, '/', length))
        return text_join(name, size, wwid, NULL);
    memcpy(name, alias, length);
    name[length] = '\0';
    return 0;
}
