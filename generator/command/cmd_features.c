#include "command/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/allocate.h"
#include "base/json_output.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "base/workers.h"
#include "command/arguments.h"
#include "command/feature_content.h"
#include "feature/data_directory.h"

#define USAGE_STATUS 2

static const char *const commands[] = {
    [CATALOGUE_FEATURE] = "features", [CATALOGUE_PROFILE] = "profiles", [CATALOGUE_MACHINE] = "machines"};

struct request {
    bool is_json;
    const char *release; /* NULL: of the running kernel */
    const char *modules_dir;
    const char *sysroot;
};

/* json: an array that is added to; NULL: they are printed. */
static int list_all(
    struct catalogue *catalogue, enum catalogue_kind kind, const struct string_list *names, json_t *json)
{
    int width = 0;

    for (size_t i = 0; i < names->count; i++)
        width = (int)strlen(names->items[i]) > width ? (int)strlen(names->items[i]) : width;
    for (size_t i = 0; i < names->count; i++) {
        struct feature feature;

        if (catalogue_read(catalogue, kind, names->items[i], &feature) < 0)
            return 1;
        if (json) {
            json_t *object = json_object();

            json_set_text(object, "name", names->items[i]);
            json_set_text(object, "description", feature.description);
            json_array_append_new(json, object);
        } else if (*feature.description) {
            printf("%-*s  %s\n", width, names->items[i], feature.description);
        } else {
            puts(names->items[i]);
        }
        feature_free(&feature);
    }
    return 0;
}

static int print_names(struct catalogue *catalogue, enum catalogue_kind kind, bool is_json)
{
    struct string_list names = {0};
    json_t *json = is_json ? json_array() : NULL;
    int status;

    catalogue_names(catalogue, kind, &names);
    status = list_all(catalogue, kind, &names, json);
    if (json && status == 0)
        json_print(json_pack("{s:o}", commands[kind], json));
    else
        json_decref(json);
    string_list_free(&names);
    return status;
}

static int print_contents(struct catalogue *catalogue, const struct request *request, char *const *names)
{
    static const struct string_list no_configuration;
    const char *sysroot = request->sysroot ? request->sysroot : "/";
    char *modules_dir = request->modules_dir ? allocate_string(request->modules_dir) : NULL;
    json_t *json = request->is_json ? json_array() : NULL;
    struct kernel_tree *tree = NULL;
    struct utsname running;
    const char *release = request->release;
    bool is_open;
    int result;

    if (!release && uname(&running) == 0)
        release = running.release;
    if (!modules_dir && sysroot_resolve(sysroot, "/lib/modules", &modules_dir) < 0)
        modules_dir = allocate_format("%s/lib/modules", sysroot);
    result = kernel_tree_open(&tree, modules_dir, release, true, &no_configuration, workers_processors(), NULL);
    is_open = result == 0;
    for (; *names && result == 0; names++) {
        struct feature_content content;

        result = feature_content_read(&content, catalogue, *names, tree, sysroot);
        if (result == 0 && json)
            json_array_append_new(json, feature_content_as_json(&content));
        else if (result == 0)
            feature_content_print(&content);
        feature_content_free(&content);
    }
    if (json && result == 0)
        json_print(json_pack("{s:s, s:o}", "kernel", release, "features", json));
    else
        json_decref(json);
    if (is_open)
        kernel_tree_close(tree);
    free(modules_dir);
    return result < 0 ? 1 : 0;
}

static int read_arguments(struct request *request, enum catalogue_kind kind, int argc, char **argv)
{
    static const struct option longs[] = {{"json", no_argument, NULL, 'j'}, {"kernel", required_argument, NULL, 'k'},
        {"modules-dir", required_argument, NULL, 'd'}, {"sysroot", required_argument, NULL, 's'}, {0}};
    static const struct option only_json[] = {{"json", no_argument, NULL, 'j'}, {0}};
    bool is_feature = kind == CATALOGUE_FEATURE;
    int option;

    while ((option = arguments_next(argc, argv, is_feature ? ":k:" : ":", is_feature ? longs : only_json)) != -1) {
        switch (option) {
        case 'j':
            request->is_json = true;
            break;
        case 'k':
            request->release = optarg;
            break;
        case 'd':
            request->modules_dir = optarg;
            break;
        case 's':
            request->sysroot = optarg;
            break;
        default:
            return USAGE_STATUS;
        }
    }
    if (optind == argc || is_feature)
        return 0;
    log_error("%s takes no argument: %s", commands[kind], argv[optind]);
    return USAGE_STATUS;
}

static int list_kind(enum catalogue_kind kind, int argc, char **argv)
{
    struct request request = {0};
    struct catalogue catalogue;
    int status = read_arguments(&request, kind, argc, argv);

    if (status)
        return status;
    data_directory_open_catalogue(&catalogue);
    status = argv[optind] ? print_contents(&catalogue, &request, argv + optind)
                          : print_names(&catalogue, kind, request.is_json);
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
