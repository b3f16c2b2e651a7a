#include "name/scsi_id.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "contract/bytes.h"
#include "name/udev_name.h"
#include "system/sysfs.h"
#include "system/text.h"

#define VPD_SIZE 1024u
#define VPD_HEADER_SIZE 4u /* the page's number in byte 1, the length of what follows in bytes 2 and 3, big-endian */

/* Returns the page's length with its header, no more than was read; 0 when there is none. */
static size_t read_page(int sysfs, const char *directory, const char *attribute, uint8_t page[VPD_SIZE])
{
    size_t size = sysfs_read_bytes(sysfs, directory, attribute, page, VPD_SIZE);
    size_t stated;

    if (size < VPD_HEADER_SIZE)
        return 0;
    stated = VPD_HEADER_SIZE + get_be16(page + 2);
    return stated < size ? stated : size;
}

static void put_text(char *text, const uint8_t *bytes, size_t count)
{
    memcpy(text, bytes, count);
    text[count] = '\0';
}

static void escape(char *text)
{
    udev_name_join_words(text);
    udev_name_replace(text, "");
}

/* Page 0x83 has several designators of the disk (SPC-4, 7.8.6): code set in byte 0, type in byte 1, length in byte 3.
 */
#define DESIGNATOR_HEADER_SIZE 4u

enum { DESIGNATOR_VENDOR = 0, DESIGNATOR_T10 = 1, DESIGNATOR_EUI64 = 2, DESIGNATOR_NAA = 3 };
enum { DESIGNATOR_BINARY = 1, DESIGNATOR_TEXT = 2 };
enum { NAA_REGISTERED = 5, NAA_REGISTERED_EXTENDED = 6, NAA_ANY = 0xff };

/* scsi_id takes the first that there is. */
static const struct designator_kind {
    uint8_t type, naa, code_set;
} designator_kinds[] = {
    {DESIGNATOR_NAA, NAA_REGISTERED_EXTENDED, DESIGNATOR_BINARY},
    {DESIGNATOR_NAA, NAA_REGISTERED_EXTENDED, DESIGNATOR_TEXT},
    {DESIGNATOR_NAA, NAA_REGISTERED, DESIGNATOR_BINARY},
    {DESIGNATOR_NAA, NAA_REGISTERED, DESIGNATOR_TEXT},
    {DESIGNATOR_NAA, NAA_ANY, DESIGNATOR_BINARY},
    {DESIGNATOR_NAA, NAA_ANY, DESIGNATOR_TEXT},
    {DESIGNATOR_EUI64, NAA_ANY, DESIGNATOR_BINARY},
    {DESIGNATOR_EUI64, NAA_ANY, DESIGNATOR_TEXT},
    {DESIGNATOR_T10, NAA_ANY, DESIGNATOR_BINARY},
    {DESIGNATOR_T10, NAA_ANY, DESIGNATOR_TEXT},
    {DESIGNATOR_VENDOR, NAA_ANY, DESIGNATOR_BINARY},
    {DESIGNATOR_VENDOR, NAA_ANY, DESIGNATOR_TEXT},
};

static const uint8_t *find_designator(const uint8_t *page, size_t size, const struct designator_kind *kind)
{
    size_t at = VPD_HEADER_SIZE;

    while (at + DESIGNATOR_HEADER_SIZE < size) {
        const uint8_t *designator = page + at;
        size_t next = at + DESIGNATOR_HEADER_SIZE + designator[3];

        /* The type's byte has the association too: 0 for the disk itself rather than the port to it. */
        if (next <= size && (designator[0] & 0x0f) == kind->code_set && (designator[1] & 0x3f) == kind->type
            && (kind->naa == NAA_ANY || designator[DESIGNATOR_HEADER_SIZE] >> 4 == kind->naa))
            return designator;
        at = next;
    }
    return NULL;
}

/* A maker's own number follows the names of maker and model. False when it is too long. */
static bool put_id(int sysfs, const char *directory, char type, const char *value, char id[SCSI_ID_SIZE])
{
    const char prefix[] = {type, '\0'};
    char vendor[SYSFS_VALUE_SIZE] = "", model[SYSFS_VALUE_SIZE] = "";

    if (type == '0' + DESIGNATOR_VENDOR || type == 'S') {
        (void)sysfs_read(sysfs, directory, "vendor", vendor);
        (void)sysfs_read(sysfs, directory, "model", model);
    }
    if (text_join(id, SCSI_ID_SIZE, prefix, vendor, model, value, NULL) < 0)
        return false;
    escape(id);
    return true;
}

/* Page 0x80 is the serial number alone. */
bool scsi_id_find(int sysfs, const char *directory, char id[SCSI_ID_SIZE])
{
    uint8_t page[VPD_SIZE];
    char serial[VPD_SIZE], value[2 * UINT8_MAX + 1];
    size_t size = read_page(sysfs, directory, "vpd_pg83", page);

    for (size_t i = 0; i < sizeof(designator_kinds) / sizeof(designator_kinds[0]); i++) {
        const uint8_t *designator = find_designator(page, size, &designator_kinds[i]);

        if (!designator)
            continue;
        if ((designator[0] & 0x0f) == DESIGNATOR_TEXT)
            put_text(value, designator + DESIGNATOR_HEADER_SIZE, designator[3]);
        else
            put_hex(value, designator + DESIGNATOR_HEADER_SIZE, designator[3]);
        if (put_id(sysfs, directory, (char)('0' + (designator[1] & 0x0f)), value, id))
            return true;
    }
    size = read_page(sysfs, directory, "vpd_pg80", page);
    if (size == 0)
        return false;
    put_text(serial, page + VPD_HEADER_SIZE, size - VPD_HEADER_SIZE);
    return put_id(sysfs, directory, 'S', serial, id);
}

/* Page 0x89 has the disk's answer to IDENTIFY DEVICE (SAT-3, 12.4.2): words, whose bytes are swapped in texts and in
 * the World Wide Name. */
#define IDENTIFY 60u
#define IDENTIFY_SIZE 512u
#define IDENTIFY_SERIAL 20u
#define IDENTIFY_MODEL 54u
#define IDENTIFY_WWN 216u
#define WWN_SIZE 8u

bool ata_id_find(int sysfs, const char *directory, struct ata_id *id)
{
    uint8_t page[VPD_SIZE];
    uint8_t *identify = page + IDENTIFY;

    if (read_page(sysfs, directory, "vpd_pg89", page) < IDENTIFY + IDENTIFY_SIZE)
        return false;
    for (size_t i = 0; i < IDENTIFY_SIZE; i += 2) {
        uint8_t first = identify[i];

        identify[i] = identify[i + 1];
        identify[i + 1] = first;
    }
    put_text(id->model, identify + IDENTIFY_MODEL, sizeof(id->model) - 1);
    escape(id->model);
    put_text(id->serial, identify + IDENTIFY_SERIAL, sizeof(id->serial) - 1);
    escape(id->serial);
    put_hex(id->wwn, identify + IDENTIFY_WWN, identify[IDENTIFY_WWN] >> 4 == NAA_REGISTERED ? WWN_SIZE : 0);
    return true;
}
