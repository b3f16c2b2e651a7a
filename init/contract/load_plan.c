#include "contract/load_plan.h"

#include <errno.h>
#include <string.h>

/* What a module's byte holds. */
enum { UNTRIED, LOADED, FAILED, PROGRESS = 0x7f, BLACKLISTED = 0x80 };

static uint8_t progress(const struct load_plan *plan, uint32_t number)
{
    return plan->state[number] & PROGRESS;
}

static void set_progress(struct load_plan *plan, uint32_t number, uint8_t reached)
{
    plan->state[number] = (uint8_t)((plan->state[number] & BLACKLISTED) | reached);
}

bool load_list_next(const char **list, char name[MODULE_NAME_SIZE])
{
    size_t length;

    *list += strspn(*list, ",");
    length = strcspn(*list, ",");
    if (length == 0)
        return false;
    memcpy(name, *list, length < MODULE_NAME_SIZE ? length : MODULE_NAME_SIZE - 1);
    name[length < MODULE_NAME_SIZE ? length : MODULE_NAME_SIZE - 1] = '\0';
    module_name_normalise(name);
    *list += length;
    return true;
}

static void blacklist(struct load_plan *plan, const char *list)
{
    char name[MODULE_NAME_SIZE];
    uint32_t number;

    while (load_list_next(&list, name)) {
        if (index_find_module(plan->index, name, &number) == 0)
            plan->state[number] |= BLACKLISTED;
    }
}

// NOLINTNEXTLINE(readability-non-const-parameter) ; the plan writes there
void load_plan_begin(struct load_plan *plan, const struct index *index, const struct cmdline *cmdline, uint8_t *state)
{
    static const char *const keys[] = {"modprobe.blacklist", "rd.driver.blacklist", "blacklist", "module_blacklist"};

    *plan = (struct load_plan){.index = index, .state = state};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        size_t position = 0;
        const char *list;

        while ((list = cmdline_next(cmdline, keys[i], &position)) != NULL)
            blacklist(plan, list);
    }
}

bool load_plan_is_loaded(const struct load_plan *plan, uint32_t number)
{
    return progress(plan, number) == LOADED;
}

bool load_plan_has_failed(const struct load_plan *plan, uint32_t number)
{
    return progress(plan, number) == FAILED;
}

bool load_plan_is_blacklisted(const struct load_plan *plan, uint32_t number)
{
    return plan->state[number] == (BLACKLISTED | UNTRIED);
}

void load_request_begin(struct load_request *request, struct load_plan *plan, uint32_t number)
{
    struct index_module module;

    *request = (struct load_request){.plan = plan, .number = number};
    if (index_module(plan->index, number, &module) < 0 || progress(plan, number) != UNTRIED) {
        request->was_met = true;
        return;
    }
    request->next = module.first_step;
    request->end =
        module.step_count < UINT32_MAX - module.first_step ? module.first_step + module.step_count : UINT32_MAX;
}

/* True and the number of the first module that this one has symbols of and that is not loaded. */
static bool find_missing(const struct load_plan *plan, uint32_t number, uint32_t *missing)
{
    struct index_module module;
    bool is_needed;

    if (index_module(plan->index, number, &module) < 0)
        return false;
    for (uint32_t i = 0; i < module.step_count; i++) {
        if (index_step(plan->index, module.first_step + i, missing, &is_needed) < 0)
            return false;
        if (is_needed && *missing != number && *missing < index_module_count(plan->index)
            && progress(plan, *missing) != LOADED)
            return true;
    }
    return false;
}

enum load_step load_request_next(struct load_request *request, uint32_t *number, uint32_t *missing)
{
    struct load_plan *plan = request->plan;

    while (request->next < request->end && index_step(plan->index, request->next++, number, NULL) == 0) {
        if (*number >= index_module_count(plan->index))
            continue;
        request->was_met = request->was_met || *number == request->number;
        if (progress(plan, *number) != UNTRIED)
            continue;
        if (!find_missing(plan, *number, missing))
            return LOAD_TRY;
        /* As long as the other may still come, so may this one. */
        if (progress(plan, *missing) == FAILED)
            set_progress(plan, *number, FAILED);
        return LOAD_SKIP;
    }
    if (!request->was_met)
        set_progress(plan, request->number, FAILED);
    return LOAD_END;
}

bool load_plan_note(struct load_plan *plan, uint32_t number, int result)
{
    bool is_loaded = result == 0 || result == -EEXIST;

    set_progress(plan, number, is_loaded ? LOADED : result == -ENODEV ? UNTRIED : FAILED);
    return is_loaded;
}

/* The empty name matches nothing but a bare '*'. */
static void take_name(struct load_match *match, const struct load_plan *plan, const char *name)
{
    size_t length = strlen(name);

    *match = (struct load_match){.plan = plan, .number = UINT32_MAX};
    memcpy(match->name, name, length < MODULE_NAME_SIZE ? length : 0);
    module_name_normalise(match->name);
}

void load_match_device(struct load_match *match, const struct load_plan *plan, const char *modalias)
{
    take_name(match, plan, modalias);
    index_match_begin(&match->aliases, plan->index, match->name);
}

void load_match_name(struct load_match *match, const struct load_plan *plan, const char *name)
{
    take_name(match, plan, name);
    index_match_begin(&match->aliases, plan->index, match->name);
    if (index_find_module(plan->index, match->name, &match->number) < 0)
        match->number = UINT32_MAX;
    else
        match->aliases.next = match->aliases.end;
}

bool load_match_next(struct load_match *match, uint32_t *number)
{
    if (match->number != UINT32_MAX) {
        *number = match->number;
        match->number = UINT32_MAX;
        return true;
    }
    while (index_match_next(&match->aliases, number)) {
        if (*number < index_module_count(match->plan->index) && !load_plan_is_blacklisted(match->plan, *number))
            return true;
    }
    return false;
}

bool load_plan_next_autoload(const struct load_plan *plan, uint32_t *position, uint32_t *number)
{
    while (index_autoload(plan->index, (*position)++, number) == 0) {
        if (*number < index_module_count(plan->index) && !load_plan_is_blacklisted(plan, *number))
            return true;
    }
    return false;
}
