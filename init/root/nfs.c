#include "root/nfs.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "module/image.h"
#include "system/log.h"
#include "system/text.h"

#define NOBODY ((uid_t)-2) /* fs/nfs/inode.c, nfs_fhget: what no owner was told for */
#define DEFAULT_PATH "/tftpboot/%s"

/* mount.nfs(8) tries them in this order, too. */
static const char *const versions[] = {"4.2", "4.1", "4.0", "3"};

int nfs_path_expand(const char *path, const char *client, char *out, size_t size)
{
    const char *mark;
    char front[NETWORK_ROOT_PATH_SIZE];

    if (!*path)
        path = DEFAULT_PATH;
    mark = strstr(path, "%s");
    if (!mark)
        return text_join(out, size, path, NULL);
    if ((size_t)(mark - path) >= sizeof(front))
        return -ENAMETOOLONG;
    memcpy(front, path, (size_t)(mark - path));
    front[mark - path] = '\0';
    return text_join(out, size, front, client, mark + strlen("%s"), NULL);
}

/* nfs(5): vers=, nfsvers=, and the bare v3, v4.1 and so on. */
static bool names_version(const char *options)
{
    const char *word;
    size_t length;

    while ((word = text_list_next(&options, &length)) != NULL) {
        if (!strncmp(word, "vers=", 5) || !strncmp(word, "nfsvers=", 8)
            || (length >= 2 && word[0] == 'v' && word[1] >= '2' && word[1] <= '4'))
            return true;
    }
    return false;
}

int nfs_mount_data(const struct nfs_mount *nfs, const char *version, char data[MOUNT_DATA_SIZE])
{
    const char *options = nfs->options.data, *port = nfs->wanted->port;
    bool is_v6 = nfs->server.family == NETWORK_IPV6;
    /* What only versions 2 and 3 have: MOUNT, and the locks of a daemon that no initramfs runs. */
    bool is_v3 = version ? !strcmp(version, "3")
                         : text_list_has(options, "vers=3") || text_list_has(options, "nfsvers=3")
                               || text_list_has(options, "v3");
    char address[NETWORK_ADDRESS_SIZE];

    network_address_format(&nfs->server, address);
    if (text_join(data, MOUNT_DATA_SIZE, "addr=", address, version ? ",vers=" : "", version ? version : "",
            is_v6   ? ",proto=tcp6"
            : is_v3 ? ",proto=tcp"
                    : "",
            !is_v3  ? ""
            : is_v6 ? ",nolock,mountproto=tcp6"
                    : ",nolock,mountproto=tcp",
            *port ? ",port=" : "", port, *options ? "," : "", options, NULL)
        < 0)
        return -E2BIG;
    return 0;
}

int nfs_source(const struct nfs_mount *nfs, char source[NFS_SOURCE_SIZE])
{
    char address[NETWORK_ADDRESS_SIZE];
    const char *server = *nfs->wanted->server ? nfs->wanted->server : network_address_format(&nfs->server, address);
    bool is_v6 = strchr(server, ':') != NULL;

    return text_join(source, NFS_SOURCE_SIZE, is_v6 ? "[" : "", server, is_v6 ? "]:" : ":", nfs->path, NULL);
}

static int mount_version(const struct nfs_mount *nfs, const char *source, const char *version)
{
    char data[MOUNT_DATA_SIZE];
    int result = nfs_mount_data(nfs, version, data);

    if (result == 0 && mount(source, IMAGE_ROOT_PATH, "nfs", nfs->options.flags, data) < 0)
        result = -errno;
    return result;
}

static int mount_newest(const struct nfs_mount *nfs, const char *source)
{
    int best = 0;

    if (names_version(nfs->options.data))
        return mount_version(nfs, source, NULL);
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        int result;

        if (nfs->wanted->only_v4 && *versions[i] != '4')
            break;
        if (best == -ENOENT && *versions[i] == '4') /* what one of these has not, the others have not */
            continue;
        result = mount_version(nfs, source, versions[i]);
        if (result == 0)
            return 0;
        /* Unless it is not this version; or not there, where the two have other names for the same directory. */
        if (result != -EPROTONOSUPPORT && result != -EINVAL && result != -EOPNOTSUPP && result != -ENOENT)
            return best == -ENOENT ? best : result;
        if (best == 0 || best == -EINVAL || result == -ENOENT) /* the one that tells most */
            best = result;
    }
    return best;
}

static const char *refusal(int error)
{
    switch (error) {
    case -ENODEV:
        return "neither this kernel nor this image has NFS (kindling build -f nfs)";
    case -ENOENT:
        return "the server has no such directory, or does not export it to this machine";
    case -EACCES:
    case -EPERM:
        return "the server does not let this machine mount it";
    case -EPROTONOSUPPORT:
        return "the server has none of the versions of NFS that were tried";
    case -EINVAL:
        return "the kernel does not take the options, or does not know the version of NFS";
    default:
        return network_error(error);
    }
}

void nfs_mount_try(struct boot *boot, const void *context, struct network_answer *answer)
{
    const struct nfs_mount *nfs = context;
    char source[NFS_SOURCE_SIZE];
    struct stat root;
    int result = nfs_source(nfs, source);

    (void)boot;
    if (result == 0)
        result = mount_newest(nfs, source);
    /* By version 4 a server may tell owners by name. The kernel then asks a program of the root who that is, and to run
     * it has to know who owns it (fs/nfs/nfs4idmap.c): whoever asks first waits for ever. Here there is no such
     * program, so all is nobody's. */
    if (result == 0 && stat(IMAGE_ROOT_PATH, &root) == 0 && root.st_uid == NOBODY)
        log_warning(source,
            " belongs to nobody: a server that tells owners by name, as by NFS version 4, makes a root hang; ",
            "let it tell numbers, or take vers=3");
    if (result < 0)
        network_answer(
            answer, result, "cannot mount ", source, " by NFS from ", nfs->client, ": ", refusal(result), NULL);
    else
        network_answer(answer, 0, source, NULL);
}
