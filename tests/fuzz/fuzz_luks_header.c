/* The header of a LUKS volume, of which not all may be in view: what it is enciphered with, and its tokens. */
#include "fuzz.h"

#include "contract/bytes.h"
#include "format/luks_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *head = fuzz_bytes(data, size);
    struct device_range wanted = {0};
    struct device_view view = {.head = head, .head_size = size, .device_size = UINT64_C(1) << 40, .wanted = &wanted};
    char cipher[LUKS_CIPHER_SIZE];

    if (luks_header_cipher(&view, cipher))
        require(strlen(cipher) > 0 && strlen(cipher) < sizeof(cipher));
    (void)luks_header_says(&view, "type", "systemd-tpm2");
    if (luks_header_integrity(&view, cipher))
        require(strlen(cipher) < sizeof(cipher));
    require(wanted.size <= DEVICE_VIEW_MORE_MAX);
    free(head);
    return 0;
}
