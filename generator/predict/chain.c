#include "predict/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/architecture.h"
#include "predict/boot_finding.h"
#include "predict/boot_firmware.h"
#include "predict/boot_program.h"
#include "predict/word_needs.h"

#define NOBODY_ASKS "-"

/* A walk under way. */
struct walk {
    struct chain *chain;
    struct simulated_boot *boot;
    const struct file_systems *file_systems;
};

/* What a kernel without any modules has in it nobody has written down: it is taken at its maker's word. */
static bool is_answered(const struct walk *walk, const struct boot_finding *found)
{
    return found->answer == BOOT_LOADED || found->answer == BOOT_BUILT_IN
           || (found->answer == BOOT_NOBODY_KNOWS && !simulated_boot_knows_kernel(walk->boot));
}

static const char *kernel_of(const struct simulated_boot *boot)
{
    return boot->kernel ? boot->kernel : boot->release;
}

/* The sentence for a finding that is no answer. who: who asked. A new string. */
static char *explain(const struct simulated_boot *boot, const char *who, const struct boot_finding *found)
{
    if (boot->kernel && strcmp(boot->kernel, boot->release) != 0 && found->answer != BOOT_NOBODY_KNOWS)
        return allocate_format("%s wants %s, but this image holds modules for kernel %s, and %s is to run", who,
            found->name, boot->release, boot->kernel);
    switch (found->answer) {
    case BOOT_BROKEN:
        return allocate_format("%s wants %s, but %s", who, found->name, found->why);
    case BOOT_LEFT_OUT:
        return allocate_format(
            "%s wants %s, which kernel %s has, but this image has not", who, found->name, kernel_of(boot));
    case BOOT_BLACKLISTED:
        return allocate_format("%s wants %s, which is blacklisted by this image's own command line", who, found->name);
    case BOOT_UNTABLED:
        return allocate_format("%s wants %s, which is in this image, but its index does not name it for that: it was "
                               "on a blacklist when the image was made, or the index is damaged",
            who, found->name);
    default:
        return allocate_format("%s wants %s, which neither this image nor kernel %s has", who,
            *found->name ? found->name : "a driver", kernel_of(boot));
    }
}

static void add_link(struct chain *chain, const char *who, const struct boot_finding *found)
{
    const char *how = found->answer == BOOT_BUILT_IN ? ", built in" : "";

    if (found->answer == BOOT_NOBODY_KNOWS)
        string_list_take(&chain->links, allocate_format("%s -> what the kernel may have built in", who));
    else
        string_list_take(&chain->links, allocate_format("%s -> %s%s", who, found->name, how));
}

static bool check_firmware(struct walk *walk, const struct machine_device *device, const char *driver)
{
    for (size_t i = 0; i < device->firmware.count; i++) {
        enum boot_firmware found = boot_firmware_find(walk->boot, device->firmware.items[i]);

        if (found == BOOT_FIRMWARE_THERE)
            continue;
        walk->chain->missing = allocate_format("%s wants the firmware %s, which %s", driver, device->firmware.items[i],
            found == BOOT_FIRMWARE_ABSENT
                ? "is not in this image"
                : "is in this image, but damaged, or compressed as the kernel cannot read it");
        return false;
    }
    return true;
}

static bool walk_device(struct walk *walk, const struct machine_device *device)
{
    const char *const *drivers = (const char *const *)device->drivers.items;
    bool is_unasked = !strcmp(device->modalias, NOBODY_ASKS);
    const char *who = is_unasked ? "the machine's bus" : device->modalias;
    struct boot_finding found =
        is_unasked && device->drivers.count > 0
            ? boot_finding_for_driver(walk->boot, drivers[0])
            : boot_finding_for_device(walk->boot, device->modalias, drivers, device->drivers.count);
    bool goes_on = is_answered(walk, &found);

    if (goes_on) {
        char *firmware = boot_firmware_missing(walk->boot, found.name);

        add_link(walk->chain, who, &found);
        goes_on = check_firmware(walk, device, found.name);
        if (firmware)
            string_list_take(&walk->chain->links,
                allocate_format("%s: may ask for firmware that is not in this image: %s", found.name, firmware));
        free(firmware);
    } else if (device->is_built_in_here && found.answer == BOOT_NOBODY_KNOWS) {
        /* A bus driver that this host has built in, and that nobody knows as a module, is built in everywhere. */
        goes_on = true;
    } else {
        walk->chain->missing = explain(walk->boot, who, &found);
        walk->chain->is_beyond_image = found.answer == BOOT_NOBODY_KNOWS;
    }
    boot_finding_free(&found);
    return goes_on;
}

/* Alternatives, the first of which that is found will do. What no kernel of this release knows, it does not ask for.
 * Returns NULL, or the sentence that says what is missing. */
static char *check_need(struct walk *walk, const char *type, const char *need)
{
    struct string_list names = {0};
    char *missing = NULL;
    bool is_met = false;

    string_list_add_parts(&names, need, "|");
    for (size_t i = 0; i < names.count && !is_met; i++) {
        struct boot_finding found = boot_finding_for_request(walk->boot, names.items[i]);
        char *who = allocate_format("%s (which asks for %s)", type, names.items[i]);

        is_met = is_answered(walk, &found);
        if (is_met)
            add_link(walk->chain, names.items[i], &found);
        else if (!missing && found.answer != BOOT_NOBODY_KNOWS)
            missing = explain(walk->boot, who, &found);
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

static char *check_needs(struct walk *walk, const char *type, const struct feature *description)
{
    char *missing = NULL;

    for (size_t i = 0; i < description->line_count; i++) {
        const struct feature_line *line = &description->lines[i];

        for (size_t k = 0; line->keyword == FEATURE_NEED && k < line->words.count && !missing; k++)
            missing = check_need(walk, type, line->words.items[k]);
    }
    return missing;
}

/* Returns NULL when a root of this type can be mounted, or the sentence that says what is missing. */
static char *walk_type(struct walk *walk, const char *type)
{
    const struct file_system *known = file_systems_find(walk->file_systems, type);
    char *alias = allocate_format("fs-%s", type);
    char *who = allocate_format("a root of type %s", type);
    struct boot_finding found = boot_finding_for_request(walk->boot, alias);
    char *missing = NULL;

    if (is_answered(walk, &found)) {
        add_link(walk->chain, alias, &found);
        missing = known ? check_needs(walk, type, &known->description) : NULL;
    } else if (found.answer == BOOT_NOBODY_KNOWS) {
        missing = allocate_format(
            "%s: there is no such file system in this image or in kernel %s", who, kernel_of(walk->boot));
        walk->chain->is_beyond_image = true;
    } else {
        missing = explain(walk->boot, who, &found);
    }
    boot_finding_free(&found);
    free(who);
    free(alias);
    return missing;
}

/* Returns NULL when the program is in the image and can run, or why not. */
static char *check_program(struct walk *walk, const char *wanted_at)
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

/* What a feature packs and its kind of root cannot do without. Returns NULL, or the sentence that says what is missing.
 */
static char *walk_feature(struct walk *walk, const struct file_system *feature, bool needs_program)
{
    char *missing = check_needs(walk, feature->name, &feature->description);

    for (size_t i = 0; i < feature->description.line_count && !missing && needs_program; i++) {
        const struct feature_line *line = &feature->description.lines[i];
        bool is_program = line->keyword == FEATURE_PROGRAM || line->keyword == FEATURE_OWN_PROGRAM;
        char *why = is_program ? check_program(walk, line->words.items[0]) : NULL;

        if (why)
            missing = allocate_format("a root on %s wants %s, which cannot run: %s (kindling build -f %s)",
                feature->name, line->words.items[0], why, feature->feature);
        free(why);
    }
    return missing;
}

/* Returns NULL when a device can be made of what lies on this one, or the sentence that says what is missing. */
static char *walk_layer(struct walk *walk, const struct file_system *layer, bool needs_program)
{
    char *missing = walk_feature(walk, layer, needs_program);

    if (!missing)
        string_list_take(&walk->chain->links,
            needs_program ? allocate_format("%s -> another device, by the feature %s", layer->name, layer->feature)
                          : allocate_format("%s -> another device, by /init itself", layer->name));
    return missing;
}

/* A network, and what its server speaks. */
static char *walk_network(struct walk *walk, enum network_root_kind kind)
{
    const char *const features[] = {network_root_feature(kind), "network"};
    char *missing = NULL;

    for (size_t i = 0; i < 2 && !missing; i++) {
        const struct file_system *feature = file_systems_find(walk->file_systems, features[i]);

        missing = feature ? walk_feature(walk, feature, true)
                          : allocate_format("there is no feature %s, which a root there wants", features[i]);
        if (!missing && (i == 0 || strcmp(features[0], features[1]) != 0))
            string_list_take(&walk->chain->links, allocate_format("the feature %s", features[i]));
    }
    return missing;
}

/* What is asked for on the command line, as far as that is known. */
static bool walk_words(struct walk *walk)
{
    struct word_need needs[WORD_NEEDS_MAXIMUM];
    size_t count = word_needs_find(&walk->boot->cmdline, needs);

    for (size_t i = 0; i < count && !walk->chain->missing; i++) {
        const struct file_system *feature = file_systems_find(walk->file_systems, needs[i].feature);
        char *why = feature ? walk_feature(walk, feature, true) : allocate_string("nobody has described it");

        if (why)
            walk->chain->missing = allocate_format(
                "%s on the kernel command line wants the feature %s: %s", needs[i].word, needs[i].feature, why);
        else
            string_list_take(
                &walk->chain->links, allocate_format("%s -> the feature %s", needs[i].word, needs[i].feature));
        free(why);
    }
    return !walk->chain->missing;
}

/* What this host has made of its disks, /init has to make of them. */
static bool walk_layers(struct walk *walk, const struct machine *machine)
{
    for (size_t i = 0; i < machine->layer_count && !walk->chain->missing; i++) {
        const struct machine_layer *layer = &machine->layers[i];
        const struct file_system *known = file_systems_find(walk->file_systems, layer->type);

        walk->chain->missing = known ? walk_layer(walk, known, !layer->is_plain_lvm)
                                     : allocate_format("nothing is known of %s, which the root lies on", layer->type);
    }
    return !walk->chain->missing;
}

/* Nobody said what the root is: of the file systems at least one has to work. What the image lacks on purpose is passed
 * over, what it has must work. */
static void walk_any_type(struct walk *walk)
{
    size_t count = 0;

    for (size_t i = 0; i < walk->file_systems->count; i++) {
        const char *type = walk->file_systems->items[i].name;
        char *alias = allocate_format("fs-%s", type);
        struct boot_finding found = {.answer = BOOT_NOBODY_KNOWS};
        char *missing = NULL;

        if (!walk->file_systems->items[i].feature)
            found = boot_finding_for_request(walk->boot, alias);
        if (is_answered(walk, &found))
            missing = walk_type(walk, type);
        else if (found.answer == BOOT_BROKEN)
            missing = explain(walk->boot, type, &found);
        count += is_answered(walk, &found) && !missing;
        if (missing)
            string_list_take(&walk->chain->warnings, missing);
        boot_finding_free(&found);
        free(alias);
    }
    if (count == 0)
        walk->chain->missing = allocate_string("this image has no file system that a root could have");
}

/* What this very root asks for. Returns NULL, or the sentence why it is not mounted. */
static char *check_root_needs(struct walk *walk, const struct root_spec *root, const char *type)
{
    const char *flags = cmdline_value(&walk->boot->cmdline, "rootflags");
    bool mounts_writable = false;
    char *missing = NULL;

    if (root->log_elsewhere && !(flags && strstr(flags, "logdev=")))
        string_list_add(&walk->chain->warnings,
            "the root's log lies on another device, which rootflags=logdev= on the kernel's command line has to name");
    /* The last of the two words that the image has baked in; whoever boots it may say otherwise. */
    for (size_t i = 0; i < walk->boot->cmdline.count; i++) {
        const struct cmdline_word *word = &walk->boot->cmdline.words[i];

        if (!word->value && (!strcmp(word->key, "rw") || !strcmp(word->key, "ro")))
            mounts_writable = !strcmp(word->key, "rw");
    }
    for (size_t kind = 0; kind < DISK_NEED_KINDS && !missing; kind++) {
        bool is_vital = kind == DISK_NEED_ALWAYS || (kind == DISK_NEED_WRITABLE && mounts_writable);

        for (size_t i = 0; i < root->needs[kind].count && !missing; i++) {
            char *why = check_need(walk, type, root->needs[kind].items[i]);

            if (why && is_vital)
                missing = why;
            else if (why)
                string_list_take(&walk->chain->warnings,
                    allocate_format(
                        kind == DISK_NEED_SOME ? "if the root is a volume that wants it, %s" : "mounted read-write, %s",
                        why));
            if (!is_vital)
                free(why);
        }
    }
    for (size_t i = 0; i < root->checkers.count && !missing; i++) {
        char *why = check_program(walk, root->checkers.items[i]);

        if (why)
            string_list_take(&walk->chain->warnings,
                allocate_format("lvm activates what it would check with %s unchecked: %s (kindling build -f lvm-thin)",
                    root->checkers.items[i], why));
        free(why);
    }
    return missing;
}

/* What the other disks of the root hold. Returns NULL, or the sentence. */
static char *walk_beside(struct walk *walk, const struct root_spec *root)
{
    char *missing = NULL;

    for (size_t i = 0; i < root->beside.count && !missing; i++) {
        const struct file_system *known = file_systems_find(walk->file_systems, root->beside.items[i]);

        missing = known && known->feature ? walk_layer(walk, known, !root->is_plain_lvm)
                                          : walk_type(walk, root->beside.items[i]);
    }
    return missing;
}

static void walk_types(struct walk *walk, const struct root_spec *root)
{
    const struct string_list *types = &root->types;
    char *first = NULL;
    bool is_mounted = false;

    for (size_t i = 0; i < types->count && !is_mounted; i++) {
        const struct file_system *known = file_systems_find(walk->file_systems, types->items[i]);
        bool is_layer = known && known->feature;
        char *missing = is_layer ? walk_layer(walk, known, !root->is_plain_lvm) : walk_type(walk, types->items[i]);

        if (!missing)
            missing = walk_beside(walk, root);
        if (!missing)
            missing = check_root_needs(walk, root, types->items[i]);
        is_mounted = !missing;
        if (is_layer && is_mounted)
            walk_any_type(walk); /* what lies on that device, nobody can tell from here */
        if (!first)
            first = missing;
        else
            free(missing);
    }
    if (is_mounted)
        free(first);
    else
        walk->chain->missing = first;
}

static bool is_there(struct walk *walk, const char *module)
{
    struct boot_finding found = boot_finding_for_request(walk->boot, module);
    bool is = is_answered(walk, &found);

    boot_finding_free(&found);
    return is;
}

/* On a medium: its images are files, which become loop devices, and an overlay takes what is written. */
static char *walk_images(struct walk *walk, const struct live_medium *medium)
{
    char *missing = check_need(walk, medium->images.items[0], "loop");

    for (size_t i = 0; i < medium->types.count && !missing; i++)
        missing = walk_type(walk, medium->types.items[i]);
    if (medium->has_hash && !missing && !is_there(walk, "dm_verity"))
        string_list_add(&walk->chain->warnings, "the medium has a hash for its root, and without the feature verity "
                                                "nothing is compared with it: kindling build -f live,verity");
    return missing ? missing : walk_type(walk, "overlay");
}

/* A program of the image is for a boot that is not all well: without it, it goes on. */
static void walk_programs(struct walk *walk)
{
    struct boot_programs programs;
    struct index_program program;

    boot_programs_open(&programs, walk->boot);
    for (uint32_t i = 0; index_program(&walk->boot->index, i, &program) == 0; i++) {
        char *why = boot_programs_check(&programs, &program);

        if (why)
            string_list_take(&walk->chain->warnings, allocate_format("%s cannot run: %s", program.wanted_at, why));
        else
            string_list_add(&walk->chain->links, program.wanted_at);
        free(why);
    }
    boot_programs_free(&programs);
}

/* To the disk, or to the network card. False when something is missing. */
static bool walk_devices(struct walk *walk, const struct machine *machine, bool leads_to_card)
{
    size_t count = 0;

    for (size_t i = 0; i < machine->device_count; i++) {
        if (machine->devices[i].leads_to_card != leads_to_card)
            continue;
        if (!walk_device(walk, &machine->devices[i]))
            return false;
        count++;
    }
    if (!leads_to_card || count > 0)
        return true;
    walk->chain->missing = allocate_string("nothing is known of a network card of that machine");
    walk->chain->is_beyond_image = true;
    return false;
}

void chain_walk(struct chain *chain, struct simulated_boot *boot, const struct machine *machine,
    const struct root_spec *root, const struct file_systems *file_systems)
{
    struct walk walk = {chain, boot, file_systems};
    const struct architecture *architecture = architecture_of_machine(boot->machine);

    *chain = (struct chain){0};
    simulated_boot_restart(boot);
    if (!boot->is_trusted) {
        char *why = boot_program_check(boot, IMAGE_INIT_PATH);

        if (why) {
            chain->missing = allocate_format(IMAGE_INIT_PATH " cannot run: %s", why);
            free(why);
            return;
        }
        string_list_add(&chain->links, IMAGE_INIT_PATH);
    }
    if (architecture && !feature_is_for(&machine->description, architecture->name)) {
        chain->missing =
            allocate_format("its " IMAGE_INIT_PATH " is for %s, and that machine is not", architecture->name);
        return;
    }
    simulated_boot_autoload(boot);
    if (!simulated_boot_knows_kernel(boot))
        string_list_take(&chain->warnings,
            allocate_format(
                "kernel %s has no modules and no modules.builtin: whether it has the drivers that are asked "
                "for built in is not known",
                kernel_of(boot)));
    if (root->network != NETWORK_ROOT_NONE)
        chain->missing = walk_network(&walk, root->network);
    if (chain->missing || !walk_devices(&walk, machine, root->network != NETWORK_ROOT_NONE))
        return;
    if (!walk_layers(&walk, machine) || !walk_words(&walk))
        return;
    if (root->network == NETWORK_ROOT_DHCP || root->network == NETWORK_ROOT_NFS)
        string_list_add(&chain->links, "a directory of a server's");
    else if (root->types.count > 0)
        walk_types(&walk, root);
    else
        walk_any_type(&walk);
    if (!chain->missing && root->medium.images.count > 0)
        chain->missing = walk_images(&walk, &root->medium);
    if (!boot->is_trusted)
        walk_programs(&walk);
}

void chain_free(struct chain *chain)
{
    string_list_free(&chain->links);
    string_list_free(&chain->warnings);
    free(chain->missing);
    *chain = (struct chain){0};
}
