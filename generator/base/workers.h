/* Threads that share a piece of work, each taking from it what is next. */
#ifndef KINDLING_WORKERS_H
#define KINDLING_WORKERS_H

/* How many processors this process may run on: 1 or more. */
unsigned workers_processors(void);

/* Calls work(argument) in so many threads at once, and returns when all of them have. The calling thread works too, so
 * that a thread that cannot be had costs only time. */
void workers_run(unsigned count, void *(*work)(void *argument), void *argument);

#endif
