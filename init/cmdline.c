#include "cmdline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

/* The kernel's own limit (COMMAND_LINE_SIZE) is 2,048 on most machines and 4,096 on a few. */
#define GIVEN_SIZE 8192u

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

int cmdline_read(const struct index *index, struct cmdline *cmdline)
{
    char given[GIVEN_SIZE];
    ssize_t length = file_read_text(AT_FDCWD, "/proc/cmdline", given, sizeof(given));

    return length < 0 ? (int)length : cmdline_parse(index_setting(index, SETTING_CMDLINE), given, cmdline);
}
