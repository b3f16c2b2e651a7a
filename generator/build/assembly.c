#include "build/assembly.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

int assembly_fail(const char *name, int error)
{
    const char *why = error == -ENOTDIR ? "something above it is no directory" : strerror(-error);

    log_error("cannot add %s to the image: %s", name, why);
    return error;
}

int assembly_gzip_level(const struct plan *plan)
{
    return plan->settings.method == COMPRESS_GZIP ? plan->settings.level : COMPRESS_LEVEL_DEFAULT;
}

void assembly_free(struct assembly *assembly)
{
    selection_free(&assembly->selection);
    for (size_t i = 0; i < assembly->member_count; i++)
        free(assembly->paths[i]);
    free(assembly->paths);
    member_free_all(assembly->members, assembly->member_count);
    program_pack_close(&assembly->programs);
    image_free(&assembly->image);
    image_free(&assembly->early);
    buffer_free(&assembly->index);
    kernel_config_free(&assembly->config);
    kernel_tree_close(assembly->tree);
}
