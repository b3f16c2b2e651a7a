/* The command line of this boot: the image's own words and, behind them, those of /proc/cmdline. */
#ifndef KINDLING_PROC_CMDLINE_H
#define KINDLING_PROC_CMDLINE_H

#include "contract/cmdline.h"
#include "contract/index.h"

/* Returns 0 or -errno; free with cmdline_free. */
int proc_cmdline_read(const struct index *index, struct cmdline *cmdline);

#endif
