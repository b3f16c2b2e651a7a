/* Programs that /init runs as its children. */
#ifndef KINDLING_PROCESS_H
#define KINDLING_PROCESS_H

/* Runs the program at argv[0] with the console as its input and output and waits for it; other children that end
 * meanwhile are reaped. Returns its exit status (0-255), 256 + the signal that killed it, or -errno. */
int process_run(char *const argv[]);

/* The same, as the leader of a session of its own that has the console as its terminal: for a shell. */
int process_run_interactive(char *const argv[]);

#endif
