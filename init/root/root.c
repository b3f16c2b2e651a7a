#include "root/root_source.h"
#include "root/steps.h"

/* Who is asked first. When nobody is asked for, it is a block device. */
static const struct root_source *const sources[] = {&live_root, &shared_root, &network_root_source, &zfs_root};

const struct root_source *root_source(const struct boot *boot)
{
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        if (sources[i]->is_asked_for(boot))
            return sources[i];
    }
    return &block_root;
}

int step_root(struct boot *boot)
{
    const struct root_source *source = root_source(boot);

    return source->find ? source->find(boot) : 0;
}
