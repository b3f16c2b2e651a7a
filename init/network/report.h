/* What the child tells /init: lines on its standard output, "KEY VALUE" (root/network.c reads them). */
#ifndef KINDLING_NETWORK_REPORT_H
#define KINDLING_NETWORK_REPORT_H

#include "contract/network_lease.h"

/* A line of the key, and the parts up to NULL as its value; what is too long is cut. */
void report(const char *key, ...) __attribute__((sentinel));

/* A warning: "cannot WHAT CARD: ", and the error, a -errno, in words. */
void report_failure(const char *what, const char *card, int error);

/* What is waited for, as a clause: "no card has a link". Said once until it changes. */
void report_state(const char *state);

/* A network that is up. */
void report_lease(const struct network_lease *lease);

#endif
