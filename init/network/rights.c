#include "network/rights.h"

#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
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

#if defined(__x86_64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv)
#define OUR_ARCHITECTURE AUDIT_ARCH_RISCV64
#endif

/* What goes on from here: sockets, reading of /sys and of the resolver's files, memory, time. All else is refused. */
static const unsigned calls[] = {
#ifdef SYS_poll /* and the like, which newer architectures have no more */
    SYS_poll,
    SYS_open,
    SYS_readlink,
    SYS_access,
    SYS_stat,
#endif
    SYS_ppoll,
    SYS_read,
    SYS_readv,
    SYS_write,
    SYS_writev,
    SYS_close,
    SYS_lseek,
    SYS_fcntl,
    SYS_socket,
    SYS_bind,
    SYS_connect,
    SYS_getsockname,
    SYS_setsockopt,
    SYS_sendto,
    SYS_sendmsg,
    SYS_recvfrom,
    SYS_recvmsg,
    SYS_openat,
    SYS_readlinkat,
    SYS_faccessat,
    SYS_newfstatat,
    SYS_fstat,
    SYS_getdents64,
    SYS_mmap,
    SYS_munmap,
    SYS_mremap,
    SYS_mprotect,
    SYS_madvise,
    SYS_brk,
    SYS_clock_gettime,
    SYS_getrandom,
    SYS_futex,
    SYS_rt_sigprocmask,
    SYS_rt_sigaction,
    SYS_rt_sigreturn,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
};

#define CALLS (sizeof(calls) / sizeof(calls[0]))

/* A kernel without filters does without. */
static int filter_calls(void)
{
    struct sock_filter code[CALLS + 6];
    struct sock_fprog program = {.len = CALLS + 6, .filter = code};
    size_t used = 0;

    code[used++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    code[used++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCHITECTURE, 1, 0);
    code[used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    code[used++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < CALLS; i++)
        code[used++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i], (uint8_t)(CALLS - i), 0);
    code[used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    code[used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 && errno != EINVAL ? -errno : 0;
}

void rights_drop(uint64_t capabilities)
{
    /* A change of the user takes the capabilities away, unless they are to be kept: then those that are not of the mask
     * go right after. */
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0
        && setresuid(NOBODY, NOBODY, NOBODY) == 0 && keep_only(capabilities) == 0
        && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && filter_calls() == 0)
        return;
    report_state("its program cannot give up its rights");
    _exit(1);
}
