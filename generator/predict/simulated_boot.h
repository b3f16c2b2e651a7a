/*
 * An image as /init will find it: its parts, and what becomes of each module that /init would load. Nothing in the
 * image is trusted: it may be anybody's, or broken on purpose.
 */
#ifndef KINDLING_SIMULATED_BOOT_H
#define KINDLING_SIMULATED_BOOT_H

#include <stdbool.h>

#include "archive/image.h"
#include "base/string_list.h"
#include "contract/cmdline.h"
#include "contract/load_plan.h"

struct simulated_boot {
    const struct image *image; /* borrowed */
    struct index index;
    struct cmdline cmdline;       /* the words that are baked into the image, and those that the boot is known to get */
    struct buffer left_out_bytes; /* NUL-terminated, as built_in */
    struct index left_out;        /* empty when the image has none */
    struct buffer built_in;       /* built_in.h */
    struct load_plan plan;
    uint8_t *state;      /* the plan's */
    char **faults;       /* for each module of the index why it cannot be loaded: a clause that names it, or NULL */
    uint16_t machine;    /* e_machine of its /init; EM_NONE when that is no ELF file */
    const char *release; /* of the kernel that the modules are for */
    const char *kernel;  /* the release that will run; NULL: the same */
    bool is_trusted;     /* made by us a moment ago: what is inside the members is not looked at */
    bool tells_built_in; /* the image itself says what its kernel has built in */
    size_t budget;       /* bytes that are still inflated for it */
};

/*
 * Opens what kindling put into the image; both are borrowed. Returns 0, or -errno with *why, a new string: the
 * sentence that says why /init would refuse this image (-EINVAL), or that nobody could look.
 */
int simulated_boot_open(struct simulated_boot *boot, const struct image *image, char **why);
void simulated_boot_free(struct simulated_boot *boot);

/* Forgets what was loaded: another boot begins. */
void simulated_boot_restart(struct simulated_boot *boot);

/* What is on the command line behind the words that are baked into the image. Returns 0 or -ENOMEM. */
int simulated_boot_set_words(struct simulated_boot *boot, const char *words);

/* The release of the kernel that will run. */
const char *simulated_boot_kernel(const struct simulated_boot *boot);

/* Takes the kernel's word for what it has built in. */
void simulated_boot_set_built_in(struct simulated_boot *boot, const struct buffer *text);

/* False for an image without modules whose kernel's tree told nothing: no module, and none built in. */
bool simulated_boot_knows_kernel(struct simulated_boot *boot);

/* The modules that the kernel has and the image has not: read when something is missing for the first time. Empty when
 * the image does not say. */
const struct index *simulated_boot_left_out(struct simulated_boot *boot);

/* Loads what the image wants loaded unasked. */
void simulated_boot_autoload(struct simulated_boot *boot);

/* Loads all that a name or a device stands for. Returns the first module that could be loaded, or else the first;
 * UINT32_MAX for none. */
uint32_t simulated_boot_load(struct simulated_boot *boot, struct load_match *match);
/* True when the module is in the kernel by now, loaded or built in; name is normalised. */
bool simulated_boot_is_running(const struct simulated_boot *boot, const char *name);
/* As built_in_find, of the kernel that boots. */
char *simulated_boot_built_in(const struct simulated_boot *boot, const char *name, const char *alias);

/* Appends an optional part of the image, inflated, and a NUL; one that is damaged is as good as absent. */
void simulated_boot_read_part(const struct simulated_boot *boot, const char *path, struct buffer *bytes);
/* Appends a module as the kernel gets it; false when the image has none that is whole. */
bool simulated_boot_read_module(struct simulated_boot *boot, const struct index_module *module, struct buffer *bytes);
/* Appends a member as /init will have it once it is inflated to so many bytes; false when it is not whole. */
bool simulated_boot_read_member(
    const struct image_entry *entry, enum member_format format, uint32_t size, struct buffer *bytes);

#endif
