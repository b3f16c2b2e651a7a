/*
 * The kernel command line as words, read as the kernel reads it (Documentation/admin-guide/kernel-parameters.rst):
 * double quotes protect blanks, in a value or around a whole word, and are removed; "--" ends the parameters.
 */
#ifndef KINDLING_CMDLINE_H
#define KINDLING_CMDLINE_H

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

/* Splits a copy of text. Returns 0 or -ENOMEM; free with cmdline_free. */
int cmdline_parse(const char *text, struct cmdline *cmdline);
void cmdline_free(struct cmdline *cmdline);

#endif
