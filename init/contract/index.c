#include "contract/index.h"

#include <errno.h>
#include <string.h>

#include "contract/bytes.h"
#include "contract/glob.h"

int index_attach(struct index *index, const void *bytes, size_t size)
{
    const uint8_t *strings;
    uint32_t length;

    *index = (struct index){.bytes = bytes, .size = size};
    if (size < INDEX_HEADER_SIZE || memcmp(bytes, INDEX_MAGIC, INDEX_MAGIC_SIZE) != 0)
        return -EINVAL;
    if (get_le32(index->bytes + INDEX_MAGIC_SIZE) != INDEX_VERSION)
        return -EPROTONOSUPPORT;
    if (get_le32(index->bytes + INDEX_MAGIC_SIZE + 4) != size)
        return -EINVAL;
    for (unsigned number = 0; number < INDEX_SECTION_COUNT; number++) {
        const uint8_t *entry = index->bytes + INDEX_MAGIC_SIZE + 8 + 8 * number;
        uint32_t offset = get_le32(entry), count = get_le32(entry + 4);

        if (offset < INDEX_HEADER_SIZE || offset > size || count > (size - offset) / index_record_size[number])
            return -EINVAL;
        index->section[number].offset = offset;
        index->section[number].count = count;
    }
    strings = index->bytes + index->section[INDEX_STRINGS].offset;
    length = index->section[INDEX_STRINGS].count;
    return length > 0 && strings[0] == '\0' && strings[length - 1] == '\0' ? 0 : -EINVAL;
}

static const uint8_t *record(const struct index *index, enum index_section_number section, uint32_t number)
{
    if (number >= index->section[section].count)
        return NULL;
    return index->bytes + index->section[section].offset + (size_t)number * index_record_size[section];
}

static const char *string_at(const struct index *index, const uint8_t *field)
{
    const uint8_t *string = record(index, INDEX_STRINGS, get_le32(field));

    return string ? (const char *)string : "";
}

uint32_t index_module_count(const struct index *index)
{
    return index->section[INDEX_MODULES].count;
}

int index_module(const struct index *index, uint32_t number, struct index_module *module)
{
    const uint8_t *r = record(index, INDEX_MODULES, number);

    if (!r)
        return -ENOENT;
    *module = (struct index_module){
        .name = string_at(index, r),
        .path = string_at(index, r + 4),
        .options = string_at(index, r + 8),
        .first_step = get_le32(r + 12),
        .step_count = get_le32(r + 16),
        .size = get_le32(r + 20),
        .format = get_le32(r + 24),
        .flags = get_le32(r + 28),
    };
    return 0;
}

/* Finds key among a section's records, which are sorted by the string that their first field names. */
static int find_sorted(const struct index *index, enum index_section_number section, const char *key, uint32_t *number)
{
    uint32_t low = 0;
    uint32_t high = index->section[section].count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(key, string_at(index, record(index, section, middle)));

        if (order == 0) {
            *number = middle;
            return 0;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -ENOENT;
}

int index_find_module(const struct index *index, const char *name, uint32_t *number)
{
    return find_sorted(index, INDEX_MODULES, name, number);
}

static int number_in_list(
    const struct index *index, enum index_section_number section, uint32_t position, uint32_t *number)
{
    const uint8_t *r = record(index, section, position);

    if (!r)
        return -ENOENT;
    *number = get_le32(r);
    return 0;
}

int index_step(const struct index *index, uint32_t step, uint32_t *module, bool *is_needed)
{
    int result = number_in_list(index, INDEX_STEPS, step, module);

    if (result < 0)
        return result;
    if (is_needed)
        *is_needed = *module & INDEX_STEP_NEEDED;
    *module &= ~INDEX_STEP_NEEDED;
    return 0;
}

int index_autoload(const struct index *index, uint32_t position, uint32_t *module)
{
    return number_in_list(index, INDEX_AUTOLOAD, position, module);
}

int index_program(const struct index *index, uint32_t number, struct index_program *program)
{
    const uint8_t *r = record(index, INDEX_PROGRAMS, number);

    if (!r)
        return -ENOENT;
    *program = (struct index_program){
        .wanted_at = string_at(index, r),
        .first_need = get_le32(r + 4),
        .need_count = get_le32(r + 8),
    };
    return 0;
}

int index_find_program(const struct index *index, const char *wanted_at, struct index_program *program)
{
    uint32_t number;

    if (find_sorted(index, INDEX_PROGRAMS, wanted_at, &number) < 0)
        return -ENOENT;
    return index_program(index, number, program);
}

int index_need(const struct index *index, uint32_t need, uint32_t *file)
{
    return number_in_list(index, INDEX_NEEDS, need, file);
}

uint32_t index_file_count(const struct index *index)
{
    return index->section[INDEX_FILES].count;
}

int index_file(const struct index *index, uint32_t number, struct index_file *file)
{
    const uint8_t *r = record(index, INDEX_FILES, number);

    if (!r)
        return -ENOENT;
    *file = (struct index_file){
        .path = string_at(index, r),
        .member = string_at(index, r + 4),
        .size = get_le32(r + 8),
        .format = get_le32(r + 12),
        .permissions = get_le32(r + 16),
    };
    return 0;
}

const char *index_setting(const struct index *index, const char *key)
{
    uint32_t number;

    if (find_sorted(index, INDEX_SETTINGS, key, &number) < 0)
        return "";
    return string_at(index, record(index, INDEX_SETTINGS, number) + 4);
}

static uint32_t prefix_length(const struct index *index, uint32_t alias)
{
    return get_le32(record(index, INDEX_ALIASES, alias) + 4);
}

/* The pattern's character at depth; those whose literal prefix ends there count as ended. */
static unsigned char character_at(const struct index *index, uint32_t alias, size_t depth)
{
    const uint8_t *r = record(index, INDEX_ALIASES, alias);
    uint64_t offset = get_le32(r) + (uint64_t)depth;

    if (depth >= prefix_length(index, alias) || offset >= index->section[INDEX_STRINGS].count)
        return '\0';
    return index->bytes[index->section[INDEX_STRINGS].offset + offset];
}

/* The first alias in [from, end) whose character at the match's depth is not below c. */
static uint32_t first_not_below(const struct index_match *match, uint32_t from, unsigned c)
{
    uint32_t low = from;
    uint32_t high = match->end;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (character_at(match->index, middle, match->depth) < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void index_match_begin(struct index_match *match, const struct index *index, const char *name)
{
    *match = (struct index_match){.index = index, .name = name, .end = index->section[INDEX_ALIASES].count};
}

bool index_match_next(struct index_match *match, uint32_t *module)
{
    while (match->next < match->end) {
        unsigned c = (unsigned char)match->name[match->depth];

        if (prefix_length(match->index, match->next) == match->depth) {
            const uint8_t *alias = record(match->index, INDEX_ALIASES, match->next++);

            *module = get_le32(alias + 8);
            if (glob_matches(string_at(match->index, alias), match->name))
                return true;
        } else if (c == '\0') {
            match->next = match->end;
        } else { /* on with the aliases that agree with one more character of the name */
            match->next = first_not_below(match, match->next, c);
            match->end = first_not_below(match, match->next, c + 1);
            match->depth++;
        }
    }
    return false;
}
