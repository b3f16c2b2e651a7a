#include "build/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "feature/data_directory.h"
#include "kernel/kernel_architecture.h"

static void take_programs_of(struct plan *plan)
{
    char *below = allocate_format("%s/sysroot", plan->architecture->name);
    char *path = data_directory_path(below);
    char *sysroot = realpath(path, NULL);

    free(below);
    free(path);
    if (!sysroot)
        return;
    free(plan->settings.sysroot);
    plan->settings.sysroot = sysroot;
    file_confine(sysroot);
}

int plan_set_architecture(struct plan *plan, bool is_sysroot_named)
{
    const struct architecture *native = architecture_native();
    int result = kernel_architecture_find(&plan->architecture, plan->settings.modules_dir, plan->settings.release);

    if (result < 0)
        return result;
    plan->init = data_directory_program(plan->architecture, "init");
    if (access(plan->init, F_OK) < 0 && plan->architecture != native) {
        log_error("no image for kernel %s: it is for %s, and kindling has no /init for that (%s)",
            plan->settings.release, plan->architecture->name, plan->init);
        return -ENOENT;
    }
    if (plan->architecture != native && !is_sysroot_named)
        take_programs_of(plan);
    return 0;
}

void plan_free(struct plan *plan)
{
    output_settings_free(&plan->settings);
    string_list_free(&plan->configuration);
    free(plan->init);
    wanted_free(&plan->wanted);
    wanted_free(&plan->left_out);
    free(plan->command);
    string_list_free(&plan->inputs);
    *plan = (struct plan){0};
}
