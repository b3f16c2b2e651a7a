/* What every floor does, whatever its root lies on: an init that knows the answer, and checks nothing. */
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

/* They are named in the order in which they need each other. */
static void load_modules(void)
{
    char name[] = "/a.ko";
    int fd;

    while ((fd = open(name, O_RDONLY | O_CLOEXEC)) >= 0) {
        syscall(SYS_finit_module, fd, "", 0);
        close(fd);
        name[1]++;
    }
}

static void begin(void)
{
    mount("devtmpfs", "/dev", "devtmpfs", MS_NOSUID, NULL);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("sysfs", "/sys", "sysfs", 0, NULL);
    mount("tmpfs", "/run", "tmpfs", 0, NULL);
}

static void move(const char *from, const char *to)
{
    mount(from, to, NULL, MS_MOVE, NULL);
}

/* Returns 1 when it fails. */
static int hand_over(char **argv)
{
    move("/dev", "/sysroot/dev");
    move("/proc", "/sysroot/proc");
    move("/sys", "/sysroot/sys");
    move("/run", "/sysroot/run");
    if (chdir("/sysroot") < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0)
        return 1;
    argv[0] = (char *)"/sbin/init";
    execv(argv[0], argv);
    return 1;
}
