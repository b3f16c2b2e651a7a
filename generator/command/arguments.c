#include "command/arguments.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/log.h"
#include "base/string_list.h"
#include "base/suggestion.h"
#include "command/foreign_words.h"

/* With what another generator's option of that name would want, if there is one. */
static void complain_of_foreign(char *name)
{
    char *const words[] = {name, NULL};
    const char *word;
    const char *answer = foreign_words_answer(words, &word);

    log_error("unrecognized option %s%s%s", name, answer ? ": " : "", answer ? answer : "");
}

static void complain_of_unknown(const char *word, const struct option *longs)
{
    struct string_list names = {0};
    char *name = allocate_text(word, strcspn(word, "="));
    const char *nearest;

    for (; longs->name; longs++)
        string_list_add(&names, longs->name);
    /* Dashes that all have make nobody similar. */
    nearest = suggestion_nearest(name + 2, &names);
    if (nearest)
        log_error("unrecognized option %s (did you mean --%s?)", name, nearest);
    else
        complain_of_foreign(name);
    free(name);
    string_list_free(&names);
}

static void complain_of_long(const char *word, const struct option *longs)
{
    size_t length = strcspn(word + 2, "=");
    const char *first = NULL, *second = NULL;

    for (const struct option *option = longs; option->name && !second; option++) {
        if (!strncmp(word + 2, option->name, length))
            *(first ? &second : &first) = option->name;
    }
    /* The beginning of several options is as good as none of them. */
    if (second)
        log_error("%s is the beginning of several options: --%s, --%s", word, first, second);
    else if (first)
        log_error("--%s takes no argument", first);
    else
        complain_of_unknown(word, longs);
}

int arguments_next(int argc, char **argv, const char *letters, const struct option *longs)
{
    int answer;

    opterr = 0;
    answer = getopt_long(argc, argv, letters, longs, NULL);
    if (answer == ':')
        log_error("option %s requires an argument", argv[optind - 1]);
    else if (answer == '?' && !strncmp(argv[optind - 1], "--", 2))
        complain_of_long(argv[optind - 1], longs);
    else if (answer == '?')
        complain_of_foreign((char[]){'-', (char)optopt, '\0'});
    return answer == ':' ? '?' : answer;
}

bool arguments_are_plain(int argc, char **argv)
{
    static const struct option none[] = {{0}};

    return arguments_next(argc, argv, ":", none) == -1;
}
