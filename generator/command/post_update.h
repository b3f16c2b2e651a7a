/* What the host wants to do with an image that is new: boot loaders that must be told, copies for an EFI partition. */
#ifndef KINDLING_POST_UPDATE_H
#define KINDLING_POST_UPDATE_H

/*
 * Runs each program of /etc/initramfs/post-update.d in order of its name, as run-parts(8) does: with the kernel's
 * release and the image's path as arguments, names of letters, digits, '-' and '_' only. All of them run, even if one
 * fails. Logs. 0 or -errno.
 */
int post_update_run(const char *release, const char *image);

#endif
