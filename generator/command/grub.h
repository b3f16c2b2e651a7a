/* GRUB, a medium's boot loader: one configuration for both kinds of firmware. */
#ifndef KINDLING_GRUB_H
#define KINDLING_GRUB_H

#include <stdbool.h>
#include <time.h>

/* Where Debian's packages grub-pc-bin and grub-efi-amd64-bin have it. */
#define GRUB_DIRECTORY "/usr/lib/grub"

struct grub {
    const char *directory;                 /* all borrowed: where its files are made */
    const char *identity;                  /* of the medium: 8 hexadecimal digits */
    const char *label;                     /* of the medium: plain letters */
    const char *append;                    /* to the kernel command line */
    const char *hash;                      /* the word for the root's, or NULL */
    time_t time;                           /* of its files */
    bool is_signed;                        /* for UEFI: as Debian has signed it, behind shim */
    char *mkimage, *mformat, *mmd, *mcopy; /* owned: the programs that make it */
};

/* Finds the programs; is_signed is set. Returns 0, or a -errno after it logged which is missing. */
int grub_find(struct grub *grub);

/* Makes grub.cfg, loopback.cfg, mark (the file by which it knows its medium), eltorito.img for BIOS and efi.img, a FAT
 * file system, for UEFI. Returns 0, or a -errno after it logged why not. */
int grub_make(const struct grub *grub);

void grub_free(struct grub *grub);

#endif
