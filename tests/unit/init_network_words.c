#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "contract/network_words.h"

static struct network_request request;

/* What ip= comes to, in one line. */
static const char *read_ip(const char *value)
{
    static char out[512];
    char address[NETWORK_ADDRESS_SIZE], gateway[NETWORK_ADDRESS_SIZE], mac[NETWORK_MAC_SIZE],
        number[NETWORK_NUMBER_SIZE];
    const char *reason = network_request_parse(value, &request);
    size_t used = 0;

    if (reason)
        return reason;
#define ADD(...) used += (size_t)snprintf(out + used, sizeof(out) - used, __VA_ARGS__)
    ADD("%s%s%s%s%s%s", request.methods & NETWORK_STATIC ? "static" : "", request.methods & NETWORK_DHCP ? "dhcp" : "",
        request.methods & NETWORK_DHCP6 ? "dhcp6" : "", request.methods & NETWORK_AUTO6 ? "auto6" : "",
        request.methods & NETWORK_LINK6 ? "link6" : "", request.methods & NETWORK_IBFT ? "ibft" : "");
    if (*request.card.name)
        ADD(" on %s", request.card.name);
    if (request.card.has_mac)
        ADD(" on %s", network_mac_format(request.card.mac, mac));
    if (request.address.family)
        ADD(" %s/%u%s", network_address_format(&request.address, address), request.prefix,
            request.is_prefix_guessed ? "?" : "");
    if (request.gateway.family)
        ADD(" by %s", network_address_format(&request.gateway, gateway));
    if (request.server.family)
        ADD(" from %s", network_address_format(&request.server, gateway));
    if (*request.host_name)
        ADD(" as %s", request.host_name);
    for (int i = 0; i < 2; i++) {
        if (request.dns[i].family)
            ADD(" dns %s", network_address_format(&request.dns[i], address));
    }
    if (*request.client)
        ADD(" client %d %s", request.client_type, request.client);
    if (request.mtu)
        ADD(" mtu %s", network_number_format(request.mtu, number));
    if (request.has_new_mac)
        ADD(" mac %s", network_mac_format(request.new_mac, mac));
#undef ADD
    return out;
}

static const struct {
    const char *value, *meaning;
} forms[] = {
    /* The kernel's, nfsroot.rst. */
    {"dhcp", "dhcp"},
    {"on", "dhcp"},
    {"any", "dhcp"},
    {"", "dhcp"},
    {"none", ""},
    {"off", ""},
    {":::::eth0:dhcp", "dhcp on eth0"},
    {"::::host:eth0:on", "dhcp on eth0 as host"},
    {":::::eth0:dhcp,1,rack-7", "dhcp on eth0 client 1 rack-7"},
    {"dhcp,0,a,b", "dhcp client 0 a,b"},
    {"10.0.2.15::10.0.2.2:255.255.255.0:client:eth0:off", "static on eth0 10.0.2.15/24 by 10.0.2.2 as client"},
    {"10.0.2.15:10.0.2.3:10.0.2.2:255.255.255.0:client:eth0:none:10.0.2.4:10.0.2.5:10.0.2.6",
        "static on eth0 10.0.2.15/24 by 10.0.2.2 from 10.0.2.3 as client dns 10.0.2.4 dns 10.0.2.5"},
    /* PXELINUX's SYSAPPEND 1: four fields. */
    {"192.168.1.7:192.168.1.1:192.168.1.254:255.255.255.0", "static 192.168.1.7/24 by 192.168.1.254 from 192.168.1.1"},
    {"192.168.1.7", "static 192.168.1.7/24?"},
    {"172.16.1.7:::", "static 172.16.1.7/16?"},
    {"10.1.1.7::10.0.0.1", "static 10.1.1.7/8? by 10.0.0.1"},
    {"10.1.1.7::10.0.0.1:22", "static 10.1.1.7/22 by 10.0.0.1"},
    /* A method beside an address. */
    {"10.1.1.7:::24::eth0:dhcp", "dhcp on eth0 10.1.1.7/24"},
    {"10.1.1.7:::24::eth0:static", "static on eth0 10.1.1.7/24"},
    /* dracut's. */
    {"eth0:dhcp", "dhcp on eth0"},
    {"enp3s0.5:dhcp:1400", "dhcp on enp3s0.5 mtu 1400"},
    {"eth0:dhcp:1400:52:54:00:12:34:56", "dhcp on eth0 mtu 1400 mac 52:54:00:12:34:56"},
    {"eth0:dhcp::52:54:00:12:34:56", "dhcp on eth0 mac 52:54:00:12:34:56"},
    {"eth0:dhcp:1400:", "dhcp on eth0 mtu 1400"},
    {"52:54:00:12:34:56:dhcp", "dhcp on 52:54:00:12:34:56"},
    {"52-54-00-12-34-56:dhcp", "dhcp on 52:54:00:12:34:56"},
    {"52:54:00:AB:cd:56:dhcp:9000", "dhcp on 52:54:00:ab:cd:56 mtu 9000"},
    {"eth0:auto6", "auto6 on eth0"},
    {"eth0:dhcp,auto6", "dhcpauto6 on eth0"},
    {"auto6", "auto6"},
    {"dhcp6", "dhcp6"},
    {"eth0:dhcp,dhcp6", "dhcpdhcp6 on eth0"},
    {"eth0:either6", "dhcp6auto6 on eth0"},
    {"eth0:link6", "link6 on eth0"},
    {"ibft", "ibft"},
    {":::::eth0:ibft", "ibft on eth0"},
    {"eth0:none", " on eth0"},
    {"10.0.2.15::10.0.2.2:24:client:eth0:none:1500", "static on eth0 10.0.2.15/24 by 10.0.2.2 as client mtu 1500"},
    {"10.0.2.15::10.0.2.2:24:client:eth0:none:1500:52:54:00:12:34:56",
        "static on eth0 10.0.2.15/24 by 10.0.2.2 as client mtu 1500 mac 52:54:00:12:34:56"},
    {"10.0.2.15::10.0.2.2:24:client:eth0:none::52:54:00:12:34:56",
        "static on eth0 10.0.2.15/24 by 10.0.2.2 as client mac 52:54:00:12:34:56"},
    {"10.0.2.15::10.0.2.2:24:client:52-54-00-12-34-56:none",
        "static on 52:54:00:12:34:56 10.0.2.15/24 by 10.0.2.2 as client"},
    {"[2001:db8::2]::[2001:db8::1]:64:client:eth0:none", "static on eth0 2001:db8::2/64 by 2001:db8::1 as client"},
    {"[2001:db8::2]:::48::eth0:none:[2001:db8::3]", "static on eth0 2001:db8::2/48 dns 2001:db8::3"},
    /* What makes no sense. */
    {"static", "static needs an address"},
    {"enp6s0f0:static", "static needs an address"},
    {":::::eth0:static", "static needs an address"},
    {"eth0", "it is neither an address nor one of dhcp, on, any, off, none, dhcp6, auto6, either6 and link6"},
    {"eth0:", "dhcp on eth0"},
    {"eth0:dhpc", "it is neither an address nor one of dhcp, on, any, off, none, dhcp6, auto6, either6 and link6"},
    {"dhcp,256,x", "the type of its client's identifier is not a number up to 255"},
    {"dhcp,1,", "its client's identifier is not one to 127 characters without quotes and blanks"},
    {"dhcp,1,$(x)", "its client's identifier is not one to 127 characters without quotes and blanks"},
    {"dhcp,1", "it is neither an address nor one of dhcp, on, any, off, none, dhcp6, auto6, either6 and link6"},
    {"eth0:dhcp:12", "its MTU is not a number from 68 to 65535"},
    {"eth0:dhcp:70000", "its MTU is not a number from 68 to 65535"},
    {"eth0:dhcp:1500:52:54:00", "its card's address is not six pairs of hexadecimal digits"},
    {"eth0:dhcp:1500:52:54:00:12:34:56:78", "it has too many fields"},
    {"52:54:00:12:34:56", "it does not say how the card gets its address"},
    {"10.0.0.256::10.0.0.1:24::eth0:none", "its first field is neither an address nor a card's name"},
    {"10.0.0.5::10.0.0:24::eth0:none", "its gateway is no address"},
    {"10.0.0.5:server::24::eth0:none", "its server is no address"},
    {"10.0.0.5:::255.0.255.0::eth0:none", "its mask is neither a length nor a row of ones"},
    {"10.0.0.5:::33::eth0:none", "its prefix is too long"},
    {"10.0.0.5::[2001:db8::1]:24::eth0:none", "its gateway is of the other kind of addresses"},
    {"10.0.0.5:::24:a b:eth0:none", "its host name has other characters than letters, digits, dots and hyphens"},
    {"10.0.0.5:::24::a-name-too-long-for-it:none", "its sixth field is no card's name"},
    {"10.0.0.5:::24::eth/0:none", "its sixth field is no card's name"},
    {"10.0.0.5:::24::eth0:none:1.1.1.1:2.2.2.2:3.3.3.3:4", "it has too many fields"},
    {"10.0.0.5:::24::eth0:none:x", "its name server is no address"},
    {"::::::::::::::::::::::::::", "it has too many fields"},
};

static void every_form_of_ip(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const char *meaning = read_ip(forms[i].value);

        if (strcmp(meaning, forms[i].meaning) != 0)
            print_error("ip=%s\n", forms[i].value);
        assert_string_equal(meaning, forms[i].meaning);
    }
}

static struct network_words words;
static struct network_fault fault;
static struct cmdline cmdline;

static void read_words(const char *line)
{
    cmdline_free(&cmdline);
    assert_int_equal(cmdline_parse("", line, &cmdline), 0);
    network_words_read(&cmdline, &words, &fault);
}

static void nothing_is_said(void **state)
{
    (void)state;
    read_words("root=/dev/vda1 quiet");
    assert_null(fault.key);
    assert_int_equal(words.request_count, 0);
    assert_false(words.is_needed);
    assert_int_equal(words.carrier_seconds, 10);
}

static void all_words(void **state)
{
    char mac[NETWORK_MAC_SIZE], address[NETWORK_ADDRESS_SIZE];

    (void)state;
    read_words(
        "ip=eth0:dhcp nfsaddrs=[2001:db8::2]:::64::eth0:none nameserver=10.0.2.3 nameserver=2001:db8::3 "
        "ifname=lan:52:54:00:12:34:56 rd.route=192.168.0.0/16:10.0.2.2:eth0 rd.route=[2001:db8:1::]/48:[2001:db8::1] "
        "rd.route=[2001:db8:2::/48]:[2001:db8::1] vlan=vlan5:eth0 vlan=eth1.0007:eth1 "
        "bond=bond0:eth2,eth3:mode=active-backup,miimon=100:9000 BOOTIF=01-52-54-00-AB-cd-ef rd.neednet=1 "
        "rd.peerdns=0 net.ifnames=0 rd.net.timeout.carrier=3 rd.net.timeout.dhcp=20");
    assert_null(fault.key);
    assert_int_equal(words.request_count, 2);
    assert_int_equal(words.dns_count, 2);
    assert_string_equal(network_address_format(&words.dns[1], address), "2001:db8::3");
    assert_int_equal(words.name_count, 1);
    assert_string_equal(words.names[0].name, "lan");
    assert_string_equal(network_mac_format(words.names[0].mac, mac), "52:54:00:12:34:56");
    assert_int_equal(words.route_count, 3);
    assert_string_equal(network_address_format(&words.routes[0].destination, address), "192.168.0.0");
    assert_int_equal(words.routes[0].prefix, 16);
    assert_string_equal(words.routes[0].card, "eth0");
    assert_string_equal(network_address_format(&words.routes[1].destination, address), "2001:db8:1::");
    assert_string_equal(network_address_format(&words.routes[2].destination, address), "2001:db8:2::");
    assert_int_equal(words.routes[2].prefix, 48);
    assert_string_equal(network_address_format(&words.routes[2].gateway, address), "2001:db8::1");
    assert_int_equal(words.vlan_count, 2);
    assert_int_equal(words.vlans[0].id, 5);
    assert_int_equal(words.vlans[1].id, 7);
    assert_string_equal(words.vlans[1].below, "eth1");
    assert_int_equal(words.bond_count, 1);
    assert_int_equal(words.bonds[0].port_count, 2);
    assert_string_equal(words.bonds[0].ports[1], "eth3");
    assert_string_equal(words.bonds[0].options, "mode=active-backup,miimon=100");
    assert_int_equal(words.bonds[0].mtu, 9000);
    assert_true(words.boot_card.has_mac);
    assert_string_equal(network_mac_format(words.boot_card.mac, mac), "52:54:00:ab:cd:ef");
    assert_true(words.is_needed && words.ignores_peer_dns && words.keeps_kernel_names);
    assert_int_equal(words.carrier_seconds, 3);
    assert_int_equal(words.dhcp_seconds, 20);
}

/* A card by its name wins over the one that the firmware tells of, which may be told to count for nothing. */
static void the_card_that_booted(void **state)
{
    (void)state;
    read_words("BOOTIF=52:54:00:ab:cd:ef bootdev=eth1");
    assert_string_equal(words.boot_card.name, "eth1");
    assert_false(words.boot_card.has_mac);
    read_words("BOOTIF=01-52-54-00-ab-cd-ef rd.bootif=0");
    assert_false(words.boot_card.has_mac);
    assert_null(fault.key);
}

static void the_words_for_the_firmware(void **state)
{
    static const bool is_ibft[] = {true, true, true, false, false, false, false};

    (void)state;
    read_words("ip=ibft nfsaddrs=ibft ip=eth0:dhcp,ibft ip=dhcp ip=ibft:wrong ip root=ibft");
    for (size_t i = 0; i < cmdline.count; i++)
        assert_int_equal(network_words_is_ibft(&cmdline.words[i]), is_ibft[i]);
    assert_int_equal(cmdline.count, sizeof(is_ibft) / sizeof(is_ibft[0]));
}

static void what_makes_no_sense(void **state)
{
    static const struct {
        const char *line, *key, *reason;
    } wrong[] = {
        {"ip=enp6s0f0:static", "ip", "static needs an address"},
        {"nameserver=dns.example", "nameserver", "it is no address"},
        {"ifname=eth0:52:54:00:12:34:56", "ifname", "the kernel may give that name to another card"},
        {"ifname=lan", "ifname", "it is not NAME:ADDRESS-OF-THE-CARD"},
        {"ifname=a/b:52:54:00:12:34:56", "ifname", "no card can have that name"},
        {"rd.route=10.0.0.0:10.0.2.2", "rd.route", "its network has no length"},
        {"rd.route=10.0.0.0/40:10.0.2.2", "rd.route", "the length of its network makes no sense"},
        {"rd.route=10.0.0.0/8:[2001:db8::1]", "rd.route", "its gateway is of the other kind of addresses"},
        {"vlan=office:eth0", "vlan", "its name does not end in a number from 1 to 4094"},
        {"vlan=vlan5", "vlan", "it is not NAME:CARD"},
        {"vlan=vlan4095:eth0", "vlan", "its name does not end in a number from 1 to 4094"},
        {"bond=bond0", "bond", "it is not NAME:CARDS:OPTIONS:MTU"},
        {"bond=bond0:a,b,c,d,e,f,g,h,i", "bond", "it has too many cards"},
        {"bridge=br0:eth0", "bridge", "there are no bridges before the root"},
        {"team=team0:eth0", "team", "there are no teams before the root: bond= is there"},
        {"bootdev=", "bootdev", "no card can have that name"},
        {"BOOTIF=01-52-54", "BOOTIF", "it is no card's address"},
        {"rd.net.timeout.carrier=soon", "rd.net.timeout.carrier", "it is no number of seconds"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        read_words(wrong[i].line);
        assert_non_null(fault.key);
        assert_string_equal(fault.key, wrong[i].key);
        assert_string_equal(fault.reason, wrong[i].reason);
        assert_int_equal(words.request_count + words.dns_count + words.name_count + words.route_count + words.vlan_count
                             + words.bond_count,
            0);
    }
    /* Those beside it count. */
    read_words("ip=eth0:dhcp ip=wrong ip=eth1:dhcp bond=b:a/b bond=b0:x");
    assert_string_equal(fault.value, "wrong");
    assert_int_equal(words.request_count, 2);
    assert_string_equal(words.requests[1].card.name, "eth1");
    assert_int_equal(words.bond_count, 1);
    assert_int_equal(words.bonds[0].port_count, 1);
    assert_string_equal(words.bonds[0].ports[0], "x");
}

static void no_limit_in_silence(void **state)
{
    static const char each[] =
        "ip=dhcp nameserver=::1 ifname=a:52:54:00:12:34:56 rd.route=1.0.0.0/8:1.1.1.1 vlan=v1:a bond=b:c ";
    char line[4096];

    (void)state;
    for (unsigned i = 0; i <= NETWORK_WORDS_MAXIMUM; i++)
        memcpy(line + i * (sizeof(each) - 1), each, sizeof(each));
    read_words(line);
    assert_string_equal(fault.reason, "there are too many of them");
    assert_int_equal(words.request_count, NETWORK_WORDS_MAXIMUM);
    assert_int_equal(words.bond_count, NETWORK_WORDS_MAXIMUM);
    cmdline_free(&cmdline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_ip),
        cmocka_unit_test(nothing_is_said),
        cmocka_unit_test(all_words),
        cmocka_unit_test(the_card_that_booted),
        cmocka_unit_test(the_words_for_the_firmware),
        cmocka_unit_test(what_makes_no_sense),
        cmocka_unit_test(no_limit_in_silence),
    };

    return RUN_TESTS(tests);
}
