#include "command/command_line.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "base/log.h"
#include "command/arguments.h"
#include "command/config.h"
#include "feature/data_directory.h"

#define FIRST_NUMBER (UCHAR_MAX + 1)

/* What getopt_long wants to know of our table; val is the row's number, past all letters. */
struct getopt_tables {
    struct option *longs;
    char *letters;
};

static void make_tables(struct getopt_tables *tables)
{
    size_t count;
    const struct option_row *rows = options_rows(&count);
    char *letter;

    tables->longs = allocate((count + 1) * sizeof(*tables->longs));
    tables->letters = letter = allocate(2 * count + 2);
    *letter++ = ':';
    for (size_t i = 0; i < count; i++) {
        int has_argument = rows[i].argument ? required_argument : no_argument;

        tables->longs[i] = (struct option){rows[i].name, has_argument, NULL, FIRST_NUMBER + (int)i};
        if (rows[i].letter) {
            *letter++ = rows[i].letter;
            if (rows[i].argument)
                *letter++ = ':';
        }
    }
}

/* The row that getopt_long returned, as a letter or as a number; NULL for what is no option. */
static const struct option_row *row_of(int answer)
{
    size_t count;
    const struct option_row *rows = options_rows(&count);

    if (answer >= FIRST_NUMBER)
        return &rows[answer - FIRST_NUMBER];
    for (size_t i = 0; i < count; i++) {
        if (rows[i].letter == answer)
            return &rows[i];
    }
    return NULL;
}

/* Nothing is complained about yet. */
static const char *named_configuration(int argc, char **argv, const struct getopt_tables *tables)
{
    const char *named = NULL;
    int answer;

    optind = 0;
    opterr = 0;
    while ((answer = getopt_long(argc, argv, tables->letters, tables->longs, NULL)) != -1) {
        const struct option_row *row = row_of(answer);

        if (row && row->type == OPTION_CONFIGURATION)
            named = optarg;
    }
    return named;
}

static int read_arguments(struct options *options, int argc, char **argv, const struct getopt_tables *tables)
{
    int answer;

    optind = 0;
    while ((answer = arguments_next(argc, argv, tables->letters, tables->longs)) != -1) {
        const struct option_row *row = row_of(answer);
        const char *wrong;

        if (!row)
            return -EINVAL;
        wrong = options_set(options, row, optarg, "the command line");
        if (wrong) {
            log_error("--%s %s: %s", row->name, optarg, wrong);
            return -EINVAL;
        }
    }
    if (optind == argc)
        return 0;
    log_error("build takes no argument: %s", argv[optind]);
    return -EINVAL;
}

int command_line_read(struct options *options, int argc, char **argv)
{
    char *default_path = data_directory_configuration("kindling.conf");
    struct getopt_tables tables;
    const char *named;
    int result;

    options_init(options);
    make_tables(&tables);
    named = named_configuration(argc, argv, &tables);
    result = config_read(options, named ? named : default_path, named != NULL);
    if (result == 0)
        result = read_arguments(options, argc, argv, &tables);
    free(tables.longs);
    free(tables.letters);
    free(default_path);
    return result;
}
