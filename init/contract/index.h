/*
 * Reads the index (index_format.h) in place. Pure: every offset and number is checked before it is used, so a
 * broken index yields empty strings and failed look-ups, never a stray read.
 */
#ifndef KINDLING_INDEX_H
#define KINDLING_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contract/index_format.h"

struct index {
    const uint8_t *bytes; /* borrowed */
    size_t size;
    struct {
        uint32_t offset;
        uint32_t count;
    } section[INDEX_SECTION_COUNT];
};

struct index_module {
    const char *name;
    const char *path;
    const char *options;
    uint32_t first_step;
    uint32_t step_count;
    uint32_t size;   /* bytes once inflated */
    uint32_t format; /* enum member_format */
    uint32_t flags;  /* MODULE_LATE */
};

/* A file of programs. */
struct index_file {
    const char *path;   /* where it belongs */
    const char *member; /* where its bytes lie in the image */
    uint32_t size;      /* bytes once inflated */
    uint32_t format;    /* enum member_format */
    uint32_t permissions;
};

struct index_program {
    const char *wanted_at;
    uint32_t first_need;
    uint32_t need_count;
};

/* Checks header and sections. Returns 0, -EINVAL (not an index, or damaged) or -EPROTONOSUPPORT (another version). */
int index_attach(struct index *index, const void *bytes, size_t size);

uint32_t index_module_count(const struct index *index);
/* Returns 0, or -ENOENT for a number that is out of range. */
int index_module(const struct index *index, uint32_t number, struct index_module *module);
/* name: normalised. Returns 0 or -ENOENT. */
int index_find_module(const struct index *index, const char *name, uint32_t *number);
/* The module at a step, and whether the one whose step it is needs it (unless is_needed is NULL). Returns 0 or -ENOENT
 * past the end. */
int index_step(const struct index *index, uint32_t step, uint32_t *module, bool *is_needed);
/* The module at a position of the list of those to load unasked. Returns 0 or -ENOENT past the end. */
int index_autoload(const struct index *index, uint32_t position, uint32_t *module);

/* Returns 0, or -ENOENT for a number that is out of range. */
int index_program(const struct index *index, uint32_t number, struct index_program *program);
/* Returns 0 or -ENOENT. */
int index_find_program(const struct index *index, const char *wanted_at, struct index_program *program);
/* The file that a program needs: need is from its first one on. Returns 0 or -ENOENT past the end. */
int index_need(const struct index *index, uint32_t need, uint32_t *file);
uint32_t index_file_count(const struct index *index);
/* Returns 0, or -ENOENT for a number that is out of range. */
int index_file(const struct index *index, uint32_t number, struct index_file *file);
/* The value of a setting, "" when there is none. */
const char *index_setting(const struct index *index, const char *key);

/*
 * All modules that have an alias pattern matching a name: as the name is read from left to right, the sorted
 * aliases are narrowed to those whose literal prefix agrees so far.
 */
struct index_match {
    const struct index *index;
    const char *name;
    size_t depth; /* characters of name that all aliases in [next, end) share */
    uint32_t next;
    uint32_t end;
};

/* name: a modalias or alias, normalised; borrowed until the last index_match_next. */
void index_match_begin(struct index_match *match, const struct index *index, const char *name);
/* True and the module's number for the next matching alias; a module comes once for each such alias. */
bool index_match_next(struct index_match *match, uint32_t *module);

#endif
