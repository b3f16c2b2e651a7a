#include "network/requests.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool requests_is_no_card(const struct network_card_ref *ref)
{
    return !*ref->name && !ref->has_mac;
}

static bool ref_matches(const struct network_card_ref *ref, const struct card *card)
{
    if (ref->has_mac)
        return !memcmp(ref->mac, card->mac, NETWORK_MAC_BYTES);
    return card_is_called(card, ref->name);
}

bool requests_name(const struct requests *requests, const struct card *card)
{
    for (size_t i = 0; i < requests->words.request_count; i++) {
        if (!requests_is_no_card(&requests->words.requests[i].card)
            && ref_matches(&requests->words.requests[i].card, card))
            return true;
    }
    return !requests_is_no_card(&requests->words.boot_card) && ref_matches(&requests->words.boot_card, card);
}

bool requests_is_for(const struct requests *requests, size_t number, const struct card *card)
{
    const struct network_request *request = &requests->words.requests[number];
    const struct card *taken = requests->progress[number].taken;

    if (taken && taken != card)
        return false;
    /* An ip= without a card is for the one that the firmware has booted from, where it is told, else for any; but not
     * for those that have an ip= of their own, or are a part of another. */
    if (!requests_is_no_card(&request->card))
        return ref_matches(&request->card, card);
    if (!requests_is_no_card(&requests->words.boot_card))
        return ref_matches(&requests->words.boot_card, card);
    return !requests_name(requests, card) && !card->is_port;
}

bool requests_have(const struct requests *requests, enum network_method method)
{
    for (size_t i = 0; i < requests->words.request_count; i++) {
        if (requests->words.requests[i].methods & method)
            return true;
    }
    return false;
}

bool requests_is_any(const struct requests *requests, size_t number)
{
    return requests_is_no_card(&requests->words.requests[number].card);
}

const struct network_bond *requests_bond_of(const struct requests *requests, const struct card *card)
{
    for (size_t i = 0; i < requests->words.bond_count; i++) {
        const struct network_bond *bond = &requests->words.bonds[i];

        for (size_t k = 0; k < bond->port_count; k++) {
            if (card_is_called(card, bond->ports[k]))
                return bond;
        }
    }
    return NULL;
}

bool requests_make(const struct requests *requests, const struct card *card)
{
    for (size_t i = 0; i < requests->words.bond_count; i++) {
        if (!strcmp(requests->words.bonds[i].name, card->name))
            return true;
    }
    for (size_t i = 0; i < requests->words.vlan_count; i++) {
        if (!strcmp(requests->words.vlans[i].name, card->name))
            return true;
    }
    return false;
}

bool requests_is_boot_card(const struct requests *requests, const struct card *card)
{
    return requests_is_no_card(&requests->words.boot_card) || ref_matches(&requests->words.boot_card, card);
}

bool requests_want(const struct requests *requests, const struct card *card)
{
    for (size_t i = 0; i < requests->words.request_count; i++) {
        if (requests_is_for(requests, i, card))
            return true;
    }
    return false;
}

void requests_forget(struct requests *requests, const struct card *card)
{
    for (size_t i = 0; i < requests->words.request_count; i++) {
        if (requests->progress[i].taken == card)
            requests->progress[i] = (struct progress){0};
    }
}

const struct network_card_ref *requests_card_awaited(const struct requests *requests)
{
    const struct network_card_ref *awaited = &requests->words.boot_card;

    for (size_t i = 0; i < requests->words.request_count; i++) {
        if (!requests_is_any(requests, i))
            awaited = &requests->words.requests[i].card;
    }
    return awaited;
}

bool requests_are_begun(const struct requests *requests)
{
    for (size_t i = 0; i < requests->words.request_count; i++) {
        if (requests->progress[i].done)
            return true;
    }
    return false;
}

int requests_read(struct requests *requests, char **arguments)
{
    struct network_fault fault;
    struct cmdline_word *words;
    size_t count = 0;

    while (arguments[count])
        count++;
    words = calloc(count + 1, sizeof(*words));
    if (!words)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        words[i].key = strsep(&arguments[i], "=");
        words[i].value = arguments[i];
    }
    network_words_read(&(struct cmdline){.words = words, .count = count}, &requests->words, &fault);
    free(words);
    if (requests->words.request_count == 0)
        requests->words.requests[requests->words.request_count++] = (struct network_request){.methods = NETWORK_DHCP};
    return 0;
}
