#include "network/card.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>

#include "network/netlink.h"
#include "system/timing.h"

bool card_is_called(const struct card *card, const char *name)
{
    return !strcmp(name, card->name) || !strcmp(name, card->first_name);
}

struct card *cards_find(const struct cards *cards, int index)
{
    for (size_t i = 0; i < cards->count; i++) {
        if (cards->items[i]->index == index)
            return cards->items[i];
    }
    return NULL;
}

struct card *cards_find_name(const struct cards *cards, const char *name)
{
    for (size_t i = 0; i < cards->count; i++) {
        if (!strcmp(cards->items[i]->name, name))
            return cards->items[i];
    }
    return NULL;
}

static struct card *add(struct cards *cards, int index)
{
    struct card **items = reallocarray(cards->items, cards->count + 1, sizeof(void *));
    struct card *card = items ? calloc(1, sizeof(*card)) : NULL;

    if (items)
        cards->items = items;
    if (!card)
        return NULL;
    card->index = index;
    cards->items[cards->count++] = card;
    return card;
}

static void drop(struct cards *cards, const struct card *gone)
{
    for (size_t i = 0; i < cards->count; i++) {
        if (cards->items[i] != gone)
            continue;
        dhcp_stop(&cards->items[i]->dhcp);
        free(cards->items[i]);
        cards->items[i] = cards->items[--cards->count];
        return;
    }
}

static bool is_made(const struct rtattr *information)
{
    const struct rtattr *attribute;
    size_t size;

    if (!information)
        return false;
    attribute = RTA_DATA(information);
    size = RTA_PAYLOAD(information);
    for (; RTA_OK(attribute, size); attribute = RTA_NEXT(attribute, size)) {
        if (attribute->rta_type == IFLA_INFO_KIND)
            return true;
    }
    return false;
}

struct card *cards_take(struct cards *cards, const struct nlmsghdr *message)
{
    const struct ifinfomsg *link = NLMSG_DATA(message);
    const struct rtattr *attributes[IFLA_LINKINFO + 1];
    struct card *card;
    const char *name;

    if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*link)))
        return NULL;
    card = cards_find(cards, link->ifi_index);
    if (message->nlmsg_type == RTM_DELLINK) {
        if (card && link->ifi_family == AF_UNSPEC)
            drop(cards, card);
        return NULL;
    }
    netlink_attributes(message, sizeof(*link), attributes, IFLA_LINKINFO + 1);
    name = attributes[IFLA_IFNAME] ? RTA_DATA(attributes[IFLA_IFNAME]) : "";
    if (link->ifi_flags & IFF_LOOPBACK || !attributes[IFLA_IFNAME]
        || strnlen(name, RTA_PAYLOAD(attributes[IFLA_IFNAME])) >= NETWORK_NAME_SIZE
        || !memchr(name, '\0', RTA_PAYLOAD(attributes[IFLA_IFNAME])) || !(card || (card = add(cards, link->ifi_index))))
        return NULL;
    memcpy(card->name, name, strlen(name) + 1);
    if (!*card->first_name)
        memcpy(card->first_name, name, strlen(name) + 1);
    card->is_ethernet = link->ifi_type == ARPHRD_ETHER;
    card->is_made = is_made(attributes[IFLA_LINKINFO]);
    if (attributes[IFLA_ADDRESS] && RTA_PAYLOAD(attributes[IFLA_ADDRESS]) == NETWORK_MAC_BYTES)
        memcpy(card->mac, RTA_DATA(attributes[IFLA_ADDRESS]), NETWORK_MAC_BYTES);
    card->has_link = link->ifi_flags & IFF_UP && link->ifi_flags & IFF_LOWER_UP;
    if (card->has_link && card->linked == 0)
        card->linked = timing_now();
    return card;
}
