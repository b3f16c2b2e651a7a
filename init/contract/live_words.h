/*
 * What the kernel command line says of a live system: one whose root lies in an image file on a medium. Each tradition
 * has its words: dracut.cmdline(7) ("Booting live images"), live-boot(7), casper(7), mkinitcpio-archiso's
 * docs/README.bootparams. All of them come to the same few questions.
 */
#ifndef KINDLING_LIVE_WORDS_H
#define KINDLING_LIVE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "contract/cmdline.h"
#include "contract/live_layout.h"
#include "contract/live_spec.h"

/* Which disks count. */
enum live_removable {
    LIVE_ANY_DISK,
    LIVE_REMOVABLE,
    LIVE_REMOVABLE_USB,
};

struct live_words {
    enum live_layout layout;
    const char *refused;           /* what was asked for and cannot be done, as the end of a sentence; NULL */
    const char *refused_word;      /* the word that asked for it */
    char medium[LIVE_SPEC_SIZE];   /* a device as root= names it; "" for the first that has what is wanted */
    enum live_removable removable; /* live-media=removable: a disk that is built in does not count */
    char file[LIVE_SPEC_SIZE];     /* an ISO image, or the root's, as a file in the medium's file system; "" for none */
    const char *url;               /* of the root's image on an HTTP server: "http://..."; NULL */
    const char *directory;         /* of the images on the medium: "live" */
    const char *image;             /* of which one of them, or NULL: "squashfs.img" */
    const char *list;              /* Debian: of the file NAME.module that lists the images */
    const char *layer;             /* casper: the image on top; NULL for what the medium has */
    const char *file_system;       /* loopfstype= */
    bool to_memory;                /* toram, rd.live.ram, copytoram: the images are copied, and the medium let go */
    bool to_memory_if_fits;        /* copytoram=auto */
    const char *to_memory_image;   /* toram=NAME: only this one, and no other is used */
    uint64_t memory_left;          /* MiB that must be left over: rd.minmem= */
    bool check;                    /* the medium's own checksums are to be compared first */
    const char *root_hash;         /* dm-verity: of the image, if there is but one; NULL for none */
    const char *image_hashes;      /* dm-verity: "IMAGE:HASH,..." by the names of the images; NULL for none */
    const char *verity_options;    /* of systemd's names; NULL for none */
    bool plain;                    /* no overlay: what was mounted is the root */
    const char *overlay;           /* a device, or DEVICE:DIRECTORY, that takes what is written; NULL for memory */
    const char *overlay_label;     /* archiso: of the device that takes what is written; NULL */
    const char *overlay_directory; /* archiso: that has upperdir and workdir there; NULL for the usual one */
    const char *arch_label;        /* archiso: the medium's, of which that directory has its name; "" */
    bool overlay_on_medium;        /* rd.overlay=auto: a directory of the medium that is called so takes it */
    const char *overlay_size;      /* of the memory, as tmpfs takes it; NULL for half of it all */
    bool overlay_size_is_in_mib;   /* the number is dracut's */
    bool overlay_read_only;        /* what was written before is read, and what is written now goes to memory */
    bool overlay_reset;            /* what was written before is deleted first */
    bool persistence;              /* Debian's, casper's: a file system or a file of that label takes what is written */
    const char *persistence_label;
    bool persistence_partitions;               /* persistence-storage=filesystem */
    bool persistence_files;                    /* persistence-storage=file */
    enum live_removable persistence_removable; /* persistence-media= */
    bool persistence_luks;                     /* persistence-encryption=luks: it may be enciphered */
    const char *persistence_directory;         /* persistence-path=: of the file; "" */
};

/* Reads them. The texts are the command line's own, and valid as long as it is. */
void live_words_read(const struct cmdline *cmdline, struct live_words *words);

#endif
