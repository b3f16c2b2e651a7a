#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "root/network_files.h"

static char run[] = "/tmp/kindling-run-XXXXXX";

static int begin(void **state)
{
    (void)state;
    memcpy(run + sizeof(run) - 7, "XXXXXX", 6);
    return mkdtemp(run) ? 0 : -1;
}

static int end(void **state)
{
    char command[sizeof(run) + 8];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", run);
    return system(command);
}

/* "" where there is no such file. */
static const char *content(const char *name)
{
    static char text[8192];
    char path[256];
    ssize_t length;
    int fd;

    snprintf(path, sizeof(path), "%s/%s", run, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    length = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    text[length] = '\0';
    return text;
}

static void lease_of(struct network_lease *lease, const char *lines)
{
    char copy[1024], *rest = copy, *line;

    *lease = (struct network_lease){0};
    snprintf(copy, sizeof(copy), "%s", lines);
    while ((line = strsep(&rest, "\n")) != NULL)
        assert_int_equal(network_lease_read(lease, line), 0);
}

static const char dhcp[] =
    "interface ens3\nmethod dhcp\nmac 52:54:00:12:34:56\naddress 10.0.2.15\nprefix 24\ngateway 10.0.2.2\n"
    "dns 10.0.2.3\nhost-name guest\ndomain example.org\nsearch a.example b.example\n"
    "next-server 10.0.2.4\nroot-path nfs:10.0.2.4:/root\nboot-file pxe\nlease-seconds 3600";

static void as_ipconfig_writes_it(void **state)
{
    struct network_lease lease;

    (void)state;
    lease_of(&lease, dhcp);
    network_files_write(run, &lease, false);
    assert_string_equal(content("net-ens3.conf"),
        "DEVICE='ens3'\nPROTO='dhcp'\nIPV4ADDR='10.0.2.15'\nIPV4BROADCAST='10.0.2.255'\nIPV4NETMASK='255.255.255.0'\n"
        "IPV4GATEWAY='10.0.2.2'\nIPV4DNS0='10.0.2.3'\nIPV4DNS1=''\nHOSTNAME='guest'\nDNSDOMAIN='example.org'\n"
        "ROOTSERVER='10.0.2.4'\nROOTPATH='nfs:10.0.2.4:/root'\nfilename='pxe'\nDHCPLEASETIME='3600'\n"
        "DOMAINSEARCH='a.example b.example'\n");
    /* Of a card that the root is not behind its own programs may do as they like. */
    assert_string_equal(content("systemd/network/zz-kindling-ens3.network"), "");
    assert_string_equal(content("NetworkManager/conf.d/kindling.conf"), "");
}

static void the_roots_card_is_kept(void **state)
{
    struct network_lease lease;

    (void)state;
    lease_of(&lease, dhcp);
    network_files_write(run, &lease, true);
    assert_string_equal(content("systemd/network/zz-kindling-ens3.network"),
        "[Match]\nName=ens3\nMACAddress=52:54:00:12:34:56\n\n[Network]\nDHCP=ipv4\nKeepConfiguration=yes\n\n"
        "[DHCPv4]\nClientIdentifier=mac\n");
    assert_string_equal(content("NetworkManager/conf.d/kindling.conf"),
        "[device-kindling]\nmatch-device=mac:52:54:00:12:34:56\nkeep-configuration=yes\n");
}

/* networkd would ask as somebody else. */
static void an_identifier_of_its_own(void **state)
{
    struct network_lease lease;

    (void)state;
    lease_of(&lease, dhcp);
    assert_int_equal(network_lease_read(&lease, "client rack-7"), 0);
    network_files_write(run, &lease, true);
    assert_string_equal(content("systemd/network/zz-kindling-ens3.network"),
        "[Match]\nName=ens3\nMACAddress=52:54:00:12:34:56\n\n[Network]\nKeepConfiguration=yes\n");
}

static void an_address_of_the_command_line(void **state)
{
    struct network_lease lease;

    (void)state;
    lease_of(&lease,
        "interface lan\nmethod static\nmac 52:54:00:12:34:56\naddress 192.0.2.7\nprefix 25\ngateway 192.0.2.1\n"
        "dns 192.0.2.2\ndns 192.0.2.3");
    network_files_write(run, &lease, true);
    assert_non_null(strstr(content("net-lan.conf"), "PROTO='none'\nIPV4ADDR='192.0.2.7'\nIPV4BROADCAST='192.0.2.127'\n"
                                                    "IPV4NETMASK='255.255.255.128'\n"));
    assert_string_equal(content("systemd/network/zz-kindling-lan.network"),
        "[Match]\nName=lan\nMACAddress=52:54:00:12:34:56\n\n[Network]\nKeepConfiguration=yes\nAddress=192.0.2.7/25\n"
        "Gateway=192.0.2.1\nDNS=192.0.2.2\nDNS=192.0.2.3\n");
}

static void ipv6(void **state)
{
    struct network_lease lease;

    (void)state;
    lease_of(
        &lease, "interface lan\nmethod auto6\nmac 52:54:00:12:34:56\naddress 2001:db8::7\nprefix 64\ndns 2001:db8::1");
    network_files_write(run, &lease, true);
    assert_string_equal(content("net6-lan.conf"),
        "DEVICE6='lan'\nIPV6PROTO='auto6'\nIPV6ADDR='2001:db8::7'\nIPV6NETMASK='64'\nIPV6GATEWAY=''\n"
        "IPV6DNS0='2001:db8::1'\nIPV6DNS1=''\nHOSTNAME=''\nIPV6DOMAINSEARCH=''\n");
    assert_string_equal(content("net-lan.conf"), "");
}

/* Under another number networkd would be given another address. */
static void an_address_by_dhcpv6(void **state)
{
    struct network_lease lease;

    (void)state;
    lease_of(&lease, "interface lan\nmethod dhcp6\nmac 52:54:00:12:34:56\naddress 2001:db8::7\nprefix 128");
    network_files_write(run, &lease, true);
    assert_non_null(strstr(content("net6-lan.conf"), "IPV6PROTO='dhcp6'\nIPV6ADDR='2001:db8::7'\n"));
    assert_string_equal(content("systemd/network/zz-kindling-lan.network"),
        "[Match]\nName=lan\nMACAddress=52:54:00:12:34:56\n\n[Network]\nKeepConfiguration=yes\n\n"
        "[DHCPv6]\nDUIDType=link-layer\nIAID=1193046\n");
}

/* What is no value of its type changes nothing, and so never comes here. */
static void no_text_that_a_script_would_run(void **state)
{
    static const char *const lines[] = {"interface a/b", "interface ../x", "host-name a b", "host-name $(reboot)",
        "domain a'b", "search a;b", "search a  b", "root-path /a b", "root-path '/a", "root-path $(reboot)",
        "boot-file a`b`", "boot-file a\\b", "mac 52:54", "mac 52:54:00:12:34:zz", "address 10.0.2", "prefix 129",
        "prefix -1", "mtu x", "mtu 4294967296", "method ../../x", "dns none", "nothing", "", "nothing 10.0.2.2"};
    static const struct network_lease nothing;
    struct network_lease lease = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_true(network_lease_read(&lease, lines[i]) < 0);
        assert_memory_equal(&lease, &nothing, sizeof(lease));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(as_ipconfig_writes_it, begin, end),
        cmocka_unit_test_setup_teardown(the_roots_card_is_kept, begin, end),
        cmocka_unit_test_setup_teardown(an_identifier_of_its_own, begin, end),
        cmocka_unit_test_setup_teardown(an_address_of_the_command_line, begin, end),
        cmocka_unit_test_setup_teardown(ipv6, begin, end),
        cmocka_unit_test_setup_teardown(an_address_by_dhcpv6, begin, end),
        cmocka_unit_test(no_text_that_a_script_would_run),
    };

    return RUN_TESTS(tests);
}
