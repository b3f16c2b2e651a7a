/* swap (include/linux/swap.h, mm/swapfile.c): a header at 1 KiB, the signature at the end of the first page */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"

#define SWAP_HEADER_OFFSET 1024u
#define SWAP_SIGNATURE_SIZE 10u
#define SWAP_PAGE_SIZE_MIN 4096u
#define SWAP_PAGE_SIZE_MAX 65536u

struct swap_header {
    uint8_t version[4];
    uint8_t last_page[4];
    uint8_t bad_page_count[4];
    uint8_t uuid[16];
    char label[16];
};
static_assert(sizeof(struct swap_header) == 44, "swap header");

/* True when one of the signatures ends some page size's first page. Shorter ones are padded with NULs. */
static bool has_swap_signature(
    const struct device_view *view, const char (*signatures)[SWAP_SIGNATURE_SIZE + 1], size_t count)
{
    for (uint32_t page = SWAP_PAGE_SIZE_MIN; page <= SWAP_PAGE_SIZE_MAX; page *= 2) {
        const char *end = device_view_bytes(view, page - SWAP_SIGNATURE_SIZE, SWAP_SIGNATURE_SIZE);
        for (size_t i = 0; end && i < count; i++)
            if (strncmp(end, signatures[i], SWAP_SIGNATURE_SIZE) == 0)
                return true;
    }
    return false;
}

/* The header is of its writer's byte order; only the version tells which. A hibernation image leaves it as it was. */
static bool read_swap_header(const struct device_view *view, struct superblock *found)
{
    const struct swap_header *header = device_view_bytes(view, SWAP_HEADER_OFFSET, sizeof(*header));

    if (!header || (get_le32(header->version) != 1 && get_be32(header->version) != 1))
        return false;
    if (get_le32(header->last_page) == 0)
        return false;
    superblock_format_uuid(found->uuid, header->uuid);
    superblock_set_label(found, header->label, sizeof(header->label));
    return true;
}

bool superblock_probe_swap(const struct device_view *view, struct superblock *found)
{
    static const char signatures[][SWAP_SIGNATURE_SIZE + 1] = {"SWAPSPACE2"};

    return has_swap_signature(view, signatures, 1) && read_swap_header(view, found);
}

/* While a hibernation image lies in the swap space, the signature is the kernel's (kernel/power/swap.c) or that of a
 * user-space hibernator. */
bool superblock_probe_swsuspend(const struct device_view *view, struct superblock *found)
{
    static const char signatures[][SWAP_SIGNATURE_SIZE + 1] = {"S1SUSPEND", "S2SUSPEND", "ULSUSPEND", "LINHIB0001"};

    return has_swap_signature(view, signatures, sizeof(signatures) / sizeof(signatures[0]))
           && read_swap_header(view, found);
}
