/*
 * A disk of an iSCSI target's, by the host's iscsistart(8): it logs in, and the kernel has the session from then on.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "root/network_disk.h"
#include "system/file.h"
#include "system/process.h"
#include "system/sysfs.h"
#include "system/text.h"
#include "system/waits.h"

#define NAME_FILE "/etc/iscsi/initiatorname.iscsi"
/* Documentation/ABI/testing/sysfs-ibft */
#define IBFT_INITIATOR "/sys/firmware/ibft/initiator"
/* What it says; locked while one runs. */
#define OUTPUT "/run/initramfs/iscsistart"

/* iscsistart's errors, as include/iscsi_err.h of open-iscsi has them. */
enum {
    ISCSI_ERR_TRANS = 4,
    ISCSI_ERR_LOGIN = 5,
    ISCSI_ERR_TRANS_TIMEOUT = 8,
    ISCSI_ERR_SESS_EXISTS = 15,
    ISCSI_ERR_FATAL_LOGIN = 19,
    ISCSI_ERR_LOGIN_AUTH_FAILED = 24,
};

static int error_of(int number)
{
    switch (number) {
    case 0:
    case ISCSI_ERR_SESS_EXISTS:
        return 0;
    case ISCSI_ERR_TRANS:
        return -ECONNREFUSED;
    case ISCSI_ERR_TRANS_TIMEOUT:
        return -ETIMEDOUT;
    case ISCSI_ERR_LOGIN_AUTH_FAILED:
        return -EACCES;
    case ISCSI_ERR_LOGIN:
    case ISCSI_ERR_FATAL_LOGIN:
        return -ENOENT;
    default:
        return -EIO;
    }
}

static const char *refusal(int error)
{
    switch (error) {
    case -EACCES:
        return "the target does not take this user name or password";
    case -ENOENT:
        return "the server has no such target, or refuses this initiator";
    case -ENODEV:
        return "the target has no disk of that LUN";
    case -EIO:
        return "iscsistart has failed";
    case -ENETDOWN:
        return "the card that the firmware names is not there, or cannot be used";
    default:
        return network_error(error);
    }
}

/* "InitiatorName=iqn..." of the host's file, or dracut's and Debian's words. */
static void find_initiator(const struct boot *boot, char name[224])
{
    static const char *const keys[] = {"rd.iscsi.initiator", "iscsi_initiator", "ISCSI_INITIATOR"};
    char text[1024], mac[NETWORK_MAC_SIZE];
    const char *value = NULL, *line = text;

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && !value; i++)
        value = cmdline_value(&boot->cmdline, keys[i]);
    if (value && *value && text_join(name, 224, value, NULL) == 0)
        return;
    if (file_read_text(AT_FDCWD, NAME_FILE, text, sizeof(text)) < 0)
        *text = '\0';
    while (line && strncmp(line, "InitiatorName=", strlen("InitiatorName=")) != 0) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    if (line) {
        text[line - text + strcspn(line, "\n")] = '\0';
        (void)text_join(name, 224, line + strlen("InitiatorName="), NULL);
        return;
    }
    (void)text_join(name, 224, "iqn.2015-01.net.kindling:", network_mac_format(boot->lease.mac, mac), NULL);
}

/* One at a time: a second one would find the first one's socket. Returns 0 or one of its errors. */
static int run_in_turn(const char *const argv[])
{
    static const char before[] = "reported error (";
    char text[4096];
    int output = open(OUTPUT, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int number = -1;

    if (output >= 0 && flock(output, LOCK_EX) == 0 && ftruncate(output, 0) == 0) {
        pid_t child = process_start((char *const *)argv, output);

        number = child < 0 ? child : process_wait(child);
        /* Its exit status tells no more than that it failed: "initiator reported error (24 - ...)". Without one, none
         * of them. */
        if (number != 0) {
            const char *error = file_read_text(AT_FDCWD, OUTPUT, text, sizeof(text)) < 0 ? NULL : strstr(text, before);

            number = error ? atoi(error + strlen(before)) : -1;
        }
    }
    if (output >= 0)
        close(output);
    return number;
}

/* Any disk of an iSCSI session will do for who names no target, and any of the target's for who names no LUN: what has
 * LUN 0 may be no disk. directory:
 * "devices/platform/host2/session1/target2:0:0/2:0:0:LUN/block/sda". */
static bool is_of_target(int sysfs, char directory[SYSFS_PATH_SIZE], const void *context)
{
    const struct network_root *wanted = context;
    char *session = strstr(directory, "/session"), *block = strstr(directory, "/block/"), *lun;
    char name[SYSFS_VALUE_SIZE], class[64];

    if (!session || !block || strchr(block + strlen("/block/"), '/')) /* a partition's has another part */
        return false;
    *block = '\0';
    lun = strrchr(session, ':');
    session++;
    session[strcspn(session, "/")] = '\0';
    return lun && (!*wanted->lun || !strcmp(lun + 1, wanted->lun))
           && text_join(class, sizeof(class), "class/iscsi_session/", session, NULL) == 0
           && sysfs_read(sysfs, class, "targetname", name) && (!*wanted->path || !strcmp(name, wanted->path));
}

/* What comes of having logged in, or not. */
static void answer_with_disk(const struct network_disk *disk, int result, struct network_answer *answer)
{
    char path[NETWORK_DISK_PATH_SIZE];

    if (result == 0 && !network_disk_await(is_of_target, disk->wanted, path))
        result = -ENODEV;
    if (result < 0)
        network_answer(answer, result, "cannot log in to ", disk->name, ": ", refusal(result), NULL);
    else
        network_answer(answer, 0, path, NULL);
}

void iscsi_attach(struct boot *boot, const void *context, struct network_answer *answer)
{
    const struct network_disk *disk = context;
    const struct network_root *wanted = disk->wanted;
    char initiator[224], address[NETWORK_ADDRESS_SIZE], patience[64], seconds[DECIMAL_SIZE];
    const char *argv[32] = {ISCSISTART, "-i", initiator, "-t", wanted->path, "-g", "1", "-a", address, "-p",
        network_root_port(wanted),
        /* A target that is dead holds up those that are asked after it. */
        "-P", "node.session.initial_login_retry_max=1", "-P", patience};
    size_t count = 15;

    (void)text_join(patience, sizeof(patience),
        "node.conn[0].timeo.login_timeout=", text_decimal(WAIT_ANSWER_SECONDS, seconds), NULL);
    find_initiator(boot, initiator);
    network_address_format(&disk->server, address);
    if (*wanted->user) {
        const char *const words[] = {"-u", wanted->user, "-w", wanted->password};

        memcpy(argv + count, words, sizeof(words));
        count += 4;
    }
    if (*wanted->user_in) {
        const char *const words[] = {"-U", wanted->user_in, "-W", wanted->password_in};

        memcpy(argv + count, words, sizeof(words));
    }
    answer_with_disk(disk, error_of(run_in_turn(argv)), answer);
}

/* The firmware has told of the passwords, too. */
void ibft_attach(struct boot *boot, const void *context, struct network_answer *answer)
{
    static const char *const connect[] = {ISCSISTART, "-b", NULL};
    const struct network_disk *disk = context;
    int number;

    (void)boot;
    if (access(IBFT_INITIATOR, F_OK) < 0) {
        network_answer(answer, -ENOENT, "cannot log in to ", disk->name, ": the firmware tells of none", NULL);
        return;
    }
    number = run_in_turn(connect);
    /* Before the card's driver is there it fails without a number ("Could not get boot entry."). */
    answer_with_disk(disk, number < 0 ? -ENETDOWN : error_of(number), answer);
}
