/* A walk along the chain of a boot, and what each part of it asks for: modules, needs, programs. */
#ifndef KINDLING_WALK_H
#define KINDLING_WALK_H

#include "predict/boot_finding.h"
#include "predict/chain.h"

struct walk {
    struct chain *chain;
    struct simulated_boot *boot;
    const struct file_systems *file_systems;
};

/* What a kernel without any modules has in it nobody has written down: it is taken at its maker's word. */
bool walk_is_answered(const struct walk *walk, const struct boot_finding *found);

/* The sentence for a finding that is no answer. who: who asked. A new string. */
char *walk_explain(const struct simulated_boot *boot, const char *who, const struct boot_finding *found);

/* Notes a finding that is an answer. who: who asked. */
void walk_add_link(struct chain *chain, const char *who, const struct boot_finding *found);

/* Those below return NULL, or the sentence that says what is missing, a new string. */

/* need: alternatives, the first of which that is found will do. What no kernel of this release knows, it does not ask
 * for. */
char *walk_need(struct walk *walk, const char *type, const char *need);

/* All needs of a description. */
char *walk_needs(struct walk *walk, const char *type, const struct feature *description);

/* The program is in the image and can run; else why not. */
char *walk_program(struct walk *walk, const char *wanted_at);

/* What a feature packs and its kind of root cannot do without. */
char *walk_feature(struct walk *walk, const struct file_system *feature, bool needs_program);

/* A device can be made of what lies on this one. */
char *walk_layer(struct walk *walk, const struct file_system *layer, bool needs_program);

#endif
