#include "kernel/kernel_config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "archive/compressor.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sysroot.h"

/* Cuts suffix off text, if it ends with it. */
static bool cut_suffix(char *text, const char *suffix)
{
    size_t length = strlen(text);
    size_t suffix_length = strlen(suffix);

    if (length < suffix_length || strcmp(text + length - suffix_length, suffix) != 0)
        return false;
    text[length - suffix_length] = '\0';
    return true;
}

/* Reads path as it is seen from root ("": from here). Returns 0 too when there is none. */
static int read_at(struct kernel_config *config, const char *root, char *path)
{
    char *resolved = NULL;
    int result = 0;

    if (config->path)
        result = -EEXIST;
    else if (root)
        result = sysroot_resolve(*root ? root : "/", path, &resolved);
    else
        resolved = allocate_string(path);
    if (result == 0)
        result = file_read_text(resolved, &config->text);
    if (result == 0)
        config->path = allocate_string(resolved);
    else if (result == -ENOENT || result == -ENOTDIR || result == -EEXIST)
        result = 0;
    else
        log_error("cannot read %s: %s", resolved ? resolved : path, strerror(-result));
    free(resolved);
    free(path);
    return result;
}

int kernel_config_read(struct kernel_config *config, const char *modules_dir, const char *release)
{
    /* The root that a directory of kernel trees belongs to; NULL when it lies elsewhere. */
    char *root = realpath(modules_dir, NULL);
    int result = 0;

    /* A system whose kernels have no modules may have no directory of them. */
    if (!root && errno == ENOENT)
        root = allocate_string(modules_dir);
    if (root && !cut_suffix(root, "/usr/lib/modules") && !cut_suffix(root, "/lib/modules")) {
        free(root);
        root = NULL;
    }
    *config = (struct kernel_config){0};
    if (root)
        result = read_at(config, root, allocate_format("/boot/config-%s", release));
    if (result == 0)
        result = read_at(config, NULL, allocate_format("%s/%s/config", modules_dir, release));
    if (result == 0 && root)
        result = read_at(config, root, allocate_format("/lib/modules/%s/build/.config", release));
    /* The build link of a tree that was just installed leads to where the kernel was built. */
    if (result == 0)
        result = read_at(config, NULL, allocate_format("%s/%s/build/.config", modules_dir, release));
    if (!config->text)
        config->text = allocate_string("");
    free(root);
    return result;
}

void kernel_config_free(struct kernel_config *config)
{
    free(config->path);
    free(config->text);
    *config = (struct kernel_config){0};
}

bool kernel_config_has(const struct kernel_config *config, const char *name)
{
    size_t length = strlen(name);
    const char *line = config->text;

    while (*line) {
        size_t line_length = strcspn(line, "\n");

        if (line_length == length + 2 && !strncmp(line, name, length) && !strncmp(line + length, "=y", 2))
            return true;
        line += line_length;
        line += *line == '\n';
    }
    return false;
}

bool kernel_config_forbids_modules(const struct kernel_config *config)
{
    return config->path && !kernel_config_has(config, "CONFIG_MODULES");
}

bool kernel_config_has_modules(const struct kernel_config *config)
{
    return strstr(config->text, "=m\n") != NULL;
}

const char *kernel_config_module_suffix(const struct kernel_config *config)
{
    for (size_t i = 0; i < COMPRESSOR_COUNT; i++) {
        if (compressors[i].module_option && kernel_config_has(config, compressors[i].module_option))
            return kernel_config_has(config, "CONFIG_MODULE_DECOMPRESS") ? compressors[i].suffix : NULL;
    }
    return NULL;
}
