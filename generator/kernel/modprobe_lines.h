/*
 * The files that libkmod reads as configuration: of modprobe.d, and modules.softdep. It passes over what it does not
 * know, and says so in its own way, so we look at them before.
 */
#ifndef KINDLING_MODPROBE_LINES_H
#define KINDLING_MODPROBE_LINES_H

/* The number of the first line of text, which is cut up, that libkmod would pass over; 0: there is none. Pure. */
unsigned modprobe_lines_check(char *text);

#endif
