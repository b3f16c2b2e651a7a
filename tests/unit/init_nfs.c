#include "unit.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "root/nfs.h"

static char data[MOUNT_DATA_SIZE];

static void mount_data(const char *options, const char *server, const char *port, const char *version)
{
    struct network_root wanted = {.port = port};
    static struct nfs_mount nfs;

    nfs = (struct nfs_mount){.wanted = &wanted};
    assert_int_equal(network_address_parse(server, strlen(server), &nfs.server), 0);
    memcpy(nfs.options.data, options, strlen(options) + 1);
    assert_int_equal(nfs_mount_data(&nfs, version, data), 0);
}

/* As fs/nfs/fs_context.c takes them: an address always, a version, and no daemon's help for version 3. */
static void what_the_kernel_is_told(void **state)
{
    (void)state;
    mount_data("", "10.0.2.2", "", "4.2");
    assert_string_equal(data, "addr=10.0.2.2,vers=4.2");
    mount_data("", "10.0.2.2", "", "3");
    assert_string_equal(data, "addr=10.0.2.2,vers=3,proto=tcp,nolock,mountproto=tcp");
    mount_data("rsize=65536", "2001:db8::2", "12049", "4.0");
    assert_string_equal(data, "addr=2001:db8::2,vers=4.0,proto=tcp6,port=12049,rsize=65536");
    mount_data("", "2001:db8::2", "", "3");
    assert_string_equal(data, "addr=2001:db8::2,vers=3,proto=tcp6,nolock,mountproto=tcp6");
    mount_data("vers=3,port=2049,mountport=20048", "10.0.2.2", "", NULL);
    assert_string_equal(data, "addr=10.0.2.2,proto=tcp,nolock,mountproto=tcp,vers=3,port=2049,mountport=20048");
    mount_data("v3", "10.0.2.2", "", NULL);
    assert_string_equal(data, "addr=10.0.2.2,proto=tcp,nolock,mountproto=tcp,v3");
    mount_data("nfsvers=4.1", "10.0.2.2", "", NULL);
    assert_string_equal(data, "addr=10.0.2.2,nfsvers=4.1");
}

static void what_does_not_fit(void **state)
{
    struct network_root wanted = {.port = ""};
    static struct nfs_mount nfs;

    (void)state;
    nfs = (struct nfs_mount){.wanted = &wanted};
    assert_int_equal(network_address_parse("10.0.2.2", 8, &nfs.server), 0);
    memset(nfs.options.data, 'x', sizeof(nfs.options.data) - 1);
    assert_int_equal(nfs_mount_data(&nfs, "4.2", data), -E2BIG);
}

static void paths(void **state)
{
    static const struct {
        const char *path, *expanded;
    } known[] = {{"/srv/root", "/srv/root"}, {"", "/tftpboot/10.0.2.15"}, {"/hosts/%s/root", "/hosts/10.0.2.15/root"},
        {"/%s", "/10.0.2.15"}, {"/%s/%s", "/10.0.2.15/%s"}};
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        assert_int_equal(nfs_path_expand(known[i].path, "10.0.2.15", out, sizeof(out)), 0);
        assert_string_equal(out, known[i].expanded);
    }
    assert_int_equal(nfs_path_expand("/%s", "10.0.2.15", out, 10), -ENAMETOOLONG);
}

/* What the kernel says to each version; the call itself is not made. */
static struct {
    int of_version[4]; /* 4.2, 4.1, 4.0, 3: errno, or 0 */
    int unnamed;       /* where the options say which */
    char tried[64];
} kernel;

int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *told)
{
    static const char *const words[] = {"vers=4.2", "vers=4.1", "vers=4.0", "vers=3,"};

    (void)target;
    (void)flags;
    assert_string_equal(source, "10.0.2.2:/root");
    assert_string_equal(type, "nfs");
    errno = kernel.unnamed;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!strstr(told, words[i]))
            continue;
        errno = kernel.of_version[i];
        strcat(strcat(kernel.tried, " "), (const char *[]){"4.2", "4.1", "4.0", "3"}[i]);
    }
    return errno ? -1 : 0;
}

#define FAILED(reason) "cannot mount 10.0.2.2:/root by NFS from ens3 (10.0.2.15): " reason

static void each_version_in_turn(void **state)
{
    static const struct {
        int of_version[4];
        const char *tried, *said;
    } known[] = {
        {{0}, " 4.2", "10.0.2.2:/root"},
        {{EPROTONOSUPPORT, EPROTONOSUPPORT, 0}, " 4.2 4.1 4.0", "10.0.2.2:/root"},
        {{EINVAL, EINVAL, EPROTONOSUPPORT, 0}, " 4.2 4.1 4.0 3", "10.0.2.2:/root"},
        /* What one version 4 has not, no other has; version 3 may have it by another name. */
        {{ENOENT, 0, 0, 0}, " 4.2 3", "10.0.2.2:/root"},
        /* Whom a server refuses it refuses by any version. */
        {{EACCES, 0, 0, 0}, " 4.2", FAILED("the server does not let this machine mount it")},
        {{EPERM, 0, 0, 0}, " 4.2", FAILED("the server does not let this machine mount it")},
        {{EPROTONOSUPPORT, EPROTONOSUPPORT, EPROTONOSUPPORT, EACCES}, " 4.2 4.1 4.0 3",
            FAILED("the server does not let this machine mount it")},
        /* By version 4 an export for others is not there at all, and Linux refuses by version 3 what is not there. */
        {{ENOENT, 0, 0, EACCES}, " 4.2 3",
            FAILED("the server has no such directory, or does not export it to this machine")},
        {{ENOENT, 0, 0, ECONNREFUSED}, " 4.2 3",
            FAILED("the server has no such directory, or does not export it to this machine")},
        {{EPROTONOSUPPORT, EPROTONOSUPPORT, EPROTONOSUPPORT, EPROTONOSUPPORT}, " 4.2 4.1 4.0 3",
            FAILED("the server has none of the versions of NFS that were tried")},
        {{ECONNREFUSED, 0, 0, 0}, " 4.2", FAILED("the server refuses connections")},
        {{ENODEV, 0, 0, 0}, " 4.2", FAILED("neither this kernel nor this image has NFS (kindling build -f nfs)")},
    };
    struct network_root wanted = {.server = "", .port = ""};
    static struct nfs_mount nfs;
    struct network_answer answer;

    (void)state;
    nfs = (struct nfs_mount){.wanted = &wanted, .path = "/root", .client = "ens3 (10.0.2.15)"};
    assert_int_equal(network_address_parse("10.0.2.2", 8, &nfs.server), 0);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        memset(&kernel, 0, sizeof(kernel));
        memcpy(kernel.of_version, known[i].of_version, sizeof(kernel.of_version));
        nfs_mount_try(NULL, &nfs, &answer);
        assert_string_equal(kernel.tried, known[i].tried);
        assert_string_equal(answer.text, known[i].said);
    }
}

static void the_version_of_the_options_alone(void **state)
{
    struct network_root wanted = {.server = "", .port = ""};
    static struct nfs_mount nfs;
    struct network_answer answer;

    (void)state;
    nfs = (struct nfs_mount){.wanted = &wanted, .path = "/root", .client = "ens3 (10.0.2.15)"};
    assert_int_equal(network_address_parse("10.0.2.2", 8, &nfs.server), 0);
    memcpy(nfs.options.data, "v4.1", sizeof("v4.1"));
    memset(&kernel, 0, sizeof(kernel));
    kernel.unnamed = EACCES;
    nfs_mount_try(NULL, &nfs, &answer);
    assert_string_equal(kernel.tried, "");
    assert_int_equal(answer.error, -EACCES);
    assert_string_equal(answer.text, FAILED("the server does not let this machine mount it"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_the_kernel_is_told), cmocka_unit_test(what_does_not_fit),
        cmocka_unit_test(paths), cmocka_unit_test(each_version_in_turn),
        cmocka_unit_test(the_version_of_the_options_alone)};

    return RUN_TESTS(tests);
}
