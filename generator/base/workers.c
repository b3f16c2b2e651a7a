#include "base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "base/allocate.h"

unsigned workers_processors(void)
{
    cpu_set_t processors;

    return sched_getaffinity(0, sizeof(processors), &processors) == 0 ? (unsigned)CPU_COUNT(&processors) : 1;
}

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
