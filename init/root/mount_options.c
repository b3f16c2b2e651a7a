#include "root/mount_options.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>

#include "system/text.h"

/* Words that are flags of mount(2); all others are the file system's own (mount(8)). */
static const struct mount_flag {
    char word[14];
    bool clears;
    uint32_t flag;
} mount_flags[] = {
    {"ro", false, MS_RDONLY},
    {"rw", true, MS_RDONLY},
    {"nosuid", false, MS_NOSUID},
    {"suid", true, MS_NOSUID},
    {"nodev", false, MS_NODEV},
    {"dev", true, MS_NODEV},
    {"noexec", false, MS_NOEXEC},
    {"exec", true, MS_NOEXEC},
    {"sync", false, MS_SYNCHRONOUS},
    {"async", true, MS_SYNCHRONOUS},
    {"dirsync", false, MS_DIRSYNC},
    {"noatime", false, MS_NOATIME},
    {"atime", true, MS_NOATIME},
    {"nodiratime", false, MS_NODIRATIME},
    {"diratime", true, MS_NODIRATIME},
    {"relatime", false, MS_RELATIME},
    {"norelatime", true, MS_RELATIME},
    {"strictatime", false, MS_STRICTATIME},
    {"nostrictatime", true, MS_STRICTATIME},
    {"lazytime", false, MS_LAZYTIME},
    {"nolazytime", true, MS_LAZYTIME},
    {"silent", false, MS_SILENT},
    {"loud", true, MS_SILENT},
};

static const struct mount_flag *find_flag(const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof(mount_flags) / sizeof(mount_flags[0]); i++) {
        if (strlen(mount_flags[i].word) == length && !strncmp(mount_flags[i].word, word, length))
            return &mount_flags[i];
    }
    return NULL;
}

/* Words for mount(8), systemd and their like. */
#define FOR_USER_SPACE "defaults,auto,noauto,nofail,_netdev,user,nouser,users,owner,group"

int mount_options_parse(const char *text, struct mount_options *options)
{
    const char *word;
    size_t length;

    while ((word = text_list_next(&text, &length)) != NULL) {
        const struct mount_flag *flag = find_flag(word, length);
        size_t used = strlen(options->data);

        if (length == 0 || !strncmp(word, "x-", 2) || !strncmp(word, "X-", 2)
            || text_list_has_part(FOR_USER_SPACE, word, length))
            continue;
        if (flag) {
            options->flags = flag->clears ? options->flags & ~(unsigned long)flag->flag : options->flags | flag->flag;
            continue;
        }
        if (used + length + 2 > sizeof(options->data))
            return -E2BIG;
        if (used > 0)
            options->data[used++] = ',';
        memcpy(options->data + used, word, length);
        options->data[used + length] = '\0';
    }
    return 0;
}
