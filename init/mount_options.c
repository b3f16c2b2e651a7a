#include "mount_options.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>

#include "text.h"

/* Words that are flags of mount(2); all others are the file system's own (mount(8)). */
static const struct mount_flag {
    const char *word;
    unsigned long set;
    unsigned long clear;
} mount_flags[] = {
    {"ro", MS_RDONLY, 0},
    {"rw", 0, MS_RDONLY},
    {"nosuid", MS_NOSUID, 0},
    {"suid", 0, MS_NOSUID},
    {"nodev", MS_NODEV, 0},
    {"dev", 0, MS_NODEV},
    {"noexec", MS_NOEXEC, 0},
    {"exec", 0, MS_NOEXEC},
    {"sync", MS_SYNCHRONOUS, 0},
    {"async", 0, MS_SYNCHRONOUS},
    {"dirsync", MS_DIRSYNC, 0},
    {"noatime", MS_NOATIME, 0},
    {"atime", 0, MS_NOATIME},
    {"nodiratime", MS_NODIRATIME, 0},
    {"diratime", 0, MS_NODIRATIME},
    {"relatime", MS_RELATIME, 0},
    {"norelatime", 0, MS_RELATIME},
    {"strictatime", MS_STRICTATIME, 0},
    {"nostrictatime", 0, MS_STRICTATIME},
    {"lazytime", MS_LAZYTIME, 0},
    {"nolazytime", 0, MS_LAZYTIME},
    {"silent", MS_SILENT, 0},
    {"loud", 0, MS_SILENT},
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
static bool is_for_user_space(const char *word, size_t length)
{
    return !strncmp(word, "x-", 2) || !strncmp(word, "X-", 2)
           || text_list_has_part("defaults,auto,noauto,nofail,_netdev,user,nouser,users,owner,group", word, length);
}

/* Takes one word of rootflags= in. Returns 0 or -E2BIG. */
static int add_option(struct mount_options *options, const char *word, size_t length)
{
    const struct mount_flag *flag = find_flag(word, length);
    size_t used = strlen(options->data);

    if (is_for_user_space(word, length))
        return 0;
    if (flag) {
        options->flags = (options->flags | flag->set) & ~flag->clear;
        return 0;
    }
    if (used + length + 2 > sizeof(options->data))
        return -E2BIG;
    if (used > 0)
        options->data[used++] = ',';
    memcpy(options->data + used, word, length);
    options->data[used + length] = '\0';
    return 0;
}

int mount_options_parse(const char *text, struct mount_options *options)
{
    int result = 0;

    while (*text && result == 0) {
        size_t length = strcspn(text, ",");

        if (length > 0)
            result = add_option(options, text, length);
        text += length + (text[length] == ',');
    }
    return result;
}
