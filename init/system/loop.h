/* Loop devices: a file as a block device (loop(4)). */
#ifndef KINDLING_LOOP_H
#define KINDLING_LOOP_H

#include <stdbool.h>
#include <sys/types.h>

#define LOOP_PATH_SIZE 32u

struct loop {
    int fd; /* keeps the device until it is mounted; loop_close */
    char path[LOOP_PATH_SIZE];
    dev_t number;
};

/* Attaches the file to a free loop device, which goes by itself when nothing has it open or mounted any more: then the
 * file is let go, too. file: a descriptor, which may be closed afterwards. Returns 0 or -errno, -ENODEV when the kernel
 * has no loop devices. */
int loop_attach(int file, bool writable, struct loop *loop);

/* What is mounted keeps the device. */
void loop_close(struct loop *loop);

#endif
