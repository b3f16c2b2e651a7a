#include "predict/built_image.h"

#include <stdlib.h>

#include "base/log.h"
#include "feature/data_directory.h"
#include "predict/chain.h"
#include "predict/word_needs.h"

static void check_machines(struct simulated_boot *boot, const char *path, const struct string_list *machines)
{
    static const struct root_spec any_root;
    struct catalogue catalogue;
    struct file_systems file_systems;
    bool is_read;

    data_directory_open_catalogue(&catalogue);
    is_read = file_systems_read(&file_systems, &catalogue) == 0
              && word_needs_read(&boot->cmdline, &file_systems, &catalogue) == 0;
    for (size_t i = 0; is_read && i < machines->count; i++) {
        struct machine machine;
        struct chain chain = {0};

        if (machine_read(&machine, &catalogue, machines->items[i]) == 0) {
            chain_walk(&chain, boot, &machine, &any_root, &file_systems);
            for (size_t k = 0; k < chain.warnings.count; k++)
                log_warning("%s on %s: %s", path, machine.name, chain.warnings.items[k]);
            if (chain.missing && chain.is_beyond_image)
                log_note("%s is not for %s: %s", path, machine.name, chain.missing);
            else if (chain.missing)
                log_warning("%s does not boot on %s: %s", path, machine.name, chain.missing);
        }
        chain_free(&chain);
        machine_free(&machine);
    }
    file_systems_free(&file_systems);
    catalogue_free(&catalogue);
}

void built_image_check(const struct image *image, const char *path, const struct string_list *machines)
{
    struct simulated_boot boot = {0};
    char *why = NULL;

    /* One that we wrote ourselves is whole. */
    if (machines->count > 0 && simulated_boot_open(&boot, image, &why) == 0) {
        boot.is_trusted = true;
        check_machines(&boot, path, machines);
    }
    simulated_boot_free(&boot);
    free(why);
}
