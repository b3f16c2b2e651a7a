#include "network/link.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <string.h>
#include <sys/socket.h>

#include "network/netlink.h"

int link_set_up(int index, bool up)
{
    struct ifinfomsg link = {
        .ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_change = IFF_UP, .ifi_flags = up ? IFF_UP : 0};
    struct netlink_message message;

    netlink_begin(&message, RTM_NEWLINK, 0, &link, sizeof(link));
    return netlink_ask(&message);
}

static void begin_link(struct netlink_message *message, uint16_t flags, int index)
{
    struct ifinfomsg link = {.ifi_family = AF_UNSPEC, .ifi_index = index};

    netlink_begin(message, RTM_NEWLINK, flags, &link, sizeof(link));
}

static int change(int index, uint16_t attribute, const void *value, size_t size)
{
    struct netlink_message message;

    begin_link(&message, 0, index);
    netlink_add(&message, attribute, value, size);
    return netlink_ask(&message);
}

int link_set_mtu(int index, uint32_t mtu)
{
    return change(index, IFLA_MTU, &mtu, sizeof(mtu));
}

int link_set_mac(int index, const uint8_t mac[NETWORK_MAC_BYTES])
{
    return change(index, IFLA_ADDRESS, mac, NETWORK_MAC_BYTES);
}

int link_set_name(int index, const char *name)
{
    return change(index, IFLA_IFNAME, name, strlen(name) + 1);
}

int link_set_master(int index, int master)
{
    return change(index, IFLA_MASTER, &master, sizeof(master));
}

static size_t begin_kind(struct netlink_message *message, const char *name, const char *kind)
{
    size_t nest;

    begin_link(message, NLM_F_CREATE | NLM_F_EXCL, 0);
    netlink_add(message, IFLA_IFNAME, name, strlen(name) + 1);
    nest = netlink_nest(message, IFLA_LINKINFO);
    netlink_add(message, IFLA_INFO_KIND, kind, strlen(kind));
    return nest;
}

int link_add_vlan(const char *name, uint16_t id, int below)
{
    struct netlink_message message;
    size_t nest = begin_kind(&message, name, "vlan");
    size_t data = netlink_nest(&message, IFLA_INFO_DATA);

    netlink_add(&message, IFLA_VLAN_ID, &id, sizeof(id));
    netlink_end(&message, data);
    netlink_end(&message, nest);
    netlink_add_u32(&message, IFLA_LINK, (uint32_t)below);
    return netlink_ask(&message);
}

int link_add_bond(const char *name)
{
    struct netlink_message message;

    netlink_end(&message, begin_kind(&message, name, "bond"));
    return netlink_ask(&message);
}

static uint8_t kernel_family(const struct network_address *address)
{
    return address->family == NETWORK_IPV6 ? AF_INET6 : AF_INET;
}

static size_t size_of(const struct network_address *address)
{
    return address->family == NETWORK_IPV6 ? 16 : 4;
}

static int tolerate_present(int result)
{
    return result == -EEXIST ? 0 : result;
}

int link_add_address(int index, const struct network_address *address, uint8_t prefix)
{
    struct ifaddrmsg family = {
        .ifa_family = kernel_family(address), .ifa_prefixlen = prefix, .ifa_index = (unsigned)index};
    struct network_address broadcast = network_broadcast(address, prefix);
    struct netlink_message message;

    netlink_begin(&message, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &family, sizeof(family));
    netlink_add(&message, IFA_LOCAL, address->bytes, size_of(address));
    netlink_add(&message, IFA_ADDRESS, address->bytes, size_of(address));
    if (address->family == NETWORK_IPV4 && prefix < 31) /* RFC 3021: two hosts need none */
        netlink_add(&message, IFA_BROADCAST, broadcast.bytes, size_of(address));
    return tolerate_present(netlink_ask(&message));
}

int link_remove_address(int index, const struct network_address *address, uint8_t prefix)
{
    struct ifaddrmsg family = {
        .ifa_family = kernel_family(address), .ifa_prefixlen = prefix, .ifa_index = (unsigned)index};
    struct netlink_message message;

    netlink_begin(&message, RTM_DELADDR, 0, &family, sizeof(family));
    netlink_add(&message, IFA_LOCAL, address->bytes, size_of(address));
    return netlink_ask(&message);
}

static int add_route(int index, const struct network_address *destination, uint8_t prefix,
    const struct network_address *gateway, uint32_t flags)
{
    struct rtmsg route = {.rtm_family = kernel_family(destination),
        .rtm_dst_len = prefix,
        .rtm_table = RT_TABLE_MAIN,
        .rtm_protocol = RTPROT_BOOT,
        .rtm_scope = gateway->family ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
        .rtm_type = RTN_UNICAST,
        .rtm_flags = flags};
    struct netlink_message message;

    netlink_begin(&message, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &route, sizeof(route));
    if (prefix > 0)
        netlink_add(&message, RTA_DST, destination->bytes, size_of(destination));
    if (gateway->family)
        netlink_add(&message, RTA_GATEWAY, gateway->bytes, size_of(gateway));
    if (index > 0)
        netlink_add_u32(&message, RTA_OIF, (uint32_t)index);
    return tolerate_present(netlink_ask(&message));
}

int link_add_route(
    int index, const struct network_address *destination, uint8_t prefix, const struct network_address *gateway)
{
    int result = add_route(index, destination, prefix, gateway, 0);

    /* A gateway outside of the card's own network, as clouds have it with a mask of 32. */
    if ((result == -ENETUNREACH || result == -EHOSTUNREACH) && gateway->family && index > 0)
        result = add_route(index, destination, prefix, gateway, RTNH_F_ONLINK);
    return result;
}
