#include "feature/host_root.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "contract/crypttab.h"
#include "feature/block_stack.h"
#include "feature/host_device.h"
#include "feature/host_volumes.h"
#include "feature/mount_table.h"

#define DEV_MAPPER "/dev/mapper/"

/* The first thing that the image could not open ends the search. */
struct search {
    const char *sysroot;
    const struct string_list *features;
    const struct block_stack *lacking; /* what none of them opens; NULL: nothing */
    char *device;                      /* that has it */
    char *place;                       /* what lies on it: "/" */
    struct string_list mapped;         /* the NAMEs of /dev/mapper/NAME that are needed early */
};

static bool note_lacking(void *context, const struct block_stack *stack, const char *device)
{
    struct search *search = context;

    if (stack->feature && string_list_contains(search->features, stack->feature))
        return false;
    search->lacking = stack;
    search->device = allocate_string(device);
    return true;
}

static void check_device(void *context, const char *path)
{
    struct search *search = context;

    if (!search->lacking)
        block_stack_find(search->sysroot, path, note_lacking, search);
}

static void note_mapped(struct search *search, const char *device)
{
    if (!strncmp(device, DEV_MAPPER, strlen(DEV_MAPPER)))
        string_list_add(&search->mapped, device + strlen(DEV_MAPPER));
}

static void note_place(struct search *search, const char *place)
{
    if (search->lacking && !search->place)
        search->place = allocate_string(place);
}

static void check_mount(void *context, const struct mount *mount)
{
    struct search *search = context;
    const struct block_stack *stack = block_stack_of_type(mount->type);
    /* A directory that is bound to the place of a root is that of a container, whose host boots by itself. Parts of a
     * btrfs are roots. */
    bool is_whole = !strcmp(mount->root, "/") || !strcmp(mount->type, "btrfs");
    char *path;

    if (!mount_is_needed_early(mount) || !is_whole || search->lacking)
        return;
    note_mapped(search, mount->device);
    path = allocate_format("/sys/dev/block/%s", mount->number);
    if (stack)
        note_lacking(search, stack, mount->device);
    else if (*mount->number)
        check_device(search, path);
    host_device_visit(search->sysroot, mount->device, check_device, search);
    note_place(search, mount->place);
    free(path);
}

/* A volume that is needed early need not be open here, as in a chroot. */
static void check_crypttab(struct search *search)
{
    struct crypttab_entry entry;
    char *text = NULL, *rest;

    if (file_read_text_of(search->sysroot, "/etc/crypttab", &text) < 0)
        return;
    rest = text;
    while (!search->lacking && crypttab_next(&rest, &entry)) {
        struct string_list options = {0};

        string_list_add_parts(&options, entry.options, ",");
        if (host_volumes_line_is_early(&options, &search->mapped, entry.name))
            note_lacking(search, &block_stack_luks, entry.name);
        note_place(search, "a line of /etc/crypttab");
        string_list_free(&options);
    }
    free(text);
}

/* search_free it. */
static struct search find_lacking(const char *sysroot, const struct string_list *features)
{
    struct search search = {.sysroot = sysroot, .features = features};
    char *resume = host_device_word(sysroot, "resume");

    (void)mount_table_mounted(sysroot, check_mount, &search);
    mount_table_fstab(sysroot, NULL, check_mount, &search);
    if (resume)
        note_mapped(&search, resume);
    check_crypttab(&search);
    if (resume) {
        host_device_visit(search.sysroot, resume, check_device, &search);
        note_place(&search, "resume=");
    }
    free(resume);
    return search;
}

static void search_free(struct search *search)
{
    free(search->place);
    free(search->device);
    string_list_free(&search->mapped);
}

void host_root_features(const char *sysroot, struct string_list *features)
{
    const struct block_stack *lacking;

    do {
        struct search search = find_lacking(sysroot, features);

        lacking = search.lacking;
        if (lacking && lacking->feature)
            string_list_add(features, lacking->feature);
        search_free(&search);
    } while (lacking && lacking->feature);
}

int host_root_check(const char *sysroot, const struct string_list *features)
{
    struct search search = find_lacking(sysroot, features);
    int result = 0;

    if (search.lacking) {
        const char *feature = search.lacking->feature;

        log_error("this image could not open what this machine needs: %s lies on %s (%s), and %s%s; --force makes it",
            search.place, search.lacking->name, search.device,
            feature ? "it has no feature " : "kindling has nothing for that", feature ? feature : "");
        result = -ENOTSUP;
    }
    search_free(&search);
    return result;
}
