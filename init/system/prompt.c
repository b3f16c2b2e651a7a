#include "system/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "system/file.h"
#include "system/log.h"
#include "system/text.h"
#include "system/timing.h"

/* A line is edited and ended as on any terminal, but neither shown nor able to send a signal. */
static bool take_console(struct prompt *prompt, const char *name)
{
    char path[64];
    struct termios settings;
    int fd = -1;

    if (prompt->count < PROMPT_CONSOLES && text_join(path, sizeof(path), "/dev/", name, NULL) == 0)
        fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (tcgetattr(fd, &settings) < 0) {
        close(fd);
        return false;
    }
    prompt->consoles[prompt->count].fd = fd;
    prompt->consoles[prompt->count].before = settings;
    prompt->count++;
    settings.c_iflag |= ICRNL;
    settings.c_lflag |= ICANON;
    settings.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL | ISIG);
    settings.c_cc[VEOF] = _POSIX_VDISABLE;   /* an end of file is a line that was hung up */
    (void)tcsetattr(fd, TCSANOW, &settings); /* a console that cannot be silenced is still the one there is */
    return true;
}

static void drop_console(struct prompt *prompt, size_t number)
{
    (void)tcsetattr(prompt->consoles[number].fd, TCSANOW, &prompt->consoles[number].before); /* it may have gone */
    close(prompt->consoles[number].fd);
    prompt->consoles[number] = prompt->consoles[--prompt->count];
}

int prompt_open(struct prompt *prompt)
{
    char names[256] = "", *name = names, levels[32];

    *prompt = (struct prompt){.messages = -1};
    (void)file_read_text(AT_FDCWD, "/sys/class/tty/console/active", names, sizeof(names));
    while (name)
        take_console(prompt, strsep(&name, " "));
    if (prompt->count == 0 && !take_console(prompt, "console"))
        return -ENODEV;
    prompt->messages = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (prompt->messages >= 0)
        (void)lseek(prompt->messages, 0, SEEK_END);
    /* Messages more urgent than this are shown: the first of four numbers. */
    if (file_read_text(AT_FDCWD, "/proc/sys/kernel/printk", levels, sizeof(levels)) > 0)
        prompt->console_level = levels[0] - '0';
    return 0;
}

void prompt_close(struct prompt *prompt)
{
    while (prompt->count > 0)
        drop_console(prompt, 0);
    if (prompt->messages >= 0)
        close(prompt->messages);
}

static void show(const struct prompt *prompt, const char *text)
{
    for (size_t i = 0; i < prompt->count; i++) {
        if (write(prompt->consoles[i].fd, text, strlen(text)) < 0)
            continue; /* the others may be read */
    }
}

/* A record is "PRIORITY,NUMBER,...;TEXT", the priority's last three bits its level
 * (Documentation/ABI/testing/dev-kmsg). Returns true when one of them went to the consoles. */
static bool was_written_over(const struct prompt *prompt)
{
    char record[LOG_MESSAGE_SIZE + 128];
    bool was = false;

    for (;;) {
        ssize_t length = read(prompt->messages, record, sizeof(record) - 1);
        unsigned priority = 0;

        if (length < 0 && errno == EPIPE)
            continue; /* some were lost */
        if (length <= 0)
            return was;
        record[length] = '\0';
        for (const char *c = record; *c >= '0' && *c <= '9'; c++)
            priority = priority * 10 + (unsigned)(*c - '0');
        was |= (int)(priority & 7) < prompt->console_level;
    }
}

/* Returns a line's length, -EAGAIN when there is none, or -errno. */
static ssize_t take_line(struct prompt *prompt, const struct pollfd *polled, char line[PROMPT_LINE_SIZE])
{
    for (size_t i = 0; i < prompt->count; i++) {
        ssize_t length;

        if (!polled[i].revents)
            continue;
        length = read(prompt->consoles[i].fd, line, PROMPT_LINE_SIZE);
        if (length > 0)
            return line[length - 1] == '\n' ? length - 1 : length;
        if (length < 0 && (errno == EAGAIN || errno == EINTR))
            return -EAGAIN;
        drop_console(prompt, i); /* it was hung up */
        return prompt->count > 0 ? -EAGAIN : -ENODEV;
    }
    return -EAGAIN;
}

static int time_left(uint64_t deadline)
{
    uint64_t now = timing_now();

    if (deadline == UINT64_MAX)
        return -1;
    if (deadline <= now)
        return 0;
    return deadline - now > 60000000 ? 60000 : (int)((deadline - now + 999) / 1000);
}

ssize_t prompt_ask(struct prompt *prompt, const char *question, uint64_t deadline, const struct prompt_work *work,
    char line[PROMPT_LINE_SIZE])
{
    struct pollfd polled[PROMPT_CONSOLES + 2];
    bool has_work = true;
    ssize_t result = -EAGAIN;

    show(prompt, question);
    while (result == -EAGAIN) {
        size_t count = prompt->count;

        for (size_t i = 0; i < count; i++)
            polled[i] = (struct pollfd){.fd = prompt->consoles[i].fd, .events = POLLIN};
        polled[count] = (struct pollfd){.fd = prompt->messages, .events = POLLIN};
        polled[count + 1] = (struct pollfd){.fd = work->fd, .events = POLLIN};
        if (poll(polled, count + 2, has_work ? 0 : time_left(deadline)) < 0) {
            if (errno != EINTR)
                return -errno;
            continue;
        }
        result = take_line(prompt, polled, line);
        if (result == -EAGAIN && timing_now() >= deadline)
            result = -ETIMEDOUT;
        if (result == -EAGAIN && polled[count].revents && was_written_over(prompt))
            show(prompt, question);
        if (result == -EAGAIN && (has_work || polled[count + 1].revents))
            has_work = work->step(work->context);
    }
    show(prompt, "\n");
    return result;
}
