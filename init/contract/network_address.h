/* Addresses of the Internet and of network cards, read and written as people write them. Pure. */
#ifndef KINDLING_NETWORK_ADDRESS_H
#define KINDLING_NETWORK_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NETWORK_ADDRESS_SIZE 40u /* of the longest, 39 characters, with its NUL */
#define NETWORK_MAC_BYTES 6u
#define NETWORK_MAC_SIZE 18u
#define NETWORK_NAME_SIZE 16u /* of a card, IFNAMSIZ of the kernel */

enum network_family { NETWORK_UNSET = 0, NETWORK_IPV4 = 4, NETWORK_IPV6 = 6 };

struct network_address {
    enum network_family family;
    uint8_t bytes[16]; /* the first four for IPv4, in the network's order */
};

/* Reads the first length bytes of text: "10.0.2.2", "2001:db8::1" or "[2001:db8::1]". Returns 0 or -EINVAL. */
int network_address_parse(const char *text, size_t length, struct network_address *address);

/* Writes it as RFC 5952 wants it, "" for NETWORK_UNSET. Returns out. */
const char *network_address_format(const struct network_address *address, char out[NETWORK_ADDRESS_SIZE]);

#define NETWORK_NUMBER_SIZE 11u
const char *network_number_format(uint32_t value, char out[NETWORK_NUMBER_SIZE]);

bool network_address_equal(const struct network_address *a, const struct network_address *b);

/* The length of a mask's prefix, or -EINVAL where its ones are not all in front. */
int network_mask_length(const struct network_address *mask);
/* The length that RFC 791's classes give an IPv4 address whose mask nobody told. */
uint8_t network_class_prefix(const struct network_address *address);
/* The last address of an IPv4 network: its broadcast. */
struct network_address network_broadcast(const struct network_address *address, unsigned prefix);

/* Six pairs of hexadecimal digits with ':' or '-' between. Returns 0 or -EINVAL. */
int network_mac_parse(const char *text, size_t length, uint8_t mac[NETWORK_MAC_BYTES]);
const char *network_mac_format(const uint8_t mac[NETWORK_MAC_BYTES], char out[NETWORK_MAC_SIZE]);

/* A name that the kernel takes for a card (dev_valid_name), and that may stand in a file's name. */
bool network_name_is_valid(const char *name, size_t length);

/* A host's name, or a domain: letters, digits, '-', '_' and '.', at most 253 of them. */
bool network_host_is_valid(const char *name, size_t length);

#endif
