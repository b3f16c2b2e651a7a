#include "command/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "feature/catalogue.h"
#include "feature/data_directory.h"

static int name_width(const struct string_list *names)
{
    size_t width = 0;

    for (size_t i = 0; i < names->count; i++) {
        size_t length = strlen(names->items[i]);

        width = length > width ? length : width;
    }
    return (int)width;
}

static int print_all(struct catalogue *catalogue, enum catalogue_kind kind, const struct string_list *names)
{
    for (size_t i = 0; i < names->count; i++) {
        struct feature feature;

        if (catalogue_read(catalogue, kind, names->items[i], &feature) < 0)
            return 1;
        if (*feature.description)
            printf("%-*s  %s\n", name_width(names), names->items[i], feature.description);
        else
            puts(names->items[i]);
        feature_free(&feature);
    }
    return 0;
}

static int list_kind(enum catalogue_kind kind, int argc, char **argv)
{
    static const char *const commands[] = {
        [CATALOGUE_FEATURE] = "features", [CATALOGUE_PROFILE] = "profiles", [CATALOGUE_MACHINE] = "machines"};
    struct catalogue catalogue;
    struct string_list names = {0};
    int status;

    if (argc > 1) {
        log_error("%s takes no argument: %s", commands[kind], argv[1]);
        return 2;
    }
    data_directory_open_catalogue(&catalogue);
    catalogue_names(&catalogue, kind, &names);
    status = print_all(&catalogue, kind, &names);
    string_list_free(&names);
    catalogue_free(&catalogue);
    return status;
}

int cmd_features(int argc, char **argv)
{
    return list_kind(CATALOGUE_FEATURE, argc, argv);
}

int cmd_profiles(int argc, char **argv)
{
    return list_kind(CATALOGUE_PROFILE, argc, argv);
}

int cmd_machines(int argc, char **argv)
{
    return list_kind(CATALOGUE_MACHINE, argc, argv);
}
