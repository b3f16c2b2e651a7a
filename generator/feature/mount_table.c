#include "feature/mount_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lines.h"
#include "base/sysroot.h"
#include "contract/fstab.h"

/* Documentation/filesystems/proc.rst: "ID PARENT MAJOR:MINOR ROOT PLACE OPTIONS [FIELDS] - TYPE SOURCE OPTIONS". */
static void visit_mounted(const char *line, mount_table_visit *visit, void *context)
{
    struct string_list words = {0};
    size_t dash = 6;

    string_list_add_parts(&words, line, " ");
    while (dash < words.count && strcmp(words.items[dash], "-") != 0)
        dash++;
    for (size_t i = 0; i < words.count; i++)
        fstab_decode(words.items[i]);
    if (dash + 2 < words.count)
        visit(context, &(struct mount){words.items[dash + 2], words.items[2], words.items[4], words.items[dash + 1],
                           words.items[3], dash + 3 < words.count ? words.items[dash + 3] : ""});
    string_list_free(&words);
}

int mount_table_mounted(const char *sysroot, mount_table_visit *visit, void *context)
{
    struct line_reader reader = {0};
    char *text = NULL;
    char *line;
    int result = file_read_text_of(sysroot, MOUNT_TABLE_MOUNTED, &text);

    if (result < 0)
        return result;
    reader.next = text;
    while ((line = lines_next(&reader)))
        visit_mounted(line, visit, context);
    free(text);
    return 0;
}

void mount_table_fstab(const char *sysroot, struct string_list *inputs, mount_table_visit *visit, void *context)
{
    struct fstab_entry entry;
    char *resolved = NULL;
    char *text = NULL;
    char *rest;

    if (sysroot_resolve(sysroot, MOUNT_TABLE_FSTAB, &resolved) == 0 && file_read_text(resolved, &text) == 0) {
        if (inputs)
            string_list_add(inputs, resolved);
        rest = text;
        while (fstab_next(&rest, &entry))
            visit(context, &(struct mount){entry.spec, "", entry.place, entry.type, "/", entry.options});
    }
    free(text);
    free(resolved);
}

bool mount_is_needed_early(const struct mount *mount)
{
    return !strcmp(mount->place, "/") || !strcmp(mount->place, "/usr");
}
