/* How long /init waits for what, all of it: in microseconds, as timing_now, unless the name says otherwise. */
#ifndef KINDLING_WAITS_H
#define KINDLING_WAITS_H

#define SECOND 1000000u

/* For the root, unless rd.timeout= and its like say otherwise. */
#define WAIT_ROOT_SECONDS 30u

/* For the members of what may be mounted degraded, once one of them is there, however long a root is waited for. */
#define WAIT_MEMBERS (30u * SECOND)

/* For the members of an array or a volume group: once nothing has happened for so long, and at most since the first of
 * them was seen, what is there has to do. dracut waits 120 s, Debian 20, mdadm's own timer 30. */
#define WAIT_QUIET_SECONDS 3u
#define WAIT_DEGRADED (10u * SECOND)

/* Before a passphrase is asked for that nobody has announced: once nothing has happened for so long, no disk is on its
 * way that may hold what is wanted. */
#define WAIT_LUKS (SECOND / 2u)

/* For a device that has the key of a volume, unless rd.luks.key.tout= or keyfile-timeout= say otherwise. */
#define WAIT_KEY_SECONDS 10u

/* For resume=. Quick buses are looked at in any case; this is for a disk on USB. A resume= that has outlived its swap
 * space is common, so it is less than the wait for a root. */
#define WAIT_RESUME_SECONDS 10u

/* How long a wait stays silent, and how often it speaks after that; how often a long check says how far it is. */
#define WAIT_FIRST_NOTE (5u * SECOND)
#define WAIT_NEXT_NOTES (10u * SECOND)
#define WAIT_FSCK_NOTES (5u * SECOND)

/* For a disk to answer when it is read: to spin up takes 10 s, and the kernel repeats a command after 30. In between
 * rd.timeout= counts. */
#define WAIT_READ_LEAST (10u * SECOND)
#define WAIT_READ (30u * SECOND)

/* For a driver that has found no disk yet: big controllers take a minute to begin, and the kernel warns of a task that
 * has waited for two. */
#define WAIT_DRIVER (120u * SECOND)

/* For a console behind a driver that is loaded: the host answers at once. One that comes later is taken then. */
#define WAIT_CONSOLE SECOND

/* For devices that send events without end, which must not keep the boot for ever. */
#define WAIT_SETTLE (10u * SECOND)

/* For a disk that does not answer: the kernel gives it up, or we do after the time that a root is waited for. */
#define WAIT_SETTLE_ALL (30u * SECOND)

/* Of a person for a prompt, while hubs and slow buses are looked at. */
#define WAIT_PROMPT (5u * SECOND)

/* drivers/usb/core/hub.c: a hub first looks at its ports after 100 ms for power and 100 ms of HUB_DEBOUNCE_STABLE, one
 * of USB 3 with three times more. An empty one is suspended right after that, which no event tells; one that never is
 * (usbcore.autosuspend=-1) is waited for a second: so many looks, and the time between two. */
#define WAIT_HUB_LOOK (SECOND / 20u)
#define WAIT_HUB_LOOKS 20u

/* For a server that does not answer, until it is asked anew; and between two tries of what is refused, the first time
 * and, growing, at most. */
#define WAIT_ANSWER_SECONDS 10
#define WAIT_FIRST_RETRY (SECOND / 10u)
#define WAIT_NEXT_RETRIES SECOND

/* For a server of ATA over Ethernet after a look for all of them: it answers at once, or is asked anew. */
#define WAIT_AOE (2u * SECOND)

/* For an answer on a network block device, until the request has failed, and for its connection to come back. */
#define WAIT_NBD_REQUEST_SECONDS 30u

/* For a DHCP server, once a card has a link: longer than a switch's spanning tree takes. Until it is asked anew, the
 * first time and, doubled each time, at most: a machine that boots has less patience than the 4 and 64 s of RFC 2131,
 * 4.1, and rd.net.timeout.dhcp= may say otherwise. */
#define WAIT_DHCP (30u * SECOND)
#define WAIT_DHCP_FIRST_PAUSE SECOND
#define WAIT_DHCP_LONGEST_PAUSE_SECONDS 16u

/* For a process that was killed, unless it is in the midst of a call that nothing ends. */
#define WAIT_KILLED_MILLISECONDS 1000

/* For what was written to reach its disk, when a boot is given up. */
#define WAIT_LEAVE (30u * SECOND)

/* At a shutdown, for an array whose superblocks a program keeps (mdmon): it is idle 200 ms after the last write, and
 * that is to come to the disks. */
#define WAIT_CLEAN (10u * SECOND)

/* At a shutdown, for a mount that is still in use: so many tries, and the time between two. */
#define WAIT_UNMOUNT_TRIES 20u
#define WAIT_UNMOUNT_MILLISECONDS 100

#endif
