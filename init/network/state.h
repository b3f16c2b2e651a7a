/* What the network waits for, in words. */
#ifndef KINDLING_NETWORK_STATE_H
#define KINDLING_NETWORK_STATE_H

#include "network/setup.h"

/* Says what is waited for at the time now. Returns true when there is nothing that it might still come to in time. */
bool state_tell(const struct setup *setup, uint64_t now);

#endif
