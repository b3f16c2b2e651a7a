/* What a command line and a DHCP server's root-path say of a root on the network; a line "--" is between the two. */
#include "fuzz.h"

#include "contract/network_roots.h"

/* What was told is text of the input's own, or nothing; a server's name has no character that another reader of it
 * might take for its own. */
static void check(const struct network_root *root)
{
    const char *const texts[] = {root->server, root->port, root->path, root->options, root->type, root->device,
        root->lun, root->user, root->password, root->user_in, root->password_in};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        require(texts[i] && strlen(texts[i]) < 65536);
    require(!strpbrk(root->server, " ,/'\"\\$`;&|\n") && *root->server != '-');
    require(network_root_feature(root->kind) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct fuzz_input words = fuzz_part(&input), path = fuzz_part(&input);
    char *given = fuzz_text(words.data, words.size), *root_path = fuzz_text(path.data, path.size);
    struct cmdline cmdline;
    struct network_roots roots;

    require(cmdline_parse("", given, &cmdline) == 0 && network_roots_read(&cmdline, &roots) == 0);
    (void)network_roots_add_path(&roots, &cmdline, root_path);
    if (roots.root.kind != NETWORK_ROOT_NONE)
        check(&roots.root);
    for (size_t i = 0; i < roots.disk_count; i++)
        check(&roots.disks[i]);
    require(roots.named <= roots.disk_count);
    network_roots_free(&roots);
    cmdline_free(&cmdline);
    free(root_path);
    free(given);
    return 0;
}
