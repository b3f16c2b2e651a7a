#include "name/device_ref.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <sys/sysmacros.h>

#include "contract/prefix.h"

/* A longer prefix stands before the shorter one that it starts with. udev writes what it does not allow in the name
 * of a link as \xHH (udev(7)), and people copy that into LABEL= too; by-id and by-path names are compared as they are.
 */
static const struct form {
    const char *prefix;
    enum device_ref_kind kind;
    bool escaped;
} forms[] = {
    {"UUID=", DEVICE_REF_UUID, true},
    {"LABEL=", DEVICE_REF_LABEL, true},
    {"PARTUUID=", DEVICE_REF_PARTUUID, true},
    {"PARTLABEL=", DEVICE_REF_PARTLABEL, true},
    {"/dev/disk/by-uuid/", DEVICE_REF_UUID, true},
    {"/dev/disk/by-label/", DEVICE_REF_LABEL, true},
    {"/dev/disk/by-partuuid/", DEVICE_REF_PARTUUID, true},
    {"/dev/disk/by-partlabel/", DEVICE_REF_PARTLABEL, true},
    {"/dev/disk/by-id/", DEVICE_REF_ID, false},
    {"/dev/disk/by-path/", DEVICE_REF_BUS_PATH, false},
    {"/dev/", DEVICE_REF_PATH, false},
    {"WWID=", DEVICE_REF_ID, false}, /* booster's words for the links of udev's */
    {"HWPATH=", DEVICE_REF_BUS_PATH, false},
};

/* /dev/nfs and /dev/cifs are the kernel's words for network roots; gpt-auto is systemd's for the default. */
static const struct word {
    const char *spec;
    int result;
} words[] = {
    {"", 0},
    {"gpt-auto", 0},
    {"/dev/gpt-auto-root", 0},
    {"/dev/nfs", -EINVAL},
    {"/dev/cifs", -EINVAL},
};

#define PARTNROFF "/PARTNROFF="

/* Decimal, at least one digit, moved past. */
static bool read_decimal(const char **text, uint32_t *value)
{
    uint64_t sum = 0;
    const char *start = *text;

    for (; **text >= '0' && **text <= '9'; (*text)++) {
        sum = sum * 10 + (uint32_t)(**text - '0');
        if (sum > UINT32_MAX)
            return false;
    }
    *value = (uint32_t)sum;
    return *text != start;
}

/* The value of a hex digit, or -1. */
static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* All of the text as hex, with or without 0x, in 32 bits. */
static bool read_hex(const char *text, uint32_t *value)
{
    size_t digits;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        text += 2;
    digits = strlen(text);
    if (digits == 0 || digits > 8)
        return false;
    for (*value = 0; *text != '\0'; text++) {
        int digit = hex_digit(*text);
        if (digit < 0)
            return false;
        *value = *value << 4 | (uint32_t)digit;
    }
    return true;
}

/* MAJ:MIN, MAJ:MIN:OFFSET or MAJ:MIN:OFFSET: (the kernel takes both of the latter and ignores the offset here). */
static bool read_major_minor(const char *text, uint32_t *major, uint32_t *minor)
{
    uint32_t ignored_offset;

    if (!read_decimal(&text, major) || *text++ != ':' || !read_decimal(&text, minor))
        return false;
    if (*text == '\0')
        return true;
    if (*text++ != ':' || !read_decimal(&text, &ignored_offset))
        return false;
    return strcmp(text, "") == 0 || strcmp(text, ":") == 0;
}

/* The kernel's devt_from_devnum: 12 bits of major, 20 bits of minor, else new_decode_dev of a hex number. */
static int parse_number(const char *spec, struct device_ref *ref)
{
    uint32_t major, minor, encoded;

    if (!read_major_minor(spec, &major, &minor)) {
        if (!read_hex(spec, &encoded))
            return -EINVAL;
        major = (encoded & 0xfff00) >> 8;
        minor = (encoded & 0xff) | ((encoded >> 12) & 0xfff00);
    }
    if (major >> 12 != 0 || minor >> 20 != 0 || (major == 0 && minor == 0))
        return -EINVAL;
    ref->kind = DEVICE_REF_NUMBER;
    ref->number = makedev(major, minor);
    return 0;
}

/* The byte that \xHH at the text stands for; 0 when there is no such thing: no name holds a NUL. */
static int escaped_byte(const char *text)
{
    int high, low;

    if (text[0] != '\\' || text[1] != 'x')
        return 0;
    high = hex_digit(text[2]);
    low = high < 0 ? -1 : hex_digit(text[3]);
    return low < 0 ? 0 : high * 16 + low;
}

/* Replaces each \xHH by its byte, in place. */
static void decode_escapes(char *text)
{
    char *out = text;

    for (const char *in = text; *in != '\0'; out++) {
        int byte = escaped_byte(in);

        *out = *in;
        if (byte != 0)
            *out = (char)byte;
        in += byte != 0 ? strlen("\\xHH") : 1;
    }
    *out = '\0';
}

/* Copies text without the pair of quotes around it. */
static int copy_unquoted(char value[DEVICE_REF_VALUE_SIZE], const char *text)
{
    size_t length = strlen(text);

    if (length >= 2 && (text[0] == '"' || text[0] == '\'') && text[length - 1] == text[0]) {
        text++;
        length -= 2;
    }
    if (length >= DEVICE_REF_VALUE_SIZE)
        return -ENAMETOOLONG;
    memmove(value, text, length);
    value[length] = '\0';
    return 0;
}

/* Cuts "/PARTNROFF=n" off the value. As in the kernel, nothing else may follow a "/". */
static int split_partition_offset(struct device_ref *ref)
{
    char *slash = strchr(ref->value, '/');
    const char *number;
    bool negative;
    uint32_t magnitude;

    if (!slash)
        return 0;
    if (strncmp(slash, PARTNROFF, strlen(PARTNROFF)) != 0)
        return -EINVAL;
    number = slash + strlen(PARTNROFF);
    negative = *number == '-';
    if (negative || *number == '+')
        number++;
    if (!read_decimal(&number, &magnitude) || *number != '\0' || magnitude > INT_MAX)
        return -EINVAL;
    ref->partition_offset = negative ? -(int)magnitude : (int)magnitude;
    *slash = '\0';
    return 0;
}

static int parse_unquoted(const char *spec, struct device_ref *ref)
{
    int error;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(spec, words[i].spec) == 0)
            return words[i].result;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const struct form *form = &forms[i];

        if (!begins_with(spec, form->prefix))
            continue;
        ref->kind = form->kind;
        error = copy_unquoted(ref->value, spec + strlen(form->prefix));
        if (error == 0 && form->kind == DEVICE_REF_PARTUUID)
            error = split_partition_offset(ref);
        if (error != 0)
            return error;
        if (form->escaped)
            decode_escapes(ref->value);
        return ref->value[0] == '\0' ? -EINVAL : 0;
    }
    return parse_number(spec, ref);
}

int device_ref_parse(const char *spec, struct device_ref *ref)
{
    char unquoted[DEVICE_REF_VALUE_SIZE];
    int error;

    memset(ref, 0, sizeof(*ref));
    ref->kind = DEVICE_REF_GPT_AUTO;
    error = copy_unquoted(unquoted, spec);
    return error != 0 ? error : parse_unquoted(unquoted, ref);
}

/* The kernel has "!" in sysfs where DEVNAME has "/"; users write either. */
static bool same_device_name(const char *a, const char *b)
{
    while (*a == *b || (*a == '!' && *b == '/') || (*a == '/' && *b == '!')) {
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
    return false;
}

/* directory: "disk/by-id/", "disk/by-path/", or "" for the whole name. */
static bool has_link(const struct device_identity *identity, const char *directory, const char *name)
{
    size_t length = strlen(directory);

    for (const char *const *link = identity->links; link && *link; link++)
        if (strncmp(*link, directory, length) == 0 && strcmp(*link + length, name) == 0)
            return true;
    return false;
}

bool device_ref_matches(const struct device_ref *ref, const struct device_identity *identity)
{
    const struct superblock *superblock = identity->superblock;
    const struct partition *partition = identity->partition;

    if (device_ref_needs_superblock(ref) && (!superblock || superblock->usage == SUPERBLOCK_MEMBER))
        return false;
    if (device_ref_needs_partition(ref) && !partition)
        return false;
    switch (ref->kind) {
    case DEVICE_REF_UUID:
        return strcasecmp(superblock->uuid, ref->value) == 0;
    case DEVICE_REF_LABEL:
        return strcmp(superblock->label, ref->value) == 0;
    case DEVICE_REF_PARTUUID:
        return strcasecmp(partition->uuid, ref->value) == 0;
    case DEVICE_REF_PARTLABEL:
        return strcmp(partition->label, ref->value) == 0;
    case DEVICE_REF_GPT_AUTO:
        return partition->type_uuid[0] != '\0' && strcmp(partition->type_uuid, partition_root_type()) == 0
               && (partition->attributes & PARTITION_NO_AUTO) == 0;
    case DEVICE_REF_NUMBER:
        return identity->number == ref->number;
    case DEVICE_REF_ID:
        return has_link(identity, "disk/by-id/", ref->value);
    case DEVICE_REF_BUS_PATH:
        return has_link(identity, "disk/by-path/", ref->value);
    default:
        return same_device_name(identity->name, ref->value) || has_link(identity, "", ref->value);
    }
}

bool device_ref_needs_superblock(const struct device_ref *ref)
{
    return ref->kind == DEVICE_REF_UUID || ref->kind == DEVICE_REF_LABEL;
}

bool device_ref_needs_partition(const struct device_ref *ref)
{
    return ref->kind == DEVICE_REF_PARTUUID || ref->kind == DEVICE_REF_PARTLABEL || ref->kind == DEVICE_REF_GPT_AUTO;
}
