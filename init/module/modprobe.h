/*
 * /init under its second name: the helper that the kernel runs when it wants a module itself (request_module,
 * kernel/module/kmod.c: `modprobe -q -- NAME`), for a file system, an nls table or a cipher.
 */
#ifndef KINDLING_MODPROBE_H
#define KINDLING_MODPROBE_H

/* True when argv[0] is the helper's name, or what modprobe_lend calls it. */
int modprobe_is_asked(const char *argv0);

/* Loads the modules that argv names. Returns the process's exit status. */
int modprobe_main(char **argv);

/* Lets programs that run modprobe by themselves, as lvm does, find us where they look for it. */
void modprobe_lend(void);

/* Makes the kernel call us from now on; modprobe_restore gives the kernel back what it had. */
void modprobe_install(void);
void modprobe_restore(void);

#endif
