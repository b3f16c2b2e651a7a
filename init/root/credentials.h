/* What a unified kernel image's stub found beside it, for the root's systemd. */
#ifndef KINDLING_CREDENTIALS_H
#define KINDLING_CREDENTIALS_H

/* Copies credentials out of the initramfs, which goes, to where systemd looks for them, and tells it by a variable of
 * its environment, as its own initrd does (systemd-stub(7), "companion files"). Nothing is done where there are none.
 */
void credentials_hand_over(void);

#endif
