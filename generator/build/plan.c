#include "build/plan.h"

#include <stdlib.h>

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
