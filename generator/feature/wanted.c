#include "feature/wanted.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "feature/host.h"

/* A file of modules.d. */
struct source {
    enum catalogue_kind kind;
    const char *name;
    struct feature feature;
};

static void add_wish(struct wish_list *list, const char *name, const char *origin, bool is_required)
{
    list->items = allocate_more(list->items, list->count, sizeof(*list->items));
    list->items[list->count++] = (struct wish){allocate_string(name), allocate_string(origin), is_required};
}

void wanted_add_module(struct wanted *wanted, const char *name, const char *origin, bool is_required)
{
    add_wish(&wanted->modules, name, origin, is_required);
}

void wanted_add_autoload(struct wanted *wanted, const char *name, const char *origin, bool is_required)
{
    add_wish(&wanted->modules, name, origin, is_required);
    add_wish(&wanted->autoload, name, origin, is_required);
}

void wanted_add_program(struct wanted *wanted, const struct string_list *words, const char *origin, bool is_optional)
{
    struct wanted_program *program;

    wanted->programs = allocate_more(wanted->programs, wanted->program_count, sizeof(*program));
    program = &wanted->programs[wanted->program_count++];
    *program = (struct wanted_program){
        .destination = allocate_string(words->items[0]), .origin = allocate_string(origin), .is_optional = is_optional};
    for (size_t i = 1; i < words->count; i++) {
        if (words->items[i][0] == '/')
            string_list_add(&program->candidates, words->items[i]);
        else
            program->package = allocate_string(strchr(words->items[i], '=') + 1);
    }
}

static void add_word(struct wanted *wanted, enum feature_keyword keyword, const char *word, const char *origin)
{
    switch (keyword) {
    case FEATURE_MODULE:
    case FEATURE_REQUIRE:
        wanted_add_module(wanted, word, origin, keyword == FEATURE_REQUIRE);
        break;
    case FEATURE_AUTOLOAD:
        wanted_add_autoload(wanted, word, origin, false);
        break;
    case FEATURE_LATE:
        add_wish(&wanted->late, word, origin, false);
        break;
    case FEATURE_LAST:
        add_wish(&wanted->last, word, origin, false);
        break;
    case FEATURE_NETWORK_MODULE:
        wanted_add_module(wanted, word, origin, false);
        add_wish(&wanted->network, word, origin, false);
        break;
    case FEATURE_FILE:
        add_wish(&wanted->files, word, origin, true);
        break;
    case FEATURE_FIRMWARE:
    case FEATURE_REQUIRE_FIRMWARE:
        add_wish(&wanted->firmware, word, origin, keyword == FEATURE_REQUIRE_FIRMWARE);
        break;
    case FEATURE_CONSOLE:
        wanted->has_console = true;
        break;
    case FEATURE_CMDLINE:
        string_list_add(&wanted->cmdline, word);
        break;
    case FEATURE_INCLUDE:
    case FEATURE_PROGRAM:
    case FEATURE_OWN_PROGRAM:
    case FEATURE_LIBRARY:
    case FEATURE_DATA:
    case FEATURE_HOST:
    case FEATURE_ON_VIRTUAL_MACHINE:
    case FEATURE_MACHINE:
    case FEATURE_ARCHITECTURE:
    case FEATURE_DEVICE:
    case FEATURE_CARD:
    case FEATURE_NEED:
    case FEATURE_LAYER:
        break;
    }
}

static int add_included(struct wanted *wanted, struct catalogue *catalogue, const struct string_list *names)
{
    int result = 0;

    for (size_t i = 0; i < names->count && result == 0; i++)
        result = wanted_add_feature(wanted, catalogue, names->items[i]);
    return result;
}

static const char *host_root(const struct wanted *wanted)
{
    return wanted->sysroot ? wanted->sysroot : "/";
}

/* A file system's feature has more than the module: what it asks for by name. */
static int add_types(
    struct wanted *wanted, struct catalogue *catalogue, const struct string_list *types, const char *origin)
{
    struct string_list features = {0};
    int result = 0;

    catalogue_names(catalogue, CATALOGUE_FEATURE, &features);
    for (size_t i = 0; i < types->count && result == 0; i++) {
        char *alias = allocate_format("fs-%s", types->items[i]);

        if (string_list_contains(&features, types->items[i]))
            result = wanted_add_feature(wanted, catalogue, types->items[i]);
        else
            wanted_add_module(wanted, alias, origin, false);
        free(alias);
    }
    string_list_free(&features);
    return result;
}

static int add_host(
    struct wanted *wanted, struct catalogue *catalogue, const struct string_list *words, const char *origin)
{
    struct host host = {.sysroot = host_root(wanted)};
    int result = 0;

    for (size_t i = 0; i < words->count && result == 0; i++) {
        if (!strcmp(words->items[i], "disks"))
            result = host_add_disks(&host);
        else if (!strcmp(words->items[i], "filesystems"))
            result = host_add_types(&host);
        else if (!strcmp(words->items[i], "keyboards"))
            host_add_keyboards(&host);
    }
    /* Directories are read in any order. */
    string_list_sort(&host.aliases);
    string_list_sort(&host.drivers);
    string_list_sort(&host.types);
    wanted->is_for_host |= string_list_contains(words, "disks");
    wanted->has_microcode |= string_list_contains(words, "microcode");
    for (size_t i = 0; i < host.aliases.count; i++)
        wanted_add_module(wanted, host.aliases.items[i], origin, false);
    for (size_t i = 0; i < host.drivers.count; i++)
        wanted_add_module(wanted, host.drivers.items[i], origin, false);
    for (size_t i = 0; i < host.inputs.count; i++)
        string_list_add(&wanted->inputs, host.inputs.items[i]);
    if (result == 0)
        result = add_types(wanted, catalogue, &host.types, origin);
    host_free(&host);
    return result;
}

/* Where a line of a feature or profile stands, as a new string. */
static char *origin_of(enum catalogue_kind kind, const char *name, const struct feature_line *line)
{
    return allocate_format("modules.d/%s%s:%u", kind == CATALOGUE_PROFILE ? "profiles/" : "", name, line->number);
}

/* A program with all that its file says of it, before it or behind it. */
static void add_program(
    struct wanted *wanted, const struct source *source, const struct feature_line *line, const char *origin)
{
    struct wanted_program *program;

    wanted_add_program(wanted, &line->words, origin, false);
    program = &wanted->programs[wanted->program_count - 1];
    for (size_t i = 0; i < source->feature.line_count; i++) {
        const struct feature_line *other = &source->feature.lines[i];
        char *place = origin_of(source->kind, source->name, other);

        for (size_t k = 0; k < other->words.count; k++) {
            if (other->keyword == FEATURE_LIBRARY)
                add_wish(&program->libraries, other->words.items[k], place, true);
            else if (other->keyword == FEATURE_DATA)
                add_wish(&program->data, other->words.items[k], place, true);
        }
        free(place);
    }
}

/* Those of the kernel's architecture. */
static int add_machines(struct wanted *wanted, struct catalogue *catalogue, const struct string_list *names)
{
    int result = 0;

    for (size_t i = 0; i < names->count && result == 0; i++) {
        struct feature machine;

        result = catalogue_read(catalogue, CATALOGUE_MACHINE, names->items[i], &machine);
        if (result < 0)
            break;
        if (feature_is_for(&machine, wanted->architecture))
            string_list_add(&wanted->machines, names->items[i]);
        feature_free(&machine);
    }
    return result;
}

static int add_line(struct wanted *wanted, struct catalogue *catalogue, const struct source *source,
    const struct feature_line *line, const char *origin)
{
    if (line->keyword == FEATURE_INCLUDE)
        return add_included(wanted, catalogue, &line->words);
    if (line->keyword == FEATURE_ON_VIRTUAL_MACHINE)
        return host_is_virtual(host_root(wanted)) ? add_included(wanted, catalogue, &line->words) : 0;
    if (line->keyword == FEATURE_HOST)
        return add_host(wanted, catalogue, &line->words, origin);
    if (line->keyword == FEATURE_MACHINE)
        return add_machines(wanted, catalogue, &line->words);
    if (line->keyword == FEATURE_PROGRAM) {
        add_program(wanted, source, line, origin);
        return 0;
    }
    if (line->keyword == FEATURE_OWN_PROGRAM) {
        wanted->programs = allocate_more(wanted->programs, wanted->program_count, sizeof(*wanted->programs));
        wanted->programs[wanted->program_count++] =
            (struct wanted_program){.destination = allocate_string(line->words.items[0]),
                .origin = allocate_string(origin),
                .own = allocate_string(line->words.items[1])};
        return 0;
    }
    for (size_t i = 0; i < line->words.count; i++)
        add_word(wanted, line->keyword, line->words.items[i], origin);
    return 0;
}

static int add_file(struct wanted *wanted, struct catalogue *catalogue, enum catalogue_kind kind, const char *name)
{
    struct source source = {.kind = kind, .name = name};
    int result = catalogue_read(catalogue, kind, name, &source.feature);
    size_t count;

    if (result < 0)
        return result;
    count = feature_is_for(&source.feature, wanted->architecture) ? source.feature.line_count : 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        char *origin = origin_of(kind, name, &source.feature.lines[i]);

        result = add_line(wanted, catalogue, &source, &source.feature.lines[i], origin);
        free(origin);
    }
    feature_free(&source.feature);
    return result;
}

int wanted_add_feature(struct wanted *wanted, struct catalogue *catalogue, const char *name)
{
    if (string_list_contains(&wanted->features, name) || string_list_contains(&wanted->refused, name))
        return 0;
    /* Noted before it is read, so that features that include each other come to an end. */
    string_list_add(&wanted->features, name);
    return add_file(wanted, catalogue, CATALOGUE_FEATURE, name);
}

int wanted_add_profile(struct wanted *wanted, struct catalogue *catalogue, const char *name)
{
    return add_file(wanted, catalogue, CATALOGUE_PROFILE, name);
}

static void free_wishes(struct wish_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
        free(list->items[i].origin);
    }
    free(list->items);
}

void wanted_free(struct wanted *wanted)
{
    free_wishes(&wanted->modules);
    free_wishes(&wanted->autoload);
    free_wishes(&wanted->late);
    free_wishes(&wanted->last);
    free_wishes(&wanted->network);
    free_wishes(&wanted->files);
    free_wishes(&wanted->firmware);
    for (size_t i = 0; i < wanted->program_count; i++) {
        free(wanted->programs[i].destination);
        free(wanted->programs[i].origin);
        free(wanted->programs[i].package);
        free(wanted->programs[i].own);
        string_list_free(&wanted->programs[i].candidates);
        free_wishes(&wanted->programs[i].libraries);
        free_wishes(&wanted->programs[i].data);
    }
    free(wanted->programs);
    string_list_free(&wanted->cmdline);
    string_list_free(&wanted->features);
    string_list_free(&wanted->refused);
    string_list_free(&wanted->inputs);
    string_list_free(&wanted->machines);
    *wanted = (struct wanted){0};
}
