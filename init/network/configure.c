/*
 * Gives the machine's cards their addresses, all at once, as the command line wants it. The kernel tells by events when
 * a card has come, when it has a link and when an address of IPv6 is good; nothing is polled. The first card with an
 * answer has what was asked of any card. Ends only when told so: whatever it has set up stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if_addr.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "name/card_name.h"
#include "network/bond.h"
#include "network/card.h"
#include "network/link.h"
#include "network/neighbour.h"
#include "network/netlink.h"
#include "network/report.h"
#include "network/rights.h"
#include "network/tasks.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define GROUP(number) (1u << ((number)-1))
#define EVENTS (RTMGRP_LINK | RTMGRP_IPV6_IFADDR | GROUP(RTNLGRP_ND_USEROPT))
#define GIVE_UP_DHCP (30u * SECOND) /* longer than a switch's spanning tree takes */

/* What an ip= has come to. */
struct progress {
    const struct card *taken; /* by the card that has what was asked of any, or NULL */
    unsigned done;            /* of enum network_method */
};

static struct {
    struct network_words words;
    struct progress progress[NETWORK_WORDS_MAXIMUM];
    struct cards cards;
    int events;
    int sysfs;
    bool has_gateway[2]; /* IPv4, IPv6 */
    bool may_give_up;
    uint64_t started;
} network;

static bool ref_is_any(const struct network_card_ref *ref)
{
    return !*ref->name && !ref->has_mac;
}

static bool is_called(const struct card *card, const char *name)
{
    return !strcmp(name, card->name) || !strcmp(name, card->first_name);
}

static bool ref_matches(const struct network_card_ref *ref, const struct card *card)
{
    if (ref->has_mac)
        return !memcmp(ref->mac, card->mac, NETWORK_MAC_BYTES);
    return is_called(card, ref->name);
}

/* True for a card that has an ip= of its own. */
static bool is_named(const struct card *card)
{
    for (size_t i = 0; i < network.words.request_count; i++) {
        if (!ref_is_any(&network.words.requests[i].card) && ref_matches(&network.words.requests[i].card, card))
            return true;
    }
    return false;
}

/* An ip= without a card is for the one that the firmware has booted from, where it is told, else for any; but not for
 * those that have an ip= of their own, or are a part of another. */
static bool request_matches(const struct network_request *request, const struct card *card)
{
    if (!ref_is_any(&request->card))
        return ref_matches(&request->card, card);
    if (!ref_is_any(&network.words.boot_card))
        return ref_matches(&network.words.boot_card, card);
    return !is_named(card) && !card->is_port;
}

static bool is_for(size_t number, const struct card *card)
{
    const struct progress *progress = &network.progress[number];

    return request_matches(&network.words.requests[number], card) && (!progress->taken || progress->taken == card);
}

static bool is_any(size_t number)
{
    return ref_is_any(&network.words.requests[number].card);
}

static const struct network_bond *bond_of(const struct card *card)
{
    for (size_t i = 0; i < network.words.bond_count; i++) {
        const struct network_bond *bond = &network.words.bonds[i];

        for (size_t k = 0; k < bond->port_count; k++) {
            if (!strcmp(bond->ports[k], card->name))
                return bond;
        }
    }
    return NULL;
}

static bool is_ours(const struct card *card)
{
    for (size_t i = 0; i < network.words.bond_count; i++) {
        if (!strcmp(network.words.bonds[i].name, card->name))
            return true;
    }
    for (size_t i = 0; i < network.words.vlan_count; i++) {
        if (!strcmp(network.words.vlans[i].name, card->name))
            return true;
    }
    return false;
}

static void complain(const char *what, const struct card *card, int error)
{
    report("warning", "network: cannot ", what, " ", card->name, ": ", strerror(-error), NULL);
}

static const char *name_wanted(const struct card *card, char name[NETWORK_NAME_SIZE])
{
    for (size_t i = 0; i < network.words.name_count; i++) {
        if (!memcmp(network.words.names[i].mac, card->mac, NETWORK_MAC_BYTES))
            return network.words.names[i].name;
    }
    if (network.words.keeps_kernel_names || card->is_made || !card_name_find(network.sysfs, card->name, name))
        return card->name;
    return name;
}

/* While it is down, which most kernels insist on. */
static void give_name(struct card *card)
{
    char name[NETWORK_NAME_SIZE];
    const char *wanted = name_wanted(card, name);
    int result;

    if (!strcmp(wanted, card->name))
        return;
    result = link_set_name(card->index, wanted);
    if (result < 0) {
        report("warning", "network: cannot call ", card->name, " ", wanted, ": ", strerror(-result), NULL);
        return;
    }
    report("note", "network: ", card->name, " is ", wanted, NULL);
    memcpy(card->name, wanted, strlen(wanted) + 1);
}

static void make_vlans(struct card *card)
{
    for (size_t i = 0; i < network.words.vlan_count; i++) {
        const struct network_vlan *vlan = &network.words.vlans[i];
        int result;

        if (!is_called(card, vlan->below))
            continue;
        card->is_port = true;
        result = link_set_up(card->index, true);
        if (result == 0)
            result = link_add_vlan(vlan->name, vlan->id, card->index);
        if (result < 0)
            report("warning", "network: cannot make the VLAN ", vlan->name, " on ", card->name, ": ", strerror(-result),
                NULL);
    }
}

/* It is down yet, which a bond insists on. */
static void join_bond(struct card *card)
{
    const struct network_bond *bond = bond_of(card);
    const struct card *master = bond ? cards_find_name(&network.cards, bond->name) : NULL;
    int result;

    if (!bond)
        return;
    card->is_port = true;
    if (!master)
        return;
    result = link_set_master(card->index, master->index);
    if (result == 0)
        result = link_set_up(card->index, true);
    if (result < 0)
        complain("make a part of the bond", card, result);
}

static void apply_hardware(struct card *card, const struct network_request *request)
{
    int result = request->has_new_mac ? link_set_mac(card->index, request->new_mac) : 0;

    if (result < 0)
        complain("give its address of the hardware to", card, result);
    else if (request->has_new_mac)
        memcpy(card->mac, request->new_mac, NETWORK_MAC_BYTES);
    result = request->mtu ? link_set_mtu(card->index, request->mtu) : 0;
    if (result < 0)
        complain("set the MTU of", card, result);
}

/* Once for each card, when it has come. */
static void prepare(struct card *card)
{
    int result;

    card->is_prepared = true;
    /* What is of software, and not ours, is somebody else's, unless it is named. */
    if (!card->is_ethernet || (card->is_made && !is_ours(card) && !is_named(card))
        || card_is_wireless(network.sysfs, card->name))
        return;
    give_name(card);
    join_bond(card);
    make_vlans(card);
    for (size_t i = 0; i < network.words.request_count; i++) {
        if (!is_for(i, card))
            continue;
        apply_hardware(card, &network.words.requests[i]);
        card->is_wanted = true;
    }
    result = card->is_wanted ? link_set_up(card->index, true) : 0;
    if (result < 0)
        complain("start", card, result);
}

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
static void collect_dns(
    struct network_lease *lease, const struct network_request *request, const struct network_lease *told)
{
    for (size_t i = 0; i < network.words.dns_count; i++)
        add_dns(lease, &network.words.dns[i]);
    for (size_t i = 0; i < 2; i++)
        add_dns(lease, &request->dns[i]);
    for (size_t i = 0; told && !network.words.ignores_peer_dns && i < told->dns_count; i++)
        add_dns(lease, &told->dns[i]);
}

static bool is_boot_card(const struct card *card)
{
    return ref_is_any(&network.words.boot_card) || ref_matches(&network.words.boot_card, card);
}

/* One gateway for each kind of addresses: that of the card which the machine boots from, or of the first. */
static void set_gateway(const struct card *card, const struct network_address *gateway)
{
    struct network_address everything = {.family = gateway->family};
    bool *has = &network.has_gateway[gateway->family == NETWORK_IPV6];
    char text[NETWORK_ADDRESS_SIZE];
    int result;

    if (!gateway->family || *has || !is_boot_card(card))
        return;
    result = link_add_route(card->index, &everything, 0, gateway);
    if (result < 0)
        report("warning", "network: ", card->name, " cannot reach the gateway ", network_address_format(gateway, text),
            ": ", strerror(-result), NULL);
    *has = result == 0;
}

static void set_asked_routes(const struct card *card)
{
    for (size_t i = 0; i < network.words.route_count; i++) {
        const struct network_route *route = &network.words.routes[i];
        char text[NETWORK_ADDRESS_SIZE];
        int result;

        if (*route->card && !is_called(card, route->card))
            continue;
        result = link_add_route(*route->card || !route->gateway.family ? card->index : 0, &route->destination,
            route->prefix, &route->gateway);
        if (result < 0)
            report("warning", "network: no route to ", network_address_format(&route->destination, text), " by ",
                card->name, ": ", strerror(-result), NULL);
    }
}

/* Those that were asked as well as this one, and are not needed any more, are as they were. */
static void drop_others(size_t number, const struct card *winner)
{
    for (size_t i = 0; is_any(number) && i < network.cards.count; i++) {
        struct card *card = network.cards.items[i];
        bool is_wanted = false;

        for (size_t k = 0; k < network.words.request_count; k++)
            is_wanted |= is_for(k, card);
        if (card == winner || !card->is_wanted || is_wanted)
            continue;
        dhcp_stop(&card->dhcp);
        card->is_wanted = false;
        (void)link_set_up(card->index, false);
    }
}

static void finish(struct card *card, size_t number, enum network_method method, struct network_lease *lease)
{
    struct progress *progress = &network.progress[number];

    memcpy(lease->interface, card->name, sizeof(lease->interface));
    memcpy(lease->mac, card->mac, sizeof(lease->mac));
    progress->done |= method;
    progress->taken = card;
    set_asked_routes(card);
    report_lease(lease);
    drop_others(number, card);
}

static void apply_static(struct card *card, size_t number)
{
    const struct network_request *request = &network.words.requests[number];
    struct network_lease lease = {.method = "static",
        .address = request->address,
        .prefix = request->prefix,
        .gateway = request->gateway,
        .next_server = request->server,
        .mtu = request->mtu};
    int result = link_add_address(card->index, &request->address, request->prefix);

    network.progress[number].taken = card;
    if (result < 0) {
        complain("give its address to", card, result);
        network.progress[number].done |= NETWORK_STATIC; /* it is not to be tried for ever */
        return;
    }
    if (request->address.family == NETWORK_IPV6)
        return; /* it is good when the kernel has found nobody else with it, which is an event */
    memcpy(lease.host_name, request->host_name, sizeof(request->host_name));
    collect_dns(&lease, request, NULL);
    set_gateway(card, &request->gateway);
    finish(card, number, NETWORK_STATIC, &lease);
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
            complain("set a route of the DHCP server's for", card, result);
    }
}

static void apply_dhcp(struct card *card, size_t number)
{
    const struct network_request *request = &network.words.requests[number];
    const struct dhcp_reply *binding = &card->dhcp.binding;
    struct network_lease lease = binding->lease;
    char server[NETWORK_ADDRESS_SIZE];
    int result;

    if (binding->dropped)
        report("warning", "network: the DHCP server ", network_address_format(&binding->server, server), " of ",
            card->name, " gives a ", binding->dropped, " that is none: it is left out", NULL);
    lease.dns_count = 0;
    collect_dns(&lease, request, &binding->lease);
    memcpy(lease.method, "dhcp", sizeof("dhcp"));
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
        complain("give the DHCP server's address to", card, result);
    set_told_routes(card, binding, &lease);
    set_gateway(card, &lease.gateway);
    finish(card, number, NETWORK_DHCP, &lease);
}

/* What is to be done once the card has a link. */
static void start_methods(struct card *card)
{
    for (size_t i = 0; i < network.words.request_count && card->is_wanted && card->has_link; i++) {
        const struct network_request *request = &network.words.requests[i];
        const struct progress *progress = &network.progress[i];
        int result;

        if (!is_for(i, card))
            continue;
        if (request->methods & NETWORK_STATIC && !progress->taken)
            apply_static(card, i);
        if (!(request->methods & ~progress->done & NETWORK_DHCP) || card->dhcp.state != DHCP_STOPPED)
            continue;
        result = dhcp_start(&card->dhcp, card->index, card->mac, request->host_name, network.words.dhcp_seconds);
        if (result < 0)
            complain("ask for an address on", card, result);
    }
}

static void take_link(const struct nlmsghdr *message)
{
    struct card *card = cards_take(&network.cards, message);

    if (!card)
        return;
    if (!card->is_prepared)
        prepare(card);
    start_methods(card);
}

static void take_address(const struct nlmsghdr *message)
{
    const struct ifaddrmsg *header = NLMSG_DATA(message);
    struct network_address address = {.family = NETWORK_IPV6};
    const struct rtattr *attributes[IFA_FLAGS + 1];
    uint32_t flags;
    struct card *card;

    if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*header)) || header->ifa_family != AF_INET6)
        return;
    netlink_attributes(message, sizeof(*header), attributes, IFA_FLAGS + 1);
    card = cards_find(&network.cards, (int)header->ifa_index);
    flags = header->ifa_flags;
    if (attributes[IFA_FLAGS] && RTA_PAYLOAD(attributes[IFA_FLAGS]) == sizeof(flags))
        memcpy(&flags, RTA_DATA(attributes[IFA_FLAGS]), sizeof(flags));
    if (!card || !attributes[IFA_ADDRESS] || RTA_PAYLOAD(attributes[IFA_ADDRESS]) != sizeof(address.bytes)
        || flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_TEMPORARY))
        return;
    memcpy(address.bytes, RTA_DATA(attributes[IFA_ADDRESS]), sizeof(address.bytes));
    for (size_t i = 0; i < network.words.request_count; i++) {
        const struct network_request *request = &network.words.requests[i];
        unsigned left = request->methods & ~network.progress[i].done;
        struct network_lease lease = {.address = address, .prefix = header->ifa_prefixlen, .mtu = request->mtu};
        bool is_link = header->ifa_scope == RT_SCOPE_LINK;

        if (!card->is_wanted || !is_for(i, card))
            continue;
        memcpy(lease.host_name, request->host_name, sizeof(request->host_name));
        collect_dns(&lease, request, NULL);
        if (!network.words.ignores_peer_dns)
            add_dns(&lease, &card->dns6);
        if (left & NETWORK_STATIC && network_address_equal(&request->address, &address)) {
            memcpy(lease.method, "static", sizeof("static"));
            lease.gateway = request->gateway;
            lease.next_server = request->server;
            set_gateway(card, &request->gateway);
            finish(card, i, NETWORK_STATIC, &lease);
        } else if (left & NETWORK_AUTO6 && !is_link) {
            memcpy(lease.method, "auto6", sizeof("auto6"));
            finish(card, i, NETWORK_AUTO6, &lease);
        } else if (left & NETWORK_LINK6 && is_link) {
            memcpy(lease.method, "link6", sizeof("link6"));
            finish(card, i, NETWORK_LINK6, &lease);
        }
    }
}

static void take_message(const struct nlmsghdr *message)
{
    struct network_address server;
    struct card *card;
    int index;

    switch (message->nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
        take_link(message);
        break;
    case RTM_NEWADDR:
        take_address(message);
        break;
    case RTM_NEWNDUSEROPT:
        index = neighbour_read_dns(message, &server);
        card = index > 0 ? cards_find(&network.cards, index) : NULL;
        if (card)
            card->dns6 = server;
        break;
    default:
        break;
    }
}

/* Returns 0, or the -errno after which there are no events any more. */
static int take_events(void)
{
    static _Alignas(struct nlmsghdr) uint8_t buffer[NETLINK_BUFFER_SIZE];
    ssize_t length;

    while ((length = netlink_read(network.events, buffer)) >= 0) {
        const struct nlmsghdr *message = (const void *)buffer;
        size_t left = (size_t)length;

        for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left))
            take_message(message);
    }
    if (length == -ENOBUFS) /* what was lost is told again */
        return netlink_dump(network.events, RTM_GETLINK);
    return length == -EAGAIN ? 0 : (int)length;
}

static void run_dhcp(struct card *card)
{
    dhcp_receive(&card->dhcp);
    dhcp_tick(&card->dhcp);
    for (size_t i = 0; i < network.words.request_count && card->dhcp.state == DHCP_BOUND; i++) {
        if (network.words.requests[i].methods & ~network.progress[i].done & NETWORK_DHCP && is_for(i, card)) {
            apply_dhcp(card, i);
            break;
        }
    }
    if (card->dhcp.state == DHCP_BOUND)
        dhcp_stop(&card->dhcp);
}

/* Names of cards, with commas between, of as many as there is room for. */
struct name_list {
    char text[120];
    size_t count;
};

static void add_name(struct name_list *list, const char *name)
{
    size_t used = strlen(list->text);

    (void)text_join(list->text + used, sizeof(list->text) - used, list->count++ ? ", " : "", name, NULL);
}

static void tell_no_card(const struct name_list *others)
{
    const struct network_card_ref *wanted = &network.words.boot_card;
    char mac[NETWORK_MAC_SIZE], state[256];

    for (size_t i = 0; i < network.words.request_count; i++) {
        if (!is_any(i))
            wanted = &network.words.requests[i].card;
    }
    if (ref_is_any(wanted) && others->count > 0)
        (void)text_join(state, sizeof(state), "no card is to get an address", NULL);
    else if (ref_is_any(wanted))
        (void)text_join(state, sizeof(state), "no network card was found", NULL);
    else
        (void)text_join(state, sizeof(state), "there is no card ",
            wanted->has_mac ? network_mac_format(wanted->mac, mac) : wanted->name,
            others->count > 0 ? ", but there is " : "", others->text, NULL);
    report_state(state);
}

static void tell_dhcp(const struct card *card, size_t cards)
{
    char state[256], server[NETWORK_ADDRESS_SIZE], number[DECIMAL_SIZE];
    const struct dhcp *dhcp = &card->dhcp;

    network_address_format(&dhcp->offer.server, server);
    if (dhcp->state == DHCP_REQUESTING)
        (void)text_join(state, sizeof(state), "the DHCP server ", server,
            " does not confirm the address that it offers ", card->name, NULL);
    else if (dhcp->refusals > 0)
        (void)text_join(state, sizeof(state), "the DHCP server ", server, " refuses the address that it offered ",
            card->name, NULL);
    else
        (void)text_join(state, sizeof(state), card->name, cards > 1 ? " and others have" : " has",
            " a link, but no DHCP server has answered (", text_decimal(dhcp->tries, number),
            dhcp->tries == 1 ? " try)" : " tries)", NULL);
    report_state(state);
}

/* What the network waits for, as it is now. Returns true when there is nothing that it might still come to in time. */
static bool tell_state(uint64_t now)
{
    struct name_list linkless = {0}, others = {0};
    const struct card *asking = NULL, *linked = NULL;
    uint64_t first_link = UINT64_MAX;
    size_t asking_count = 0;
    char state[256];

    for (size_t i = 0; i < network.cards.count; i++) {
        const struct card *card = network.cards.items[i];

        if (!card->is_ethernet)
            continue;
        if (!card->is_wanted) {
            add_name(&others, card->name);
            continue;
        }
        if (!card->has_link) {
            add_name(&linkless, card->name);
            continue;
        }
        linked = card;
        first_link = card->linked < first_link ? card->linked : first_link;
        if (card->dhcp.state == DHCP_SELECTING || card->dhcp.state == DHCP_REQUESTING) {
            asking_count++;
            if (!asking || card->dhcp.state == DHCP_REQUESTING || card->dhcp.refusals > 0)
                asking = card;
        }
    }
    if (asking) {
        tell_dhcp(asking, asking_count);
    } else if (linked) {
        (void)text_join(state, sizeof(state), linked->name, " has a link, but no address yet", NULL);
        report_state(state);
    } else if (linkless.count > 0) {
        (void)text_join(
            state, sizeof(state), linkless.text, linkless.count > 1 ? " have no link" : " has no link", NULL);
        report_state(state);
    } else {
        tell_no_card(&others);
    }
    return linked ? now > first_link + GIVE_UP_DHCP
                  : now > network.started + (uint64_t)network.words.carrier_seconds * SECOND;
}

/* Milliseconds until something is due. */
static int next_timeout(void)
{
    uint64_t next = network.may_give_up ? timing_now() + SECOND : UINT64_MAX, now = timing_now();

    for (size_t i = 0; i < network.cards.count; i++) {
        const struct dhcp *dhcp = &network.cards.items[i]->dhcp;

        if (dhcp->state != DHCP_STOPPED && dhcp->next < next)
            next = dhcp->next;
    }
    if (next == UINT64_MAX)
        return -1;
    return next <= now ? 0 : (int)((next - now + 999) / 1000);
}

static int wait_for_events(void)
{
    struct pollfd *polled = calloc(network.cards.count + 1, sizeof(*polled));
    int ready;

    if (!polled)
        return -ENOMEM;
    polled[0] = (struct pollfd){.fd = network.events, .events = POLLIN};
    for (size_t i = 0; i < network.cards.count; i++) {
        const struct dhcp *dhcp = &network.cards.items[i]->dhcp;

        polled[i + 1] = (struct pollfd){.fd = dhcp->state == DHCP_STOPPED ? -1 : dhcp->fd, .events = POLLIN};
    }
    ready = poll(polled, network.cards.count + 1, next_timeout());
    free(polled);
    return ready < 0 && errno != EINTR ? -errno : 0;
}

static bool is_anything_up(void)
{
    for (size_t i = 0; i < network.words.request_count; i++) {
        if (network.progress[i].done)
            return true;
    }
    return false;
}

static int run(void)
{
    int result = 0;

    while (result == 0) {
        uint64_t now;

        result = take_events();
        for (size_t i = 0; i < network.cards.count; i++)
            run_dhcp(network.cards.items[i]);
        now = timing_now();
        if (!is_anything_up() && tell_state(now) && network.may_give_up)
            return 0;
        if (result == 0)
            result = wait_for_events();
    }
    report_state(strerror(-result));
    return result;
}

/* Their options can be written by root alone, and before they have parts. */
static void make_bonds(void)
{
    for (size_t i = 0; i < network.words.bond_count; i++) {
        int result = link_add_bond(network.words.bonds[i].name);

        if (result < 0)
            report("warning", "network: cannot make the bond ", network.words.bonds[i].name, ": ", strerror(-result),
                NULL);
        else
            bond_set_options(&network.words.bonds[i]);
    }
}

static int read_arguments(char **arguments)
{
    struct network_fault fault;
    struct cmdline_word *words;
    size_t count = 0;

    network.may_give_up = arguments[0] && !strcmp(arguments[0], "--may-give-up");
    arguments += network.may_give_up;
    while (arguments[count])
        count++;
    words = calloc(count + 1, sizeof(*words));
    if (!words)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        words[i].key = strsep(&arguments[i], "=");
        words[i].value = arguments[i];
    }
    network_words_read(&(struct cmdline){.words = words, .count = count}, &network.words, &fault);
    free(words);
    if (network.words.request_count == 0)
        network.words.requests[network.words.request_count++] = (struct network_request){.methods = NETWORK_DHCP};
    return 0;
}

int task_configure(char **arguments)
{
    int result = read_arguments(arguments);

    network.started = timing_now();
    network.sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (result == 0)
        network.events = result = netlink_open(EVENTS);
    if (result >= 0) {
        make_bonds();
        rights_drop(1u << CAP_NET_ADMIN | 1u << CAP_NET_RAW);
        result = netlink_dump(network.events, RTM_GETLINK);
    }
    if (result < 0) {
        report_state(strerror(-result));
        return 1;
    }
    return run() < 0;
}
