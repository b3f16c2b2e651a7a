#include "contract/network_root.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "contract/network_field.h"

#define LAST_PORT 65535u
#define LAST_LUN 16383u /* SAM-5, flat space addressing */

static void begin(struct network_root *root, enum network_root_kind kind)
{
    *root = (struct network_root){kind, "", "", "", "", "", "", "", "", "", "", "", false};
}

/* Where a port may stand but need not. */
static bool is_port_or_none(const char *text)
{
    return !*text || network_field_is_number(text, 1, LAST_PORT);
}

static int take_server(char **text, const char *stops, char *stop, struct network_root *root)
{
    const char *server = network_field_cut(text, stops, stop);

    if (!server || !network_field_is_host(server))
        return -EINVAL;
    root->server = server;
    return 0;
}

/* "SERVER[:PORT][/REST]" of a URL: *rest is behind the slash. */
static int take_authority(char **rest, struct network_root *root)
{
    char stop;
    int result = take_server(rest, ":/", &stop, root);

    if (result == 0 && stop == ':') {
        root->port = network_field_cut(rest, "/", &stop);
        if (!root->port || !network_field_is_number(root->port, 1, LAST_PORT))
            result = -EINVAL;
    }
    return result;
}

/* "[SERVER:]PATH", and options behind one of the stops. The path goes on to the first of them. */
static int take_export(char *text, const char *stops, struct network_root *root)
{
    const char *colon = *text == '[' ? strstr(text, "]:") : strchr(text, ':');
    const char *slash = strpbrk(text, "/,");
    char stop;
    int result = 0;

    if (colon && (!slash || colon < slash))
        result = take_server(&text, ":", &stop, root);
    if (result < 0 || *text == '[')
        return -EINVAL;
    root->path = network_field_cut(&text, stops, &stop);
    root->options = text;
    return *root->path == '/' || !*root->path ? 0 : -EINVAL;
}

static int parse_nothing(char *text, struct network_root *root)
{
    char stop;

    (void)root;
    return *network_field_cut(&text, "", &stop) ? -EINVAL : 0;
}

static int parse_nfs(char *text, struct network_root *root)
{
    return take_export(text, ",:", root);
}

static int parse_nfs4(char *text, struct network_root *root)
{
    root->only_v4 = true;
    return take_export(text, ",:", root);
}

/* RFC 2224. A byte of the slashes in front makes room for the end of the server's name before the path's own slash. */
static int parse_nfs_url(char *text, struct network_root *root)
{
    size_t length = strcspn(text, "/");
    char *authority = text - 1;
    char stop;

    if (text[length] != '/')
        return -EINVAL;
    memmove(authority, text, length);
    authority[length] = '\0';
    text += length;
    root->path = network_field_cut(&text, ",", &stop);
    root->options = text;
    return take_authority(&authority, root);
}

/* SERVER:EXPORT, where digits alone are the port of a server that has one export: dracut's and nbd-client's way. */
static int take_nbd_export(const char *field, struct network_root *root)
{
    if (!field)
        return -EINVAL;
    if (network_field_is_number(field, 1, LAST_PORT))
        root->port = field;
    else
        root->path = field;
    return 0;
}

/* SERVER:EXPORT[:TYPE[:OPTIONS[:THOSE-OF-NBD-CLIENT]]] */
static int parse_nbd(char *text, struct network_root *root)
{
    char stop;
    int result = take_server(&text, ":", &stop, root);

    if (result == 0 && stop == ':')
        result = take_nbd_export(network_field_cut(&text, ":", &stop), root);
    if (result < 0)
        return result;
    root->type = network_field_cut(&text, ":", &stop);
    root->options = root->type ? network_field_cut(&text, ":", &stop) : NULL;
    return root->options ? 0 : -EINVAL;
}

static int parse_nbd_url(char *text, struct network_root *root)
{
    int result = take_authority(&text, root);

    root->path = text;
    return result;
}

/* Where the target's name begins, which has colons of its own (RFC 3720, 3.2.6). */
static char *find_target(char *text)
{
    static const char *const types[] = {"iqn.", "eui.", "naa."};

    for (; *text; text++) {
        for (size_t i = 0; i < 3; i++) {
            if (!strncmp(text, types[i], strlen(types[i])))
                return text;
        }
        text += strcspn(text, ":");
        if (!*text)
            break;
    }
    return NULL;
}

/* "USER:PASSWORD[:USER-IN:PASSWORD-IN]@" */
static int take_passwords(char **text, struct network_root *root)
{
    char *end = strchr(*text, '@'), *words = *text;
    char stop;

    if (!end)
        return 0;
    *end = '\0';
    *text = end + 1;
    root->user = network_field_cut(&words, ":", &stop);
    root->password = root->user ? network_field_cut(&words, ":", &stop) : NULL;
    root->user_in = root->password ? network_field_cut(&words, ":", &stop) : NULL;
    root->password_in = root->user_in;
    if (!root->user_in || !*root->user || !*root->password || (*root->user_in && !*words))
        return -EINVAL;
    root->password_in = words;
    return 0;
}

/* "[SERVER]:[PROTOCOL]:[PORT]:" */
static int take_portal(char **text, struct network_root *root)
{
    char stop;
    const char *server = network_field_cut(text, ":", &stop),
               *protocol = server ? network_field_cut(text, ":", &stop) : NULL;

    root->port = protocol ? network_field_cut(text, ":", &stop) : NULL;
    if (!root->port || !is_port_or_none(root->port) || (*server && !network_field_is_host(server)))
        return -EINVAL;
    if (*protocol && strcmp(protocol, "6") != 0 && strcmp(protocol, "tcp") != 0) /* TCP's number, and no other's */
        return -EINVAL;
    root->server = server;
    return 0;
}

/*
 * RFC 4173: [SERVER]:[PROTOCOL]:[PORT]:[LUN]:TARGET. In dracut's form there may be an interface of open-iscsi's and a
 * card before the LUN, which say nothing to who has one way to a target; in front of all, the passwords.
 */
static int parse_iscsi(char *text, struct network_root *root)
{
    char *target, *lun;
    int result = take_passwords(&text, root);

    if (result < 0)
        return result;
    if (!*text)
        return 0; /* others name the target: rd.iscsi.target.name= */
    target = find_target(text);
    if (!target || target == text)
        return -EINVAL;
    target[-1] = '\0';
    root->path = target;
    result = take_portal(&text, root);
    lun = result == 0 ? strrchr(text, ':') : NULL;
    root->lun = lun ? lun + 1 : text;
    if (result < 0 || (*root->lun && !network_field_is_number(root->lun, 0, LAST_LUN)))
        return -EINVAL;
    return 0;
}

/* ADDRESS:[PORT]:NQN */
static int parse_nvme_tcp(char *text, struct network_root *root)
{
    char stop;
    int result = take_server(&text, ":", &stop, root);

    root->port = result == 0 ? network_field_cut(&text, ":", &stop) : NULL;
    root->path = text;
    return root->port && is_port_or_none(root->port) && *root->path ? 0 : -EINVAL;
}

/* "eSHELF.SLOT": Documentation/admin-guide/aoe/aoe.rst */
static int parse_aoe(char *text, struct network_root *root)
{
    size_t shelf = strspn(text + (*text == 'e'), "0123456789");
    const char *slot = text + 1 + shelf;

    root->path = text;
    return *text == 'e' && shelf > 0 && *slot == '.' && network_field_is_number(slot + 1, 0, 255) ? 0 : -EINVAL;
}

int network_root_parse_aoe(char *text, struct network_root *root)
{
    begin(root, NETWORK_ROOT_AOE);
    return parse_aoe(text, root);
}

/* Others know it, and kindling has nothing for it. */
// NOLINTNEXTLINE(readability-non-const-parameter) ; an entry of the table
static int refuse(char *text, struct network_root *root)
{
    (void)text;
    (void)root;
    return -EINVAL;
}

/* A longer prefix before one that it begins with. */
static const struct form {
    const char *prefix;
    bool is_whole; /* nothing follows */
    enum network_root_kind kind;
    int (*parse)(char *text, struct network_root *root);
} forms[] = {
    {"dhcp", true, NETWORK_ROOT_DHCP, parse_nothing},
    {"/dev/nfs", true, NETWORK_ROOT_NFS, parse_nothing},
    {"nfs://", false, NETWORK_ROOT_NFS, parse_nfs_url},
    {"nfs:", false, NETWORK_ROOT_NFS, parse_nfs},
    {"nfs4:", false, NETWORK_ROOT_NFS, parse_nfs4},
    {"nbd://", false, NETWORK_ROOT_NBD, parse_nbd_url},
    {"nbd:", false, NETWORK_ROOT_NBD, parse_nbd},
    {"iscsi:ibft", true, NETWORK_ROOT_IBFT, parse_nothing},
    {"iscsi", true, NETWORK_ROOT_ISCSI, parse_nothing},
    {"iscsi:", false, NETWORK_ROOT_ISCSI, parse_iscsi},
    {"nvme-tcp:", false, NETWORK_ROOT_NVME_TCP, parse_nvme_tcp},
    {"aoe:", false, NETWORK_ROOT_AOE, parse_aoe},
    {"cifs:", false, NETWORK_ROOT_NONE, refuse},
    {"dhcp6", true, NETWORK_ROOT_NONE, refuse},
};

static const struct form *find_form(const char *text)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const char *prefix = forms[i].prefix;

        if (forms[i].is_whole ? !strcmp(text, prefix) : !strncmp(text, prefix, strlen(prefix)))
            return &forms[i];
    }
    return NULL;
}

/* "SERVER:/PATH" alone, as mount(8) has it; but others write a path behind a word of theirs. */
static bool is_bare_export(const char *text)
{
    static const char *const others[] = {"live:", "liveiso:", "block:", "file:", "mtd:", "ubi:"};
    size_t name = *text == '[' ? strcspn(text, "]") + 1 : strspn(text, NETWORK_ALPHANUMERIC);

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (!strncmp(text, others[i], strlen(others[i])))
            return false;
    }
    while (*text != '[' && text[name] && strchr(".%_-", text[name]))
        name += 1 + strspn(text + name + 1, NETWORK_ALPHANUMERIC);
    return name > 0 && memchr(text, '\0', name) == NULL && !strncmp(text + name, ":/", 2) && text[name + 2] != '/';
}

int network_root_parse(char *text, struct network_root *root)
{
    const struct form *form = find_form(text);

    begin(root, form ? form->kind : NETWORK_ROOT_NFS);
    if (form)
        return form->parse(text + strlen(form->prefix), root);
    if (is_bare_export(text))
        return take_export(text, ",:", root);
    root->kind = NETWORK_ROOT_NONE;
    return -ENOENT;
}

int network_root_parse_path(char *text, struct network_root *root)
{
    if (*text != '/' || !strncmp(text, "/dev/", strlen("/dev/")))
        return network_root_parse(text, root);
    begin(root, NETWORK_ROOT_NFS);
    return take_export(text, ",:", root);
}

int network_root_parse_nfsroot(char *text, struct network_root *root)
{
    begin(root, NETWORK_ROOT_NFS);
    return strcmp(text, "auto") != 0 ? take_export(text, ",:", root) : 0;
}

int network_root_parse_nbdroot(char *text, struct network_root *root)
{
    char stop;
    int result;

    begin(root, NETWORK_ROOT_NBD);
    result = take_server(&text, ",:/", &stop, root);
    if (result < 0)
        return result;
    if (stop == ':') {
        root->port = network_field_cut(&text, "/,", &stop);
        if (!root->port || !network_field_is_number(root->port, 1, LAST_PORT))
            return -EINVAL;
    }
    if (stop == ',' && !*root->port)
        result = take_nbd_export(network_field_cut(&text, ",", &stop), root);
    else if (stop == '/')
        root->path = network_field_cut(&text, ",", &stop);
    root->device = text;
    return root->path && (!*text || !strncmp(text, "nbd", strlen("nbd"))) ? result : -EINVAL;
}

int network_root_parse_discovery(char *text, struct network_root *root)
{
    const char *transport = strsep(&text, ","), *own;

    begin(root, NETWORK_ROOT_NVME_TCP);
    root->server = text ? strsep(&text, ",") : "";
    own = text ? strsep(&text, ",") : "";
    root->port = text ? text : "";
    (void)own; /* the kernel takes the way to the address that its routes name */
    return !strcmp(transport, "tcp") && network_field_is_host(root->server) && is_port_or_none(root->port) ? 0
                                                                                                           : -EINVAL;
}

bool network_root_is_disk(enum network_root_kind kind)
{
    return kind >= NETWORK_ROOT_NBD;
}

const char *network_root_port(const struct network_root *root)
{
    static const char *const ports[] = {
        [NETWORK_ROOT_NBD] = "10809", [NETWORK_ROOT_ISCSI] = "3260", [NETWORK_ROOT_NVME_TCP] = "4420"};

    if (*root->port || root->kind >= sizeof(ports) / sizeof(ports[0]) || !ports[root->kind])
        return root->port;
    if (root->kind == NETWORK_ROOT_NVME_TCP && !*root->path)
        return "8009"; /* of who is asked for all names */
    return ports[root->kind];
}

const char *network_root_feature(enum network_root_kind kind)
{
    static const char *const features[] = {[NETWORK_ROOT_NONE] = "network",
        [NETWORK_ROOT_DHCP] = "network",
        [NETWORK_ROOT_NFS] = "nfs",
        [NETWORK_ROOT_HTTP] = "network",
        [NETWORK_ROOT_NBD] = "nbd",
        [NETWORK_ROOT_ISCSI] = "iscsi",
        [NETWORK_ROOT_IBFT] = "iscsi",
        [NETWORK_ROOT_NVME_TCP] = "nvme-tcp",
        [NETWORK_ROOT_AOE] = "aoe"};

    return features[kind];
}
