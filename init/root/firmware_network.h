/*
 * The card that the firmware has booted from by iSCSI, as its table (iBFT) tells of it: which the kernel shows as
 * Documentation/ABI/testing/sysfs-ibft says.
 */
#ifndef KINDLING_FIRMWARE_NETWORK_H
#define KINDLING_FIRMWARE_NETWORK_H

#define FIRMWARE_NETWORK_SIZE 512u

/*
 * Writes the word that gives the card the firmware's address: "ip=10.0.2.15::10.0.2.2:255.255.255.0::MAC:none:DNS", or
 * "ip=MAC:dhcp" where it was DHCP's. sysfs: "/sys", open. Returns NULL, or why there is none, a clause.
 */
const char *firmware_network_word(int sysfs, char word[FIRMWARE_NETWORK_SIZE]);

#endif
