#include "system/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "system/file.h"
#include "system/text.h"
#include "system/timing.h"

/* "[", ten digits, ".", six, "] ", NUL; thirty years have them. */
#define STAMP_SIZE 48u

static int kmsg = -1;
static int kept = -1;
static enum log_level least_urgent = LOG_LEVEL_WARNING;

/* Settings that are changed for an error, and their former values. */
#define RATE_LIMIT "/proc/sys/kernel/printk_devkmsg"
#define CONSOLE_LEVEL "/proc/sys/kernel/printk"

static char former_rate_limit[32];
static char former_level[32];
static bool is_limited;

/* The kernel drops most of a burst of user messages unless told not to; a failure's report is such a burst. The word
 * must end in a newline, and is refused when printk.devkmsg= was given. */
static void lift_rate_limit(void)
{
    if (*former_rate_limit || file_read_text(AT_FDCWD, RATE_LIMIT, former_rate_limit, sizeof(former_rate_limit)) <= 0)
        return;
    is_limited = file_write_text(RATE_LIMIT, "on\n") < 0 && strcmp(former_rate_limit, "on") != 0;
}

/* A console shows what is more urgent than its level, the first of four numbers: with loglevel=3, no error. */
static void raise_console_level(void)
{
    if (*former_level || file_read_text(AT_FDCWD, CONSOLE_LEVEL, former_level, sizeof(former_level)) <= 0)
        return;
    if (former_level[0] <= '0' + LOG_LEVEL_ERROR && (former_level[1] == '\t' || former_level[1] == ' '))
        (void)file_write_text(CONSOLE_LEVEL, "4\n"); /* we try; the kernel's log has it in any case */
}

static void restore(const char *setting, const char *former)
{
    char word[sizeof(former_rate_limit) + 1];

    if (*former && text_join(word, sizeof(word), former, "\n", NULL) == 0)
        (void)file_write_text(setting, word); /* it could be written a moment ago, or never */
}

void log_restore(void)
{
    restore(RATE_LIMIT, former_rate_limit);
    restore(CONSOLE_LEVEL, former_level);
}

void log_open(void)
{
    kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
    kept = open(LOG_PATH, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

void log_set_level(enum log_level level)
{
    least_urgent = level;
    if (level > LOG_LEVEL_WARNING)
        lift_rate_limit();
}

/* Labels of disks and words of the command line are foreign: none of them begins a line or moves a cursor. */
static void replace_controls(char *message)
{
    for (; *message; message++) {
        if ((unsigned char)*message < ' ' || *message == 0x7f)
            *message = '?';
    }
}

/* As dmesg(1) prints it: "[    1.604739] ". */
static const char *stamp(char out[STAMP_SIZE])
{
    static const char blanks[] = "    ", zeros[] = "000000";
    uint64_t now = timing_now();
    char seconds[DECIMAL_SIZE], fraction[DECIMAL_SIZE];
    size_t length = strlen(text_decimal(now / 1000000, seconds));
    size_t missing = 6 - strlen(text_decimal(now % 1000000, fraction));

    (void)text_join(out, STAMP_SIZE, "[", blanks + (length < 5 ? length - 1 : 4), seconds, ".", zeros + 6 - missing,
        fraction, "] ", NULL); /* there is room */
    return out;
}

static void write_line(int fd, const char *line)
{
    size_t length = strlen(line);

    if (write(fd, line, length) != (ssize_t)length)
        return; /* nobody is left to hear it */
}

/* Without the kernel's help: /dev/console is but one of the consoles. */
static void write_to_consoles(const char *line)
{
    char names[256], path[sizeof(names) + 8];
    char *name = names;

    if (file_read_text(AT_FDCWD, "/sys/class/tty/console/active", names, sizeof(names)) <= 0) {
        write_line(STDERR_FILENO, line);
        return;
    }
    while (name) {
        int fd;

        (void)text_join(path, sizeof(path), "/dev/", strsep(&name, " "), NULL); /* there is room */
        fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC); /* a stuck terminal must not hold us up */
        if (fd < 0)
            continue;
        write_line(fd, line);
        close(fd);
    }
}

void log_message(enum log_level level, ...)
{
    char message[LOG_MESSAGE_SIZE];
    char line[LOG_MESSAGE_SIZE + STAMP_SIZE + 32], when[STAMP_SIZE];
    char prefix[] = "<0>";
    int saved = errno;
    va_list parts;

    if (level > least_urgent && level > LOG_LEVEL_INFO)
        return;
    va_start(parts, level);
    (void)text_join_list(message, sizeof(message), parts); /* a cut message still says most */
    va_end(parts);
    replace_controls(message);
    prefix[1] = (char)('0' + level);
    (void)text_join(line, sizeof(line), prefix, "kindling: ", message, "\n", NULL); /* there is room */
    if (level <= LOG_LEVEL_ERROR) {
        lift_rate_limit();
        raise_console_level();
    }
    if (level <= least_urgent && kmsg >= 0 && !(is_limited && level <= LOG_LEVEL_ERROR))
        write_line(kmsg, line);
    else if (level <= least_urgent)
        write_to_consoles(line + strlen(prefix)); /* the level is for the kernel alone */
    if (kept >= 0) {
        (void)text_join(line, sizeof(line), prefix, stamp(when), "kindling: ", message, "\n", NULL); /* there is room */
        write_line(kept, line);
    }
    errno = saved;
}
