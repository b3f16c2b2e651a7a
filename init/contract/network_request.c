#include "contract/network_request.h"

#include <errno.h>
#include <string.h>

#include "contract/network_lease.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

bool network_card_ref_read(const struct network_part *part, struct network_card_ref *card)
{
    card->has_mac = network_mac_parse(part->text, part->length, card->mac) == 0;
    return card->has_mac || network_part_to_name(part, card->name);
}

/* Six parts from first on that a colon each cut out of one address. */
static bool join_mac(const struct network_part *parts, size_t count, size_t first, uint8_t mac[NETWORK_MAC_BYTES])
{
    const struct network_part *last = &parts[first + NETWORK_MAC_BYTES - 1];

    if (first + NETWORK_MAC_BYTES > count)
        return false;
    return network_mac_parse(parts[first].text, (size_t)(last->text + last->length - parts[first].text), mac) == 0;
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
    {"either6", NETWORK_AUTO6 | NETWORK_DHCP6, NULL},
    {"link6", NETWORK_LINK6, NULL},
    {"link-local", NETWORK_LINK6, NULL},
    {"dhcp6", NETWORK_DHCP6, NULL},
    {"rarp", 0, "there is no RARP"},
    {"ibft", NETWORK_IBFT, NULL},
};

static const char not_a_method[] =
    "it is neither an address nor one of dhcp, on, any, off, none, dhcp6, auto6, either6 and link6";

static const char *read_client(
    const struct network_part *part, const char *value, const char *end, struct network_request *request)
{
    size_t length = (size_t)(end - value);
    uint32_t type;

    if (network_part_to_number(part, 255, &type) < 0)
        return "the type of its client's identifier is not a number up to 255";
    if (length >= sizeof(request->client) || !network_path_is_valid(value, length))
        return "its client's identifier is not one to 127 characters without quotes and blanks";
    request->client_type = (uint8_t)type;
    memcpy(request->client, value, length);
    return NULL;
}

/* "dhcp,auto6" */
static const char *read_methods(const struct network_part *part, struct network_request *request)
{
    const char *text = part->text, *end = part->text + part->length;
    unsigned *wanted = &request->methods;
    struct network_part type;

    *wanted = 0;
    for (;;) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        struct network_part one = {text, (size_t)((comma ? comma : end) - text)};
        size_t i = 0;

        while (i < COUNT(methods) && !network_part_is(&one, methods[i].word))
            i++;
        if (i == COUNT(methods))
            return not_a_method;
        if (methods[i].refusal)
            return methods[i].refusal;
        *wanted |= methods[i].methods;
        if (!comma)
            return NULL;
        text = comma + 1;
        /* "TYPE,IDENTIFIER" behind "dhcp,": nfsroot.rst */
        comma = memchr(text, ',', (size_t)(end - text));
        type = (struct network_part){text, comma ? (size_t)(comma - text) : 0};
        if (methods[i].methods == NETWORK_DHCP && comma && network_part_is_number(&type))
            return read_client(&type, comma + 1, end, request);
    }
}

/* "[mtu][:mac]" from first on, the address cut by its own colons or not. */
static const char *read_mtu_and_mac(
    const struct network_part *parts, size_t count, size_t first, struct network_request *request)
{
    if (first >= count)
        return NULL;
    if (!network_part_to_mtu(&parts[first], &request->mtu))
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
static const char *read_short(const struct network_part *parts, size_t count, struct network_request *request)
{
    size_t next = 1;
    const char *reason;

    request->card.has_mac = join_mac(parts, count, 0, request->card.mac);
    if (request->card.has_mac)
        next = NETWORK_MAC_BYTES;
    else if (strspn(parts[0].text, "0123456789.") >= parts[0].length
             || !network_card_ref_read(&parts[0], &request->card))
        return "its first field is neither an address nor a card's name";
    if (next == count)
        return "it does not say how the card gets its address";
    reason = read_methods(&parts[next], request);
    if (reason)
        return reason;
    if (network_part_is(&parts[next], "static"))
        return "static needs an address";
    return read_mtu_and_mac(parts, count, next + 1, request);
}

static const char *read_mask(const struct network_part *part, struct network_request *request)
{
    unsigned bits = request->address.family == NETWORK_IPV6 ? 128 : 32;
    struct network_address mask;
    uint32_t length;
    int result;

    request->is_prefix_guessed = part->length == 0;
    if (part->length == 0 && request->address.family == NETWORK_IPV6) {
        request->prefix = 64;
    } else if (part->length == 0) {
        request->prefix = network_class_prefix(&request->address);
    } else if (network_part_is_number(part)) {
        if (network_part_to_number(part, bits, &length) < 0)
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

/* What stands behind the method: dracut's "mtu:mac", or "dns0:dns1:ntp0". */
static const char *read_rest(const struct network_part *parts, size_t count, struct network_request *request)
{
    struct network_address ntp;
    uint8_t mac[NETWORK_MAC_BYTES];

    if (count <= 7)
        return NULL;
    if (network_part_is_number(&parts[7]) || (parts[7].length == 0 && join_mac(parts, count, 8, mac)))
        return read_mtu_and_mac(parts, count, 7, request);
    if (count > 10)
        return "it has too many fields";
    if (!network_part_to_address(&parts[7], &request->dns[0])
        || (count > 8 && !network_part_to_address(&parts[8], &request->dns[1])))
        return "its name server is no address";
    return count > 9 && !network_part_to_address(&parts[9], &ntp) ? "its time server is no address" : NULL;
}

/* CLIENT:SERVER:GATEWAY:MASK:HOST:DEVICE:METHOD..., of which the last may be missing. */
static const char *read_full(const struct network_part *given, size_t given_count, struct network_request *request)
{
    struct network_part parts[NETWORK_PARTS_MAXIMUM] = {0};
    size_t count = given_count < 7 ? 7 : given_count;
    const char *reason = NULL;

    for (size_t i = 0; i < count; i++)
        parts[i] = i < given_count ? given[i] : (struct network_part){"", 0};
    if (!network_part_to_address(&parts[0], &request->address))
        return "its first field is no address";
    if (!network_part_to_address(&parts[1], &request->server))
        return "its server is no address";
    if (!network_part_to_address(&parts[2], &request->gateway))
        return "its gateway is no address";
    if (request->gateway.family && request->address.family && request->gateway.family != request->address.family)
        return "its gateway is of the other kind of addresses";
    if (parts[4].length > 0) {
        if (parts[4].length >= sizeof(request->host_name) || !network_host_is_valid(parts[4].text, parts[4].length))
            return "its host name has other characters than letters, digits, dots and hyphens";
        memcpy(request->host_name, parts[4].text, parts[4].length);
    }
    if (parts[5].length > 0 && !network_card_ref_read(&parts[5], &request->card))
        return "its sixth field is no card's name";
    reason = read_methods(&parts[6], request);
    if (reason)
        return reason;
    if (request->address.family) {
        reason = read_mask(&parts[3], request);
        if (parts[6].length == 0 || request->methods == NETWORK_NONE)
            request->methods = NETWORK_STATIC;
    } else if (network_part_is(&parts[6], "static")) {
        reason = "static needs an address";
    }
    return reason ? reason : read_rest(parts, count, request);
}

const char *network_request_parse(const char *value, struct network_request *request)
{
    struct network_part parts[NETWORK_PARTS_MAXIMUM];
    struct network_address address;
    size_t count = network_parts_cut(value, parts);

    *request = (struct network_request){0};
    if (count == 0)
        return "it has too many fields";
    if (count == 1 && network_address_parse(parts[0].text, parts[0].length, &address) < 0) {
        if (network_part_is(&parts[0], "static"))
            return "static needs an address";
        return read_methods(&parts[0], request);
    }
    if (parts[0].length > 0 && network_address_parse(parts[0].text, parts[0].length, &address) < 0)
        return read_short(parts, count, request);
    return read_full(parts, count, request);
}
