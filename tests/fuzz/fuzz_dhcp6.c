/* What a DHCPv6 server may send to a card, and what is told of it to /init, which reads it again. */
#include "fuzz.h"

#include "network/dhcp6_message.h"

static void add_line(void *context, const char *key, const char *value)
{
    struct network_lease *again = context;
    char line[NETWORK_LINE_SIZE];

    require((size_t)snprintf(line, sizeof(line), "%s %s", key, value) < sizeof(line));
    require(network_lease_read(again, line) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t mac[NETWORK_MAC_BYTES] = {0x52, 0x54, 0, 0x12, 0x34, 0x56};
    struct network_lease again = {0};
    uint8_t *packet = fuzz_bytes(data, size), request[DHCP6_MESSAGE_SIZE];
    struct dhcp6_reply reply;

    if (dhcp6_message_read(packet, size, mac, &reply) == 0) {
        require(reply.server.size > 0 && reply.server.size <= DHCP6_DUID_SIZE);
        network_lease_write(&reply.lease, add_line, &again);
        require(network_address_equal(&again.address, &reply.lease.address));
        require(!strcmp(again.search, reply.lease.search) && again.dns_count == reply.lease.dns_count);
        require(dhcp6_message_write(
                    &(struct dhcp6_request){
                        .type = DHCP6_REQUEST, .server = &reply.server, .address = &reply.lease.address},
                    request)
                < sizeof(request));
    }
    free(packet);
    return 0;
}
