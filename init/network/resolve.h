/* Addresses of a host by its name, from musl's resolver, which asks the servers of /etc/resolv.conf. */
#ifndef KINDLING_NETWORK_RESOLVE_H
#define KINDLING_NETWORK_RESOLVE_H

#include <netdb.h>

/* port: in decimal, or NULL. Returns 0, or an error of getaddrinfo's; the caller frees *found with freeaddrinfo. */
int resolve_host(const char *name, const char *port, struct addrinfo **found);

/* That error, as a clause. */
const char *resolve_error(int error);

#endif
