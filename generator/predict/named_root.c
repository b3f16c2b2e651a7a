#include "predict/named_root.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "contract/live_words.h"
#include "contract/zfs_words.h"

/* A live system by its URL. True when it is that, or a live system that /init refuses. */
static bool find_fetched(struct root_spec *found, const char *spec, const struct simulated_boot *boot)
{
    char *text = allocate_format("root=%s", spec ? spec : "");
    struct cmdline given = {0};
    struct live_words words;
    bool is_known;

    if (spec && cmdline_parse("", text, &given) < 0)
        words.url = words.refused = NULL;
    else
        live_words_read(spec ? &given : &boot->cmdline, &words);
    if (words.refused) {
        found->refusal = allocate_format("%s on the kernel command line: %s", words.refused_word, words.refused);
    } else if (words.url) { /* the root's own image, or a medium that has it */
        size_t length = strlen(words.url);

        found->network = NETWORK_ROOT_HTTP;
        string_list_add(&found->medium.images, words.url);
        if (length > 4 && !strcmp(words.url + length - 4, ".iso"))
            string_list_add(&found->medium.types, "iso9660");
        string_list_add(&found->types, "squashfs"); /* one of the two will do */
        string_list_add(&found->types, "erofs");
    }
    is_known = words.refused || words.url;
    cmdline_free(&given);
    free(text);
    return is_known;
}

/* What root= is, of the command line or of the image's own, where that is on the network. */
static bool find_on_network(
    struct root_spec *found, const char *spec, const struct string_list *said, const struct simulated_boot *boot)
{
    const char *asked = spec ? spec : cmdline_value(&boot->cmdline, "root");
    char *text = allocate_string(asked ? asked : "");
    struct network_root root;
    int result = network_root_parse(text, &root);

    if (result == -EINVAL)
        found->refusal = allocate_format("root=%s is no form of a root on the network that /init knows", asked);
    else if (result == 0)
        found->network = root.kind;
    free(text);
    for (size_t i = 0; i < said->count && result != -ENOENT; i++)
        string_list_add(&found->types, said->items[i]);
    return result != -ENOENT;
}

/* A dataset of a ZFS pool, which is no device: what the pool's disks are has to be opened. */
static bool find_in_pool(struct root_spec *found, const char *spec)
{
    char *text = allocate_format("root=%s", spec ? spec : "");
    struct cmdline given = {0};
    struct zfs_words words;
    bool is_known = spec && cmdline_parse("", text, &given) == 0 && zfs_words_read(&given, &words) > 0;

    if (is_known)
        string_list_add(&found->types, "zfs_member");
    cmdline_free(&given);
    free(text);
    return is_known;
}

int named_root_find(struct root_spec *found, const char *spec, const struct string_list *said, bool is_of_host,
    struct simulated_boot *boot)
{
    size_t directory = strlen("/dev/");
    bool is_plain = spec && !strncmp(spec, "/dev/", directory) && !strchr(spec + directory, '/');
    int result = 0;

    if (find_fetched(found, spec, boot) || find_on_network(found, spec, said, boot) || find_in_pool(found, spec))
        return 0;
    if (spec || is_of_host)
        result = root_spec_find(found, spec, said);
    if (!found->device && is_plain) /* "/dev/sda2", which sysfs knows by this name */
        found->device = allocate_string(spec);
    if (found->types.count == 0 && !found->refusal) {
        for (size_t i = 0; i < said->count; i++)
            string_list_add(&found->types, said->items[i]);
    }
    if (result == 0 && found->medium.cmdline)
        result = simulated_boot_set_words(boot, found->medium.cmdline);
    return result;
}
