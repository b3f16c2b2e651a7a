/*
 * The first program of a root: says in what state it was started, as only a program can that has no shell between
 * itself and the kernel's view of it. Line by line on descriptor 1; then it powers the machine off.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void say_words(const char *what, char **words)
{
    for (; *words; words++)
        printf("state: %s %s\n", what, *words);
}

static void say_lines(const char *what, const char *path)
{
    FILE *file = fopen(path, "re");
    char line[1024];

    while (file && fgets(line, sizeof(line), file))
        printf("state: %s %s", what, line);
    if (file)
        fclose(file);
}

/* Pages that are free, but in the lists of one processor (zoneinfo's "count:"), are in neither MemFree nor
 * MemAvailable. */
static void say_per_cpu_pages(void)
{
    FILE *file = fopen("/proc/zoneinfo", "re");
    char line[1024];
    unsigned long count, sum = 0;

    while (file && fgets(line, sizeof(line), file)) {
        if (sscanf(line, " count: %lu", &count) == 1)
            sum += count;
    }
    if (file)
        fclose(file);
    printf("state: memory PerCpuFree: %lu kB\n", sum * (unsigned long)sysconf(_SC_PAGESIZE) / 1024);
}

/* The listing's own descriptor is left out. */
static void say_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    const struct dirent *entry;

    while (directory && (entry = readdir(directory))) {
        char path[300], target[256];
        ssize_t length;

        snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
        length = readlink(path, target, sizeof(target));
        if (length > 0 && !strstr(path, "/.") && memcmp(target, "/proc/", 6) != 0)
            printf("state: fd %s %.*s\n", entry->d_name, (int)length, target);
    }
    if (directory)
        closedir(directory);
}

/* What still empties the initramfs is a child of ours now, and ends by itself. */
static void reap(void)
{
    while (wait(NULL) > 0)
        continue;
}

int main(int argc, char **argv)
{
    char directory[256] = "";

    (void)argc;
    reap();
    say_words("arg", argv);
    say_words("env", environ);
    say_lines("status", "/proc/self/status");
    say_lines("mount", "/proc/self/mountinfo");
    say_lines("memory", "/proc/meminfo");
    say_per_cpu_pages();
    say_descriptors();
    printf("state: umask %03o\n", (unsigned)umask(0));
    printf("state: cwd %s\n", getcwd(directory, sizeof(directory)) ? directory : "?");
    puts("real-root: done");
    fflush(stdout);
    return reboot(RB_POWER_OFF);
}
