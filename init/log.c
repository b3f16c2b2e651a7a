#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "text.h"

static int kmsg = -1;
static enum log_level least_urgent = LOG_LEVEL_WARNING;

#define RATE_LIMIT "/proc/sys/kernel/printk_devkmsg"

static char former_rate_limit[32];

/* The kernel drops most of a burst of user messages unless told not to; a failure's report is such a burst. The word
 * must end in a newline, and is refused when printk.devkmsg= was given: then be it so. */
static void lift_rate_limit(void)
{
    if (!*former_rate_limit && file_read_text(AT_FDCWD, RATE_LIMIT, former_rate_limit, sizeof(former_rate_limit)) > 0)
        (void)file_write_text(RATE_LIMIT, "on\n");
}

void log_restore(void)
{
    char word[sizeof(former_rate_limit) + 1];

    if (*former_rate_limit && text_join(word, sizeof(word), former_rate_limit, "\n", NULL) == 0)
        (void)file_write_text(RATE_LIMIT, word); /* as above */
}

void log_open(void)
{
    kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
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

static void write_line(const char *line)
{
    size_t length = strlen(line);

    /* "<6>" is for the kernel alone. */
    if (kmsg >= 0 && write(kmsg, line, length) == (ssize_t)length)
        return;
    if (write(STDERR_FILENO, line + 3, length - 3) < 0)
        return; /* nobody is left to hear it */
}

void log_message(enum log_level level, ...)
{
    char message[LOG_MESSAGE_SIZE];
    char line[LOG_MESSAGE_SIZE + 32];
    char prefix[] = "<0>kindling: ";
    int saved = errno;
    va_list parts;

    if (level > least_urgent)
        return;
    if (level <= LOG_LEVEL_ERROR)
        lift_rate_limit();
    va_start(parts, level);
    (void)text_join_list(message, sizeof(message), parts); /* a cut message still says most */
    va_end(parts);
    replace_controls(message);
    prefix[1] = (char)('0' + level);
    (void)text_join(line, sizeof(line), prefix, message, "\n", NULL);
    write_line(line);
    errno = saved;
}
