/* What a DHCP server may send to a card, and what is told of it to /init, which reads it again. */
#include "fuzz.h"

#include "network/dhcp_message.h"

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
    uint8_t *packet = fuzz_bytes(data, size);
    struct dhcp_reply reply;

    if (dhcp_message_read(packet, size, mac, &reply) == 0 && reply.type != DHCP_NAK) {
        network_lease_write(&reply.lease, add_line, &again);
        require(network_address_equal(&again.address, &reply.address));
        require(!strcmp(again.root_path, reply.lease.root_path) && !strcmp(again.search, reply.lease.search));
        require(again.dns_count == reply.lease.dns_count && again.prefix == reply.lease.prefix);
        require(!strpbrk(again.root_path, "'\"$`\\ \n") && !strpbrk(again.host_name, "'\"$`\\ \n;"));
    }
    free(packet);
    return 0;
}
