/* Which tradition of live systems the kernel command line speaks. Pure. */
#ifndef KINDLING_LIVE_LAYOUT_H
#define KINDLING_LIVE_LAYOUT_H

#include <stdbool.h>

#include "contract/cmdline.h"

/* How a medium is laid out, and where the root's own tools look for it afterwards. */
enum live_layout {
    LIVE_NONE,   /* an ordinary root */
    LIVE_DEBIAN, /* boot=live: images in /live, one over the other */
    LIVE_FEDORA, /* root=live:SPEC: one image in /LiveOS, which may hold another */
    LIVE_ARCH,   /* archisobasedir=: one image in /arch/MACHINE */
    LIVE_CASPER, /* boot=casper: images in /casper whose names tell which lies on which */
    LIVE_FILE,   /* loop=: one image, anywhere in the file system that root= names */
    LIVE_MEMORY, /* root=ram: the image of the root is part of the initramfs */
};
#define LIVE_LAYOUT_COUNT (LIVE_MEMORY + 1)

/* Where the images lie on such a medium, unless the command line names another place: "live"; "" for no such place. */
const char *live_layout_directory(enum live_layout layout);

enum live_layout live_layout_find(const struct cmdline *cmdline);

/* True for the words of Alpine's, which is put together by a program of its own. */
bool live_layout_is_alpine(const struct cmdline *cmdline);

#endif
