#include "build/selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/log.h"
#include "base/suggestion.h"
#include "contract/index_format.h"

/* The selection while it grows: items in the order in which they were found. */
struct growth {
    struct selection *selection;
    const struct kernel_tree *tree;
    bool *is_selected; /* by module number */
};

static void select_module(struct growth *growth, const struct kernel_module *module, char *origin)
{
    struct selection *selection = growth->selection;

    if (growth->is_selected[module->number]) {
        free(origin);
        return;
    }
    growth->is_selected[module->number] = true;
    selection->items = allocate_more(selection->items, selection->count, sizeof(*selection->items));
    selection->items[selection->count++] = (struct selected_module){.module = module, .origin = origin};
}

static int report_absence(const struct kernel_tree *tree, const struct wish *wish, enum module_found found)
{
    struct string_list names = {0};
    size_t count;
    const struct kernel_module *modules = kernel_tree_modules(tree, &count);
    char *phrase;

    if (found == MODULE_BUILT_IN) {
        log_note("%s is built into this kernel (%s)", wish->name, wish->origin);
        return 0;
    }
    if (!wish->is_required) {
        log_note("this kernel has no %s (%s)", wish->name, wish->origin);
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        string_list_add(&names, modules[i].name);
    phrase = suggestion_phrase(wish->name, &names);
    log_error("cannot find %s in this kernel: %s requires it%s", wish->name, wish->origin, phrase);
    free(phrase);
    string_list_free(&names);
    return -ENOENT;
}

/* number and not a pointer: the array moves as it grows. */
static void select_needs(struct growth *growth, size_t number, const struct module_list *needs, const char *verb)
{
    for (size_t i = 0; i < needs->count; i++) {
        const struct selected_module *from = &growth->selection->items[number];

        if (!growth->is_selected[needs->items[i]->number])
            select_module(
                growth, needs->items[i], allocate_format("%s by %s (%s)", verb, from->module->name, from->origin));
    }
}

static int complete(struct growth *growth, size_t number)
{
    const struct kernel_module *module = growth->selection->items[number].module;
    struct module_list steps = {0};
    struct module_list weak = {0};
    int result = kernel_tree_steps(growth->tree, module, &steps);

    if (result == 0)
        result = kernel_tree_weak_dependencies(growth->tree, module, &weak);
    if (result == 0) {
        select_needs(growth, number, &steps, "needed");
        select_needs(growth, number, &weak, "used");
    }
    growth->selection->items[number].steps = steps;
    module_list_free(&weak);
    return result;
}

static int compare(const void *a, const void *b)
{
    const struct selected_module *left = a;
    const struct selected_module *right = b;

    return strcmp(left->module->name, right->module->name);
}

bool selection_find(const struct selection *selection, const struct kernel_module *module, size_t *number)
{
    const struct selected_module key = {.module = module};
    const struct selected_module *found =
        selection->count ? bsearch(&key, selection->items, selection->count, sizeof(key), compare) : NULL;

    if (found)
        *number = (size_t)(found - selection->items);
    return found != NULL;
}

static void mark(
    struct selection *selection, const struct kernel_tree *tree, const struct wish_list *wishes, uint32_t flag)
{
    for (size_t i = 0; i < wishes->count; i++) {
        struct module_list found = {0};
        size_t number;

        kernel_tree_find(tree, wishes->items[i].name, &found);
        for (size_t k = 0; k < found.count; k++) {
            if (selection_find(selection, found.items[k], &number))
                selection->items[number].flags |= flag;
        }
        module_list_free(&found);
    }
}

int selection_make(struct selection *selection, const struct kernel_tree *tree, const struct wanted *wanted)
{
    struct growth growth = {.selection = selection, .tree = tree};
    size_t count;
    int result = 0;

    *selection = (struct selection){0};
    kernel_tree_modules(tree, &count);
    growth.is_selected = allocate(count * sizeof(*growth.is_selected));
    for (size_t i = 0; i < wanted->modules.count && result == 0; i++) {
        const struct wish *wish = &wanted->modules.items[i];
        struct module_list found = {0};
        enum module_found answer = kernel_tree_find(tree, wish->name, &found);

        for (size_t k = 0; k < found.count; k++)
            select_module(&growth, found.items[k], allocate_string(wish->origin));
        module_list_free(&found);
        if (answer != MODULE_FOUND)
            result = report_absence(tree, wish, answer);
    }
    /* What a module brings in is appended, and is completed in its turn. */
    for (size_t i = 0; i < selection->count && result == 0; i++)
        result = complete(&growth, i);
    free(growth.is_selected);
    if (result < 0)
        return result;
    if (selection->count > 0)
        qsort(selection->items, selection->count, sizeof(*selection->items), compare);
    for (size_t i = 0; i < wanted->autoload.count; i++)
        kernel_tree_find(tree, wanted->autoload.items[i].name, &selection->autoload);
    mark(selection, tree, &wanted->late, MODULE_LATE);
    mark(selection, tree, &wanted->last, MODULE_LAST);
    mark(selection, tree, &wanted->network, MODULE_NETWORK);
    return 0;
}

void selection_free(struct selection *selection)
{
    for (size_t i = 0; i < selection->count; i++) {
        free(selection->items[i].origin);
        module_list_free(&selection->items[i].steps);
    }
    free(selection->items);
    module_list_free(&selection->autoload);
    *selection = (struct selection){0};
}
