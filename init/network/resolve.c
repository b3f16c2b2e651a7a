#include "network/resolve.h"

#include <netinet/in.h>
#include <string.h>

#include "contract/network_address.h"
#include "network/report.h"
#include "network/rights.h"
#include "network/tasks.h"

const char *resolve_error(int error)
{
    switch (error) {
    case EAI_NONAME:
    case EAI_NODATA:
        return "the name servers know no such name";
    case EAI_AGAIN:
        return "no name server has answered";
    default:
        return gai_strerror(error);
    }
}

/* One family after the other: some name servers refuse, or never answer, what they do not know, and then musl takes
 * none of two answers. */
int resolve_host(const char *name, const char *port, struct addrinfo **found)
{
    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    int result = getaddrinfo(name, port, &wanted, found), other;

    if (result == 0)
        return 0;
    wanted.ai_family = AF_INET6;
    other = getaddrinfo(name, port, &wanted, found);
    return other == 0 ? 0 : result;
}

int task_resolve(char **arguments)
{
    char text[NETWORK_ADDRESS_SIZE];
    struct network_address address = {.family = NETWORK_IPV6};
    struct addrinfo *found;
    int result;

    if (!arguments[0])
        return 2;
    rights_drop(0);
    result = resolve_host(arguments[0], NULL, &found);
    if (result != 0) {
        report_state(resolve_error(result));
        return 1;
    }
    if (found->ai_family == AF_INET) {
        address.family = NETWORK_IPV4;
        memcpy(address.bytes, &((const struct sockaddr_in *)(const void *)found->ai_addr)->sin_addr, 4);
    } else {
        memcpy(address.bytes, &((const struct sockaddr_in6 *)(const void *)found->ai_addr)->sin6_addr, 16);
    }
    report("found", network_address_format(&address, text), NULL);
    return 0;
}
