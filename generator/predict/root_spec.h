/* What a root is, by the word that names it: a device of this host, or the image of a disk. The only file that knows
 * libblkid. */
#ifndef KINDLING_ROOT_SPEC_H
#define KINDLING_ROOT_SPEC_H

struct root_spec {
    char *device; /* of this host: "/dev/sda2"; NULL: a disk image's */
    char *type;   /* what lies on it, as blkid(8) spells it: "ext4", "crypto_LUKS" */
};

/*
 * spec: root= as on the kernel command line (UUID=, LABEL=, PARTUUID=, PARTLABEL=, a path below /dev), or the path of a
 * disk image, of which the one file system that is not FAT is meant; NULL: this host's own root. Logs. Returns 0 or
 * -errno. root_spec_free in both cases.
 */
int root_spec_find(struct root_spec *root, const char *spec);
void root_spec_free(struct root_spec *root);

#endif
