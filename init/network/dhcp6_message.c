#include "network/dhcp6_message.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "contract/bytes.h"
#include "network/dhcp_search.h"

/* RFC 8415, section 21; RFC 3646. */
enum option {
    OPTION_CLIENT = 1,
    OPTION_SERVER = 2,
    OPTION_ASSOCIATION = 3, /* IA_NA: of addresses that are not temporary */
    OPTION_ADDRESS = 5,
    OPTION_REQUESTED = 6,
    OPTION_ELAPSED = 8,
    OPTION_STATUS = 13,
    OPTION_DNS = 23,
    OPTION_SEARCH = 24
};

#define HEADER_SIZE 4u
#define OPTION_HEADER_SIZE 4u
#define DUID_LL_SIZE (4u + NETWORK_MAC_BYTES)
#define ASSOCIATION_SIZE 12u /* IAID, T1, T2; then its own options */
#define ADDRESS_SIZE 24u     /* the address, two lifetimes; then its own options */

static void make_client(const uint8_t mac[NETWORK_MAC_BYTES], uint8_t duid[DUID_LL_SIZE])
{
    put_be16(duid, 3);     /* DUID-LL, */
    put_be16(duid + 2, 1); /* Ethernet */
    memcpy(duid + 4, mac, NETWORK_MAC_BYTES);
}

static uint8_t *put_header(uint8_t *p, enum option option, size_t size)
{
    put_be16(p, (uint16_t)option);
    put_be16(p + 2, (uint16_t)size);
    return p + OPTION_HEADER_SIZE;
}

static uint8_t *put_option(uint8_t *p, enum option option, const void *value, size_t size)
{
    p = put_header(p, option, size);
    memcpy(p, value, size);
    return p + size;
}

size_t dhcp6_message_write(const struct dhcp6_request *request, uint8_t message[DHCP6_MESSAGE_SIZE])
{
    uint8_t client[DUID_LL_SIZE], number[2], address[ADDRESS_SIZE] = {0}, requested[4], *p = message + HEADER_SIZE;

    put_be32(message, request->transaction & 0xffffff);
    message[0] = (uint8_t)request->type;
    make_client(request->mac, client);
    p = put_option(p, OPTION_CLIENT, client, sizeof(client));
    if (request->server)
        p = put_option(p, OPTION_SERVER, request->server->bytes, request->server->size);
    put_be16(number, request->centiseconds > UINT16_MAX ? UINT16_MAX : (uint16_t)request->centiseconds);
    p = put_option(p, OPTION_ELAPSED, number, sizeof(number));
    put_be16(requested, OPTION_DNS);
    put_be16(requested + 2, OPTION_SEARCH);
    p = put_option(p, OPTION_REQUESTED, requested, sizeof(requested));
    p = put_header(
        p, OPTION_ASSOCIATION, ASSOCIATION_SIZE + (request->address ? OPTION_HEADER_SIZE + ADDRESS_SIZE : 0));
    put_be32(p, network_association(request->mac));
    memset(p + 4, 0, 8); /* when to renew is the server's to say */
    p += ASSOCIATION_SIZE;
    if (request->address) {
        memcpy(address, request->address->bytes, sizeof(request->address->bytes));
        p = put_option(p, OPTION_ADDRESS, address, sizeof(address));
    }
    return (size_t)(p - message);
}

/* Options that are left to read. */
struct options {
    const uint8_t *bytes;
    size_t size;
};

/* Returns 1, 0 at the end, -EINVAL when an option reaches beyond it. */
static int next(struct options *options, uint16_t *option, struct options *value)
{
    if (options->size == 0)
        return 0;
    if (options->size < OPTION_HEADER_SIZE)
        return -EINVAL;
    *option = get_be16(options->bytes);
    *value = (struct options){options->bytes + OPTION_HEADER_SIZE, get_be16(options->bytes + 2)};
    if (value->size > options->size - OPTION_HEADER_SIZE)
        return -EINVAL;
    options->bytes += OPTION_HEADER_SIZE + value->size;
    options->size -= OPTION_HEADER_SIZE + value->size;
    return 1;
}

/* One that a host can have from afar: neither unspecified, loopback, link-local nor multicast. */
static bool is_host_address(const uint8_t *bytes)
{
    return (bytes[0] & 0xe0) == 0x20 || (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0xc0);
}

static struct network_address ipv6(const uint8_t *bytes)
{
    struct network_address address = {.family = NETWORK_IPV6};

    memcpy(address.bytes, bytes, sizeof(address.bytes));
    return address;
}

/* The first address of the association that may be used. */
static int read_association(struct options options, struct dhcp6_reply *reply)
{
    struct options value;
    uint16_t option;
    int more;

    while ((more = next(&options, &option, &value)) > 0) {
        if (option != OPTION_ADDRESS || reply->lease.address.family)
            continue;
        if (value.size < ADDRESS_SIZE)
            return -EINVAL;
        if (!is_host_address(value.bytes) || get_be32(value.bytes + 20) == 0) /* its valid lifetime */
            continue;
        reply->lease.address = ipv6(value.bytes);
        reply->lease.prefix = 128; /* what else is on the wire a router says */
        reply->lease.lease_seconds = get_be32(value.bytes + 20);
    }
    return more;
}

static int read_option(uint16_t option, struct options value, const uint8_t mac[NETWORK_MAC_BYTES],
    struct dhcp6_reply *reply, bool *is_for_us)
{
    uint8_t client[DUID_LL_SIZE];

    switch (option) {
    case OPTION_CLIENT:
        make_client(mac, client);
        *is_for_us = value.size == sizeof(client) && !memcmp(value.bytes, client, sizeof(client));
        return *is_for_us ? 0 : -EINVAL;
    case OPTION_SERVER:
        if (value.size == 0 || value.size > sizeof(reply->server.bytes))
            return -EINVAL;
        memcpy(reply->server.bytes, value.bytes, value.size);
        reply->server.size = value.size;
        return 0;
    case OPTION_ASSOCIATION:
        if (value.size < ASSOCIATION_SIZE)
            return -EINVAL;
        if (get_be32(value.bytes) != network_association(mac))
            return 0;
        return read_association((struct options){value.bytes + ASSOCIATION_SIZE, value.size - ASSOCIATION_SIZE}, reply);
    case OPTION_DNS:
        for (; value.size >= 16 && reply->lease.dns_count < NETWORK_DNS_MAXIMUM; value.bytes += 16, value.size -= 16)
            reply->lease.dns[reply->lease.dns_count++] = ipv6(value.bytes);
        return 0;
    case OPTION_SEARCH:
        if (!dhcp_search_read(value.bytes, value.size, reply->lease.search))
            reply->dropped = "domain search list";
        return 0;
    default:
        return 0;
    }
}

int dhcp6_message_read(
    const uint8_t *message, size_t size, const uint8_t mac[NETWORK_MAC_BYTES], struct dhcp6_reply *reply)
{
    struct options options, value;
    bool is_for_us = false;
    uint16_t option;
    int more;

    *reply = (struct dhcp6_reply){0};
    if (size < HEADER_SIZE || (message[0] != DHCP6_ADVERTISE && message[0] != DHCP6_REPLY))
        return -EINVAL;
    options = (struct options){message + HEADER_SIZE, size - HEADER_SIZE};
    reply->type = message[0];
    reply->transaction = get_be32(message) & 0xffffff;
    while ((more = next(&options, &option, &value)) > 0) {
        if (read_option(option, value, mac, reply, &is_for_us) < 0)
            return -EINVAL;
    }
    return more == 0 && is_for_us && reply->server.size > 0 ? 0 : -EINVAL;
}
