#include "contract/glob.h"

#include <stddef.h>
#include <string.h>

/* The end of the class that begins at '[', its ']', or NULL when there is none: then '[' is a plain character. */
static const char *class_end(const char *class)
{
    const char *p = class + 1;

    if (*p == '!' || *p == '^')
        p++;
    if (*p == ']')
        p++;
    while (*p && *p != ']')
        p += *p == '\\' && p[1] ? 2 : 1;
    return *p ? p : NULL;
}

/* The character at *p, which may be escaped; *p moves behind it. */
static unsigned char class_character(const char **p)
{
    if (**p == '\\')
        (*p)++;
    return (unsigned char)*(*p)++;
}

static bool class_has(const char *class, const char *end, unsigned char c)
{
    const char *p = class + 1;
    bool negated = *p == '!' || *p == '^';
    bool found = false;

    p += negated;
    while (p < end) {
        unsigned char from = class_character(&p);
        unsigned char until = from;

        if (p + 1 < end && *p == '-') {
            p++;
            until = class_character(&p);
        }
        found = found || (from <= c && c <= until);
    }
    return found != negated;
}

/* Matches one character of text against the front of the pattern. Returns the rest of the pattern or NULL. */
static const char *match_one(const char *pattern, unsigned char c)
{
    const char *end;

    if (*pattern == '?')
        return pattern + 1;
    if (*pattern == '[' && (end = class_end(pattern)) != NULL)
        return class_has(pattern, end, c) ? end + 1 : NULL;
    if (*pattern == '\\' && pattern[1])
        pattern++;
    return (unsigned char)*pattern == c ? pattern + 1 : NULL;
}

/* After a mismatch only the last '*' need take one character more: what earlier ones took was the least they could. */
bool glob_matches(const char *pattern, const char *text)
{
    const char *star = NULL;
    const char *retry = NULL;

    while (*text) {
        const char *rest;

        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
        } else if (*pattern && (rest = match_one(pattern, (unsigned char)*text)) != NULL) {
            pattern = rest;
            text++;
        } else if (star) {
            pattern = star;
            text = ++retry;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}
