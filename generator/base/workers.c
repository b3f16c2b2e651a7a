#include "base/workers.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/allocate.h"

void workers_run(unsigned count, void *(*work)(void *argument), void *argument)
{
    pthread_t *threads = allocate(count * sizeof(*threads));
    unsigned started = 0;

    while (started + 1 < count && pthread_create(&threads[started], NULL, work, argument) == 0)
        started++;
    work(argument);
    while (started > 0)
        pthread_join(threads[--started], NULL);
    free(threads);
}
