/* A question whose answer is typed unseen, on all consoles at once: who answers first is heard. */
#ifndef KINDLING_PROMPT_H
#define KINDLING_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#define PROMPT_CONSOLES 8u /* that the kernel itself can have: MAX_CMDLINECONSOLES in kernel/printk/printk.c */

/* The longest line that a terminal gives, with its newline (N_TTY_BUF_SIZE in drivers/tty/n_tty.c). */
#define PROMPT_LINE_SIZE 4096u

/* What is done while nobody types. */
struct prompt_work {
    int fd;                      /* there is more to do when it can be read; -1 for none */
    bool (*step)(void *context); /* one piece of it; true when there is more at once */
    void *context;
};

struct prompt {
    struct {
        int fd;
        struct termios before;
    } consoles[PROMPT_CONSOLES];
    size_t count;
    int messages; /* the kernel's, which may push the question out of sight; -1 when they cannot be read */
    int console_level;
};

/* Opens the consoles and turns their echo off. Returns 0, or -ENODEV when none can be typed at. */
int prompt_open(struct prompt *prompt);

/* Shows the question and waits for a line; it is shown again when the kernel has written over it. deadline: as
 * timing_now, UINT64_MAX for none. Returns the line's length, without its newline, -ETIMEDOUT, -ENODEV when no console
 * is left, or another -errno. The line is no string; it is for the caller to wipe. */
ssize_t prompt_ask(struct prompt *prompt, const char *question, uint64_t deadline, const struct prompt_work *work,
    char line[PROMPT_LINE_SIZE]);

/* Gives the consoles back as they were. */
void prompt_close(struct prompt *prompt);

#endif
