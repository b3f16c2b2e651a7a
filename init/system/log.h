/*
 * What /init has to say, into the kernel's log (/dev/kmsg), which brings it to every console and keeps it; and, from
 * LOG_LEVEL_INFO on whatever the command line wants to see, into a file that the real root inherits.
 * Levels are the kernel's (Documentation/admin-guide/serial-console.rst, dmesg(1)).
 */
#ifndef KINDLING_LOG_H
#define KINDLING_LOG_H

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

/* Longest message in bytes; a longer one is cut. The kernel's own limit for a record is 1,024 less its prefix. */
#define LOG_MESSAGE_SIZE 960u

/* Lines as the kernel's own log has them, with level and stamp: `dmesg --file` reads it. */
#define LOG_PATH "/run/initramfs/log"

/* Opens /dev/kmsg and LOG_PATH. Until then messages go to standard error; where the kernel takes none, or drops some,
 * to each console. */
void log_open(void);

/* Gives the kernel's settings for messages back as they were found: for an error the limit on those of processes is
 * lifted, and a console that is too quiet for errors is made to show them. */
void log_restore(void);

/* The least urgent level that is still written; LOG_LEVEL_WARNING before the first call. */
void log_set_level(enum log_level level);

/* Writes the parts, joined, as one line with the prefix "kindling: ". errno is left as it was. */
void log_message(enum log_level level, ...) __attribute__((sentinel));

#define log_error(...) log_message(LOG_LEVEL_ERROR, __VA_ARGS__, (char *)0)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__, (char *)0)
#define log_info(...) log_message(LOG_LEVEL_INFO, __VA_ARGS__, (char *)0)
#define log_debug(...) log_message(LOG_LEVEL_DEBUG, __VA_ARGS__, (char *)0)

#endif
