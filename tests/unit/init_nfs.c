#include "unit.h"

#include <errno.h>
#include <string.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_kernel_is_told), cmocka_unit_test(what_does_not_fit), cmocka_unit_test(paths)};

    return RUN_TESTS(tests);
}
