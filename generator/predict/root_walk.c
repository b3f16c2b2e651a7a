#include "predict/root_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

/* Returns NULL when a root of this type can be mounted, or the sentence that says what is missing. */
static char *walk_type(struct walk *walk, const char *type)
{
    const struct file_system *known = file_systems_find(walk->file_systems, type);
    char *alias = allocate_format("fs-%s", type);
    char *who = allocate_format("a root of type %s", type);
    struct boot_finding found = boot_finding_for_request(walk->boot, alias);
    char *missing = NULL;

    if (walk_is_answered(walk, &found)) {
        walk_add_link(walk->chain, alias, &found);
        missing = known ? walk_needs(walk, type, &known->description) : NULL;
    } else if (found.answer == BOOT_NOBODY_KNOWS) {
        missing = allocate_format(
            "%s: there is no such file system in this image or in kernel %s", who, simulated_boot_kernel(walk->boot));
        walk->chain->is_beyond_image = true;
    } else {
        missing = walk_explain(walk->boot, who, &found);
    }
    boot_finding_free(&found);
    free(who);
    free(alias);
    return missing;
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
        if (walk_is_answered(walk, &found))
            missing = walk_type(walk, type);
        else if (found.answer == BOOT_BROKEN)
            missing = walk_explain(walk->boot, type, &found);
        count += walk_is_answered(walk, &found) && !missing;
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
            char *why = walk_need(walk, type, root->needs[kind].items[i]);

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
        char *why = walk_program(walk, root->checkers.items[i]);

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
    bool is = walk_is_answered(walk, &found);

    boot_finding_free(&found);
    return is;
}

/* On a medium: its images are files, which become loop devices, and an overlay takes what is written. */
static char *walk_images(struct walk *walk, const struct live_medium *medium)
{
    char *missing = walk_need(walk, medium->images.items[0], "loop");

    for (size_t i = 0; i < medium->types.count && !missing; i++)
        missing = walk_type(walk, medium->types.items[i]);
    if (medium->has_hash && !missing && !is_there(walk, "dm_verity"))
        string_list_add(&walk->chain->warnings, "the medium has a hash for its root, and without the feature verity "
                                                "nothing is compared with it: kindling build -f live,verity");
    return missing ? missing : walk_type(walk, "overlay");
}

void root_walk(struct walk *walk, const struct root_spec *root)
{
    if (root->network == NETWORK_ROOT_DHCP || root->network == NETWORK_ROOT_NFS)
        string_list_add(&walk->chain->links, "a directory of a server's");
    else if (root->types.count > 0)
        walk_types(walk, root);
    else
        walk_any_type(walk);
    if (!walk->chain->missing && root->medium.images.count > 0)
        walk->chain->missing = walk_images(walk, &root->medium);
}
