#include "network/rights.h"

#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "network/report.h"

#define NOBODY 65534

static int keep_only(uint64_t capabilities)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        data[i].effective = data[i].permitted = (uint32_t)(capabilities >> 32 * i);
    return (int)syscall(SYS_capset, &header, data);
}

void rights_drop(uint64_t capabilities)
{
    /* A change of the user takes the capabilities away, unless they are to be kept: then those that are not of the mask
     * go right after. */
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0
        && setresuid(NOBODY, NOBODY, NOBODY) == 0 && keep_only(capabilities) == 0
        && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        return;
    report_state("its program cannot give up its rights");
    _exit(1);
}
