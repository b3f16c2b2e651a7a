#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contract/network_root.h"
#include "contract/network_roots.h"

/* A form, and all that it says, in the fields' order; what is not said is left out. */
struct expected {
    const char *text;
    enum network_root_kind kind;
    const char *server, *port, *path, *options, *type, *lun, *user, *password, *user_in, *password_in;
};

static const char *or_nothing(const char *text)
{
    return text ? text : "";
}

static void compare(const struct expected *expected, const struct network_root *root)
{
    assert_int_equal(root->kind, expected->kind);
    assert_string_equal(root->server, or_nothing(expected->server));
    assert_string_equal(root->port, or_nothing(expected->port));
    assert_string_equal(root->path, or_nothing(expected->path));
    assert_string_equal(root->options, or_nothing(expected->options));
    assert_string_equal(root->type, or_nothing(expected->type));
    assert_string_equal(root->lun, or_nothing(expected->lun));
    assert_string_equal(root->user, or_nothing(expected->user));
    assert_string_equal(root->password, or_nothing(expected->password));
    assert_string_equal(root->user_in, or_nothing(expected->user_in));
    assert_string_equal(root->password_in, or_nothing(expected->password_in));
}

#define IQN "iqn.2004-10.com.example:storage:disk1"

static void forms(void **state)
{
    static const struct expected known[] = {
        {"dhcp", .kind = NETWORK_ROOT_DHCP},
        {"/dev/nfs", .kind = NETWORK_ROOT_NFS},
        {"nfs:10.0.2.2:/root", NETWORK_ROOT_NFS, "10.0.2.2", .path = "/root"},
        {"nfs:10.0.2.2:/root:vers=3,ro", NETWORK_ROOT_NFS, "10.0.2.2", .path = "/root", .options = "vers=3,ro"},
        {"nfs:10.0.2.2:/root,vers=3,ro", NETWORK_ROOT_NFS, "10.0.2.2", .path = "/root", .options = "vers=3,ro"},
        {"nfs:/srv/root:ro", NETWORK_ROOT_NFS, .path = "/srv/root", .options = "ro"},
        {"nfs:", .kind = NETWORK_ROOT_NFS},
        {"nfs4:server.example:/", NETWORK_ROOT_NFS, "server.example", .path = "/"},
        {"nfs:[2001:db8::2]:/root", NETWORK_ROOT_NFS, "2001:db8::2", .path = "/root"},
        {"[fe80::1%eth0]:/root,ro", NETWORK_ROOT_NFS, "fe80::1%eth0", .path = "/root", .options = "ro"},
        {"server:/srv/root:ro", NETWORK_ROOT_NFS, "server", .path = "/srv/root", .options = "ro"},
        {"nfs://server/srv/my:root,ro", NETWORK_ROOT_NFS, "server", .path = "/srv/my:root", .options = "ro"},
        {"nfs://server/srv/root", NETWORK_ROOT_NFS, "server", .path = "/srv/root"},
        {"nfs://[2001:db8::2]:12049/", NETWORK_ROOT_NFS, "2001:db8::2", "12049", .path = "/"},
        {"nbd:10.0.2.2:root", NETWORK_ROOT_NBD, "10.0.2.2", .path = "root"},
        {"nbd:10.0.2.2:10810", NETWORK_ROOT_NBD, "10.0.2.2", .port = "10810"},
        {"nbd:server:root:ext4:ro,noatime:persist", NETWORK_ROOT_NBD, "server", .path = "root", .options = "ro,noatime",
            .type = "ext4"},
        {"nbd:server:root::ro", NETWORK_ROOT_NBD, "server", .path = "root", .options = "ro"},
        {"nbd:[2001:db8::2]:root", NETWORK_ROOT_NBD, "2001:db8::2", .path = "root"},
        {"nbd:server", NETWORK_ROOT_NBD, .server = "server"},
        {"nbd://server:10810/my/root", NETWORK_ROOT_NBD, "server", "10810", .path = "my/root"},
        {"nbd://server", NETWORK_ROOT_NBD, .server = "server"},
        {"iscsi:10.0.2.2::::" IQN, NETWORK_ROOT_ISCSI, "10.0.2.2", .path = IQN},
        {"iscsi:10.0.2.2:6:3261:1:" IQN, NETWORK_ROOT_ISCSI, "10.0.2.2", "3261", IQN, .lun = "1"},
        {"iscsi:user:secret@server:::2:" IQN, NETWORK_ROOT_ISCSI, "server", .path = IQN, .lun = "2", .user = "user",
            .password = "secret"},
        {"iscsi:u:p:target:it@server::::" IQN, NETWORK_ROOT_ISCSI, "server", .path = IQN, .user = "u", .password = "p",
            .user_in = "target", .password_in = "it"},
        {"iscsi:[2001:db8::2]::3260:default:eth1:5:" IQN, NETWORK_ROOT_ISCSI, "2001:db8::2", "3260", IQN, .lun = "5"},
        {"iscsi:10.0.2.2::::eui.02004567a425678d", NETWORK_ROOT_ISCSI, "10.0.2.2", .path = "eui.02004567a425678d"},
        {"iscsi", .kind = NETWORK_ROOT_ISCSI},
        {"iscsi:", .kind = NETWORK_ROOT_ISCSI},
        {"iscsi:ibft", .kind = NETWORK_ROOT_IBFT},
        {"nvme-tcp:10.0.2.2::nqn.2014-08.org.example:root", NETWORK_ROOT_NVME_TCP, "10.0.2.2",
            .path = "nqn.2014-08.org.example:root"},
        {"nvme-tcp:[2001:db8::2]:4421:nqn.x", NETWORK_ROOT_NVME_TCP, "2001:db8::2", "4421", .path = "nqn.x"},
        {"aoe:e0.1", NETWORK_ROOT_AOE, .path = "e0.1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        char *text = strdup(known[i].text);
        struct network_root root;
        assert_int_equal(network_root_parse(text, &root), 0);
        compare(&known[i], &root);
        assert_int_equal(root.only_v4, !strncmp(known[i].text, "nfs4:", 5));
        free(text);
    }
}

static void what_is_no_form(void **state)
{
    static const char *const others[] = {"", "/dev/vda1", "UUID=01:/x", "LABEL=nfs", "live:/root.squashfs", "8:1",
        "live:http://server/x", "block:/dev/sda", "http://server/root", "virtiofs:tag", "PARTUUID=1/PARTNROFF=1",
        "dhcpx", "server:relative", "zfs:pool/root", "/dev/nfs1", ":/root", "mtd:/x", "nfs", "[2001:db8::2"};

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        char *text = strdup(others[i]);
        struct network_root root;
        assert_int_equal(network_root_parse(text, &root), -ENOENT);
        assert_string_equal(text, others[i]);
        assert_int_equal(root.kind, NETWORK_ROOT_NONE);
        free(text);
    }
}

static void what_is_wrong(void **state)
{
    static const char *const wrong[] = {"nfs:server", "nfs:server:relative", "nfs:ser ver:/root",
        "nfs:[2001:db8::2/root", "nfs:[2001:db8::2]/root", "nfs::/root", "nfs://server", "nfs://server:0/root",
        "nfs://server:65536/root", "nfs://:2049/root", "nbd:", "nbd::root", "nbd:ser$ver:root", "nbd://server:x/",
        "iscsi:10.0.2.2", ("iscsi:" IQN), "iscsi:10.0.2.2::::target", ("iscsi:10.0.2.2:17:::" IQN),
        ("iscsi:10.0.2.2::99999::" IQN), ("iscsi:10.0.2.2:::x:" IQN), ("iscsi:user@10.0.2.2::::" IQN),
        ("iscsi:u:p:in@10.0.2.2::::" IQN), "nvme-tcp:10.0.2.2",
        "nvme-tcp:10.0.2.2:4420:", "nvme-tcp:10.0.2.2:nqn.x:4420", "aoe:", "aoe:0.0", "aoe:e0", "aoe:e.1", "aoe:e0.256",
        "aoe:e0.1x", "cifs://server/share", "cifs://user:pass@server/share/root", "cifs:server", "dhcp6",
        "nfs:-server:/x"};

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char *text = strdup(wrong[i]);
        struct network_root root;
        assert_int_equal(network_root_parse(text, &root), -EINVAL);
        free(text);
    }
}

static void root_paths(void **state)
{
    static const struct expected known[] = {{"/srv/root", NETWORK_ROOT_NFS, .path = "/srv/root"},
        {"/srv/root,vers=3", NETWORK_ROOT_NFS, .path = "/srv/root", .options = "vers=3"},
        {"10.0.2.2:/srv/root", NETWORK_ROOT_NFS, "10.0.2.2", .path = "/srv/root"},
        {"nbd:10.0.2.2:root", NETWORK_ROOT_NBD, "10.0.2.2", .path = "root"}};
    char device[] = "/dev/vda1";
    struct network_root root;

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        char *text = strdup(known[i].text);

        assert_int_equal(network_root_parse_path(text, &root), 0);
        compare(&known[i], &root);
        free(text);
    }
    assert_int_equal(network_root_parse_path(device, &root), -ENOENT);
}

static void nbdroots(void **state)
{
    static const struct expected known[] = {{"10.0.2.2,root", NETWORK_ROOT_NBD, "10.0.2.2", .path = "root"},
        {"10.0.2.2,10810", NETWORK_ROOT_NBD, "10.0.2.2", .port = "10810"},
        {"server:10810/root", NETWORK_ROOT_NBD, "server", "10810", .path = "root"},
        {"server:10810", NETWORK_ROOT_NBD, "server", .port = "10810"},
        {"server/root", NETWORK_ROOT_NBD, "server", .path = "root"}};
    char with_device[] = "server,root,nbd3", other_device[] = "server,root,sda", no_server[] = ",root";
    struct network_root root;

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        char *text = strdup(known[i].text);
        assert_int_equal(network_root_parse_nbdroot(text, &root), 0);
        compare(&known[i], &root);
        free(text);
    }
    assert_int_equal(network_root_parse_nbdroot(with_device, &root), 0);
    assert_string_equal(root.device, "nbd3");
    assert_int_equal(network_root_parse_nbdroot(other_device, &root), -EINVAL);
    assert_int_equal(network_root_parse_nbdroot(no_server, &root), -EINVAL);
}

static struct cmdline cmdline;
static struct network_roots roots;

static void read_words(const char *words)
{
    network_roots_free(&roots);
    cmdline_free(&cmdline);
    assert_int_equal(cmdline_parse("", words, &cmdline), 0);
    assert_int_equal(network_roots_read(&cmdline, &roots), 0);
}

static int free_words(void **state)
{
    (void)state;
    network_roots_free(&roots);
    cmdline_free(&cmdline);
    return 0;
}

static void a_local_boot(void **state)
{
    (void)state;
    read_words("root=/dev/vda1 ro ip=dhcp BOOTIF=01-52-54-00-12-34-56 nfsroot=10.0.2.2:/x rd.iscsi.initiator=iqn.x");
    assert_false(network_roots_are_wanted(&roots));
    assert_null(roots.wrong);
}

static void nfs_words(void **state)
{
    (void)state;
    read_words("root=/dev/nfs nfsroot=10.0.2.2:/root,vers=3");
    assert_int_equal(roots.root.kind, NETWORK_ROOT_NFS);
    assert_string_equal(roots.root.server, "10.0.2.2");
    assert_string_equal(roots.root.path, "/root");
    assert_string_equal(roots.root.options, "vers=3");
    read_words("root=/dev/nfs");
    assert_int_equal(roots.root.kind, NETWORK_ROOT_NFS);
    assert_string_equal(roots.root.path, "");
    read_words("root=/dev/nfs nfsroot=10.0.2.2:/root:vers=3"); /* dracut's */
    assert_string_equal(roots.root.options, "vers=3");
    read_words("boot=nfs nfsroot=auto");
    assert_int_equal(roots.root.kind, NETWORK_ROOT_NFS);
    assert_string_equal(roots.root.path, "");
    read_words("root=dhcp netroot=nfs:server:/x");
    assert_string_equal(roots.root.server, "server");
    read_words("root=nfs:server:relative nfsroot=/x");
    assert_string_equal(roots.wrong, "root");
    assert_string_equal(roots.value, "nfs:server:relative");
}

static void disks(void **state)
{
    (void)state;
    read_words("root=nbd:server:root");
    assert_int_equal(roots.disk_count, 1);
    assert_int_equal(roots.named, 0);
    read_words("root=UUID=1 netroot=nbd:server:a netroot=iscsi:server::::" IQN);
    assert_int_equal(roots.disk_count, 2);
    assert_int_equal(roots.named, 2);
    assert_int_equal(roots.root.kind, NETWORK_ROOT_NONE);
    read_words("netroot=nbd:server:a");
    assert_int_equal(roots.named, 0);
    read_words("root=/dev/nbd0 nbdroot=server,a aoe=e0.0,e0.1 rd.nvmf.discover=tcp,10.0.2.2,,4421");
    assert_int_equal(roots.disk_count, 4);
    assert_int_equal(roots.named, 4);
    assert_string_equal(roots.disks[1].server, "10.0.2.2");
    assert_string_equal(roots.disks[1].port, "4421");
    assert_string_equal(roots.disks[3].path, "e0.1");
    assert_string_equal(network_root_port(&roots.disks[0]), "10809");
    assert_string_equal(network_root_port(&roots.disks[1]), "4421");
    assert_string_equal(network_root_port(&roots.disks[3]), "");
    read_words("root=UUID=1 rd.nvmf.discover=tcp,10.0.2.2 netroot=nvme-tcp:10.0.2.2::nqn.x netroot=iscsi:server::::" IQN
               " rd.iscsi.ibft");
    assert_int_equal(roots.disk_count, 4);
    assert_string_equal(network_root_port(&roots.disks[0]), "4420");
    assert_string_equal(network_root_port(&roots.disks[1]), "3260");
    assert_string_equal(network_root_port(&roots.disks[2]), "8009");
    assert_string_equal(network_root_port(&roots.disks[3]), "");
    read_words("root=/dev/sda netroot=bogus:x netroot=nbd:server:a");
    assert_int_equal(roots.disk_count, 1);
    assert_string_equal(roots.wrong, "netroot");
    assert_string_equal(roots.value, "bogus:x");
}

static void iscsi_words(void **state)
{
    (void)state;
    read_words("root=UUID=1 rd.iscsi.target.name=" IQN " rd.iscsi.target.ip=10.0.2.2 rd.iscsi.target.port=3261 "
               "rd.iscsi.username=u rd.iscsi.password=p");
    assert_int_equal(roots.disk_count, 1);
    assert_string_equal(roots.disks[0].path, IQN);
    assert_string_equal(roots.disks[0].server, "10.0.2.2");
    assert_string_equal(roots.disks[0].port, "3261");
    assert_string_equal(roots.disks[0].password, "p");
    read_words("root=UUID=1 ISCSI_TARGET_NAME=" IQN " ISCSI_TARGET_IP=10.0.2.2 ISCSI_USERNAME=u ISCSI_PASSWORD=p");
    assert_int_equal(roots.disk_count, 1);
    assert_string_equal(roots.disks[0].user, "u");
    read_words("root=UUID=1 netroot=iscsi:a:b@server::::" IQN " netroot=iscsi:other::::iqn.x rd.iscsi.username=u "
               "rd.iscsi.password=p");
    assert_int_equal(roots.disk_count, 2);
    assert_string_equal(roots.disks[0].user, "a");
    assert_string_equal(roots.disks[1].user, "u");
    read_words("root=UUID=1 netroot=iscsi rd.iscsi.target.name=" IQN " rd.iscsi.target.ip=10.0.2.2");
    assert_int_equal(roots.disk_count, 1);
    assert_string_equal(roots.disks[0].path, IQN);
    read_words("root=UUID=1 rd.iscsi.ibft=1");
    assert_int_equal(roots.disks[0].kind, NETWORK_ROOT_IBFT);
    read_words("root=UUID=1 rd.iscsi.ibft=0");
    assert_int_equal(roots.disk_count, 0);
}

static void what_dhcp_adds(void **state)
{
    (void)state;
    read_words("root=dhcp rd.iscsi.username=u rd.iscsi.password=p");
    assert_int_equal(roots.root.kind, NETWORK_ROOT_DHCP);
    assert_int_equal(network_roots_add_path(&roots, &cmdline, "nonsense"), -EINVAL);
    assert_int_equal(roots.root.kind, NETWORK_ROOT_DHCP);
    assert_int_equal(network_roots_add_path(&roots, &cmdline, "dhcp"), -EINVAL);
    assert_int_equal(network_roots_add_path(&roots, &cmdline, "10.0.2.2:/root,ro"), 0);
    assert_int_equal(roots.root.kind, NETWORK_ROOT_NFS);
    assert_string_equal(roots.root.path, "/root");
    read_words("root=dhcp rd.iscsi.username=u rd.iscsi.password=p");
    assert_int_equal(network_roots_add_path(&roots, &cmdline, "iscsi:10.0.2.2::::" IQN), 0);
    assert_int_equal(roots.root.kind, NETWORK_ROOT_NONE);
    assert_int_equal(roots.named, 0);
    assert_string_equal(roots.disks[0].user, "u");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(what_is_no_form),
        cmocka_unit_test(what_is_wrong),
        cmocka_unit_test(root_paths),
        cmocka_unit_test(nbdroots),
        cmocka_unit_test_teardown(a_local_boot, free_words),
        cmocka_unit_test_teardown(nfs_words, free_words),
        cmocka_unit_test_teardown(disks, free_words),
        cmocka_unit_test_teardown(iscsi_words, free_words),
        cmocka_unit_test_teardown(what_dhcp_adds, free_words),
    };

    return RUN_TESTS(tests);
}
