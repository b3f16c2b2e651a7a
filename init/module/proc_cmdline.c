#include "module/proc_cmdline.h"

#include <fcntl.h>

#include "system/file.h"

/* The kernel's own limit (COMMAND_LINE_SIZE) is 2,048 on most machines and 4,096 on a few. */
#define GIVEN_SIZE 8192u

int proc_cmdline_read(const struct index *index, struct cmdline *cmdline)
{
    char given[GIVEN_SIZE];
    ssize_t length = file_read_text(AT_FDCWD, "/proc/cmdline", given, sizeof(given));

    return length < 0 ? (int)length : cmdline_parse(index_setting(index, SETTING_CMDLINE), given, cmdline);
}
