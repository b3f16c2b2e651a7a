#include "cmdline.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* As isspace() in the C locale, in which the kernel splits. */
static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Takes the quotes out of the word at text and ends it. Returns where the next word may begin. */
static char *cut_word(char *text)
{
    char *kept = text;
    bool quoted = false;

    for (; *text && (quoted || !is_blank(*text)); text++) {
        if (*text == '"')
            quoted = !quoted;
        else
            *kept++ = *text;
    }
    if (*text)
        text++;
    *kept = '\0';
    return text;
}

static struct cmdline_word split_word(char *word)
{
    char *equals = strchr(word, '=');

    if (!equals || equals == word)
        return (struct cmdline_word){.key = word, .value = NULL};
    *equals = '\0';
    return (struct cmdline_word){.key = word, .value = equals + 1};
}

/* No more words than this fit: each takes a byte and a blank. */
static size_t most_words(const char *text)
{
    return strlen(text) / 2 + 1;
}

int cmdline_parse(const char *text, struct cmdline *cmdline)
{
    char *next;

    *cmdline = (struct cmdline){.text = strdup(text)};
    cmdline->words = calloc(most_words(text), sizeof(*cmdline->words));
    if (!cmdline->text || !cmdline->words) {
        cmdline_free(cmdline);
        return -ENOMEM;
    }
    next = cmdline->text;
    for (;;) {
        char *word;

        while (is_blank(*next))
            next++;
        word = next;
        if (!*word)
            return 0;
        next = cut_word(word);
        if (!strcmp(word, "--"))
            return 0;
        cmdline->words[cmdline->count++] = split_word(word);
    }
}

void cmdline_free(struct cmdline *cmdline)
{
    free(cmdline->text);
    free(cmdline->words);
    *cmdline = (struct cmdline){0};
}
