/*
 * The variables that a shell file sets, without running it: what dracut.conf and initramfs.conf are. Taken are
 * assignments with literal values, quoted in whatever way; all else is told of. Pure.
 */
#ifndef KINDLING_SHELL_ASSIGNMENTS_H
#define KINDLING_SHELL_ASSIGNMENTS_H

#include <stdbool.h>
#include <stddef.h>

struct shell_statement {
    unsigned line;   /* where it begins, from 1 */
    char *name;      /* the variable, or a command's first word */
    char *value;     /* NULL: it cannot be told from reading */
    const char *why; /* it cannot: a clause; NULL: it can */
    bool appends;    /* += */
};

struct shell_statements {
    struct shell_statement *items; /* in the order of the file */
    size_t count;
};

/* Any text is taken. shell_statements_free after it. */
void shell_statements_parse(struct shell_statements *statements, const char *text);
void shell_statements_free(struct shell_statements *statements);

#endif
