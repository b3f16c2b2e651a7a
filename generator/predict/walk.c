#include "predict/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "predict/boot_program.h"

bool walk_is_answered(const struct walk *walk, const struct boot_finding *found)
{
    return found->answer == BOOT_LOADED || found->answer == BOOT_BUILT_IN
           || (found->answer == BOOT_NOBODY_KNOWS && !simulated_boot_knows_kernel(walk->boot));
}

char *walk_explain(const struct simulated_boot *boot, const char *who, const struct boot_finding *found)
{
    if (boot->kernel && strcmp(boot->kernel, boot->release) != 0 && found->answer != BOOT_NOBODY_KNOWS)
        return allocate_format("%s wants %s, but this image holds modules for kernel %s, and %s is to run", who,
            found->name, boot->release, boot->kernel);
    switch (found->answer) {
    case BOOT_BROKEN:
        return allocate_format("%s wants %s, but %s", who, found->name, found->why);
    case BOOT_LEFT_OUT:
        return allocate_format(
            "%s wants %s, which kernel %s has, but this image has not", who, found->name, simulated_boot_kernel(boot));
    case BOOT_BLACKLISTED:
        return allocate_format("%s wants %s, which is blacklisted by this image's own command line", who, found->name);
    case BOOT_UNTABLED:
        return allocate_format("%s wants %s, which is in this image, but its index does not name it for that: it was "
                               "on a blacklist when the image was made, or the index is damaged",
            who, found->name);
    default:
        return allocate_format("%s wants %s, which neither this image nor kernel %s has", who,
            *found->name ? found->name : "a driver", simulated_boot_kernel(boot));
    }
}

void walk_add_link(struct chain *chain, const char *who, const struct boot_finding *found)
{
    const char *how = found->answer == BOOT_BUILT_IN ? ", built in" : "";

    if (found->answer == BOOT_NOBODY_KNOWS)
        string_list_take(&chain->links, allocate_format("%s -> what the kernel may have built in", who));
    else
        string_list_take(&chain->links, allocate_format("%s -> %s%s", who, found->name, how));
}

char *walk_need(struct walk *walk, const char *type, const char *need)
{
    struct string_list names = {0};
    char *missing = NULL;
    bool is_met = false;

    string_list_add_parts(&names, need, "|");
    for (size_t i = 0; i < names.count && !is_met; i++) {
        struct boot_finding found = boot_finding_for_request(walk->boot, names.items[i]);
        char *who = allocate_format("%s (which asks for %s)", type, names.items[i]);

        is_met = walk_is_answered(walk, &found);
        if (is_met)
            walk_add_link(walk->chain, names.items[i], &found);
        else if (!missing && found.answer != BOOT_NOBODY_KNOWS)
            missing = walk_explain(walk->boot, who, &found);
        free(who);
        boot_finding_free(&found);
    }
    string_list_free(&names);
    if (is_met) {
        free(missing);
        missing = NULL;
    }
    return missing;
}

char *walk_needs(struct walk *walk, const char *type, const struct feature *description)
{
    char *missing = NULL;

    for (size_t i = 0; i < description->line_count; i++) {
        const struct feature_line *line = &description->lines[i];

        for (size_t k = 0; line->keyword == FEATURE_NEED && k < line->words.count && !missing; k++)
            missing = walk_need(walk, type, line->words.items[k]);
    }
    return missing;
}

char *walk_program(struct walk *walk, const char *wanted_at)
{
    struct boot_programs programs;
    struct index_program program;
    char *why;

    if (index_find_program(&walk->boot->index, wanted_at, &program) < 0)
        return boot_program_check(walk->boot, wanted_at);
    boot_programs_open(&programs, walk->boot);
    why = boot_programs_check(&programs, &program);
    boot_programs_free(&programs);
    return why;
}

char *walk_feature(struct walk *walk, const struct file_system *feature, bool needs_program)
{
    char *missing = walk_needs(walk, feature->name, &feature->description);

    for (size_t i = 0; i < feature->description.line_count && !missing && needs_program; i++) {
        const struct feature_line *line = &feature->description.lines[i];
        bool is_program = line->keyword == FEATURE_PROGRAM || line->keyword == FEATURE_OWN_PROGRAM;
        char *why = is_program ? walk_program(walk, line->words.items[0]) : NULL;

        if (why)
            missing = allocate_format("a root on %s wants %s, which cannot run: %s (kindling build -f %s)",
                feature->name, line->words.items[0], why, feature->feature);
        free(why);
    }
    return missing;
}

char *walk_layer(struct walk *walk, const struct file_system *layer, bool needs_program)
{
    char *missing = walk_feature(walk, layer, needs_program);

    if (!missing)
        string_list_take(&walk->chain->links,
            needs_program ? allocate_format("%s -> another device, by the feature %s", layer->name, layer->feature)
                          : allocate_format("%s -> another device, by /init itself", layer->name));
    return missing;
}
