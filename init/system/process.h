/* Programs that /init runs as its children, and calls that must not hold it up. */
#ifndef KINDLING_PROCESS_H
#define KINDLING_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESS_SAID_SIZE 256u

/* Starts the program at argv[0] with the console as its input, and the descriptor as its output and for its errors.
 * Returns its process or -errno. */
pid_t process_start(char *const argv[], int output);

/* Waits for its end; other children that end meanwhile are reaped. Returns its exit status (0-255), 256 + the signal
 * that killed it, or -errno. */
int process_wait(pid_t child);

/* Runs the program at argv[0] with the console as its input and output. Returns as process_wait. */
int process_run(char *const argv[]);

/* Runs the program at argv[0] with these bytes, no more than a pipe holds (64 KiB), as its input, and keeps the end of
 * what it prints, as a string. environment: "NAME=value" for it alone; it must remain. Returns as process_wait. */
int process_run_fed(
    char *const argv[], char *environment, const void *bytes, size_t size, char said[PROCESS_SAID_SIZE]);

/* The same as process_run, as the leader of a session of its own that has the console as its terminal: for a shell. */
int process_run_interactive(char *const argv[]);

/* Calls the function in a process that shares our memory, for a system call that may never return: nothing else goes on
 * meanwhile. microseconds: how long it may take. Returns 0 when it has returned; -ETIMEDOUT when it had not: it is left
 * in the midst of its call, and never comes out of it. The function takes little stack, and leaves descriptors as they
 * were. */
int process_call(void (*function)(void *argument), void *argument, uint64_t microseconds);

/* Sets PATH for what this process starts; path is "PATH=..." and must remain. */
void process_set_path(char *path, bool even_if_set);

#endif
