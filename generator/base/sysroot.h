/* The root file system that programs and files are taken from: "/" or a foreign one. Pure: 0 or -errno. */
#ifndef KINDLING_SYSROOT_H
#define KINDLING_SYSROOT_H

/* Where an absolute path of the sysroot lies on this host, as a new string. Symlinks, absolute ones too, are followed
 * as they would be if the sysroot were the root. */
int sysroot_resolve(const char *sysroot, const char *path, char **resolved);
/* The same, as the sysroot's own absolute path. */
int sysroot_canonical(const char *sysroot, const char *path, char **canonical);

#endif
