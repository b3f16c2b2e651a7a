#include "predict/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/architecture.h"
#include "predict/boot_firmware.h"
#include "predict/boot_program.h"
#include "predict/root_walk.h"
#include "predict/word_needs.h"

#define NOBODY_ASKS "-"

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
    bool goes_on = walk_is_answered(walk, &found);

    if (goes_on) {
        char *firmware = boot_firmware_missing(walk->boot, found.name);

        walk_add_link(walk->chain, who, &found);
        goes_on = check_firmware(walk, device, found.name);
        if (firmware)
            string_list_take(&walk->chain->links,
                allocate_format("%s: may ask for firmware that is not in this image: %s", found.name, firmware));
        free(firmware);
    } else if (device->is_built_in_here && found.answer == BOOT_NOBODY_KNOWS) {
        /* A bus driver that this host has built in, and that nobody knows as a module, is built in everywhere. */
        goes_on = true;
    } else {
        walk->chain->missing = walk_explain(walk->boot, who, &found);
        walk->chain->is_beyond_image = found.answer == BOOT_NOBODY_KNOWS;
    }
    boot_finding_free(&found);
    return goes_on;
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
                simulated_boot_kernel(boot)));
    if (root->network != NETWORK_ROOT_NONE)
        chain->missing = walk_network(&walk, root->network);
    if (chain->missing || !walk_devices(&walk, machine, root->network != NETWORK_ROOT_NONE))
        return;
    if (!walk_layers(&walk, machine) || !walk_words(&walk))
        return;
    root_walk(&walk, root);
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
