/* What goes to a person's terminal. */
#ifndef KINDLING_TERMINAL_H
#define KINDLING_TERMINAL_H

/* Prints a name to standard output. It may hold anything, and control characters would speak to the terminal: they
 * become "\ooo". */
void terminal_print_name(const char *name);

#endif
