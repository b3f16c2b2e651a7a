#include "contract/network_words.h"

#include <string.h>

#include "contract/network_part.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define CARRIER_SECONDS 10u /* dracut's rd.net.timeout.carrier */

static const char too_many[] = "there are too many of them";

static const char *read_ip(struct network_words *words, const char *value)
{
    if (words->request_count == NETWORK_WORDS_MAXIMUM)
        return too_many;
    words->request_count++;
    return network_request_parse(value, &words->requests[words->request_count - 1]);
}

static const char *read_nameserver(struct network_words *words, const char *value)
{
    if (words->dns_count == NETWORK_WORDS_MAXIMUM)
        return too_many;
    return network_address_parse(value, strlen(value), &words->dns[words->dns_count++]) < 0 ? "it is no address" : NULL;
}

static const char *read_ifname(struct network_words *words, const char *value)
{
    struct network_name *name = &words->names[words->name_count];
    const char *colon = strchr(value, ':');
    struct network_part part = {value, colon ? (size_t)(colon - value) : 0};

    if (words->name_count == NETWORK_WORDS_MAXIMUM)
        return too_many;
    words->name_count++;
    if (!colon || network_mac_parse(colon + 1, strlen(colon + 1), name->mac) < 0)
        return "it is not NAME:ADDRESS-OF-THE-CARD";
    if (!network_part_to_name(&part, name->name))
        return "no card can have that name";
    /* A name that the kernel itself may give to another card must not be taken from it. */
    if (!strncmp(name->name, "eth", 3) && name->name[3] >= '0' && name->name[3] <= '9')
        return "the kernel may give that name to another card";
    return NULL;
}

/* NET/LEN:GATEWAY[:CARD] */
static const char *read_route(struct network_words *words, const char *value)
{
    struct network_route *route = &words->routes[words->route_count];
    struct network_part parts[NETWORK_PARTS_MAXIMUM], length;
    size_t count = network_parts_cut(value, parts);
    const char *slash, *bracket;
    uint32_t prefix;

    if (words->route_count == NETWORK_WORDS_MAXIMUM)
        return too_many;
    words->route_count++;
    if (count < 1 || count > 3)
        return "it is not NETWORK/LENGTH:GATEWAY:CARD";
    /* dracut has it in the brackets too: [2001:db8::/32] */
    slash = memchr(parts[0].text, '/', parts[0].length);
    bracket = memchr(parts[0].text, '[', parts[0].length);
    if (!slash)
        return "its network has no length";
    length = (struct network_part){slash + 1, (size_t)(parts[0].text + parts[0].length - slash - 1)};
    if (length.length > 0 && length.text[length.length - 1] == ']')
        length.length--;
    parts[0].length = (size_t)(slash - parts[0].text);
    if (bracket && parts[0].length > 0 && parts[0].text[parts[0].length - 1] != ']')
        parts[0] = (struct network_part){parts[0].text + 1, parts[0].length - 1};
    if (network_address_parse(parts[0].text, parts[0].length, &route->destination) < 0)
        return "its network is no address";
    if (network_part_to_number(&length, route->destination.family == NETWORK_IPV4 ? 32 : 128, &prefix) < 0)
        return "the length of its network makes no sense";
    route->prefix = (uint8_t)prefix;
    if (count > 1 && !network_part_to_address(&parts[1], &route->gateway))
        return "its gateway is no address";
    if (route->gateway.family && route->gateway.family != route->destination.family)
        return "its gateway is of the other kind of addresses";
    return count > 2 && !network_part_to_name(&parts[2], route->card) ? "no card can have that name" : NULL;
}

/* VLAN0005, vlan5, eth0.0005 and eth0.5: the digits at the end (vconfig(8)). */
static bool read_vlan_id(const char *name, uint16_t *id)
{
    const char *digits = name + strlen(name);
    struct network_part part;
    uint32_t number;

    while (digits > name && digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    part = (struct network_part){digits, strlen(digits)};
    if (network_part_to_number(&part, 4094, &number) < 0 || number == 0)
        return false;
    *id = (uint16_t)number;
    return true;
}

static const char *read_vlan(struct network_words *words, const char *value)
{
    struct network_vlan *vlan = &words->vlans[words->vlan_count];
    struct network_part parts[NETWORK_PARTS_MAXIMUM];

    if (words->vlan_count == NETWORK_WORDS_MAXIMUM)
        return too_many;
    words->vlan_count++;
    if (network_parts_cut(value, parts) != 2 || !network_part_to_name(&parts[0], vlan->name)
        || !network_part_to_name(&parts[1], vlan->below))
        return "it is not NAME:CARD";
    return read_vlan_id(vlan->name, &vlan->id) ? NULL : "its name does not end in a number from 1 to 4094";
}

static const char *read_bond(struct network_words *words, const char *value)
{
    struct network_bond *bond = &words->bonds[words->bond_count];
    struct network_part parts[NETWORK_PARTS_MAXIMUM] = {0};
    size_t count = network_parts_cut(value, parts);

    if (words->bond_count == NETWORK_WORDS_MAXIMUM)
        return too_many;
    words->bond_count++;
    if (count < 2 || count > 4 || !network_part_to_name(&parts[0], bond->name))
        return "it is not NAME:CARDS:OPTIONS:MTU";
    for (const char *text = parts[1].text, *end = text + parts[1].length; text <= end;) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        struct network_part port = {text, (size_t)((comma ? comma : end) - text)};

        if (bond->port_count == NETWORK_PORTS_MAXIMUM)
            return "it has too many cards";
        if (!network_part_to_name(&port, bond->ports[bond->port_count++]))
            return "no card can have that name";
        text += port.length + 1;
    }
    if (count > 2 && parts[2].length >= sizeof(bond->options))
        return "its options are too long";
    if (count > 2)
        memcpy(bond->options, parts[2].text, parts[2].length);
    return count > 3 && !network_part_to_mtu(&parts[3], &bond->mtu) ? "its MTU is not a number from 68 to 65535" : NULL;
}

static const char *read_bootdev(struct network_words *words, const char *value)
{
    struct network_part part = {value, strlen(value)};

    words->boot_card = (struct network_card_ref){0};
    return network_card_ref_read(&part, &words->boot_card) ? NULL : "no card can have that name";
}

static const char *read_neednet(struct network_words *words, const char *value)
{
    words->is_needed = !cmdline_is_no(value);
    return NULL;
}

static const char *read_peerdns(struct network_words *words, const char *value)
{
    words->ignores_peer_dns = cmdline_is_no(value);
    return NULL;
}

static const char *read_ifnames(struct network_words *words, const char *value)
{
    words->keeps_kernel_names = cmdline_is_no(value);
    return NULL;
}

static const char *read_seconds(const char *value, uint32_t *seconds)
{
    struct network_part part = {value, strlen(value)};

    return network_part_to_number(&part, 1000000, seconds) < 0 ? "it is no number of seconds" : NULL;
}

static const char *read_carrier(struct network_words *words, const char *value)
{
    return read_seconds(value, &words->carrier_seconds);
}

static const char *read_dhcp(struct network_words *words, const char *value)
{
    return read_seconds(value, &words->dhcp_seconds);
}

static const char *refuse_bridge(struct network_words *words, const char *value)
{
    (void)words;
    (void)value;
    return "there are no bridges before the root";
}

static const char *refuse_team(struct network_words *words, const char *value)
{
    (void)words;
    (void)value;
    return "there are no teams before the root: bond= is there";
}

static const struct reader {
    const char *key;
    const char *(*read)(struct network_words *words, const char *value); /* NULL, or why it makes no sense */
} readers[] = {
    {"ip", read_ip},
    {"nfsaddrs", read_ip}, /* its name of old, which the kernel still reads */
    {"nameserver", read_nameserver},
    {"ifname", read_ifname},
    {"rd.route", read_route},
    {"vlan", read_vlan},
    {"bond", read_bond},
    {"bridge", refuse_bridge},
    {"team", refuse_team},
    {"bootdev", read_bootdev},
    {"rd.neednet", read_neednet},
    {"rd.peerdns", read_peerdns},
    {"net.ifnames", read_ifnames},
    {"rd.net.timeout.carrier", read_carrier},
    {"rd.net.timeout.dhcp", read_dhcp},
};

static const struct reader *find_reader(const char *key)
{
    for (size_t i = 0; i < COUNT(readers); i++) {
        if (!strcmp(readers[i].key, key))
            return &readers[i];
    }
    return NULL;
}

void network_words_read(const struct cmdline *cmdline, struct network_words *words, struct network_fault *fault)
{
    const char *boot_mac = cmdline_value(cmdline, "BOOTIF"), *boot_mac_counts = cmdline_value(cmdline, "rd.bootif");

    *words = (struct network_words){.carrier_seconds = CARRIER_SECONDS};
    *fault = (struct network_fault){0};
    if (boot_mac && !cmdline_is_no(boot_mac_counts)) {
        /* PXELINUX puts the type of the hardware in front: 01-52-54-00-12-34-56. */
        const char *mac = boot_mac + (strlen(boot_mac) == NETWORK_MAC_SIZE - 1 + 3 ? 3 : 0);

        words->boot_card.has_mac = network_mac_parse(mac, strlen(mac), words->boot_card.mac) == 0;
        if (!words->boot_card.has_mac)
            *fault = (struct network_fault){"BOOTIF", boot_mac, "it is no card's address"};
    }
    for (size_t i = 0; i < cmdline->count; i++) {
        const struct cmdline_word *word = &cmdline->words[i];
        const struct reader *reader = find_reader(word->key);

        if (reader) {
            struct network_words before = *words;
            const char *reason = reader->read(words, word->value ? word->value : "");

            if (reason)
                *words = before;
            if (reason && !fault->key)
                *fault = (struct network_fault){word->key, word->value ? word->value : "", reason};
        }
    }
}

bool network_words_has(const char *key)
{
    return find_reader(key) || !strcmp(key, "BOOTIF") || !strcmp(key, "rd.bootif");
}

bool network_words_is_ibft(const struct cmdline_word *word)
{
    const struct reader *reader = find_reader(word->key);
    struct network_request request;

    return reader && reader->read == read_ip && word->value && !network_request_parse(word->value, &request)
           && request.methods & NETWORK_IBFT;
}
