#include "kernel/depmod_trie.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define MAGIC 0xb007f457u
#define VERSION_MAJOR 2u
#define HEADER_SIZE 12u

#define HAS_PREFIX 0x80000000u
#define HAS_VALUES 0x40000000u
#define HAS_CHILDREN 0x20000000u
#define OFFSET_MASK 0x0fffffffu

/* Each level is at least a letter of a key: no alias is that long, and the stack is longer. A way that runs in circles
 * ends here. */
#define DEPTH_MAXIMUM 4096u

struct walk {
    const uint8_t *bytes;
    size_t size;
    size_t unread; /* bytes: in whichever order the nodes of a trie lie, none is come to twice */
    struct string_list *values;
};

/* Where the reading of a node has come to. */
struct cursor {
    struct walk *walk;
    size_t position;
    bool is_beyond; /* the end; numbers are 0 from then on, and strings NULL */
};

static const uint8_t *take(struct cursor *cursor, size_t size)
{
    const uint8_t *bytes = cursor->walk->bytes + cursor->position;

    if (cursor->is_beyond || size > cursor->walk->size - cursor->position || size > cursor->walk->unread) {
        cursor->is_beyond = true;
        return NULL;
    }
    cursor->position += size;
    cursor->walk->unread -= size;
    return bytes;
}

static unsigned take_byte(struct cursor *cursor)
{
    const uint8_t *byte = take(cursor, 1);

    return byte ? *byte : 0;
}

static uint32_t take_number(struct cursor *cursor)
{
    const uint8_t *bytes = take(cursor, 4);

    return bytes ? (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3] : 0;
}

static const char *take_string(struct cursor *cursor)
{
    const uint8_t *start = cursor->walk->bytes + cursor->position;
    const uint8_t *end = cursor->is_beyond ? NULL : memchr(start, '\0', cursor->walk->size - cursor->position);

    if (!end) {
        cursor->is_beyond = true;
        return NULL;
    }
    return (const char *)take(cursor, (size_t)(end - start) + 1);
}

static int visit(struct walk *walk, uint32_t reference, unsigned depth)
{
    struct cursor cursor = {.walk = walk, .position = reference & OFFSET_MASK};
    int result = 0;

    if (cursor.position < HEADER_SIZE || cursor.position > walk->size || depth > DEPTH_MAXIMUM)
        return -EBADMSG;
    if (reference & HAS_PREFIX)
        take_string(&cursor);
    if (reference & HAS_CHILDREN) {
        unsigned first = take_byte(&cursor);
        unsigned last = take_byte(&cursor);

        result = first <= last ? 0 : -EBADMSG;
        for (unsigned i = first; i <= last && result == 0; i++) {
            uint32_t child = take_number(&cursor);

            if (child & OFFSET_MASK)
                result = visit(walk, child, depth + 1);
        }
    }
    if (reference & HAS_VALUES) {
        for (uint32_t left = take_number(&cursor); left > 0 && !cursor.is_beyond; left--) {
            const char *value;

            take_number(&cursor); /* its priority */
            value = take_string(&cursor);
            if (value && walk->values)
                string_list_add(walk->values, value);
        }
    }
    return cursor.is_beyond ? -EBADMSG : result;
}

int depmod_trie_read(const uint8_t *bytes, size_t size, struct string_list *values)
{
    struct walk walk = {.bytes = bytes, .size = size, .unread = size, .values = values};
    struct cursor header = {.walk = &walk};
    uint32_t magic = take_number(&header);
    uint32_t version = take_number(&header);
    uint32_t root = take_number(&header);

    if (header.is_beyond || magic != MAGIC || version >> 16 != VERSION_MAJOR)
        return -EBADMSG;
    /* The root of an empty index has no parts and may lie at its end. */
    return root & OFFSET_MASK ? visit(&walk, root, 0) : 0;
}
