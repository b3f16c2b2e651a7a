#include "predict/boot_finding.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "contract/glob.h"
#include "contract/module_name.h"
#include "kernel/modinfo.h"

static char *normalised(const char *name)
{
    char *copy = allocate_string(name);

    module_name_normalise(copy);
    return copy;
}

static struct boot_finding finding(enum boot_answer answer, const char *name, const char *why)
{
    return (struct boot_finding){answer, allocate_string(name), why ? allocate_string(why) : NULL};
}

/* What has become of a module that was to be loaded. */
static struct boot_finding finding_of(const struct simulated_boot *boot, uint32_t number)
{
    struct index_module record = {.name = ""};

    index_module(&boot->index, number, &record);
    return finding(
        load_plan_is_loaded(&boot->plan, number) ? BOOT_LOADED : BOOT_BROKEN, record.name, boot->faults[number]);
}

/* A module of the image which itself says that it has the alias. */
static bool find_untabled(struct simulated_boot *boot, const char *alias, struct boot_finding *found)
{
    struct index_module module;
    bool is_claimed = false;

    for (uint32_t i = 0; !boot->is_trusted && !is_claimed && index_module(&boot->index, i, &module) == 0; i++) {
        struct buffer bytes = {0};
        struct modinfo info = {0};
        const char *pattern;
        size_t position = 0;

        if (simulated_boot_read_module(boot, &module, &bytes))
            (void)modinfo_open(&info, bytes.data, bytes.size);
        while (!is_claimed && (pattern = modinfo_next(&info, "alias", &position))) {
            char *copy = normalised(pattern);

            is_claimed = glob_matches(copy, alias);
            free(copy);
        }
        buffer_free(&bytes);
    }
    if (is_claimed)
        *found = finding(BOOT_UNTABLED, module.name, NULL);
    return is_claimed;
}

static bool find_left_out(struct simulated_boot *boot, const char *alias, struct boot_finding *found)
{
    const struct index *left_out = simulated_boot_left_out(boot);
    struct index_match match;
    struct index_module module;
    uint32_t number;

    index_match_begin(&match, left_out, alias);
    if (!index_match_next(&match, &number) && index_find_module(left_out, alias, &number) < 0)
        return false;
    if (index_module(left_out, number, &module) < 0)
        return false;
    *found = finding(BOOT_LEFT_OUT, module.name, NULL);
    return true;
}

static bool find_blacklisted(struct simulated_boot *boot, const char *alias, struct boot_finding *found)
{
    struct index_match match;
    struct index_module module;
    uint32_t number;

    index_match_begin(&match, &boot->index, alias);
    while (index_match_next(&match, &number)) {
        if (index_module(&boot->index, number, &module) < 0 || !load_plan_is_blacklisted(&boot->plan, number))
            continue;
        *found = finding(BOOT_BLACKLISTED, module.name, NULL);
        return true;
    }
    return false;
}

/* Why nobody in the image answers to a name. */
static struct boot_finding explain(struct simulated_boot *boot, const char *alias)
{
    struct boot_finding found;

    if (find_blacklisted(boot, alias, &found) || find_left_out(boot, alias, &found)
        || find_untabled(boot, alias, &found))
        return found;
    return finding(BOOT_NOBODY_KNOWS, "", NULL);
}

/* One of the drivers that are good for a device. */
static bool find_driver(const struct simulated_boot *boot, const char *driver, struct boot_finding *found)
{
    char *name = normalised(driver);
    char *built_in = simulated_boot_built_in(boot, name, NULL);
    bool is_found = built_in != NULL || simulated_boot_is_running(boot, name);

    if (is_found)
        *found = finding(built_in ? BOOT_BUILT_IN : BOOT_LOADED, name, NULL);
    free(built_in);
    free(name);
    return is_found;
}

/* Why none of the drivers runs: the first that anything can be said of. */
static bool explain_driver(struct simulated_boot *boot, const char *driver, struct boot_finding *found)
{
    char *name = normalised(driver);
    uint32_t number;
    bool is_found = true;

    if (index_find_module(&boot->index, name, &number) < 0)
        is_found = find_left_out(boot, name, found);
    else if (boot->faults[number])
        *found = finding_of(boot, number);
    else if (load_plan_is_blacklisted(&boot->plan, number))
        *found = finding(BOOT_BLACKLISTED, name, NULL);
    else
        *found = finding(BOOT_UNTABLED, name, NULL);
    free(name);
    return is_found;
}

struct boot_finding boot_finding_for_device(
    struct simulated_boot *boot, const char *modalias, const char *const *drivers, size_t driver_count)
{
    char *alias = normalised(modalias);
    struct boot_finding found = {.answer = BOOT_NOBODY_KNOWS};
    struct load_match match;
    uint32_t number;
    char *built_in = NULL;
    bool is_found = false;

    load_match_device(&match, &boot->plan, alias);
    number = simulated_boot_load(boot, &match);
    for (size_t i = 0; i < driver_count && !is_found; i++)
        is_found = find_driver(boot, drivers[i], &found);
    for (size_t i = 0; i < driver_count && !is_found; i++)
        is_found = explain_driver(boot, drivers[i], &found);
    if (!is_found && driver_count == 0)
        built_in = simulated_boot_built_in(boot, NULL, alias);
    if (built_in)
        found = finding(BOOT_BUILT_IN, built_in, NULL);
    else if (!is_found && driver_count == 0 && number != UINT32_MAX)
        found = finding_of(boot, number);
    else if (!is_found)
        found = explain(boot, alias);
    if (found.answer == BOOT_NOBODY_KNOWS && driver_count > 0) {
        struct string_list names = {0};

        for (size_t i = 0; i < driver_count; i++)
            string_list_add(&names, drivers[i]);
        free(found.name);
        found.name = string_list_join(&names, " or "); /* "ahci", "uas or usb_storage" */
        string_list_free(&names);
    }
    free(built_in);
    free(alias);
    return found;
}

struct boot_finding boot_finding_for_request(struct simulated_boot *boot, const char *name)
{
    char *alias = normalised(name);
    char *built_in = simulated_boot_built_in(boot, alias, alias);
    struct boot_finding found;
    struct load_match match;
    uint32_t number = UINT32_MAX;

    if (!built_in) {
        load_match_name(&match, &boot->plan, alias);
        number = simulated_boot_load(boot, &match);
    }
    if (built_in)
        found = finding(BOOT_BUILT_IN, built_in, NULL);
    else
        found = number != UINT32_MAX ? finding_of(boot, number) : explain(boot, alias);
    free(built_in);
    free(alias);
    return found;
}

struct boot_finding boot_finding_for_driver(struct simulated_boot *boot, const char *driver)
{
    struct boot_finding found;

    if (find_driver(boot, driver, &found) || explain_driver(boot, driver, &found))
        return found;
    return finding(BOOT_NOBODY_KNOWS, driver, NULL);
}

void boot_finding_free(struct boot_finding *found)
{
    free(found->name);
    free(found->why);
    *found = (struct boot_finding){.answer = BOOT_NOBODY_KNOWS};
}
