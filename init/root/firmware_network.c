#include "root/firmware_network.h"

#include <stdbool.h>
#include <string.h>

#include "contract/network_address.h"
#include "system/sysfs.h"
#include "system/text.h"

#define FLAG_SELECTED 2u  /* the card that it has booted from */
#define ORIGIN_DHCP "3"   /* IpPrefixOriginDhcp: drivers/firmware/iscsi_ibft.c */
#define LAST_ETHERNET '3' /* that many can a table tell of, and more */
#define ETHERNET "firmware/ibft/ethernet"

/* An attribute that is an address, as text; "" where there is none. */
static const char *address_of(int sysfs, const char *card, const char *attribute, char text[NETWORK_ADDRESS_SIZE])
{
    char value[SYSFS_VALUE_SIZE];
    struct network_address address;

    if (!sysfs_read(sysfs, card, attribute, value) || network_address_parse(value, strlen(value), &address) < 0
        || address.family != NETWORK_IPV4)
        return "";
    return network_address_format(&address, text);
}

static bool is_selected(int sysfs, const char *card)
{
    char value[SYSFS_VALUE_SIZE];
    uint64_t flags;

    return sysfs_read(sysfs, card, "flags", value) && text_to_number(value, &flags) == 0 && flags & FLAG_SELECTED;
}

static bool has_mac(int sysfs, const char *card, char text[SYSFS_VALUE_SIZE])
{
    uint8_t mac[NETWORK_MAC_BYTES];

    if (!sysfs_read(sysfs, card, "mac", text) || network_mac_parse(text, strlen(text), mac) < 0)
        return false;
    for (char *colon = text; (colon = strchr(colon, ':')) != NULL;)
        *colon = '-'; /* which no field of ip= ends at */
    return true;
}

const char *firmware_network_word(int sysfs, char word[FIRMWARE_NETWORK_SIZE])
{
    char card[] = ETHERNET "0", *number = card + strlen(ETHERNET), mac[SYSFS_VALUE_SIZE], vlan[SYSFS_VALUE_SIZE];
    char origin[SYSFS_VALUE_SIZE];
    bool is_of_dhcp;
    char address[NETWORK_ADDRESS_SIZE], gateway[NETWORK_ADDRESS_SIZE], mask[NETWORK_ADDRESS_SIZE],
        dns[2][NETWORK_ADDRESS_SIZE];

    while (!is_selected(sysfs, card)) {
        if ((*number)++ == LAST_ETHERNET)
            return "the firmware tells of no card (iBFT)";
    }
    if (!has_mac(sysfs, card, mac))
        return "the firmware does not tell which card it has used (iBFT)";
    if (sysfs_read(sysfs, card, "vlan", vlan) && strcmp(vlan, "0") != 0)
        return "the firmware has used a VLAN (iBFT), which vlan= and ip= have to name";
    is_of_dhcp = (sysfs_read(sysfs, card, "origin", origin) && !strcmp(origin, ORIGIN_DHCP))
                 || *address_of(sysfs, card, "dhcp", address);
    if (is_of_dhcp)
        (void)text_join(word, FIRMWARE_NETWORK_SIZE, "ip=", mac, ":dhcp", NULL);
    else if (!*address_of(sysfs, card, "ip-addr", address))
        return "the firmware does not tell its address (iBFT)";
    else
        (void)text_join(word, FIRMWARE_NETWORK_SIZE, "ip=", address, "::", address_of(sysfs, card, "gateway", gateway),
            ":", address_of(sysfs, card, "subnet-mask", mask), "::", mac,
            ":none:", address_of(sysfs, card, "primary-dns", dns[0]), ":",
            address_of(sysfs, card, "secondary-dns", dns[1]), NULL); /* there is room */
    return NULL;
}
