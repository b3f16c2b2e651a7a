/* What root= names, and what it is matched against: four lines, the reference, a device's name, a UUID and a label. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "name/device_ref.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The next line of the text, cut off it; "" when there is none. */
static char *next_line(char **rest)
{
    static char none[] = "";
    char *line = strsep(rest, "\n");

    return line ? line : none;
}

static void copy(char *to, size_t size, const char *from)
{
    size_t length = strnlen(from, size - 1);

    memcpy(to, from, length);
    to[length] = '\0';
}

static void match(const struct device_ref *ref, char *rest)
{
    const char *links[] = {NULL, "by-id/disk", NULL};
    struct superblock superblock = {.usage = SUPERBLOCK_FILESYSTEM, .type = "ext4"};
    struct partition partition = {.number = 1};
    struct device_identity identity = {.superblock = &superblock, .partition = &partition, .links = links};

    links[0] = identity.name = next_line(&rest);
    copy(superblock.uuid, sizeof(superblock.uuid), next_line(&rest));
    copy(superblock.label, sizeof(superblock.label), next_line(&rest));
    copy(partition.uuid, sizeof(partition.uuid), superblock.uuid);
    copy(partition.label, sizeof(partition.label), superblock.label);
    (void)device_ref_matches(ref, &identity);
    identity = (struct device_identity){.name = "vda"};
    (void)device_ref_matches(ref, &identity);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    char *rest = text;
    struct device_ref ref;
    int result;

    if (!text)
        return 0;
    result = device_ref_parse(next_line(&rest), &ref);
    require(result <= 0);
    if (result == 0) {
        require(ref.kind <= DEVICE_REF_GPT_AUTO && strlen(ref.value) < sizeof(ref.value));
        require(!device_ref_needs_superblock(&ref) || !device_ref_needs_partition(&ref));
        match(&ref, rest);
    }
    free(text);
    return 0;
}
