#include "root/root_source.h"
#include "root/steps.h"

/* In the order of asking. */
static const struct root_source *const sources[] = {&shared_root, &block_root};

const struct root_source *root_source(const struct boot *boot)
{
    size_t i = 0;

    while (!sources[i]->is_asked_for(boot))
        i++;
    return sources[i];
}

int step_root(struct boot *boot)
{
    const struct root_source *source = root_source(boot);

    return source->find ? source->find(boot) : 0;
}
