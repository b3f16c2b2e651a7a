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

/* A function that is called in a process that shares our memory, for a system call that may never return: nothing else
 * goes on meanwhile. It takes little stack, and leaves descriptors as they were. */
struct process_call {
    void (*function)(void *argument);
    void *argument;
    pid_t child; /* -1 when there was no process to be had: the function has been called all the same */
    int end;     /* of a pipe, which is closed at its end */
    uint64_t start;
    bool has_ended;
};

void process_call_begin(struct process_call *call, void (*function)(void *argument), void *argument);
/* Waits for its end, so long at most. True when the function has returned. */
bool process_call_await(struct process_call *call, uint64_t microseconds);
/* Returns 0, or -ETIMEDOUT when the function had not returned: it is left in the midst of its call, and never comes out
 * of it. */
int process_call_end(struct process_call *call);

/* All of these. */
int process_call(void (*function)(void *argument), void *argument, uint64_t microseconds);

/* How long such calls have been awaited in vain, in microseconds, all together. */
uint64_t process_lost(void);

/* Sets PATH for what this process starts; path is "PATH=..." and must remain. */
void process_set_path(char *path, bool even_if_set);

#endif
