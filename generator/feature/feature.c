#include "feature/feature.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/architecture.h"
#include "base/lines.h"

#define PACKAGE "package="

bool feature_name_is_valid(const char *name)
{
    if (*name == '-' || *name == '.' || *name == '\0')
        return false;
    for (; *name; name++) {
        if (!isascii(*name) || (!isalnum((unsigned char)*name) && !strchr("-_.", *name)))
            return false;
    }
    return true;
}

static const char *check_names(const struct string_list *words, const char **culprit)
{
    for (size_t i = 0; i < words->count; i++) {
        *culprit = words->items[i];
        if (!feature_name_is_valid(words->items[i]))
            return "not a feature's name";
    }
    return NULL;
}

static const char *check_host(const struct string_list *words, const char **culprit)
{
    for (size_t i = 0; i < words->count; i++) {
        *culprit = words->items[i];
        if (strcmp(*culprit, "disks") != 0 && strcmp(*culprit, "filesystems") != 0 && strcmp(*culprit, "keyboards") != 0
            && strcmp(*culprit, "microcode") != 0)
            return "there are disks, filesystems, keyboards and microcode";
    }
    return NULL;
}

static const char *check_architecture(const struct string_list *words, const char **culprit)
{
    for (size_t i = 0; i < words->count; i++) {
        const struct architecture *known = NULL;
        size_t number = 0;

        *culprit = words->items[i];
        while ((known = architecture_at(number)) && strcmp(known->name, *culprit) != 0)
            number++;
        if (!known)
            return "there are x86-64, arm64 and riscv64";
    }
    return NULL;
}

static const char *check_console(const struct string_list *words, const char **culprit)
{
    *culprit = words->items[words->count - 1];
    return words->count == 1 && !strcmp(*culprit, "system") ? NULL : "there is system, alone";
}

static const char *check_absolute(const struct string_list *words, const char **culprit)
{
    for (size_t i = 0; i < words->count; i++) {
        *culprit = words->items[i];
        if (words->items[i][0] != '/')
            return "not an absolute path";
    }
    return NULL;
}

/* A loader looks for no name with a slash in it, and for no glob. */
static const char *check_library(const struct string_list *words, const char **culprit)
{
    for (size_t i = 0; i < words->count; i++) {
        *culprit = words->items[i];
        if (words->items[i][0] != '/' && strpbrk(words->items[i], "/*?["))
            return "neither a library's name nor an absolute path";
    }
    return NULL;
}

/* Absolute paths: the destination and candidates. Behind them, at most, the package to install. */
static const char *check_program(const struct string_list *words, const char **culprit)
{
    const char *last = words->items[words->count - 1];
    struct string_list paths = *words;

    if (!strncmp(last, PACKAGE, strlen(PACKAGE)))
        paths.count--;
    if (paths.count < 2)
        return "needs a destination and at least one candidate";
    return check_absolute(&paths, culprit);
}

/* The destination, and a name of the data directory. */
static const char *check_own_program(const struct string_list *words, const char **culprit)
{
    if (words->count != 2)
        return "needs a destination and a name";
    *culprit = words->items[0];
    if (words->items[0][0] != '/')
        return "not an absolute path";
    *culprit = words->items[1];
    return feature_name_is_valid(words->items[1]) ? NULL : "not a program's name";
}

static const struct keyword {
    const char *name;
    enum feature_keyword keyword;
    /* Says what is wrong with the words, or NULL; *culprit is the word meant. */
    const char *(*check)(const struct string_list *words, const char **culprit);
} keywords[] = {
    {"feature", FEATURE_INCLUDE, check_names},
    {"module", FEATURE_MODULE, NULL},
    {"require", FEATURE_REQUIRE, NULL},
    {"autoload", FEATURE_AUTOLOAD, NULL},
    {"late", FEATURE_LATE, NULL},
    {"last", FEATURE_LAST, NULL},
    {"network-module", FEATURE_NETWORK_MODULE, NULL},
    {"program", FEATURE_PROGRAM, check_program},
    {"own-program", FEATURE_OWN_PROGRAM, check_own_program},
    {"library", FEATURE_LIBRARY, check_library},
    {"data", FEATURE_DATA, check_absolute},
    {"console", FEATURE_CONSOLE, check_console},
    {"host", FEATURE_HOST, check_host},
    {"on-virtual-machine", FEATURE_ON_VIRTUAL_MACHINE, check_names},
    {"firmware", FEATURE_FIRMWARE, NULL},
    {"require-firmware", FEATURE_REQUIRE_FIRMWARE, NULL},
    {"file", FEATURE_FILE, check_absolute},
    {"layer", FEATURE_LAYER, NULL},
    {"cmdline", FEATURE_CMDLINE, NULL},
    {"machine", FEATURE_MACHINE, check_names},
    {"architecture", FEATURE_ARCHITECTURE, check_architecture},
    {"device", FEATURE_DEVICE, NULL},
    {"card", FEATURE_CARD, NULL},
    {"need", FEATURE_NEED, NULL},
};

static const struct keyword *find_keyword(const char *name)
{
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        if (!strcmp(keywords[i].name, name))
            return &keywords[i];
    }
    return NULL;
}

static const char *parse_words(
    struct feature *feature, const struct keyword *keyword, char *text, struct feature_error *error)
{
    struct feature_line *line;
    char *word;

    feature->lines = allocate_more(feature->lines, feature->line_count, sizeof(*line));
    line = &feature->lines[feature->line_count++];
    *line = (struct feature_line){.keyword = keyword->keyword, .number = error->line};
    while ((word = lines_word(&text)))
        string_list_add(&line->words, word);
    if (line->words.count == 0)
        return "needs a name";
    return keyword->check ? keyword->check(&line->words, &error->word) : NULL;
}

static const char *parse_line(struct feature *feature, char *text, struct feature_error *error)
{
    const struct keyword *keyword;

    error->word = lines_word(&text);
    if (!error->word)
        return NULL;
    if (!strcmp(error->word, "description")) {
        free(feature->description);
        feature->description = allocate_string(lines_rest(text));
        return NULL;
    }
    keyword = find_keyword(error->word);
    if (!keyword)
        return "unknown keyword";
    return parse_words(feature, keyword, text, error);
}

int feature_parse(struct feature *feature, char *text, struct feature_error *error)
{
    struct line_reader reader = {0};
    bool has_program = false;
    char *line;

    *feature = (struct feature){.description = allocate_string("")};
    reader.next = text;
    while ((line = lines_next(&reader))) {
        error->line = reader.number;
        error->reason = parse_line(feature, line, error);
        if (error->reason)
            return -EINVAL;
    }
    for (size_t i = 0; i < feature->line_count; i++)
        has_program |= feature->lines[i].keyword == FEATURE_PROGRAM;
    for (size_t i = 0; i < feature->line_count && !has_program; i++) {
        enum feature_keyword keyword = feature->lines[i].keyword;

        if (keyword != FEATURE_LIBRARY && keyword != FEATURE_DATA)
            continue;
        /* What belongs to a program would be packed for nobody. */
        *error = (struct feature_error){.line = feature->lines[i].number,
            .word = keyword == FEATURE_DATA ? "data" : "library",
            .reason = "is for the programs of the same file, which has none"};
        return -EINVAL;
    }
    return 0;
}

void feature_free(struct feature *feature)
{
    for (size_t i = 0; i < feature->line_count; i++)
        string_list_free(&feature->lines[i].words);
    free(feature->lines);
    free(feature->description);
    *feature = (struct feature){0};
}

bool feature_is_for(const struct feature *feature, const char *architecture)
{
    bool is_for_some = false;

    for (size_t i = 0; architecture && i < feature->line_count; i++) {
        if (feature->lines[i].keyword != FEATURE_ARCHITECTURE)
            continue;
        if (string_list_contains(&feature->lines[i].words, architecture))
            return true;
        is_for_some = true;
    }
    return !is_for_some;
}
