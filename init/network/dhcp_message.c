#include "network/dhcp_message.h"

#include <errno.h>
#include <string.h>

#include "contract/bytes.h"
#include "network/dhcp_options.h"
#include "network/dhcp_search.h"

#define IP_SIZE 20u
#define UDP_SIZE 8u
#define SERVER_PORT 67u
#define CLIENT_PORT 68u
#define PROTOCOL_UDP 17u

/* RFC 2131, section 2: places in the message. */
enum {
    AT_XID = 4,
    AT_SECONDS = 8,
    AT_FLAGS = 10,
    AT_YIADDR = 16,
    AT_SIADDR = 20,
    AT_CHADDR = 28,
    AT_SNAME = 44,
    AT_FILE = 108,
    AT_COOKIE = 236,
    AT_OPTIONS = 240,
    MESSAGE_LEAST = 300 /* BOOTP's, which some relays insist on */
};
#define SNAME_SIZE 64u
#define FILE_SIZE 128u
static const uint8_t cookie[4] = {99, 130, 83, 99};

static uint16_t ip_checksum(const uint8_t *header, size_t size)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < size; i += 2)
        sum += get_be16(header + i);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static uint8_t *put_options(uint8_t *p, const struct dhcp_request *request)
{
    /* 121 stands before 3, RFC 3442. */
    static const uint8_t parameters[] = {DHCP_OPTION_MASK, DHCP_OPTION_ROUTES, DHCP_OPTION_ROUTER, DHCP_OPTION_DNS,
        DHCP_OPTION_HOST_NAME, DHCP_OPTION_DOMAIN, DHCP_OPTION_ROOT_PATH, DHCP_OPTION_MTU, DHCP_OPTION_BROADCAST,
        DHCP_OPTION_LEASE, DHCP_OPTION_SERVER, DHCP_OPTION_TFTP_SERVER, DHCP_OPTION_BOOT_FILE, DHCP_OPTION_SEARCH};
    uint8_t type = (uint8_t)request->type, size[2], client[128] = {1};
    size_t length = strnlen(request->client, sizeof(client) - 1);

    if (length > 0)
        client[0] = request->client_type;
    else
        length = NETWORK_MAC_BYTES;
    memcpy(client + 1, *request->client ? (const void *)request->client : request->mac, length);
    put_be16(size, 1500);
    p = dhcp_option_put(p, DHCP_OPTION_TYPE, &type, 1);
    p = dhcp_option_put(p, DHCP_OPTION_CLIENT, client, 1 + length);
    p = dhcp_option_put(p, DHCP_OPTION_SIZE, size, sizeof(size));
    if (request->requested.family)
        p = dhcp_option_put(p, DHCP_OPTION_REQUESTED, request->requested.bytes, 4);
    if (request->server.family)
        p = dhcp_option_put(p, DHCP_OPTION_SERVER, request->server.bytes, 4);
    if (*request->host_name)
        p = dhcp_option_put(p, DHCP_OPTION_HOST_NAME, request->host_name, strnlen(request->host_name, 63));
    p = dhcp_option_put(p, DHCP_OPTION_PARAMETERS, parameters, sizeof(parameters));
    *p++ = DHCP_OPTION_END;
    return p;
}

size_t dhcp_message_write(const struct dhcp_request *request, uint8_t packet[DHCP_PACKET_SIZE])
{
    uint8_t *udp = packet + IP_SIZE, *message = udp + UDP_SIZE, *end;
    size_t size;

    memset(packet, 0, DHCP_PACKET_SIZE);
    message[0] = 1; /* BOOTREQUEST */
    message[1] = 1; /* Ethernet */
    message[2] = NETWORK_MAC_BYTES;
    put_be32(message + AT_XID, request->transaction);
    put_be16(message + AT_SECONDS, request->seconds);
    put_be16(message + AT_FLAGS, request->wants_broadcast ? 0x8000 : 0);
    memcpy(message + AT_CHADDR, request->mac, NETWORK_MAC_BYTES);
    memcpy(message + AT_COOKIE, cookie, sizeof(cookie));
    end = put_options(message + AT_OPTIONS, request);
    size = (size_t)(end - message) < MESSAGE_LEAST ? MESSAGE_LEAST : (size_t)(end - message);
    size += IP_SIZE + UDP_SIZE;
    put_be16(udp, CLIENT_PORT);
    put_be16(udp + 2, SERVER_PORT);
    put_be16(udp + 4, (uint16_t)(size - IP_SIZE)); /* without a checksum, as IPv4 allows */
    packet[0] = 0x45;
    put_be16(packet + 2, (uint16_t)size);
    packet[8] = 64;
    packet[9] = PROTOCOL_UDP;
    memset(packet + 16, 0xff, 4); /* from 0.0.0.0 to everybody */
    put_be16(packet + 10, ip_checksum(packet, IP_SIZE));
    return size;
}

static bool is_host_address(const uint8_t *bytes)
{
    return bytes[0] != 0 && bytes[0] != 127 && bytes[0] < 224;
}

static struct network_address ipv4(const uint8_t *bytes)
{
    struct network_address address = {.family = NETWORK_IPV4};

    memcpy(address.bytes, bytes, 4);
    return address;
}

/* Servers end some texts with a NUL. What is no such text is dropped, and noted. */
static void read_text(struct dhcp_reply *reply, const char *name, const uint8_t *bytes, size_t size, char *out,
    size_t out_size, bool (*is_valid)(const char *text, size_t length))
{
    size_t length = size > 0 ? strnlen((const char *)bytes, size) : 0;

    if (length == 0 || *out)
        return;
    if (length >= out_size || !is_valid((const char *)bytes, length)) {
        reply->dropped = name;
        return;
    }
    memcpy(out, bytes, length);
    out[length] = '\0';
}

/* RFC 3442: a length, as many bytes of the network as it has, a gateway. */
static void read_routes(struct dhcp_reply *reply, const uint8_t *bytes, size_t size)
{
    while (size > 0 && reply->route_count < DHCP_ROUTES_MAXIMUM) {
        struct dhcp_route *route = &reply->routes[reply->route_count];
        size_t significant = (bytes[0] + 7u) / 8;

        if (bytes[0] > 32 || size < 1 + significant + 4) {
            reply->dropped = "routes";
            reply->route_count = 0;
            return;
        }
        *route = (struct dhcp_route){.destination = {.family = NETWORK_IPV4}, .prefix = bytes[0]};
        memcpy(route->destination.bytes, bytes + 1, significant);
        for (unsigned bit = route->prefix; bit < 32; bit++) /* the kernel takes no bits behind the length */
            route->destination.bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
        route->gateway = ipv4(bytes + 1 + significant);
        bytes += 1 + significant + 4;
        size -= 1 + significant + 4;
        reply->route_count++;
    }
    if (size > 0)
        reply->dropped = "routes";
}

static int read_numbers(const struct dhcp_options *options, struct dhcp_reply *reply)
{
    struct network_lease *lease = &reply->lease;
    uint8_t value[DHCP_VALUE_SIZE];
    struct network_address mask;

    if (dhcp_options_find(options, DHCP_OPTION_SERVER, value) == 4)
        reply->server = lease->dhcp_server = ipv4(value);
    if (dhcp_options_find(options, DHCP_OPTION_LEASE, value) == 4)
        lease->lease_seconds = get_be32(value);
    if (dhcp_options_find(options, DHCP_OPTION_MTU, value) == 2
        && get_be16(value) > 576) /* as dracut: less is a mistake */
        lease->mtu = get_be16(value);
    if (dhcp_options_find(options, DHCP_OPTION_ROUTER, value) >= 4 && is_host_address(value))
        lease->gateway = ipv4(value);
    for (int i = 0, size = dhcp_options_find(options, DHCP_OPTION_DNS, value); i + 4 <= size; i += 4) {
        if (is_host_address(value + i) && lease->dns_count < NETWORK_DNS_MAXIMUM)
            lease->dns[lease->dns_count++] = ipv4(value + i);
    }
    lease->prefix = reply->address.bytes[0] < 128 ? 8 : reply->address.bytes[0] < 192 ? 16 : 24;
    if (dhcp_options_find(options, DHCP_OPTION_MASK, value) == 4) {
        mask = ipv4(value);
        if (network_mask_length(&mask) <= 0)
            return -EINVAL;
        lease->prefix = (uint8_t)network_mask_length(&mask);
    }
    return 0;
}

static void read_texts(const struct dhcp_options *options, struct dhcp_reply *reply)
{
    const struct {
        uint8_t option;
        const char *name;
        char *out;
        size_t size;
        bool (*is_valid)(const char *text, size_t length);
    } texts[] = {
        {DHCP_OPTION_HOST_NAME, "host name", reply->lease.host_name, sizeof(reply->lease.host_name),
            network_host_is_valid},
        {DHCP_OPTION_DOMAIN, "domain", reply->lease.domain, sizeof(reply->lease.domain), network_host_is_valid},
        {DHCP_OPTION_ROOT_PATH, "root path", reply->lease.root_path, sizeof(reply->lease.root_path),
            network_path_is_valid},
        {DHCP_OPTION_TFTP_SERVER, "server's name", reply->lease.server_name, sizeof(reply->lease.server_name),
            network_host_is_valid},
        {DHCP_OPTION_BOOT_FILE, "boot file", reply->lease.boot_file, sizeof(reply->lease.boot_file),
            network_path_is_valid},
    };
    uint8_t value[DHCP_VALUE_SIZE];
    int size;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        size = dhcp_options_find(options, texts[i].option, value);
        if (size > 0)
            read_text(reply, texts[i].name, value, (size_t)size, texts[i].out, texts[i].size, texts[i].is_valid);
    }
    size = dhcp_options_find(options, DHCP_OPTION_ROUTES, value);
    if (size > 0)
        read_routes(reply, value, (size_t)size);
    size = dhcp_options_find(options, DHCP_OPTION_SEARCH, value);
    if (size > 0 && !dhcp_search_read(value, (size_t)size, reply->lease.search))
        reply->dropped = "domain search list";
}

/* Returns the DHCP message in an IP packet to a client, or NULL. */
static const uint8_t *open_packet(const uint8_t *packet, size_t size, size_t *message_size)
{
    size_t header, total, length;

    if (size < IP_SIZE || packet[0] >> 4 != 4)
        return NULL;
    header = (packet[0] & 15u) * 4;
    total = get_be16(packet + 2);
    if (header < IP_SIZE || total > size || total < header + UDP_SIZE || packet[9] != PROTOCOL_UDP
        || (get_be16(packet + 6) & 0x3fff) != 0 /* a fragment */ || ip_checksum(packet, header) != 0)
        return NULL;
    length = get_be16(packet + header + 4);
    if (get_be16(packet + header + 2) != CLIENT_PORT || length < UDP_SIZE || length > total - header)
        return NULL;
    *message_size = length - UDP_SIZE;
    return packet + header + UDP_SIZE;
}

int dhcp_message_read(
    const uint8_t *packet, size_t size, const uint8_t mac[NETWORK_MAC_BYTES], struct dhcp_reply *reply)
{
    struct dhcp_options options = {.count = 1};
    uint8_t value[DHCP_VALUE_SIZE];
    size_t message_size;
    const uint8_t *message = open_packet(packet, size, &message_size);
    int overload;

    *reply = (struct dhcp_reply){0};
    if (!message || message_size < AT_OPTIONS || message[0] != 2 || message[1] != 1 || message[2] != NETWORK_MAC_BYTES
        || memcmp(message + AT_CHADDR, mac, NETWORK_MAC_BYTES) != 0
        || memcmp(message + AT_COOKIE, cookie, sizeof(cookie)) != 0)
        return -EINVAL;
    options.areas[0] = (struct dhcp_area){message + AT_OPTIONS, message_size - AT_OPTIONS};
    overload = dhcp_options_find(&options, DHCP_OPTION_OVERLOAD, value);
    if (overload < 0)
        return overload;
    overload = overload == 1 ? value[0] & 3 : 0;
    if (overload & 1)
        options.areas[options.count++] = (struct dhcp_area){message + AT_FILE, FILE_SIZE};
    if (overload & 2)
        options.areas[options.count++] = (struct dhcp_area){message + AT_SNAME, SNAME_SIZE};
    if (dhcp_options_find(&options, DHCP_OPTION_TYPE, value) != 1)
        return -EINVAL; /* also where an option of any area reaches beyond it */
    reply->type = value[0] == DHCP_OFFER || value[0] == DHCP_ACK || value[0] == DHCP_NAK ? value[0] : DHCP_NOTHING;
    reply->transaction = get_be32(message + AT_XID);
    if (reply->type == DHCP_NOTHING)
        return -EINVAL;
    reply->address = reply->lease.address = ipv4(message + AT_YIADDR);
    if (is_host_address(message + AT_SIADDR))
        reply->lease.next_server = ipv4(message + AT_SIADDR);
    if (read_numbers(&options, reply) < 0)
        return -EINVAL;
    read_texts(&options, reply);
    if (!(overload & 2))
        read_text(reply, "server's name", message + AT_SNAME, SNAME_SIZE, reply->lease.server_name,
            sizeof(reply->lease.server_name), network_host_is_valid);
    if (!(overload & 1))
        read_text(reply, "boot file", message + AT_FILE, FILE_SIZE, reply->lease.boot_file,
            sizeof(reply->lease.boot_file), network_path_is_valid);
    return reply->type == DHCP_NAK || is_host_address(reply->address.bytes) ? 0 : -EINVAL;
}
