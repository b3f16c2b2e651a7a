#include "contract/network_words.h"

#include <errno.h>
#include <string.h>

#include "contract/network_lease.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define CARRIER_SECONDS 10u /* dracut's rd.net.timeout.carrier */
#define MTU_LEAST 68u       /* RFC 791 */
#define MTU_MOST 65535u

/* A part of a word. */
struct part {
    const char *text;
    size_t length;
};

#define PARTS_MAXIMUM 20u

/* Cuts at the colons outside of brackets. Returns how many parts there are, or 0 where there are too many. */
static size_t cut(const char *value, struct part parts[PARTS_MAXIMUM])
{
    size_t count = 0;
    bool in_brackets = false;

    parts[0] = (struct part){value, 0};
    for (; *value; value++) {
        if (*value != ':' || in_brackets) {
            in_brackets = *value == '[' || (in_brackets && *value != ']');
            parts[count].length++;
        } else if (++count == PARTS_MAXIMUM) {
            return 0;
        } else {
            parts[count] = (struct part){value + 1, 0};
        }
    }
    return count + 1;
}

static bool part_is(const struct part *part, const char *word)
{
    return part->length == strlen(word) && !memcmp(part->text, word, part->length);
}

static bool part_is_number(const struct part *part)
{
    for (size_t i = 0; i < part->length; i++) {
        if (part->text[i] < '0' || part->text[i] > '9')
            return false;
    }
    return part->length > 0;
}

static int part_to_number(const struct part *part, uint32_t most, uint32_t *number)
{
    uint32_t sum = 0;

    if (!part_is_number(part) || part->length > 9)
        return -EINVAL;
    for (size_t i = 0; i < part->length; i++)
        sum = 10 * sum + (uint32_t)(part->text[i] - '0');
    *number = sum;
    return sum > most ? -EINVAL : 0;
}

static bool copy_name(const struct part *part, char name[NETWORK_NAME_SIZE])
{
    if (!network_name_is_valid(part->text, part->length))
        return false;
    memcpy(name, part->text, part->length);
    name[part->length] = '\0';
    return true;
}

/* Six parts from first on that a colon each cut out of one address. */
static bool join_mac(const struct part *parts, size_t count, size_t first, uint8_t mac[NETWORK_MAC_BYTES])
{
    const struct part *last = &parts[first + NETWORK_MAC_BYTES - 1];

    if (first + NETWORK_MAC_BYTES > count)
        return false;
    return network_mac_parse(parts[first].text, (size_t)(last->text + last->length - parts[first].text), mac) == 0;
}

static bool read_card(const struct part *part, struct network_card_ref *card)
{
    card->has_mac = network_mac_parse(part->text, part->length, card->mac) == 0;
    return card->has_mac || copy_name(part, card->name);
}

static const struct method {
    const char *word;
    unsigned methods;
    const char *refusal; /* NULL: it is understood */
} methods[] = {
    {"", NETWORK_DHCP, NULL},
    {"dhcp", NETWORK_DHCP, NULL},
    {"dhcp4", NETWORK_DHCP, NULL},
    {"single-dhcp", NETWORK_DHCP, NULL},
    {"on", NETWORK_DHCP, NULL},
    {"any", NETWORK_DHCP, NULL},
    {"both", NETWORK_DHCP, NULL},
    {"bootp", NETWORK_DHCP, NULL}, /* whose servers answer a DHCP client's DISCOVER as well (RFC 1534) */
    {"none", NETWORK_NONE, NULL},
    {"off", NETWORK_NONE, NULL},
    {"static", NETWORK_NONE, NULL}, /* refused unless there is an address */
    {"auto6", NETWORK_AUTO6, NULL},
    {"auto", NETWORK_DHCP | NETWORK_AUTO6, NULL},
    {"either6", NETWORK_AUTO6, NULL},
    {"link6", NETWORK_LINK6, NULL},
    {"link-local", NETWORK_LINK6, NULL},
    {"dhcp6", 0, "there is no DHCPv6: auto6 takes a router's prefix"},
    {"rarp", 0, "there is no RARP"},
    {"ibft", 0, "the firmware's own table of iSCSI is not for ip="},
};

static const char not_a_method[] =
    "it is neither an address nor one of dhcp, on, any, off, none, auto6, either6 and link6";

/* "TYPE,IDENTIFIER" behind "dhcp,": nfsroot.rst. Returns false where it is something else. */
static bool is_client(const char *text, const char *end)
{
    const char *comma = memchr(text, ',', (size_t)(end - text));

    return comma && part_is_number(&(struct part){text, (size_t)(comma - text)});
}

static const char *read_client(const char *text, const char *end, struct network_request *request)
{
    const char *value = (const char *)memchr(text, ',', (size_t)(end - text)) + 1;
    size_t length = (size_t)(end - value);
    uint32_t type;

    if (part_to_number(&(struct part){text, (size_t)(value - 1 - text)}, 255, &type) < 0)
        return "the type of its client's identifier is not a number up to 255";
    if (length >= sizeof(request->client) || !network_path_is_valid(value, length))
        return "its client's identifier is not one to 127 characters without quotes and blanks";
    request->client_type = (uint8_t)type;
    memcpy(request->client, value, length);
    return NULL;
}

/* "dhcp,auto6" */
static const char *read_methods(const struct part *part, struct network_request *request)
{
    const char *text = part->text, *end = part->text + part->length;
    unsigned *wanted = &request->methods;

    *wanted = 0;
    for (;;) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        struct part one = {text, (size_t)((comma ? comma : end) - text)};
        size_t i = 0;

        while (i < COUNT(methods) && !part_is(&one, methods[i].word))
            i++;
        if (i == COUNT(methods))
            return not_a_method;
        if (methods[i].refusal)
            return methods[i].refusal;
        *wanted |= methods[i].methods;
        if (!comma)
            return NULL;
        text = comma + 1;
        if (methods[i].methods == NETWORK_DHCP && is_client(text, end))
            return read_client(text, end, request);
    }
}

static bool read_mtu(const struct part *part, uint32_t *mtu)
{
    return part->length == 0 || (part_to_number(part, MTU_MOST, mtu) == 0 && *mtu >= MTU_LEAST);
}

/* "[mtu][:mac]" from first on, the address cut by its own colons or not. */
static const char *read_mtu_and_mac(
    const struct part *parts, size_t count, size_t first, struct network_request *request)
{
    if (first >= count)
        return NULL;
    if (!read_mtu(&parts[first], &request->mtu))
        return "its MTU is not a number from 68 to 65535";
    first++;
    if (first == count || (first + 1 == count && parts[first].length == 0))
        return NULL;
    request->has_new_mac =
        join_mac(parts, count, first, request->new_mac)
        || (first + 1 == count && network_mac_parse(parts[first].text, parts[first].length, request->new_mac) == 0);
    if (!request->has_new_mac)
        return "its card's address is not six pairs of hexadecimal digits";
    return first + 1 == count || first + NETWORK_MAC_BYTES == count ? NULL : "it has too many fields";
}

/* DEV:METHOD[:MTU[:MAC]], where DEV may be an address with colons. */
static const char *read_short(const struct part *parts, size_t count, struct network_request *request)
{
    size_t next = 1;
    const char *reason;

    request->card.has_mac = join_mac(parts, count, 0, request->card.mac);
    if (request->card.has_mac)
        next = NETWORK_MAC_BYTES;
    else if (strspn(parts[0].text, "0123456789.") >= parts[0].length || !read_card(&parts[0], &request->card))
        return "its first field is neither an address nor a card's name";
    if (next == count)
        return "it does not say how the card gets its address";
    reason = read_methods(&parts[next], request);
    if (reason)
        return reason;
    if (part_is(&parts[next], "static"))
        return "static needs an address";
    return read_mtu_and_mac(parts, count, next + 1, request);
}

static const char *read_mask(const struct part *part, struct network_request *request)
{
    unsigned bits = request->address.family == NETWORK_IPV6 ? 128 : 32;
    struct network_address mask;
    uint32_t length;
    int result;

    request->is_prefix_guessed = part->length == 0;
    if (part->length == 0 && request->address.family == NETWORK_IPV6) {
        request->prefix = 64;
    } else if (part->length == 0) { /* before there were masks: RFC 791's classes */
        request->prefix = request->address.bytes[0] < 128 ? 8 : request->address.bytes[0] < 192 ? 16 : 24;
    } else if (part_is_number(part)) {
        if (part_to_number(part, bits, &length) < 0)
            return "its prefix is too long";
        request->prefix = (uint8_t)length;
    } else {
        result = network_address_parse(part->text, part->length, &mask);
        if (result == 0)
            result = mask.family == request->address.family ? network_mask_length(&mask) : -EINVAL;
        if (result < 0)
            return "its mask is neither a length nor a row of ones";
        request->prefix = (uint8_t)result;
    }
    return NULL;
}

/* An address that may be left out. */
static bool read_address(const struct part *part, struct network_address *address)
{
    return part->length == 0 || network_address_parse(part->text, part->length, address) == 0;
}

/* What stands behind the method: dracut's "mtu:mac", or "dns0:dns1:ntp0". */
static const char *read_rest(const struct part *parts, size_t count, struct network_request *request)
{
    struct network_address ntp;
    uint8_t mac[NETWORK_MAC_BYTES];

    if (count <= 7)
        return NULL;
    if (part_is_number(&parts[7]) || (parts[7].length == 0 && join_mac(parts, count, 8, mac)))
        return read_mtu_and_mac(parts, count, 7, request);
    if (count > 10)
        return "it has too many fields";
    if (!read_address(&parts[7], &request->dns[0]) || (count > 8 && !read_address(&parts[8], &request->dns[1])))
        return "its name server is no address";
    return count > 9 && !read_address(&parts[9], &ntp) ? "its time server is no address" : NULL;
}

/* CLIENT:SERVER:GATEWAY:MASK:HOST:DEVICE:METHOD..., of which the last may be missing. */
static const char *read_full(const struct part *given, size_t given_count, struct network_request *request)
{
    struct part parts[PARTS_MAXIMUM] = {0};
    size_t count = given_count < 7 ? 7 : given_count;
    const char *reason = NULL;

    for (size_t i = 0; i < count; i++)
        parts[i] = i < given_count ? given[i] : (struct part){"", 0};
    if (!read_address(&parts[0], &request->address))
        return "its first field is no address";
    if (!read_address(&parts[1], &request->server))
        return "its server is no address";
    if (!read_address(&parts[2], &request->gateway))
        return "its gateway is no address";
    if (request->gateway.family && request->address.family && request->gateway.family != request->address.family)
        return "its gateway is of the other kind of addresses";
    if (parts[4].length > 0) {
        if (parts[4].length >= sizeof(request->host_name) || !network_host_is_valid(parts[4].text, parts[4].length))
            return "its host name has other characters than letters, digits, dots and hyphens";
        memcpy(request->host_name, parts[4].text, parts[4].length);
    }
    if (parts[5].length > 0 && !read_card(&parts[5], &request->card))
        return "its sixth field is no card's name";
    reason = read_methods(&parts[6], request);
    if (reason)
        return reason;
    if (request->address.family) {
        reason = read_mask(&parts[3], request);
        if (parts[6].length == 0 || request->methods == NETWORK_NONE)
            request->methods = NETWORK_STATIC;
    } else if (part_is(&parts[6], "static")) {
        reason = "static needs an address";
    }
    return reason ? reason : read_rest(parts, count, request);
}

const char *network_request_parse(const char *value, struct network_request *request)
{
    struct part parts[PARTS_MAXIMUM];
    struct network_address address;
    size_t count = cut(value, parts);

    *request = (struct network_request){0};
    if (count == 0)
        return "it has too many fields";
    if (count == 1 && network_address_parse(parts[0].text, parts[0].length, &address) < 0) {
        if (part_is(&parts[0], "static"))
            return "static needs an address";
        return read_methods(&parts[0], request);
    }
    if (parts[0].length > 0 && network_address_parse(parts[0].text, parts[0].length, &address) < 0)
        return read_short(parts, count, request);
    return read_full(parts, count, request);
}

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
    struct part part = {value, colon ? (size_t)(colon - value) : 0};

    if (words->name_count == NETWORK_WORDS_MAXIMUM)
        return too_many;
    words->name_count++;
    if (!colon || network_mac_parse(colon + 1, strlen(colon + 1), name->mac) < 0)
        return "it is not NAME:ADDRESS-OF-THE-CARD";
    if (!copy_name(&part, name->name))
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
    struct part parts[PARTS_MAXIMUM], length;
    size_t count = cut(value, parts);
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
    length = (struct part){slash + 1, (size_t)(parts[0].text + parts[0].length - slash - 1)};
    if (length.length > 0 && length.text[length.length - 1] == ']')
        length.length--;
    parts[0].length = (size_t)(slash - parts[0].text);
    if (bracket && parts[0].length > 0 && parts[0].text[parts[0].length - 1] != ']')
        parts[0] = (struct part){parts[0].text + 1, parts[0].length - 1};
    if (network_address_parse(parts[0].text, parts[0].length, &route->destination) < 0)
        return "its network is no address";
    if (part_to_number(&length, route->destination.family == NETWORK_IPV4 ? 32 : 128, &prefix) < 0)
        return "the length of its network makes no sense";
    route->prefix = (uint8_t)prefix;
    if (count > 1 && !read_address(&parts[1], &route->gateway))
        return "its gateway is no address";
    if (route->gateway.family && route->gateway.family != route->destination.family)
        return "its gateway is of the other kind of addresses";
    return count > 2 && !copy_name(&parts[2], route->card) ? "no card can have that name" : NULL;
}

/* VLAN0005, vlan5, eth0.0005 and eth0.5: the digits at the end (vconfig(8)). */
static bool read_vlan_id(const char *name, uint16_t *id)
{
    const char *digits = name + strlen(name);
    struct part part;
    uint32_t number;

    while (digits > name && digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    part = (struct part){digits, strlen(digits)};
    if (part_to_number(&part, 4094, &number) < 0 || number == 0)
        return false;
    *id = (uint16_t)number;
    return true;
}

static const char *read_vlan(struct network_words *words, const char *value)
{
    struct network_vlan *vlan = &words->vlans[words->vlan_count];
    struct part parts[PARTS_MAXIMUM];

    if (words->vlan_count == NETWORK_WORDS_MAXIMUM)
        return too_many;
    words->vlan_count++;
    if (cut(value, parts) != 2 || !copy_name(&parts[0], vlan->name) || !copy_name(&parts[1], vlan->below))
        return "it is not NAME:CARD";
    return read_vlan_id(vlan->name, &vlan->id) ? NULL : "its name does not end in a number from 1 to 4094";
}

static const char *read_bond(struct network_words *words, const char *value)
{
    struct network_bond *bond = &words->bonds[words->bond_count];
    struct part parts[PARTS_MAXIMUM] = {0};
    size_t count = cut(value, parts);

    if (words->bond_count == NETWORK_WORDS_MAXIMUM)
        return too_many;
    words->bond_count++;
    if (count < 2 || count > 4 || !copy_name(&parts[0], bond->name))
        return "it is not NAME:CARDS:OPTIONS:MTU";
    for (const char *text = parts[1].text, *end = text + parts[1].length; text <= end;) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        struct part port = {text, (size_t)((comma ? comma : end) - text)};

        if (bond->port_count == NETWORK_PORTS_MAXIMUM)
            return "it has too many cards";
        if (!copy_name(&port, bond->ports[bond->port_count++]))
            return "no card can have that name";
        text += port.length + 1;
    }
    if (count > 2 && parts[2].length >= sizeof(bond->options))
        return "its options are too long";
    if (count > 2)
        memcpy(bond->options, parts[2].text, parts[2].length);
    return count > 3 && !read_mtu(&parts[3], &bond->mtu) ? "its MTU is not a number from 68 to 65535" : NULL;
}

static const char *read_bootdev(struct network_words *words, const char *value)
{
    struct part part = {value, strlen(value)};

    words->boot_card = (struct network_card_ref){0};
    return read_card(&part, &words->boot_card) ? NULL : "no card can have that name";
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
    struct part part = {value, strlen(value)};

    return part_to_number(&part, 1000000, seconds) < 0 ? "it is no number of seconds" : NULL;
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
        size_t k = 0;

        while (k < COUNT(readers) && strcmp(readers[k].key, word->key) != 0)
            k++;
        if (k < COUNT(readers)) {
            struct network_words before = *words;
            const char *reason = readers[k].read(words, word->value ? word->value : "");

            if (reason)
                *words = before;
            if (reason && !fault->key)
                *fault = (struct network_fault){word->key, word->value ? word->value : "", reason};
        }
    }
}

bool network_words_has(const char *key)
{
    for (size_t i = 0; i < COUNT(readers); i++) {
        if (!strcmp(readers[i].key, key))
            return true;
    }
    return !strcmp(key, "BOOTIF") || !strcmp(key, "rd.bootif");
}
