#include "feature/host_volumes.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "feature/block_stack.h"
#include "feature/host_device.h"
#include "feature/mount_table.h"

struct search {
    const char *sysroot;
    struct string_list *names;
};

static bool take_name(void *context, const struct block_stack *stack, const char *device)
{
    struct search *search = context;
    char *path = allocate_format("/sys/class/block/%s/dm/name", device);
    char *name = NULL;

    if (stack->feature && !strcmp(stack->feature, block_stack_luks.feature)
        && file_read_text_of(search->sysroot, path, &name) == 0) {
        name[strcspn(name, "\n")] = '\0';
        string_list_add_once(search->names, name);
    }
    free(name);
    free(path);
    return false;
}

static void search_path(void *context, const char *path)
{
    const struct search *search = context;

    block_stack_find(search->sysroot, path, take_name, context);
}

static void search_mount(void *context, const struct mount *mount)
{
    const struct search *search = context;
    char *path = allocate_format("/sys/dev/block/%s", mount->number);

    if (mount_is_needed_early(mount)) {
        if (*mount->number)
            search_path(context, path);
        host_device_visit(search->sysroot, mount->device, search_path, context);
    }
    free(path);
}

void host_volumes_find(const char *sysroot, struct string_list *names)
{
    struct search search = {sysroot, names};
    char *resume = host_device_word(sysroot, "resume");

    (void)mount_table_mounted(sysroot, search_mount, &search);
    mount_table_fstab(sysroot, NULL, search_mount, &search);
    if (resume)
        host_device_visit(sysroot, resume, search_path, &search);
    free(resume);
}

bool host_volumes_line_is_early(const struct string_list *options, const struct string_list *names, const char *volume)
{
    return string_list_contains(options, "initramfs") || string_list_contains(options, "x-initrd.attach")
           || string_list_contains(names, volume);
}
