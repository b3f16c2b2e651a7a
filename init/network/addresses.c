#include "network/addresses.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "network/link.h"
#include "network/netlink.h"
#include "network/report.h"

static void add_dns(struct network_lease *lease, const struct network_address *address)
{
    for (size_t i = 0; i < lease->dns_count; i++) {
        if (network_address_equal(&lease->dns[i], address))
            return;
    }
    if (address->family && lease->dns_count < NETWORK_DNS_MAXIMUM)
        lease->dns[lease->dns_count++] = *address;
}

/* The command line's own name servers first. */
static void collect_dns(const struct setup *setup, struct network_lease *lease, const struct network_request *request,
    const struct network_lease *told)
{
    for (size_t i = 0; i < setup->requests.words.dns_count; i++)
        add_dns(lease, &setup->requests.words.dns[i]);
    for (size_t i = 0; i < 2; i++)
        add_dns(lease, &request->dns[i]);
    for (size_t i = 0; told && !setup->requests.words.ignores_peer_dns && i < told->dns_count; i++)
        add_dns(lease, &told->dns[i]);
}

/* One gateway for each kind of addresses: that of the card which the machine boots from, or of the first. */
static void set_gateway(struct setup *setup, const struct card *card, const struct network_address *gateway)
{
    struct network_address everything = {.family = gateway->family};
    const struct card **has = &setup->gateways[gateway->family == NETWORK_IPV6];
    char text[NETWORK_ADDRESS_SIZE];
    int result;

    if (!gateway->family || *has || !requests_is_boot_card(&setup->requests, card))
        return;
    result = link_add_route(card->index, &everything, 0, gateway);
    if (result < 0)
        report("warning", "network: ", card->name, " cannot reach the gateway ", network_address_format(gateway, text),
            ": ", strerror(-result), NULL);
    *has = result == 0 ? card : NULL;
}

static void set_asked_routes(const struct setup *setup, const struct card *card)
{
    for (size_t i = 0; i < setup->requests.words.route_count; i++) {
        const struct network_route *route = &setup->requests.words.routes[i];
        char text[NETWORK_ADDRESS_SIZE];
        int result;

        if (*route->card && !card_is_called(card, route->card))
            continue;
        result = link_add_route(*route->card || !route->gateway.family ? card->index : 0, &route->destination,
            route->prefix, &route->gateway);
        if (result < 0)
            report("warning", "network: no route to ", network_address_format(&route->destination, text), " by ",
                card->name, ": ", strerror(-result), NULL);
    }
}

/* Those that were asked as well as this one, and are not needed any more, are as they were. */
static void drop_others(struct setup *setup, size_t number, const struct card *winner)
{
    for (size_t i = 0; requests_is_any(&setup->requests, number) && i < setup->cards.count; i++) {
        struct card *card = setup->cards.items[i];

        if (card == winner || !card->is_wanted || requests_want(&setup->requests, card))
            continue;
        dhcp_stop(&card->dhcp);
        dhcp6_stop(&card->dhcp6);
        card->is_wanted = false;
        (void)link_set_up(card->index, false);
    }
}

static void finish(
    struct setup *setup, struct card *card, size_t number, enum network_method method, struct network_lease *lease)
{
    struct progress *progress = &setup->requests.progress[number];

    memcpy(lease->interface, card->name, sizeof(lease->interface));
    memcpy(lease->mac, card->mac, sizeof(lease->mac));
    progress->done |= method;
    progress->taken = card;
    set_asked_routes(setup, card);
    report_lease(lease);
    drop_others(setup, number, card);
}

void addresses_set_static(struct setup *setup, struct card *card, size_t number)
{
    const struct network_request *request = &setup->requests.words.requests[number];
    struct network_lease lease = {.method = "static",
        .address = request->address,
        .prefix = request->prefix,
        .gateway = request->gateway,
        .next_server = request->server,
        .mtu = request->mtu};
    int result = link_add_address(card->index, &request->address, request->prefix);

    setup->requests.progress[number].taken = card;
    if (result < 0) {
        report_failure("give its address to", card->name, result);
        setup->requests.progress[number].done |= NETWORK_STATIC; /* it is not to be tried for ever */
        return;
    }
    if (request->address.family == NETWORK_IPV6)
        return; /* it is good when the kernel has found nobody else with it, which is an event */
    memcpy(lease.host_name, request->host_name, sizeof(request->host_name));
    collect_dns(setup, &lease, request, NULL);
    set_gateway(setup, card, &request->gateway);
    finish(setup, card, number, NETWORK_STATIC, &lease);
}

static void set_told_routes(const struct card *card, const struct dhcp_reply *binding, struct network_lease *lease)
{
    if (binding->route_count > 0)
        lease->gateway = (struct network_address){0}; /* RFC 3442: the list stands for it, too */
    for (size_t i = 0; i < binding->route_count; i++) {
        const struct dhcp_route *route = &binding->routes[i];
        struct network_address gateway = route->gateway;
        int result;

        if (!memcmp(gateway.bytes, (uint8_t[4]){0}, 4))
            gateway.family = NETWORK_UNSET;
        if (route->prefix == 0) {
            lease->gateway = gateway;
            continue;
        }
        result = link_add_route(card->index, &route->destination, route->prefix, &gateway);
        if (result < 0)
            report_failure("set a route of the DHCP server's for", card->name, result);
    }
}

void addresses_set_dhcp(struct setup *setup, struct card *card, size_t number)
{
    const struct network_request *request = &setup->requests.words.requests[number];
    const struct dhcp_reply *binding = &card->dhcp.binding;
    struct network_lease lease = binding->lease;
    char server[NETWORK_ADDRESS_SIZE];
    int result;

    if (binding->dropped)
        report("warning", "network: the DHCP server ", network_address_format(&binding->server, server), " of ",
            card->name, " gives a ", binding->dropped, " that is none: it is left out", NULL);
    lease.dns_count = 0;
    collect_dns(setup, &lease, request, &binding->lease);
    memcpy(lease.method, "dhcp", sizeof("dhcp"));
    memcpy(lease.client, request->client, sizeof(request->client));
    if (*request->host_name)
        memcpy(lease.host_name, request->host_name, sizeof(request->host_name));
    if (request->server.family)
        lease.next_server = request->server;
    if (request->mtu)
        lease.mtu = request->mtu;
    else if (lease.mtu && link_set_mtu(card->index, lease.mtu) < 0)
        lease.mtu = 0;
    result = link_add_address(card->index, &lease.address, lease.prefix);
    if (result < 0)
        report_failure("give the DHCP server's address to", card->name, result);
    set_told_routes(card, binding, &lease);
    set_gateway(setup, card, &lease.gateway);
    finish(setup, card, number, NETWORK_DHCP, &lease);
}

void addresses_set_dhcp6(const struct card *card)
{
    const struct dhcp6_reply *binding = &card->dhcp6.binding;
    int result = link_add_address(card->index, &binding->lease.address, binding->lease.prefix);

    if (binding->dropped)
        report("warning", "network: the DHCPv6 server of ", card->name, " gives a ", binding->dropped,
            " that is none: it is left out", NULL);
    if (result < 0)
        report_failure("give the DHCPv6 server's address to", card->name, result);
}

/* The kernel has found another host that has it. */
static void take_refused(struct card *card, const struct network_address *address)
{
    char text[NETWORK_ADDRESS_SIZE];

    if (!card->is_wanted)
        return;
    report("warning", "network: another host has the address ", network_address_format(address, text), " of ",
        card->name, NULL);
    if (card->dhcp6.state != DHCP6_BOUND || !network_address_equal(&card->dhcp6.binding.lease.address, address))
        return;
    (void)link_remove_address(card->index, address, card->dhcp6.binding.lease.prefix);
    dhcp6_decline(&card->dhcp6);
}

/* The address of its binding is good. */
static void take_dhcp6(struct setup *setup, struct card *card, size_t number)
{
    const struct network_request *request = &setup->requests.words.requests[number];
    struct network_lease lease = card->dhcp6.binding.lease;

    memcpy(lease.method, "dhcp6", sizeof("dhcp6"));
    memcpy(lease.host_name, request->host_name, sizeof(request->host_name));
    lease.mtu = request->mtu;
    lease.dns_count = 0;
    collect_dns(setup, &lease, request, &card->dhcp6.binding.lease);
    if (!setup->requests.words.ignores_peer_dns)
        add_dns(&lease, &card->dns6);
    dhcp6_stop(&card->dhcp6);
    finish(setup, card, number, NETWORK_DHCP6, &lease);
}

void addresses_take(struct setup *setup, const struct nlmsghdr *message)
{
    const struct ifaddrmsg *header = NLMSG_DATA(message);
    struct network_address address = {.family = NETWORK_IPV6};
    const struct rtattr *attributes[IFA_FLAGS + 1];
    uint32_t flags;
    struct card *card;

    if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*header)) || header->ifa_family != AF_INET6)
        return;
    netlink_attributes(message, sizeof(*header), attributes, IFA_FLAGS + 1);
    card = cards_find(&setup->cards, (int)header->ifa_index);
    flags = header->ifa_flags;
    if (attributes[IFA_FLAGS] && RTA_PAYLOAD(attributes[IFA_FLAGS]) == sizeof(flags))
        memcpy(&flags, RTA_DATA(attributes[IFA_FLAGS]), sizeof(flags));
    if (!card || !attributes[IFA_ADDRESS] || RTA_PAYLOAD(attributes[IFA_ADDRESS]) != sizeof(address.bytes))
        return;
    memcpy(address.bytes, RTA_DATA(attributes[IFA_ADDRESS]), sizeof(address.bytes));
    if (flags & IFA_F_DADFAILED)
        take_refused(card, &address);
    if (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_TEMPORARY))
        return;
    card->has_own_address6 |= header->ifa_scope == RT_SCOPE_LINK;
    for (size_t i = 0; i < setup->requests.words.request_count; i++) {
        const struct network_request *request = &setup->requests.words.requests[i];
        unsigned left = request->methods & ~setup->requests.progress[i].done;
        struct network_lease lease = {.address = address, .prefix = header->ifa_prefixlen, .mtu = request->mtu};
        bool is_link = header->ifa_scope == RT_SCOPE_LINK;

        if (!card->is_wanted || !requests_is_for(&setup->requests, i, card))
            continue;
        memcpy(lease.host_name, request->host_name, sizeof(request->host_name));
        collect_dns(setup, &lease, request, NULL);
        if (!setup->requests.words.ignores_peer_dns)
            add_dns(&lease, &card->dns6);
        if (left & NETWORK_STATIC && network_address_equal(&request->address, &address)) {
            memcpy(lease.method, "static", sizeof("static"));
            lease.gateway = request->gateway;
            lease.next_server = request->server;
            set_gateway(setup, card, &request->gateway);
            finish(setup, card, i, NETWORK_STATIC, &lease);
        } else if (left & NETWORK_DHCP6 && card->dhcp6.state == DHCP6_BOUND
                   && network_address_equal(&card->dhcp6.binding.lease.address, &address)) {
            take_dhcp6(setup, card, i);
        } else if (left & NETWORK_AUTO6 && !is_link) {
            memcpy(lease.method, "auto6", sizeof("auto6"));
            finish(setup, card, i, NETWORK_AUTO6, &lease);
        } else if (left & NETWORK_LINK6 && is_link) {
            memcpy(lease.method, "link6", sizeof("link6"));
            finish(setup, card, i, NETWORK_LINK6, &lease);
        }
    }
}
