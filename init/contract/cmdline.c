#include "contract/cmdline.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* As isspace() in the C locale, in which the kernel splits. */
static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Ends the word at text. Returns where the next one may begin. */
static char *cut_word(char *text)
{
    bool quoted = false;

    for (; *text && (quoted || !is_blank(*text)); text++) {
        if (*text == '"')
            quoted = !quoted;
    }
    if (!*text)
        return text;
    *text = '\0';
    return text + 1;
}

static void drop_last_quote(char *text)
{
    size_t length = strlen(text);

    if (length > 0 && text[length - 1] == '"')
        text[length - 1] = '\0';
}

static struct cmdline_word split_word(char *word)
{
    char *value;

    if (*word == '"') {
        word++;
        drop_last_quote(word);
    }
    value = strchr(word, '=');
    if (!value || value == word)
        return (struct cmdline_word){.key = word, .value = NULL};
    *value++ = '\0';
    if (*value == '"') {
        value++;
        drop_last_quote(value);
    }
    return (struct cmdline_word){.key = word, .value = value};
}

static void add_words(struct cmdline *cmdline, char *text)
{
    for (;;) {
        char *word;

        while (is_blank(*text))
            text++;
        word = text;
        text = cut_word(word);
        if (!*word || !strcmp(word, "--"))
            return;
        cmdline->words[cmdline->count++] = split_word(word);
    }
}

int cmdline_parse(const char *defaults, const char *given, struct cmdline *cmdline)
{
    size_t defaults_size = strlen(defaults) + 1;
    size_t given_size = strlen(given) + 1;

    *cmdline = (struct cmdline){.text = malloc(defaults_size + given_size)};
    /* A word takes a character and a blank or the text's end. */
    cmdline->words = calloc((defaults_size + given_size) / 2 + 1, sizeof(*cmdline->words));
    if (!cmdline->text || !cmdline->words) {
        cmdline_free(cmdline);
        return -ENOMEM;
    }
    memcpy(cmdline->text, defaults, defaults_size);
    memcpy(cmdline->text + defaults_size, given, given_size);
    add_words(cmdline, cmdline->text);
    add_words(cmdline, cmdline->text + defaults_size);
    return 0;
}

void cmdline_free(struct cmdline *cmdline)
{
    free(cmdline->text);
    free(cmdline->words);
    *cmdline = (struct cmdline){0};
}

const char *cmdline_next(const struct cmdline *cmdline, const char *key, size_t *position)
{
    while (*position < cmdline->count) {
        const struct cmdline_word *word = &cmdline->words[(*position)++];

        if (word->value && !strcmp(word->key, key))
            return word->value;
    }
    return NULL;
}

const char *cmdline_value(const struct cmdline *cmdline, const char *key)
{
    const char *value = NULL, *next;
    size_t position = 0;

    while ((next = cmdline_next(cmdline, key, &position)) != NULL)
        value = next;
    return value;
}

bool cmdline_has(const struct cmdline *cmdline, const char *key)
{
    for (size_t i = 0; i < cmdline->count; i++) {
        if (!strcmp(cmdline->words[i].key, key))
            return true;
    }
    return false;
}

bool cmdline_is_no(const char *value)
{
    return value && (!strcmp(value, "0") || !strcmp(value, "no") || !strcmp(value, "off"));
}
