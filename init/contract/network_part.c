#include "contract/network_part.h"

#include <errno.h>
#include <string.h>

#define MTU_LEAST 68u /* RFC 791 */
#define MTU_MOST 65535u

size_t network_parts_cut(const char *value, struct network_part parts[NETWORK_PARTS_MAXIMUM])
{
    size_t count = 0;
    bool in_brackets = false;

    parts[0] = (struct network_part){value, 0};
    for (; *value; value++) {
        if (*value != ':' || in_brackets) {
            in_brackets = *value == '[' || (in_brackets && *value != ']');
            parts[count].length++;
        } else if (++count == NETWORK_PARTS_MAXIMUM) {
            return 0;
        } else {
            parts[count] = (struct network_part){value + 1, 0};
        }
    }
    return count + 1;
}

bool network_part_is(const struct network_part *part, const char *word)
{
    return part->length == strlen(word) && !memcmp(part->text, word, part->length);
}

bool network_part_is_number(const struct network_part *part)
{
    for (size_t i = 0; i < part->length; i++) {
        if (part->text[i] < '0' || part->text[i] > '9')
            return false;
    }
    return part->length > 0;
}

int network_part_to_number(const struct network_part *part, uint32_t most, uint32_t *number)
{
    uint32_t sum = 0;

    if (!network_part_is_number(part) || part->length > 9)
        return -EINVAL;
    for (size_t i = 0; i < part->length; i++)
        sum = 10 * sum + (uint32_t)(part->text[i] - '0');
    *number = sum;
    return sum > most ? -EINVAL : 0;
}

bool network_part_to_name(const struct network_part *part, char name[NETWORK_NAME_SIZE])
{
    if (!network_name_is_valid(part->text, part->length))
        return false;
    memcpy(name, part->text, part->length);
    name[part->length] = '\0';
    return true;
}

bool network_part_to_mtu(const struct network_part *part, uint32_t *mtu)
{
    return part->length == 0 || (network_part_to_number(part, MTU_MOST, mtu) == 0 && *mtu >= MTU_LEAST);
}

bool network_part_to_address(const struct network_part *part, struct network_address *address)
{
    return part->length == 0 || network_address_parse(part->text, part->length, address) == 0;
}
