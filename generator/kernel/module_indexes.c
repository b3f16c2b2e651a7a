#include "kernel/module_indexes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "kernel/depmod_trie.h"
#include "kernel/modprobe_lines.h"

/* What libkmod reads; its indexes are the binary files, which a depmod writes all together. */
static const char *const needed[] = {"modules.dep.bin", "modules.alias.bin", "modules.builtin.bin", "modules.softdep"};

bool module_indexes_exist(const char *directory)
{
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        char *path = allocate_format("%s/%s", directory, needed[i]);
        int missing = access(path, R_OK);

        free(path);
        if (missing)
            return false;
    }
    return true;
}

static int damaged(const char *path, const char *release, const char *why)
{
    log_error("cannot trust %s: %s; run depmod %s", path, why, release);
    return -EBADMSG;
}

/* libkmod would crash on a damaged one. One that is not there is none. */
static int check_trie(const char *directory, const char *name, const char *release, struct string_list *values)
{
    char *path = allocate_format("%s/%s", directory, name);
    struct buffer bytes = {0};
    int result = file_read(path, &bytes);

    if (result == 0 && depmod_trie_read(bytes.data, bytes.size, values) < 0)
        result = damaged(path, release, "it is damaged");
    else if (result == -ENOENT)
        result = 0;
    else if (result < 0)
        log_error("cannot read %s: %s", path, strerror(-result));
    buffer_free(&bytes);
    free(path);
    return result;
}

/* A truncated index may be sound in itself, and an image without modules would come of it. depmod writes the same as
 * text too. */
static int check_against_text(const char *directory, const char *release, struct string_list *dependencies)
{
    char *path = allocate_format("%s/modules.dep", directory);
    struct string_list lines = {0};
    char *text = NULL;
    int result = 0;

    if (file_read_text(path, &text) == 0) {
        bool is_same;

        string_list_add_parts(&lines, text, "\n");
        string_list_sort(&lines);
        string_list_sort(dependencies);
        is_same = lines.count == dependencies->count;
        for (size_t i = 0; i < lines.count && is_same; i++)
            is_same = !strcmp(lines.items[i], dependencies->items[i]);
        if (!is_same)
            result = damaged(path, release, "modules.dep.bin beside it says something else");
    }
    string_list_free(&lines);
    free(text);
    free(path);
    return result;
}

/* libkmod would wait for a fifo's writer. */
static int check_text(const char *directory, const char *name, const char *release)
{
    char *path = allocate_format("%s/%s", directory, name);
    int result = file_check(path) == -EINVAL ? damaged(path, release, "it is no file of this tree") : 0;

    free(path);
    return result;
}

int module_indexes_read(const char *directory, const char *release, struct string_list *dependencies)
{
    static const char *const others[] = {
        "modules.alias.bin", "modules.symbols.bin", "modules.builtin.bin", "modules.builtin.alias.bin"};
    char *soft = allocate_format("%s/modules.softdep", directory);
    int result = check_trie(directory, "modules.dep.bin", release, dependencies);

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) && result == 0; i++)
        result = check_trie(directory, others[i], release, NULL);
    if (result == 0)
        result = check_against_text(directory, release, dependencies);
    if (result == 0)
        result = check_text(directory, "modules.softdep", release);
    if (result == 0)
        result = check_text(directory, "modules.weakdep", release);
    if (result == 0 && modprobe_lines_check_file(soft) > 0)
        result = damaged(soft, release, "it is damaged");
    free(soft);
    return result;
}

void module_indexes_add_inputs(const char *directory, struct string_list *inputs)
{
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        file_add_existing(directory, needed[i], inputs);
    file_add_existing(directory, "modules.weakdep", inputs);
}
