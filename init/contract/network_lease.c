#include "contract/network_lease.h"

#include <errno.h>
#include <string.h>

#include "contract/bytes.h"

uint32_t network_association(const uint8_t mac[NETWORK_MAC_BYTES])
{
    return get_be32(mac + 2);
}

bool network_path_is_valid(const char *text, size_t length)
{
    if (length == 0 || length >= NETWORK_PATH_SIZE)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] <= ' ' || text[i] >= 0x7f || strchr("'\"\\$`", text[i]))
            return false;
    }
    return true;
}

static bool is_search(const char *text, size_t length)
{
    while (length > 0) {
        const char *blank = memchr(text, ' ', length);
        size_t one = blank ? (size_t)(blank - text) : length;

        if (!network_host_is_valid(text, one) || (blank && one + 1 == length))
            return false;
        text += one + (blank != NULL);
        length -= one + (blank != NULL);
    }
    return true;
}

static bool is_method(const char *text, size_t length)
{
    return length < sizeof(((struct network_lease *)0)->method) && network_host_is_valid(text, length);
}

static const struct text_field {
    const char *key;
    size_t offset, size;
    bool (*is_valid)(const char *text, size_t length);
} texts[] = {
#define FIELD(name) offsetof(struct network_lease, name), sizeof(((struct network_lease *)0)->name)
    {"interface", FIELD(interface), network_name_is_valid},
    {"method", FIELD(method), is_method},
    {"host-name", FIELD(host_name), network_host_is_valid},
    {"domain", FIELD(domain), network_host_is_valid},
    {"search", FIELD(search), is_search},
    {"server-name", FIELD(server_name), network_host_is_valid},
    {"root-path", FIELD(root_path), network_path_is_valid},
    {"boot-file", FIELD(boot_file), network_path_is_valid},
    {"client", FIELD(client), network_path_is_valid},
};

static const struct address_field {
    const char *key;
    size_t offset;
} addresses[] = {
    {"address", offsetof(struct network_lease, address)},
    {"gateway", offsetof(struct network_lease, gateway)},
    {"dhcp-server", offsetof(struct network_lease, dhcp_server)},
    {"next-server", offsetof(struct network_lease, next_server)},
};

static const struct number_field {
    const char *key;
    size_t offset;
} numbers[] = {
    {"mtu", offsetof(struct network_lease, mtu)},
    {"lease-seconds", offsetof(struct network_lease, lease_seconds)},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool is_key(const char *line, size_t length, const char *key)
{
    return strlen(key) == length && !memcmp(line, key, length);
}

static int read_text(struct network_lease *lease, const struct text_field *field, const char *value)
{
    size_t length = strlen(value);

    if (length >= field->size || !field->is_valid(value, length))
        return -EINVAL;
    memcpy((char *)lease + field->offset, value, length + 1);
    return 0;
}

static int read_number(const char *value, uint64_t maximum, uint64_t *number)
{
    *number = 0;
    do {
        if (*value < '0' || *value > '9')
            return -EINVAL;
        *number = 10 * *number + (uint64_t)(*value++ - '0');
        if (*number > maximum)
            return -EINVAL;
    } while (*value);
    return 0;
}

int network_lease_read(struct network_lease *lease, const char *line)
{
    size_t length = strcspn(line, " ");
    const char *value = line[length] ? line + length + 1 : "";
    struct network_address address;
    uint64_t number;

    for (size_t i = 0; i < COUNT(texts); i++) {
        if (is_key(line, length, texts[i].key))
            return read_text(lease, &texts[i], value);
    }
    for (size_t i = 0; i < COUNT(numbers); i++) {
        if (!is_key(line, length, numbers[i].key))
            continue;
        if (read_number(value, UINT32_MAX, &number) < 0)
            return -EINVAL;
        *(uint32_t *)((char *)lease + numbers[i].offset) = (uint32_t)number;
        return 0;
    }
    if (is_key(line, length, "mac"))
        return network_mac_parse(value, strlen(value), lease->mac);
    if (is_key(line, length, "prefix")) {
        if (read_number(value, 128, &number) < 0)
            return -EINVAL;
        lease->prefix = (uint8_t)number;
        return 0;
    }
    if (network_address_parse(value, strlen(value), &address) < 0)
        return -EINVAL;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        if (is_key(line, length, addresses[i].key)) {
            *(struct network_address *)((char *)lease + addresses[i].offset) = address;
            return 0;
        }
    }
    if (!is_key(line, length, "dns") || lease->dns_count == NETWORK_DNS_MAXIMUM)
        return -EINVAL;
    lease->dns[lease->dns_count++] = address;
    return 0;
}

void network_lease_write(
    const struct network_lease *lease, void (*write)(void *context, const char *key, const char *value), void *context)
{
    char address[NETWORK_ADDRESS_SIZE], mac[NETWORK_MAC_SIZE], number[NETWORK_NUMBER_SIZE];

    for (size_t i = 0; i < COUNT(texts); i++) {
        const char *text = (const char *)lease + texts[i].offset;

        if (*text)
            write(context, texts[i].key, text);
    }
    write(context, "mac", network_mac_format(lease->mac, mac));
    for (size_t i = 0; i < COUNT(addresses); i++) {
        const void *one = (const char *)lease + addresses[i].offset;

        if (*network_address_format(one, address))
            write(context, addresses[i].key, address);
    }
    write(context, "prefix", network_number_format(lease->prefix, number));
    for (size_t i = 0; i < lease->dns_count; i++)
        write(context, "dns", network_address_format(&lease->dns[i], address));
    for (size_t i = 0; i < COUNT(numbers); i++) {
        uint32_t value = *(const uint32_t *)((const char *)lease + numbers[i].offset);

        if (value)
            write(context, numbers[i].key, network_number_format(value, number));
    }
}
