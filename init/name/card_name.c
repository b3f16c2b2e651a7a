#include "name/card_name.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "contract/bytes.h"
#include "system/directory.h"
#include "system/sysfs.h"
#include "system/text.h"

#define NET_NAME_ENUM "1" /* name_assign_type of Documentation/ABI/testing/sysfs-class-net: counted by the kernel */
#define INDEX_MAXIMUM 16383u
#define PCI_HEADER_TYPE 14u
#define PCI_MULTIFUNCTION 0x80u

/* A name that is being put together; what is too long is none. */
struct draft {
    char text[64];
};

static void add(struct draft *draft, const char *word, uint64_t number)
{
    char decimal[DECIMAL_SIZE];
    size_t used = strlen(draft->text);

    (void)text_join(draft->text + used, sizeof(draft->text) - used, word, text_decimal(number, decimal), NULL);
}

static bool read_hex(const char **text, char end, uint64_t *number)
{
    static const char digits[] = "0123456789abcdef";

    for (*number = 0; **text && **text != end; (*text)++) {
        const char *digit = strchr(digits, **text);

        if (!digit || *number >> 32)
            return false;
        *number = *number << 4 | (uint64_t)(digit - digits);
    }
    if (end && **text == end)
        (*text)++;
    else if (end)
        return false;
    return true;
}

/* "0000:00:03.0" */
struct pci_place {
    uint64_t domain, bus, slot, function;
};

static bool read_place(const char *name, struct pci_place *place)
{
    return read_hex(&name, ':', &place->domain) && read_hex(&name, ':', &place->bus)
           && read_hex(&name, '.', &place->slot) && read_hex(&name, '\0', &place->function);
}

static uint64_t read_number(int sysfs, const char *directory, const char *attribute)
{
    char value[SYSFS_VALUE_SIZE];
    uint64_t number;

    return sysfs_read(sysfs, directory, attribute, value) && text_to_number(value, &number) == 0 ? number : 0;
}

static bool has_functions(int sysfs, const char *directory)
{
    uint8_t header[PCI_HEADER_TYPE + 1];

    return sysfs_read_bytes(sysfs, directory, "config", header, sizeof(header)) == sizeof(header)
           && header[PCI_HEADER_TYPE] & PCI_MULTIFUNCTION;
}

/* The number of the slot that a device is in, whose address is the device's name without its function; 0 for none. */
static uint64_t slot_of(int sysfs, const char *device)
{
    struct directory slots;
    const struct dirent *entry;
    uint64_t found = 0;

    directory_open(&slots, sysfs, "bus/pci/slots");
    while (found == 0 && (entry = directory_next(&slots)) != NULL) {
        char directory[SYSFS_PATH_SIZE], address[SYSFS_VALUE_SIZE];
        uint64_t number;

        if (text_to_number(entry->d_name, &number) < 0 || number == 0
            || text_join(directory, sizeof(directory), "bus/pci/slots/", entry->d_name, NULL) < 0)
            continue;
        if (sysfs_read(sysfs, directory, "address", address) && !strncmp(device, address, strlen(address)))
            found = number;
    }
    directory_close(&slots);
    return found;
}

/* Of the card itself, or of a bridge above it that is in a slot. */
static uint64_t slot_above(int sysfs, const char *pci, bool multifunction)
{
    char directory[SYSFS_PATH_SIZE], subsystem[SYSFS_PATH_SIZE], modalias[SYSFS_VALUE_SIZE];
    bool is_bridge;
    uint64_t slot;

    if (text_join(directory, sizeof(directory), pci, NULL) < 0)
        return 0;
    do {
        sysfs_subsystem(sysfs, directory, subsystem);
        slot = strcmp(subsystem, "pci") ? 0 : slot_of(sysfs, sysfs_name(directory));
    } while (slot == 0 && sysfs_ascend(directory));
    is_bridge = slot > 0 && sysfs_read(sysfs, directory, "modalias", modalias) && strstr(modalias, "bc06sc04");
    return is_bridge && !multifunction ? 0 : slot;
}

/* The function and the port, which several cards of one device differ in. */
static void add_port(
    struct draft *draft, const struct pci_place *place, bool multifunction, const char *port_name, uint64_t port)
{
    size_t used;

    if (place->function > 0 || multifunction)
        add(draft, "f", place->function);
    used = strlen(draft->text);
    if (*port_name)
        (void)text_join(draft->text + used, sizeof(draft->text) - used, "n", port_name, NULL);
    else if (port > 0)
        add(draft, "d", port);
}

static bool take(const struct draft *draft, char name[NETWORK_NAME_SIZE])
{
    size_t length = strlen(draft->text);

    if (!network_name_is_valid(draft->text, length))
        return false;
    memcpy(name, draft->text, length + 1);
    return true;
}

static bool name_of_pci(int sysfs, const char *card, const char *pci, char name[NETWORK_NAME_SIZE])
{
    bool multifunction = has_functions(sysfs, pci);
    uint64_t index = read_number(sysfs, pci, "acpi_index"), port = read_number(sysfs, card, "dev_port"), slot;
    struct draft draft = {"en"};
    char port_name[SYSFS_VALUE_SIZE];
    struct pci_place place;

    (void)sysfs_read(sysfs, card, "phys_port_name", port_name);
    if (!read_place(sysfs_name(pci), &place))
        return false;
    if (read_number(sysfs, pci, "ari_enabled") == 1)
        place.function += place.slot * 8;
    if (index == 0)
        index = read_number(sysfs, pci, "index");
    if (index > 0 && index <= INDEX_MAXIMUM) {
        add(&draft, "o", index);
        add_port(&draft, &(struct pci_place){0}, false, port_name, port);
        if (take(&draft, name))
            return true;
    }
    slot = slot_above(sysfs, pci, multifunction);
    draft = (struct draft){"en"};
    if (place.domain > 0)
        add(&draft, "P", place.domain);
    if (slot > 0) {
        struct draft in_slot = draft;

        add(&in_slot, "s", slot);
        add_port(&in_slot, &place, multifunction, port_name, port);
        if (take(&in_slot, name))
            return true;
    }
    add(&draft, "p", place.bus);
    add(&draft, "s", place.slot);
    add_port(&draft, &place, multifunction, port_name, port);
    return take(&draft, name);
}

/* enx525400123456 */
static bool name_of_address(int sysfs, const char *card, char name[NETWORK_NAME_SIZE])
{
    char address[SYSFS_VALUE_SIZE];
    uint8_t mac[NETWORK_MAC_BYTES];

    if (!sysfs_read(sysfs, card, "address", address) || network_mac_parse(address, strlen(address), mac) < 0)
        return false;
    memcpy(name, "enx", 4);
    put_hex(name + 3, mac, NETWORK_MAC_BYTES);
    return true;
}

bool card_name_find(int sysfs, const char *kernel_name, char name[NETWORK_NAME_SIZE])
{
    char card[SYSFS_PATH_SIZE], device[SYSFS_PATH_SIZE], subsystem[SYSFS_PATH_SIZE], assigned[SYSFS_VALUE_SIZE];

    if (!sysfs_find(sysfs, "class/net", kernel_name, card)
        || (sysfs_read(sysfs, card, "name_assign_type", assigned) && strcmp(assigned, NET_NAME_ENUM) != 0)
        || text_join(device, sizeof(device), card, NULL) < 0)
        return false;
    /* A card of virtio's lies at virtio0 below the device on the bus; "net" has no subsystem. */
    while (sysfs_ascend(device)) {
        sysfs_subsystem(sysfs, device, subsystem);
        if (!strcmp(subsystem, "usb"))
            return name_of_address(sysfs, card, name);
        if (!strcmp(subsystem, "pci"))
            return name_of_pci(sysfs, card, device, name);
        if (*subsystem && strcmp(subsystem, "virtio") != 0)
            return false; /* of a hypervisor's own bus: no place tells it from others */
    }
    return false;
}

bool card_is_wireless(int sysfs, const char *kernel_name)
{
    char card[SYSFS_PATH_SIZE], path[SYSFS_PATH_SIZE];

    return sysfs_find(sysfs, "class/net", kernel_name, card)
           && text_join(path, sizeof(path), card, "/phy80211", NULL) == 0 && faccessat(sysfs, path, F_OK, 0) == 0;
}
