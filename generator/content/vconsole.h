/*
 * Keymap and console font for whoever sits at a prompt of the initramfs: those that the system itself uses, or that are
 * named. What was chosen lies in the image in the form that busybox loads.
 */
#ifndef KINDLING_VCONSOLE_H
#define KINDLING_VCONSOLE_H

#include "archive/image.h"
#include "base/string_list.h"

/*
 * Chosen by, in this order: rd.vconsole.keymap= and rd.vconsole.font= of the command line that is packed; KEYMAP= and
 * FONT= of /etc/vconsole.conf; XKBLAYOUT= and its like of /etc/default/keyboard, FONT= or CODESET=, FONTFACE=,
 * FONTSIZE= of /etc/default/console-setup. Nothing chosen is nothing packed; a name that the sysroot has not is an
 * error. loadkeys, and ckbcomp for XKB's layouts, are this host's. Logs. 0 or -errno.
 */
int vconsole_add(struct image *image, const char *sysroot, const char *cmdline, struct string_list *inputs);

#endif
