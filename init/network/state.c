#include "network/state.h"

#include <string.h>

#include "network/report.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

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

static void tell_no_card(const struct setup *setup, const struct name_list *others)
{
    const struct network_card_ref *wanted = requests_card_awaited(&setup->requests);
    char mac[NETWORK_MAC_SIZE], state[256];

    if (requests_is_no_card(wanted) && others->count > 0)
        (void)text_join(state, sizeof(state), "no card is to get an address", NULL);
    else if (requests_is_no_card(wanted))
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

static void tell_dhcp6(const struct card *card)
{
    char state[256], number[DECIMAL_SIZE];
    const struct dhcp6 *dhcp = &card->dhcp6;

    if (dhcp->is_refused)
        (void)text_join(state, sizeof(state), "the DHCPv6 server has no address for ", card->name, NULL);
    else if (dhcp->state == DHCP6_REQUESTING)
        (void)text_join(
            state, sizeof(state), "the DHCPv6 server does not confirm the address that it offers ", card->name, NULL);
    else
        (void)text_join(state, sizeof(state), card->name, " has a link, but no DHCPv6 server has answered (",
            text_decimal(dhcp->tries, number), dhcp->tries == 1 ? " try)" : " tries)", NULL);
    report_state(state);
}

bool state_tell(const struct setup *setup, uint64_t now)
{
    struct name_list linkless = {0}, others = {0};
    const struct card *asking = NULL, *asking6 = NULL, *linked = NULL;
    uint64_t first_link = UINT64_MAX;
    size_t asking_count = 0;
    char state[256];

    for (size_t i = 0; i < setup->cards.count; i++) {
        const struct card *card = setup->cards.items[i];

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
        if (card->dhcp6.state == DHCP6_SELECTING || card->dhcp6.state == DHCP6_REQUESTING)
            asking6 = card;
        first_link = card->linked < first_link ? card->linked : first_link;
        if (card->dhcp.state == DHCP_SELECTING || card->dhcp.state == DHCP_REQUESTING) {
            asking_count++;
            if (!asking || card->dhcp.state == DHCP_REQUESTING || card->dhcp.refusals > 0)
                asking = card;
        }
    }
    if (asking) {
        tell_dhcp(asking, asking_count);
    } else if (asking6) {
        tell_dhcp6(asking6);
    } else if (linked) {
        (void)text_join(state, sizeof(state), linked->name, " has a link, but no address yet", NULL);
        report_state(state);
    } else if (linkless.count > 0) {
        (void)text_join(
            state, sizeof(state), linkless.text, linkless.count > 1 ? " have no link" : " has no link", NULL);
        report_state(state);
    } else {
        tell_no_card(setup, &others);
    }
    return linked ? now > first_link + WAIT_DHCP
                  : now > setup->started + (uint64_t)setup->requests.words.carrier_seconds * SECOND;
}
