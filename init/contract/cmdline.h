/*
 * The kernel command line as words, read as the kernel reads it (lib/cmdline.c, next_arg): double quotes protect
 * blanks and are removed around a whole word or a whole value, "--" ends the parameters.
 */
#ifndef KINDLING_CMDLINE_H
#define KINDLING_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

struct cmdline_word {
    const char *key;
    const char *value; /* NULL when the word has no '=' */
};

struct cmdline {
    char *text; /* owned; the words point into it */
    struct cmdline_word *words;
    size_t count;
};

/* Splits copies of two texts, each by itself, into one list: the image's defaults and, behind them, so that they
 * win, the words that the boot was given. Returns 0 or -ENOMEM; free with cmdline_free. */
int cmdline_parse(const char *defaults, const char *given, struct cmdline *cmdline);
void cmdline_free(struct cmdline *cmdline);

/* The value of the next word KEY=VALUE at or behind *position, which begins as 0: words that may come several times are
 * handed out one by one, in their order. NULL when there is none left. */
const char *cmdline_next(const struct cmdline *cmdline, const char *key, size_t *position);

/* The value of the last word KEY=VALUE, which wins over those before it; NULL when there is none, "" when it is empty.
 */
const char *cmdline_value(const struct cmdline *cmdline, const char *key);

/* True when the word is there, with a value or without. */
bool cmdline_has(const struct cmdline *cmdline, const char *key);

/* True for a value that means no, as dracut reads a boolean: "0", "no", "off". value may be NULL, for a bare word,
 * which means yes. */
bool cmdline_is_no(const char *value);

#endif
