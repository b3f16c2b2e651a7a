#include "contract/network_roots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef int parse_word(char *text, struct network_root *root);

/* A copy that *roots owns; NULL without memory. */
static char *keep(struct network_roots *roots, const char *text)
{
    char **longer = realloc(roots->texts, (roots->text_count + 1) * sizeof(*longer));
    char *copy = longer ? strdup(text) : NULL;

    if (longer)
        roots->texts = longer;
    if (copy)
        roots->texts[roots->text_count++] = copy;
    return copy;
}

static int add_disk(struct network_roots *roots, const struct network_root *disk)
{
    struct network_root *longer = realloc(roots->disks, (roots->disk_count + 1) * sizeof(*longer));

    if (!longer)
        return -ENOMEM;
    longer[roots->disk_count] = *disk;
    roots->disks = longer;
    roots->named += roots->named == roots->disk_count; /* none of them is named yet */
    roots->disk_count++;
    return 0;
}

static void note_wrong(struct network_roots *roots, const char *key, const char *value)
{
    if (roots->wrong)
        return;
    roots->wrong = key;
    roots->value = value;
}

/* Returns 0, -ENOENT when it is no network's, or -ENOMEM. What is wrong is noted. */
static int add_word(struct network_roots *roots, const char *key, const char *value, parse_word *parse)
{
    struct network_root root;
    char *text = keep(roots, value);
    int result = text ? parse(text, &root) : -ENOMEM;

    if (result == -EINVAL) {
        note_wrong(roots, key, value);
        return 0;
    }
    if (result == 0 && network_root_is_disk(root.kind))
        return add_disk(roots, &root);
    if (result == 0 && (roots->root.kind == NETWORK_ROOT_NONE || roots->root.kind == NETWORK_ROOT_DHCP))
        roots->root = root;
    return result;
}

/* Several may come; those of dracut and of nbd-client's script. */
static int add_list(struct network_roots *roots, const struct cmdline *cmdline, const char *key, parse_word *parse)
{
    const char *value;
    size_t position = 0;
    int result = 0;

    while (result == 0 && (value = cmdline_next(cmdline, key, &position)) != NULL) {
        result = *value ? add_word(roots, key, value, parse) : 0;
        if (result == -ENOENT) {
            note_wrong(roots, key, value);
            result = 0;
        }
    }
    return result;
}

/* Where root=/dev/nfs or boot=nfs say that it is NFS, and nothing where. */
static int add_nfsroot(struct network_roots *roots, const struct cmdline *cmdline)
{
    const char *value = cmdline_value(cmdline, "nfsroot"), *boot = cmdline_value(cmdline, "boot");
    const char *root = cmdline_value(cmdline, "root");
    bool is_free = roots->root.kind == NETWORK_ROOT_NONE && (!root || !*root);
    bool is_asked_for = (roots->root.kind == NETWORK_ROOT_NFS && !*roots->root.path) || (boot && !strcmp(boot, "nfs"))
                        || (value && is_free);

    if (!is_asked_for)
        return 0;
    roots->root.kind = NETWORK_ROOT_NONE;
    return add_word(roots, "nfsroot", value ? value : "auto", network_root_parse_nfsroot);
}

static int add_aoe(struct network_roots *roots, const struct cmdline *cmdline)
{
    const char *value = cmdline_value(cmdline, "aoe");
    char *text = value ? keep(roots, value) : NULL, *name;
    int result = value && !text ? -ENOMEM : 0;

    while (result == 0 && text && (name = strsep(&text, ",")) != NULL)
        result = *name ? add_word(roots, "aoe", name, network_root_parse_aoe) : 0;
    return result;
}

/* dracut's names, those it had before, and Debian's (open-iscsi's README.Debian). The last word of each wins. */
enum { TARGET, ADDRESS, PORT, LUN, USER, PASSWORD, USER_IN, PASSWORD_IN, ISCSI_WORDS };

static const char *const iscsi_keys[ISCSI_WORDS][4] = {
    [TARGET] = {"rd.iscsi.target.name", "iscsi_target_name", "ISCSI_TARGET_NAME"},
    [ADDRESS] = {"rd.iscsi.target.ip", "iscsi_target_ip", "ISCSI_TARGET_IP"},
    [PORT] = {"rd.iscsi.target.port", "iscsi_target_port", "ISCSI_TARGET_PORT"},
    [LUN] = {"rd.iscsi.lun"},
    [USER] = {"rd.iscsi.username", "iscsi_username", "ISCSI_USERNAME"},
    [PASSWORD] = {"rd.iscsi.password", "iscsi_password", "ISCSI_PASSWORD"},
    [USER_IN] = {"rd.iscsi.in.username", "iscsi_in_username", "ISCSI_IN_USERNAME"},
    [PASSWORD_IN] = {"rd.iscsi.in.password", "iscsi_in_password", "ISCSI_IN_PASSWORD"},
};

static const char *iscsi_value(const struct cmdline *cmdline, unsigned word)
{
    const char *value = NULL;

    for (size_t i = 0; iscsi_keys[word][i] && !value; i++)
        value = cmdline_value(cmdline, iscsi_keys[word][i]);
    return value ? value : "";
}

static const char *or_else(const char *value, const char *other)
{
    return *value ? value : other;
}

static bool has_target(const struct network_roots *roots, const char *name)
{
    for (size_t i = 0; i < roots->disk_count; i++) {
        if (roots->disks[i].kind == NETWORK_ROOT_ISCSI
            && (!*roots->disks[i].path || !strcmp(roots->disks[i].path, name)))
            return true;
    }
    return false;
}

static int add_iscsi(struct network_roots *roots, const struct cmdline *cmdline)
{
    const char *values[ISCSI_WORDS];
    int result = 0;

    for (unsigned i = 0; i < ISCSI_WORDS; i++)
        values[i] = iscsi_value(cmdline, i);
    if (*values[TARGET] && !has_target(roots, values[TARGET]))
        result = add_word(roots, iscsi_keys[TARGET][0], "iscsi", network_root_parse);
    for (size_t i = 0; i < roots->disk_count; i++) {
        struct network_root *disk = &roots->disks[i];

        if (disk->kind != NETWORK_ROOT_ISCSI)
            continue;
        /* What a target's own word did not say. */
        disk->path = or_else(disk->path, values[TARGET]);
        disk->server = or_else(disk->server, values[ADDRESS]);
        disk->port = or_else(disk->port, values[PORT]);
        disk->lun = or_else(disk->lun, values[LUN]);
        if (*disk->user)
            continue;
        disk->user = values[USER];
        disk->password = values[PASSWORD];
        disk->user_in = values[USER_IN];
        disk->password_in = values[PASSWORD_IN];
    }
    return result;
}

/* A bare word, or one whose value is no "no". */
static bool is_set(const struct cmdline *cmdline, const char *key)
{
    bool yes = false;

    for (size_t i = 0; i < cmdline->count; i++) {
        const char *value = cmdline->words[i].value;

        if (!strcmp(cmdline->words[i].key, key))
            yes = !cmdline_is_no(value);
    }
    return yes;
}

static int add_ibft(struct network_roots *roots, const struct cmdline *cmdline)
{
    static const char *const keys[] = {"rd.iscsi.ibft", "rd.iscsi.firmware", "iscsi_firmware", "iscsi_auto"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (is_set(cmdline, keys[i]))
            return add_word(roots, keys[i], "iscsi:ibft", network_root_parse);
    }
    return 0;
}

/* Where root= says nothing of its own, it is the first of the disks. */
static void name_first(struct network_roots *roots, const struct cmdline *cmdline)
{
    const char *root = cmdline_value(cmdline, "root");
    bool is_open = !root || !*root || !strcmp(root, "/dev/root") || roots->root.kind == NETWORK_ROOT_DHCP;

    if (roots->disk_count == 0 || !is_open || roots->root.kind == NETWORK_ROOT_NFS)
        return;
    roots->root.kind = NETWORK_ROOT_NONE;
    roots->named = 0;
}

int network_roots_read(const struct cmdline *cmdline, struct network_roots *roots)
{
    const char *root = cmdline_value(cmdline, "root");
    int result;

    *roots = (struct network_roots){.root = {.kind = NETWORK_ROOT_NONE}};
    result = root ? add_word(roots, "root", root, network_root_parse) : 0;
    if (result == -ENOENT)
        result = 0;
    if (roots->disk_count > 0)
        roots->named = 0;
    if (result == 0)
        result = add_list(roots, cmdline, "netroot", network_root_parse_path);
    if (result == 0)
        result = add_nfsroot(roots, cmdline);
    if (result == 0)
        result = add_list(roots, cmdline, "nbdroot", network_root_parse_nbdroot);
    if (result == 0)
        result = add_list(roots, cmdline, "rd.nvmf.discover", network_root_parse_discovery);
    if (result == 0)
        result = add_aoe(roots, cmdline);
    if (result == 0)
        result = add_ibft(roots, cmdline);
    if (result == 0)
        result = add_iscsi(roots, cmdline);
    if (result == 0)
        name_first(roots, cmdline);
    else
        network_roots_free(roots);
    return result;
}

int network_roots_add_path(struct network_roots *roots, const struct cmdline *cmdline, const char *path)
{
    size_t disks = roots->disk_count;
    struct network_root before = roots->root;
    const char *wrong = roots->wrong;
    int result;

    roots->root.kind = NETWORK_ROOT_NONE;
    roots->wrong = NULL;
    result = add_word(roots, "root-path", path, network_root_parse_path);
    if (result == -ENOENT || roots->wrong || roots->root.kind == NETWORK_ROOT_DHCP)
        result = -EINVAL;
    roots->wrong = wrong;
    if (result == 0)
        result = add_iscsi(roots, cmdline);
    if (result < 0)
        roots->root = before;
    else if (roots->disk_count > disks)
        roots->named = disks;
    return result;
}

void network_roots_free(struct network_roots *roots)
{
    for (size_t i = 0; i < roots->text_count; i++)
        free(roots->texts[i]);
    free(roots->texts);
    free(roots->disks);
    *roots = (struct network_roots){.root = {.kind = NETWORK_ROOT_NONE}};
}

bool network_roots_are_wanted(const struct network_roots *roots)
{
    return roots->root.kind != NETWORK_ROOT_NONE || roots->disk_count > 0;
}
