/*
 * `kindling config`: what options and configuration add up to, and where each value came from.
 */
#include "command/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/terminal.h"
#include "command/build_image.h"
#include "command/command_line.h"

#define KEY_WIDTH 12
#define VALUE_WIDTH 32

static void print_value(const char *key, const char *value, const char *origin)
{
    int padding = VALUE_WIDTH - (int)strlen(value);

    printf("%-*s = ", KEY_WIDTH, key);
    terminal_print_name(value);
    if (origin)
        printf("%*s  %s", padding > 0 ? padding : 0, "", origin);
    putchar('\n');
}

/* Each line of a list by itself; of another key, which the last line decides, the value as it is taken. */
static void print_key(const struct options *options, const struct options *effective, const struct option_row *row)
{
    const char *origin = NULL;

    for (size_t i = 0; i < options->named_count; i++) {
        const struct option_value *named = &options->named[i];

        if (named->row != row)
            continue;
        if (row->type == OPTION_LIST)
            print_value(row->name, named->value, named->origin);
        origin = named->origin;
    }
    if (row->type != OPTION_LIST || !origin) {
        char *value = options_value(effective, row);

        print_value(row->name, value, origin ? origin : "default");
        free(value);
    }
}

static void print_sum(const char *key, const struct string_list *list)
{
    char *joined = string_list_join(list, " ");

    print_value(key, joined, NULL);
    free(joined);
}

static void print_plan(const struct options *options, const struct plan *plan)
{
    size_t count;
    const struct option_row *rows = options_rows(&count);
    struct options effective = *options;

    effective.settings = plan->settings; /* with the defaults in */
    printf("# %s\n", options->configuration ? options->configuration : "no configuration file");
    for (size_t i = 0; i < count; i++) {
        if (rows[i].place == CONFIGURATION_TOO)
            print_key(options, &effective, &rows[i]);
    }
    puts("\n# together, with what the profile says");
    print_value("kernel", plan->settings.release, NULL);
    print_sum("features", &plan->wanted.features);
    print_sum("machines", &plan->wanted.machines);
    print_value("cmdline", plan->settings.cmdline, NULL);
}

int cmd_config(int argc, char **argv)
{
    struct options options;
    struct plan plan = {0};
    int result = command_line_read(&options, argc, argv);
    int status = result == -EINVAL ? 2 : 1;

    options.is_forced = true;          /* nothing is made by it */
    if (!options.settings.modules_dir) /* nor is a kernel looked for */
        options.settings.modules_dir =
            allocate_format("%s/lib/modules", options.settings.sysroot ? options.settings.sysroot : "");
    if (result == 0)
        result = build_image_plan(&plan, &options);
    if (result == 0) {
        print_plan(&options, &plan);
        status = 0;
    }
    plan_free(&plan);
    options_free(&options);
    return status;
}
