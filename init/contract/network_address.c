#include "contract/network_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "contract/bytes.h"

#define HOST_NAME_MAXIMUM 253u

int network_address_parse(const char *text, size_t length, struct network_address *address)
{
    char copy[NETWORK_ADDRESS_SIZE + 8];

    *address = (struct network_address){0};
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
        if (!memchr(text, ':', length))
            return -EINVAL;
    }
    if (length == 0 || length >= sizeof(copy) || memchr(text, '\0', length))
        return -EINVAL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET, copy, address->bytes) == 1)
        address->family = NETWORK_IPV4;
    else if (inet_pton(AF_INET6, copy, address->bytes) == 1)
        address->family = NETWORK_IPV6;
    else
        *address = (struct network_address){0};
    return address->family == NETWORK_UNSET ? -EINVAL : 0;
}

static char *write_number(char *out, unsigned value, unsigned base)
{
    if (value >= base)
        out = write_number(out, value / base, base);
    *out = "0123456789abcdef"[value % base];
    return out + 1;
}

static unsigned group_of(const struct network_address *address, int number)
{
    return (unsigned)(address->bytes[2 * number] << 8 | address->bytes[2 * number + 1]);
}

const char *network_number_format(uint32_t value, char out[NETWORK_NUMBER_SIZE])
{
    *write_number(out, value, 10) = '\0';
    return out;
}

/* The first of the longest runs of two or more zero groups. Returns its length, 0 for none. */
static int find_zeros(const struct network_address *address, int *first)
{
    int longest = 1;

    *first = -1;
    for (int i = 0; i < 8; i++) {
        int end = i;

        while (end < 8 && group_of(address, end) == 0)
            end++;
        if (end - i > longest) {
            longest = end - i;
            *first = i;
        }
    }
    return *first < 0 ? 0 : longest;
}

const char *network_address_format(const struct network_address *address, char out[NETWORK_ADDRESS_SIZE])
{
    char *end = out;
    int first = -1, zeros = 0;

    for (int i = 0; address->family == NETWORK_IPV4 && i < 4; i++) {
        if (i > 0)
            *end++ = '.';
        end = write_number(end, address->bytes[i], 10);
    }
    if (address->family == NETWORK_IPV6)
        zeros = find_zeros(address, &first);
    for (int i = 0; address->family == NETWORK_IPV6 && i < 8; i++) {
        if (zeros > 0 && i == first) {
            *end++ = ':';
            if (i + zeros == 8)
                *end++ = ':';
            i += zeros - 1;
            continue;
        }
        if (i > 0)
            *end++ = ':';
        end = write_number(end, group_of(address, i), 16);
    }
    *end = '\0';
    return out;
}

bool network_address_equal(const struct network_address *a, const struct network_address *b)
{
    return a->family == b->family && !memcmp(a->bytes, b->bytes, a->family == NETWORK_IPV4 ? 4 : 16);
}

int network_mask_length(const struct network_address *mask)
{
    unsigned bits = mask->family == NETWORK_IPV4 ? 32 : 128, length = 0;

    while (length < bits && mask->bytes[length / 8] & 0x80 >> length % 8)
        length++;
    for (unsigned i = length; i < bits; i++) {
        if (mask->bytes[i / 8] & 0x80 >> i % 8)
            return -EINVAL;
    }
    return (int)length;
}

uint8_t network_class_prefix(const struct network_address *address)
{
    return address->bytes[0] < 128 ? 8 : address->bytes[0] < 192 ? 16 : 24;
}

struct network_address network_broadcast(const struct network_address *address, unsigned prefix)
{
    struct network_address broadcast = *address;

    for (unsigned i = prefix; i < 32; i++)
        broadcast.bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
    return broadcast;
}

static int hex_digit(char c)
{
    const char *place = c ? strchr("0123456789abcdefABCDEF", c) : NULL;
    int value = place ? (int)(place - "0123456789abcdefABCDEF") : -1;

    return value > 15 ? value - 6 : value;
}

int network_mac_parse(const char *text, size_t length, uint8_t mac[NETWORK_MAC_BYTES])
{
    uint8_t read[NETWORK_MAC_BYTES];

    if (length != NETWORK_MAC_SIZE - 1)
        return -EINVAL;
    for (size_t i = 0; i < NETWORK_MAC_BYTES; i++, text += 3) {
        int high = hex_digit(text[0]), low = hex_digit(text[1]);

        if (high < 0 || low < 0 || (i < NETWORK_MAC_BYTES - 1 && text[2] != ':' && text[2] != '-'))
            return -EINVAL;
        read[i] = (uint8_t)(high << 4 | low);
    }
    memcpy(mac, read, sizeof(read));
    return 0;
}

const char *network_mac_format(const uint8_t mac[NETWORK_MAC_BYTES], char out[NETWORK_MAC_SIZE])
{
    for (size_t i = 0; i < NETWORK_MAC_BYTES; i++) {
        put_hex(out + 3 * i, &mac[i], 1);
        out[3 * i + 2] = i < NETWORK_MAC_BYTES - 1 ? ':' : '\0';
    }
    return out;
}

static bool is_of(char c, const char *others)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr(others, c));
}

bool network_name_is_valid(const char *name, size_t length)
{
    if (length == 0 || length >= NETWORK_NAME_SIZE || *name == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!is_of(name[i], "-_.@"))
            return false;
    }
    return true;
}

bool network_host_is_valid(const char *name, size_t length)
{
    if (length == 0 || length > HOST_NAME_MAXIMUM || *name == '-' || *name == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!is_of(name[i], "-_."))
            return false;
    }
    return true;
}
