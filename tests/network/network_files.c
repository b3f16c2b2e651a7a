/* network_files RUN: writes what a network leaves below /run, of the lines of `network configure` on standard input. */
#include <stdio.h>
#include <string.h>

#include "root/network_files.h"

int main(int argc, char **argv)
{
    struct network_lease lease = {0};
    char line[NETWORK_LINE_SIZE];

    if (argc != 2) {
        fprintf(stderr, "usage: network_files RUN\n");
        return 2;
    }
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = '\0';
        (void)network_lease_read(&lease, line); /* there are other lines, too */
    }
    network_files_write(argv[1], &lease, true);
    return *lease.interface ? 0 : 1;
}
