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
    struct cmdline cmdline;       /* the words that are baked into the image */
    struct buffer left_out_bytes; /* NUL-terminated, as built_in */
    struct index left_out;        /* empty when the image has none */
    struct buffer built_in;       /* built_in.h */
    struct load_plan plan;
    uint8_t *state;      /* the plan's */
    char **faults;       /* for each module of the index why it cannot be loaded: a clause that names it, or NULL */
    const char *release; /* of the kernel that the modules are for */
    const char *kernel;  /* the release that will run; NULL: the same */
    bool is_trusted;     /* made by us a moment ago: what is inside the members is not looked at */
    bool tells_built_in; /* the image itself says what its kernel has built in */
    size_t budget;       /* bytes that are still inflated for it */
};

/* How a name was answered. */
enum boot_answer {
    BOOT_LOADED,      /* a module of the image */
    BOOT_BUILT_IN,    /* the kernel itself */
    BOOT_BROKEN,      /* a module of the image that cannot be loaded */
    BOOT_BLACKLISTED, /* a module of the image that the image's own command line forbids */
    BOOT_UNTABLED,    /* the image has the module, but its index does not name it for this */
    BOOT_LEFT_OUT,    /* the kernel has a module for it, the image has not */
    BOOT_NOBODY_KNOWS /* the kernel has nothing */
};

struct boot_finding {
    enum boot_answer answer;
    char *name; /* of the module, of what is built in, or of the drivers that nobody has; may be "". Owned */
    char *why;  /* BOOT_BROKEN: the clause; else NULL. Owned */
};

/*
 * Opens what kindling put into the image; both are borrowed. Returns 0, or -errno with *why, a new string: the
 * sentence that says why /init would refuse this image (-EINVAL), or that nobody could look.
 */
int simulated_boot_open(struct simulated_boot *boot, const struct image *image, char **why);
void simulated_boot_free(struct simulated_boot *boot);

/* Forgets what was loaded: another boot begins. */
void simulated_boot_restart(struct simulated_boot *boot);

/* Takes the kernel's word for what it has built in. */
void simulated_boot_set_built_in(struct simulated_boot *boot, const struct buffer *text);

/* Loads what the image wants loaded unasked. */
void simulated_boot_autoload(struct simulated_boot *boot);

/*
 * A device appears with this modalias: loads all that claims it, as /init does. drivers: the names of those of which
 * one is needed; with none, any that claims the device will do.
 */
struct boot_finding simulated_boot_claim(
    struct simulated_boot *boot, const char *modalias, const char *const *drivers, size_t driver_count);
/* The kernel asks for a module by name or alias ("fs-ext4", "nls_cp437"). */
struct boot_finding simulated_boot_request(struct simulated_boot *boot, const char *name);
/* A driver that nothing asks for: has it been loaded, or is it built in? */
struct boot_finding simulated_boot_running(struct simulated_boot *boot, const char *driver);
void boot_finding_free(struct boot_finding *finding);

/* The file that /init, or the kernel, will find at this path: a regular one whose directories are there too. NULL when
 * there is none. Symbolic links are followed. */
const struct image_entry *simulated_boot_file(const struct image *image, const char *path);
/* Appends a member as /init will have it once it is inflated to so many bytes; false when it is not whole. */
bool simulated_boot_read_member(
    const struct image_entry *entry, enum member_format format, uint32_t size, struct buffer *bytes);
/* The firmware that a loaded module names and that is not in the image, as a list with commas; NULL when there is none
 * such. A new string. */
char *simulated_boot_missing_firmware(struct simulated_boot *boot, const char *module);

enum boot_firmware {
    BOOT_FIRMWARE_ABSENT,
    BOOT_FIRMWARE_UNREADABLE, /* in the image, but no kernel can decompress it */
    BOOT_FIRMWARE_THERE
};
enum boot_firmware simulated_boot_firmware(struct simulated_boot *boot, const char *name);

#endif
