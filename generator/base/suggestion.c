#include "base/suggestion.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

#define LONGEST 64 /* beyond it nothing is near */

static bool is_same(char a, char b)
{
    return a == b || (strchr("-_", a) && strchr("-_", b));
}

static size_t minimum(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One row of the table of distances between all beginnings of a and of b; two and one are the rows above. */
static void fill_row(size_t *row, const size_t *one, const size_t *two, const char *a, size_t i, const char *b)
{
    size_t length = strlen(b);

    row[0] = i;
    for (size_t j = 1; j <= length; j++) {
        row[j] = minimum(minimum(row[j - 1], one[j]) + 1, one[j - 1] + !is_same(a[i - 1], b[j - 1]));
        if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) && is_same(b[j - 1], a[i - 2]))
            row[j] = minimum(row[j], two[j - 2] + 1);
    }
}

size_t suggestion_distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1] = {0};
    size_t length = strlen(a);

    if (length > LONGEST || strlen(b) > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= strlen(b); j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= length; i++)
        fill_row(rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3], a, i, b);
    return rows[length % 3][strlen(b)];
}

const char *suggestion_nearest(const char *word, const struct string_list *names)
{
    /* Of a short word one letter is much. */
    size_t limit = strlen(word) < 3 ? 0 : strlen(word) < 5 ? 1 : 2;
    const char *nearest = NULL;

    for (size_t i = 0; i < names->count; i++) {
        size_t distance = suggestion_distance(word, names->items[i]);

        if (distance <= limit && (!nearest || distance < suggestion_distance(word, nearest)))
            nearest = names->items[i];
    }
    return nearest;
}

char *suggestion_phrase(const char *word, const struct string_list *names)
{
    const char *nearest = suggestion_nearest(word, names);

    return nearest ? allocate_format(" (did you mean %s?)", nearest) : allocate_string("");
}
