/*
 * Gives the machine's cards their addresses, all at once, as the command line wants it. The kernel tells by events when
 * a card has come, when it has a link and when an address of IPv6 is good; nothing is polled. The first card with an
 * answer has what was asked of any card. Ends only when told so: whatever it has set up stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "network/addresses.h"
#include "network/neighbour.h"
#include "network/netlink.h"
#include "network/prepare.h"
#include "network/report.h"
#include "network/rights.h"
#include "network/state.h"
#include "network/tasks.h"
#include "system/timing.h"
#include "system/waits.h"

#define GROUP(number) (1u << ((number)-1))
#define EVENTS (RTMGRP_LINK | RTMGRP_IPV6_IFADDR | GROUP(RTNLGRP_ND_USEROPT))

/* What is to be done once the card has a link. */
static void start_methods(struct setup *setup, struct card *card)
{
    for (size_t i = 0; i < setup->requests.words.request_count && card->is_wanted && card->has_link; i++) {
        const struct network_request *request = &setup->requests.words.requests[i];
        const struct progress *progress = &setup->requests.progress[i];
        int result;

        if (!requests_is_for(&setup->requests, i, card))
            continue;
        if (request->methods & NETWORK_STATIC && !progress->taken)
            addresses_set_static(setup, card, i);
        if (!(request->methods & ~progress->done & NETWORK_DHCP) || card->dhcp.state != DHCP_STOPPED)
            continue;
        result = dhcp_start(&card->dhcp, card->index, card->mac, request, setup->requests.words.dhcp_seconds);
        if (result < 0)
            report_failure("ask for an address on", card->name, result);
    }
}

/* A card that is gone may come again, or another in its place. */
static void forget(struct setup *setup, const struct card *card)
{
    requests_forget(&setup->requests, card);
    for (size_t i = 0; i < 2; i++) {
        if (setup->gateways[i] == card)
            setup->gateways[i] = NULL;
    }
}

static void take_message(struct setup *setup, const struct nlmsghdr *message)
{
    const struct ifinfomsg *link = NLMSG_DATA(message);
    struct network_address server;
    struct card *card;
    int index;

    switch (message->nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
        card = message->nlmsg_type == RTM_DELLINK ? cards_find(&setup->cards, link->ifi_index) : NULL;
        if (card)
            forget(setup, card);
        card = cards_take(&setup->cards, message);
        if (card && !card->is_prepared)
            prepare_card(setup, card);
        if (card)
            start_methods(setup, card);
        break;
    case RTM_NEWADDR:
        addresses_take(setup, message);
        break;
    case RTM_NEWNDUSEROPT:
        index = neighbour_read_dns(message, &server);
        card = index > 0 ? cards_find(&setup->cards, index) : NULL;
        if (card)
            card->dns6 = server;
        break;
    default:
        break;
    }
}

/* Returns 0, or the -errno after which there are no events any more. */
static int take_events(struct setup *setup)
{
    static _Alignas(struct nlmsghdr) uint8_t buffer[NETLINK_BUFFER_SIZE];
    ssize_t length;

    while ((length = netlink_read(setup->events, buffer)) >= 0) {
        const struct nlmsghdr *message = (const void *)buffer;
        size_t left = (size_t)length;

        for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left))
            take_message(setup, message);
    }
    if (length == -ENOBUFS) /* what was lost is told again */
        return netlink_dump(setup->events, RTM_GETLINK);
    return length == -EAGAIN ? 0 : (int)length;
}

/* One that is asked by IPv6 asks from its link's own address, which comes by an event. */
static void start_dhcp6(struct setup *setup, struct card *card)
{
    for (size_t i = 0; i < setup->requests.words.request_count; i++) {
        if (setup->requests.words.requests[i].methods & ~setup->requests.progress[i].done & NETWORK_DHCP6
            && card->is_wanted && card->has_link && card->has_own_address6 && card->dhcp6.state == DHCP6_STOPPED
            && requests_is_for(&setup->requests, i, card))
            dhcp6_start(&card->dhcp6, setup->dhcp6, card->index, card->mac, setup->requests.words.dhcp_seconds);
    }
}

static void take_dhcp6(struct setup *setup)
{
    uint8_t message[DHCP6_RECEIVE_SIZE];
    ssize_t length;
    int index;

    while (setup->dhcp6 >= 0 && (length = dhcp6_receive(setup->dhcp6, message, &index)) >= 0) {
        struct card *card = cards_find(&setup->cards, index);

        if (!card || card->dhcp6.state == DHCP6_STOPPED || card->dhcp6.state == DHCP6_BOUND)
            continue;
        dhcp6_take(&card->dhcp6, message, (size_t)length);
        if (card->dhcp6.state == DHCP6_BOUND)
            addresses_set_dhcp6(card);
    }
}

static void run_dhcp(struct setup *setup, struct card *card)
{
    dhcp_receive(&card->dhcp);
    dhcp_tick(&card->dhcp);
    for (size_t i = 0; i < setup->requests.words.request_count && card->dhcp.state == DHCP_BOUND; i++) {
        if (setup->requests.words.requests[i].methods & ~setup->requests.progress[i].done & NETWORK_DHCP
            && requests_is_for(&setup->requests, i, card)) {
            addresses_set_dhcp(setup, card, i);
            break;
        }
    }
    if (card->dhcp.state == DHCP_BOUND)
        dhcp_stop(&card->dhcp);
}

/* Milliseconds until something is due. */
static int next_timeout(const struct setup *setup)
{
    uint64_t next = setup->may_give_up ? timing_now() + SECOND : UINT64_MAX, now = timing_now();

    for (size_t i = 0; i < setup->cards.count; i++) {
        const struct dhcp *dhcp = &setup->cards.items[i]->dhcp;
        const struct dhcp6 *dhcp6 = &setup->cards.items[i]->dhcp6;

        if (dhcp->state != DHCP_STOPPED && dhcp->next < next)
            next = dhcp->next;
        if (dhcp6->state != DHCP6_STOPPED && dhcp6->next < next)
            next = dhcp6->next;
    }
    if (next == UINT64_MAX)
        return -1;
    return next <= now ? 0 : (int)((next - now + 999) / 1000);
}

static int wait_for_events(const struct setup *setup)
{
    struct pollfd *polled = calloc(setup->cards.count + 2, sizeof(*polled));
    int ready;

    if (!polled)
        return -ENOMEM;
    polled[0] = (struct pollfd){.fd = setup->events, .events = POLLIN};
    polled[1] = (struct pollfd){.fd = setup->dhcp6, .events = POLLIN};
    for (size_t i = 0; i < setup->cards.count; i++) {
        const struct dhcp *dhcp = &setup->cards.items[i]->dhcp;

        polled[i + 2] = (struct pollfd){.fd = dhcp->state == DHCP_STOPPED ? -1 : dhcp->fd, .events = POLLIN};
    }
    ready = poll(polled, setup->cards.count + 2, next_timeout(setup));
    free(polled);
    return ready < 0 && errno != EINTR ? -errno : 0;
}

static int run(struct setup *setup)
{
    int result = 0;

    while (result == 0) {
        uint64_t now;

        result = take_events(setup);
        take_dhcp6(setup);
        for (size_t i = 0; i < setup->cards.count; i++) {
            run_dhcp(setup, setup->cards.items[i]);
            start_dhcp6(setup, setup->cards.items[i]);
            dhcp6_tick(&setup->cards.items[i]->dhcp6);
        }
        now = timing_now();
        if (!requests_are_begun(&setup->requests) && state_tell(setup, now) && setup->may_give_up)
            return 0;
        if (result == 0)
            result = wait_for_events(setup);
    }
    report_state(strerror(-result));
    return result;
}

int task_configure(char **arguments)
{
    static struct setup setup;
    int result;

    setup.may_give_up = arguments[0] && !strcmp(arguments[0], "--may-give-up");
    setup.started = timing_now();
    setup.sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
    result = requests_read(&setup.requests, arguments + setup.may_give_up);
    if (result == 0)
        setup.events = result = netlink_open(EVENTS);
    if (result >= 0) {
        setup.dhcp6 = requests_have(&setup.requests, NETWORK_DHCP6) ? dhcp6_open() : -1;
        if (requests_have(&setup.requests, NETWORK_DHCP6) && setup.dhcp6 < 0)
            report("warning", "network: there is no DHCPv6: ", strerror(-setup.dhcp6), NULL);
        prepare_bonds(&setup);
        rights_drop(1u << CAP_NET_ADMIN | 1u << CAP_NET_RAW);
        result = netlink_dump(setup.events, RTM_GETLINK);
    }
    if (result < 0) {
        report_state(strerror(-result));
        return 1;
    }
    return run(&setup) < 0;
}
