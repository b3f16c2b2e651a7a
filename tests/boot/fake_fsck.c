/* A checker that does what FAKE in its environment says: ends with that status, is killed ("signal"), or takes long
 * ("slow"), telling the descriptor after -C how far it is. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int take_long(int fd, const char *device)
{
    for (int seconds = 0; seconds <= 7; seconds++) {
        dprintf(fd, "1 %d 100 %s\n", 10 * seconds, device);
        sleep(1);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *told = getenv("FAKE");
    const char *fake = told ? told : "0";
    int fd = -1;

    printf("fake:");
    for (int i = 1; i < argc; i++) {
        printf(" %s", argv[i]);
        if (!strcmp(argv[i - 1], "-C"))
            fd = atoi(argv[i]);
    }
    printf("\n");
    fflush(stdout);
    if (!strcmp(fake, "signal"))
        raise(SIGKILL);
    return strcmp(fake, "slow") != 0 ? atoi(fake) : take_long(fd, argv[argc - 1]);
}
