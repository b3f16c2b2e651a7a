/* What a mistyped word was probably meant to be. */
#ifndef KINDLING_SUGGESTION_H
#define KINDLING_SUGGESTION_H

#include "base/string_list.h"

/* How many letters have to be added, left out, changed, or swapped with their neighbour to make one word of the other;
 * '-' and '_' are the same letter, as they are to modprobe. */
size_t suggestion_distance(const char *a, const char *b);

/* The one of names that is nearest to word, of equally near ones the first; NULL when none is near. */
const char *suggestion_nearest(const char *word, const struct string_list *names);

/* " (did you mean NAME?)", or "" when no name is near; a new string. */
char *suggestion_phrase(const char *word, const struct string_list *names);

#endif
