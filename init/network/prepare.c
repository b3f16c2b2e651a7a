#include "network/prepare.h"

#include <errno.h>
#include <string.h>

#include "name/card_name.h"
#include "network/bond.h"
#include "network/link.h"
#include "network/report.h"

static const char *name_wanted(const struct setup *setup, const struct card *card, char name[NETWORK_NAME_SIZE])
{
    for (size_t i = 0; i < setup->requests.words.name_count; i++) {
        if (!memcmp(setup->requests.words.names[i].mac, card->mac, NETWORK_MAC_BYTES))
            return setup->requests.words.names[i].name;
    }
    if (setup->requests.words.keeps_kernel_names || card->is_made || !card_name_find(setup->sysfs, card->name, name))
        return card->name;
    return name;
}

/* While it is down, which most kernels insist on. */
static void give_name(const struct setup *setup, struct card *card)
{
    char name[NETWORK_NAME_SIZE];
    const char *wanted = name_wanted(setup, card, name);
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

static void make_vlans(const struct setup *setup, struct card *card)
{
    for (size_t i = 0; i < setup->requests.words.vlan_count; i++) {
        const struct network_vlan *vlan = &setup->requests.words.vlans[i];
        int result;

        if (!card_is_called(card, vlan->below))
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

/* Before it has parts, which then take it over. */
static void set_bond_mtu(const struct setup *setup, const struct card *card)
{
    for (size_t i = 0; i < setup->requests.words.bond_count; i++) {
        const struct network_bond *bond = &setup->requests.words.bonds[i];
        int result = bond->mtu && !strcmp(bond->name, card->name) ? link_set_mtu(card->index, bond->mtu) : 0;

        if (result < 0)
            report_failure("set the MTU of", card->name, result);
    }
}

/* It is down yet, which a bond insists on. */
static void join_bond(const struct setup *setup, struct card *card)
{
    const struct network_bond *bond = requests_bond_of(&setup->requests, card);
    const struct card *master = bond ? cards_find_name(&setup->cards, bond->name) : NULL;
    int result;

    card->is_port |= bond != NULL;
    if (!master)
        return; /* the kernel tells of it after this one */
    result = link_set_master(card->index, master->index);
    if (result == 0)
        result = link_set_up(card->index, true);
    if (result < 0)
        report_failure("make a part of the bond", card->name, result);
}

/* A bond has come: those that came before it join. */
static void join_ports(const struct setup *setup, const struct card *bond)
{
    for (size_t i = 0; i < setup->cards.count; i++) {
        struct card *card = setup->cards.items[i];
        const struct network_bond *its = requests_bond_of(&setup->requests, card);

        if (card->is_prepared && its && !strcmp(its->name, bond->name))
            join_bond(setup, card);
    }
}

void prepare_card(struct setup *setup, struct card *card)
{
    const struct network_request *request;
    int result;

    card->is_prepared = true;
    /* What is of software, and not ours, is somebody else's, unless it is named. */
    if (!card->is_ethernet
        || (card->is_made && !requests_make(&setup->requests, card) && !requests_name(&setup->requests, card))
        || card_is_wireless(setup->sysfs, card->name))
        return;
    give_name(setup, card);
    set_bond_mtu(setup, card);
    join_bond(setup, card);
    join_ports(setup, card);
    make_vlans(setup, card);
    for (size_t i = 0; i < setup->requests.words.request_count; i++) {
        if (!requests_is_for(&setup->requests, i, card))
            continue;
        card->is_wanted = true;
        request = &setup->requests.words.requests[i];
        result = request->has_new_mac ? link_set_mac(card->index, request->new_mac) : 0;
        if (result < 0)
            report_failure("give its address of the hardware to", card->name, result);
        else if (request->has_new_mac)
            memcpy(card->mac, request->new_mac, NETWORK_MAC_BYTES);
        result = request->mtu ? link_set_mtu(card->index, request->mtu) : 0;
        if (result < 0)
            report_failure("set the MTU of", card->name, result);
    }
    result = card->is_wanted ? link_set_up(card->index, true) : 0;
    if (result < 0)
        report_failure("start", card->name, result);
}

void prepare_bonds(const struct setup *setup)
{
    for (size_t i = 0; i < setup->requests.words.bond_count; i++) {
        int result = link_add_bond(setup->requests.words.bonds[i].name);

        if (result < 0 && result != -EEXIST) /* the driver makes a bond0 by itself */
            report("warning", "network: cannot make the bond ", setup->requests.words.bonds[i].name, ": ",
                strerror(-result), NULL);
        else
            bond_set_options(&setup->requests.words.bonds[i]);
    }
}
