/*
 * `kindling mkinitramfs TEMPLATE_DIR KVER`: MiniVM's command. It runs where lib/modules/KVER lies, reads
 *
 *   ./modules.ramfs     files and directories below lib/modules/KVER/kernel/; # begins a comment
 *   ./modules.autoload  names of modules to load unasked; may be absent
 *
 * and writes ./initramfs-KVER: the template, those modules, and what they need.
 */
#ifndef KINDLING_MKINITRAMFS_H
#define KINDLING_MKINITRAMFS_H

/* Returns the exit status. */
int mkinitramfs_main(int argc, char **argv);

#endif
