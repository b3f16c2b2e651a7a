#include "command/shell_assignments.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/buffer.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define NAME_CHARACTERS NAME_LETTERS "0123456789"
/* What ends a word that is not quoted (POSIX.1-2017, Shell Command Language, 2.3). */
#define METACHARACTERS " \t\r\n;&|()<>"

static const char why_expanded[] = "the shell would have to work out its value";
static const char why_array[] = "it is an array";
static const char why_condition[] = "it depends on a condition, or stands in a function";
static const char why_unfinished[] = "its quotes have no end";
static const char why_command[] = "it is a command";
static const char why_here_document[] = "it is a here-document, and what follows it was not read";

struct reader {
    const char *next;
    unsigned line;
    unsigned depth;       /* of if, for, case, { ... } */
    unsigned parentheses; /* of ( ... ) */
    size_t command;       /* the first statement of the simple command that is being read */
    struct shell_statements *statements;
};

/* A word as the shell would have it. why: it would need to be run; NULL: it is literal. */
struct word {
    struct buffer text;
    const char *why;
};

static char take(struct reader *reader)
{
    char c = *reader->next;

    reader->line += c == '\n';
    reader->next += c != '\0';
    return c;
}

static void keep(struct word *word, char c)
{
    if (c)
        buffer_append(&word->text, &c, 1);
}

static void skip_until(struct reader *reader, char end)
{
    char c;

    while ((c = take(reader)) && c != end) {
        if (c == '\\')
            take(reader);
    }
}

/* Behind the opening parenthesis, to the one that closes it; quoted ones do not count. */
static void skip_parentheses(struct reader *reader)
{
    unsigned depth = 1;
    char c;

    while (depth > 0 && (c = take(reader))) {
        if (c == '(')
            depth++;
        else if (c == ')')
            depth--;
        else if (c == '\\')
            take(reader);
        else if (c == '\'')
            while ((c = take(reader)) && c != '\'')
                ;
        else if (c == '"')
            skip_until(reader, '"');
    }
}

/* Behind a "$": what the shell puts in its place; a "$" by itself is one. */
static void read_dollar(struct reader *reader, struct word *word)
{
    if (*reader->next == '(' || *reader->next == '{') {
        word->why = why_expanded;
        if (take(reader) == '(')
            skip_parentheses(reader);
        else
            skip_until(reader, '}');
    } else if (*reader->next && strchr(NAME_CHARACTERS "@*#?-$!'\"", *reader->next)) {
        word->why = why_expanded;
    } else {
        keep(word, '$');
    }
}

static void read_single_quoted(struct reader *reader, struct word *word)
{
    char c;

    while ((c = take(reader)) && c != '\'')
        keep(word, c);
    if (!c)
        word->why = why_unfinished;
}

static void read_double_quoted(struct reader *reader, struct word *word)
{
    char c;

    while ((c = take(reader)) && c != '"') {
        if (c == '\\' && *reader->next && strchr("$`\"\\\n", *reader->next)) {
            c = take(reader);
            if (c != '\n') /* else the line goes on */
                keep(word, c);
        } else if (c == '$' && *reader->next != '"') {
            read_dollar(reader, word);
        } else if (c == '`') {
            word->why = why_expanded;
            skip_until(reader, '`');
        } else {
            keep(word, c);
        }
    }
    if (!c)
        word->why = why_unfinished;
}

static void read_word(struct reader *reader, struct word *word)
{
    *word = (struct word){0};
    if (*reader->next == '~')
        word->why = why_expanded;
    while (*reader->next && !strchr(METACHARACTERS, *reader->next)) {
        char c = take(reader);

        if (c == '\'') {
            read_single_quoted(reader, word);
        } else if (c == '"') {
            read_double_quoted(reader, word);
        } else if (c == '$') {
            read_dollar(reader, word);
        } else if (c == '`') {
            word->why = why_expanded;
            skip_until(reader, '`');
        } else if (c == '\\') {
            c = take(reader);
            if (c != '\n') /* else the line goes on */
                keep(word, c);
        } else {
            keep(word, c);
        }
    }
}

/* Takes word. */
static void add(struct reader *reader, unsigned line, const char *name, struct word *word, bool appends)
{
    struct shell_statements *statements = reader->statements;
    const char *why = word->why ? word->why : reader->depth + reader->parentheses > 0 ? why_condition : NULL;
    char *value = why ? NULL : allocate_text((const char *)word->text.data, word->text.size);

    statements->items = allocate_more(statements->items, statements->count, sizeof(*statements->items));
    statements->items[statements->count++] = (struct shell_statement){
        .line = line, .name = allocate_string(name), .value = value, .why = why, .appends = appends};
    buffer_free(&word->text);
}

/* NAME= or NAME+= in front: its length with the sign, or 0. */
static size_t assignment_length(const char *text)
{
    size_t length = strchr(NAME_LETTERS, *text) && *text ? strspn(text, NAME_CHARACTERS) : 0;

    if (length > 0 && text[length] == '+' && text[length + 1] == '=')
        return length + 2;
    return length > 0 && text[length] == '=' ? length + 1 : 0;
}

static void read_assignment(struct reader *reader, size_t length)
{
    unsigned line = reader->line;
    bool appends = reader->next[length - 2] == '+';
    char *name = allocate_text(reader->next, length - (appends ? 2 : 1));
    struct word word;

    reader->next += length;
    if (*reader->next == '(') {
        take(reader);
        skip_parentheses(reader);
        word = (struct word){.why = why_array};
    } else {
        read_word(reader, &word);
    }
    add(reader, line, name, &word, appends);
    free(name);
}

/* What is assigned in front of a command is for it alone. */
static void forget_assignments(struct reader *reader)
{
    while (reader->statements->count > reader->command) {
        struct shell_statement *last = &reader->statements->items[--reader->statements->count];

        free(last->name);
        free(last->value);
    }
}

/* The rest of a simple command. A parenthesis ends it, of a subshell or of a pattern of case. */
static const char *skip_arguments(struct reader *reader)
{
    while (*reader->next && !strchr(";&|\n)", *reader->next)) {
        struct word word;

        if (!strncmp(reader->next, "<<<", 3)) {
            reader->next += 3;
        } else if (!strncmp(reader->next, "<<", 2)) {
            reader->next += strlen(reader->next);
            return why_here_document;
        }
        read_word(reader, &word);
        buffer_free(&word.text);
        if (*reader->next && strchr(" \t\r(<>", *reader->next))
            take(reader);
    }
    return why_command;
}

/* What opens a compound command is told of once; nothing in it is certain. */
static void open_compound(struct reader *reader, unsigned line, const char *name)
{
    struct word word = {.why = why_condition};

    if (reader->depth + reader->parentheses == 0)
        add(reader, line, name, &word, false);
    reader->depth++;
    reader->command = reader->statements->count;
}

/* Words that open and close compound commands, or stand in front of an assignment. */
static bool read_keyword(struct reader *reader, unsigned line, const char *word)
{
    static const char *const opening[] = {"if", "for", "while", "until", "case", "select", "{"};
    static const char *const closing[] = {"fi", "done", "esac", "}"};
    static const char *const others[] = {"then", "else", "do", "export", "readonly", "declare", "typeset", "local"};

    for (size_t i = 0; i < sizeof(opening) / sizeof(opening[0]); i++) {
        if (!strcmp(word, opening[i])) {
            open_compound(reader, line, word);
            return true;
        }
    }
    for (size_t i = 0; i < sizeof(closing) / sizeof(closing[0]); i++) {
        if (!strcmp(word, closing[i])) {
            reader->depth -= reader->depth > 0;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (!strcmp(word, others[i]))
            return true;
    }
    return false;
}

static void read_command(struct reader *reader)
{
    unsigned line = reader->line;
    const char *next;
    struct word word;
    char *name;

    read_word(reader, &word);
    buffer_append(&word.text, "", 1);
    name = (char *)word.text.data;
    if (!word.why && read_keyword(reader, line, name)) {
        free(name);
        return;
    }
    forget_assignments(reader);
    next = reader->next + strspn(reader->next, " \t");
    if (*next == '(' && next[1 + strspn(next + 1, " \t")] == ')') { /* a function */
        open_compound(reader, line, name);
        reader->next = strchr(reader->next, ')') + 1;
        while (*reader->next && strchr(" \t\n", *reader->next))
            take(reader);
        if (*reader->next == '{')
            take(reader);
        free(name);
        return;
    }
    word = (struct word){.why = skip_arguments(reader)};
    if (reader->depth + reader->parentheses == 0 || word.why != why_command)
        add(reader, line, name, &word, false);
    free(name);
    reader->command = reader->statements->count; /* it is nothing that is assigned */
}

void shell_statements_parse(struct shell_statements *statements, const char *text)
{
    struct reader reader = {.next = text, .line = 1, .statements = statements};

    *statements = (struct shell_statements){0};
    while (*reader.next) {
        size_t length = assignment_length(reader.next);
        char c = *reader.next;

        if (c == '#') {
            reader.next += strcspn(reader.next, "\n");
        } else if (!strncmp(reader.next, "\\\n", 2)) {
            reader.next++; /* the newline is a blank then */
        } else if (length > 0) {
            read_assignment(&reader, length);
        } else if (!strchr(METACHARACTERS, c)) {
            read_command(&reader);
        } else { /* blanks, and what lies between commands */
            take(&reader);
            reader.parentheses += c == '(';
            reader.parentheses -= c == ')' && reader.parentheses > 0;
            if (strchr("();&|\n", c))
                reader.command = reader.statements->count;
        }
    }
}

void shell_statements_free(struct shell_statements *statements)
{
    for (size_t i = 0; i < statements->count; i++) {
        free(statements->items[i].name);
        free(statements->items[i].value);
    }
    free(statements->items);
    *statements = (struct shell_statements){0};
}
