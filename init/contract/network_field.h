/* Fields of a word that names a root on the network. Pure. */
#ifndef KINDLING_NETWORK_FIELD_H
#define KINDLING_NETWORK_FIELD_H

#include <stdbool.h>

#define NETWORK_ALPHANUMERIC "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* Cuts the text at the first of the stops, or at its end, and moves it behind that. What begins with a bracket is an
 * address with colons of its own, which ends at the other one. *stop: what it was cut at, '\0' for the end. NULL when
 * a bracket is not closed, or more than an address is in it. */
char *network_field_cut(char **text, const char *stops, char *stop);

/* True for what may be a host's name or an address. */
bool network_field_is_host(const char *text);

/* True for a decimal number from first to last. */
bool network_field_is_number(const char *text, unsigned first, unsigned last);

#endif
