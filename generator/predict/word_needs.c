#include "predict/word_needs.h"

#include "contract/live_words.h"
#include "contract/zfs_words.h"

size_t word_needs_find(const struct cmdline *cmdline, struct word_need needs[WORD_NEEDS_MAXIMUM])
{
    struct live_words words;
    struct zfs_words zfs;
    size_t count = 0;

    live_words_read(cmdline, &words);
    if (words.persistence && words.persistence_luks)
        needs[count++] = (struct word_need){"persistence-encryption=luks", "crypt"};
    if (words.image_hashes)
        needs[count++] = (struct word_need){"dm-verity-root-hash=", "verity"};
    else if (cmdline_value(cmdline, "roothash"))
        needs[count++] = (struct word_need){"roothash=", "verity"};
    else if (cmdline_value(cmdline, "usrhash"))
        needs[count++] = (struct word_need){"usrhash=", "verity"};
    if (words.url)
        needs[count++] = (struct word_need){"a live system that is fetched", "network"};
    if (zfs_words_read(cmdline, &zfs) != 0)
        needs[count++] = (struct word_need){"zfs", "zfs"};
    return count;
}

int word_needs_read(const struct cmdline *cmdline, struct file_systems *file_systems, struct catalogue *catalogue)
{
    struct word_need needs[WORD_NEEDS_MAXIMUM];
    size_t count = word_needs_find(cmdline, needs);
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++)
        result = file_systems_read_feature(file_systems, catalogue, needs[i].feature);
    return result;
}
