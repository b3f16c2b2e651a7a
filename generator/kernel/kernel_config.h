/* How the target's kernel was configured, where somebody kept that: what it can decompress. */
#ifndef KINDLING_KERNEL_CONFIG_H
#define KINDLING_KERNEL_CONFIG_H

#include <stdbool.h>

struct kernel_config {
    char *path; /* NULL: the configuration is not at hand */
    char *text; /* "" then */
};

/*
 * Reads the configuration of a kernel whose modules are MODULES_DIR/RELEASE: boot/config-RELEASE of the root that they
 * belong to, else RELEASE/config or RELEASE/build/.config beside them. That there is none is no error. Logs. 0 or
 * -errno. kernel_config_free in every case.
 */
int kernel_config_read(struct kernel_config *config, const char *modules_dir, const char *release);
void kernel_config_free(struct kernel_config *config);

/* True when the configuration says "CONFIG_NAME=y". Pure. */
bool kernel_config_has(const struct kernel_config *config, const char *name);

/* Whether the configuration says that the kernel has no modules, or that some were built. Pure. */
bool kernel_config_forbids_modules(const struct kernel_config *config);
bool kernel_config_has_modules(const struct kernel_config *config);

/* The suffix (".xz", ".zst", ".gz") of the module files that this kernel decompresses by itself; NULL: none that we
 * know of. Pure. */
const char *kernel_config_module_suffix(const struct kernel_config *config);

#endif
