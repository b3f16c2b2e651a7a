#include "kernel/kernel_architecture.h"

#include <elf.h>
#include <errno.h>
#include <fts.h>
#include <stdlib.h>

#include "archive/compressor.h"
#include "archive/image_archive.h"
#include "archive/module_path.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "kernel/kernel_config.h"

static uint16_t machine_of_compressed(const struct buffer *packed)
{
    struct buffer bytes = {0};
    uint16_t machine = EM_NONE;

    if (image_archive_decompress(packed->data, packed->size, NULL, &bytes) == 0)
        machine = architecture_machine_of(bytes.data, bytes.size);
    buffer_free(&bytes);
    return machine;
}

/* e_machine of the first module that is met below a directory; EM_NONE without one. What is wrong with a file that is
 * no module, whoever packs it will say. */
static uint16_t machine_below(const char *directory)
{
    char *root = allocate_string(directory);
    char *roots[] = {root, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_COMFOLLOW | FTS_NOSTAT, NULL);
    uint16_t machine = EM_NONE;
    const FTSENT *node;

    while (walk && machine == EM_NONE && (node = fts_read(walk))) {
        struct buffer packed = {0};

        if (node->fts_info != FTS_NSOK && node->fts_info != FTS_F)
            continue;
        if (module_path_is(node->fts_path) && file_read(node->fts_path, &packed) == 0)
            machine = compressor_of_file(node->fts_path) ? machine_of_compressed(&packed)
                                                         : architecture_machine_of(packed.data, packed.size);
        buffer_free(&packed);
    }
    if (walk)
        fts_close(walk);
    free(root);
    return machine;
}

static int ask_configuration(const struct architecture **architecture, const char *modules_dir, const char *release)
{
    struct kernel_config config;
    int result = kernel_config_read(&config, modules_dir, release);
    const struct architecture *known;

    *architecture = architecture_native();
    for (size_t i = 0; result == 0 && (known = architecture_at(i)); i++) {
        if (kernel_config_has(&config, known->kernel_option))
            *architecture = known;
    }
    kernel_config_free(&config);
    return result;
}

int kernel_architecture_find(const struct architecture **architecture, const char *modules_dir, const char *release)
{
    /* Of the kernel's own directory: what others add to a tree may be anything. */
    char *directory = allocate_format("%s/%s/kernel", modules_dir, release);
    uint16_t machine = machine_below(directory);

    free(directory);
    if (machine == EM_NONE)
        return ask_configuration(architecture, modules_dir, release);
    *architecture = architecture_of_machine(machine);
    if (*architecture)
        return 0;
    log_error("no image for kernel %s: its modules are for %s", release, architecture_name_of_machine(machine));
    return -EOPNOTSUPP;
}
