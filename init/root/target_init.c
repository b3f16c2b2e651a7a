/*
 * The target's init, resolved inside the new root before anything irreversible happens.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "root/device_find.h"
#include "root/root_file.h"
#include "root/steps.h"
#include "system/directory.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"

#define BTRFS_SUBVOLUME_INODE 256 /* of its directory: BTRFS_FIRST_FREE_OBJECTID */

/* Where the kernel itself looks, less the shell: a root without an init is a fault, not a prompt. */
static const char *const usual_places[] = {"/sbin/init", "/etc/init", "/bin/init"};

static int elf_interpreter(int fd, const Elf64_Ehdr *header, char interpreter[INIT_PATH_SIZE])
{
    for (unsigned i = 0; i < header->e_phnum; i++) {
        Elf64_Phdr segment;
        off_t offset = (off_t)(header->e_phoff + (uint64_t)i * sizeof(segment));

        if (pread(fd, &segment, sizeof(segment), offset) != sizeof(segment))
            return -ENOEXEC;
        if (segment.p_type != PT_INTERP)
            continue;
        if (segment.p_filesz == 0 || segment.p_filesz > INIT_PATH_SIZE
            || pread(fd, interpreter, segment.p_filesz, (off_t)segment.p_offset) != (ssize_t)segment.p_filesz)
            return -ENOEXEC;
        interpreter[segment.p_filesz - 1] = '\0';
        return 0;
    }
    interpreter[0] = '\0';
    return 0;
}

extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden"))); /* the linker's: our own first bytes */

/* What the kernel would start to run this program: "" for one that runs by itself. Returns 0 or -ENOEXEC. */
static int find_interpreter(int fd, char interpreter[INIT_PATH_SIZE])
{
    union {
        Elf64_Ehdr elf;
        char text[256]; /* BINPRM_BUF_SIZE: the kernel reads no more of a script's first line */
    } head = {0};
    Elf64_Half own = __ehdr_start.e_machine, machine;

    if (pread(fd, &head, sizeof(head) - 1, 0) < 4)
        return -ENOEXEC;
    if (head.text[0] == '#' && head.text[1] == '!') {
        char *path = head.text + 2;

        path += strspn(path, " \t");
        path[strcspn(path, " \t\n")] = '\0';
        return text_join(interpreter, INIT_PATH_SIZE, path, NULL);
    }
    if (memcmp(head.elf.e_ident, ELFMAG, SELFMAG) != 0)
        return -ENOEXEC;
    /* What we are made for runs here; so do 32-bit programs on x86-64, unless the kernel was built without them. */
    machine = head.elf.e_machine;
    if (machine != own && !(own == EM_X86_64 && machine == EM_386))
        return -ENOEXEC;
    if (head.elf.e_type != ET_EXEC && head.elf.e_type != ET_DYN)
        return -ENOEXEC; /* object files and core dumps are ELF too */
    interpreter[0] = '\0';
    /* A 32-bit program's interpreter is left to the kernel. */
    return head.elf.e_ident[EI_CLASS] == ELFCLASS64 ? elf_interpreter(fd, &head.elf, interpreter) : 0;
}

/* fs/exec.c, exec_binprm: so many times an interpreter may have one of its own. */
#define INTERPRETERS_MAX 5u

/* Opens the program, and says in *interpreter what it takes to run it. Returns 0 when all is well with it, or -errno.
 */
static int check_one(int root, const char *path, char interpreter[INIT_PATH_SIZE])
{
    int fd = root_file_open(root, path, O_RDONLY);
    struct stat status;
    int result;

    interpreter[0] = '\0';
    if (fd < 0)
        return fd;
    if (fstat(fd, &status) < 0)
        result = -errno;
    else if (S_ISDIR(status.st_mode))
        result = -EISDIR;
    else if (!S_ISREG(status.st_mode) || !(status.st_mode & 0111))
        result = -EACCES;
    else
        result = find_interpreter(fd, interpreter);
    close(fd);
    return result;
}

/* Returns 0 when the program can be started; else -errno, and *missing names what it lacks, or is "". */
static int check_program(int root, const char *path, char missing[INIT_PATH_SIZE])
{
    char next[INIT_PATH_SIZE];
    int result = check_one(root, path, next);

    missing[0] = '\0';
    for (unsigned i = 0; result == 0 && *next; i++) {
        memcpy(missing, next, sizeof(next));
        result = i < INTERPRETERS_MAX ? check_one(root, missing, next) : -ELOOP;
    }
    return result;
}

static int cannot_start(const char *path, const char *missing, int error)
{
    const char *reason = error == -ENOENT ? "its interpreter is missing" : "its interpreter cannot be started";

    if (*missing)
        return failure(path, reason, "the root's ", path, " wants ", missing, ", which ",
            error == -ENOENT ? "is not there" : "cannot be started", ": ", strerror(-error), NULL);
    reason = strerror(-error);
    return failure_because(path, reason, "the root's ", path, " cannot be started", NULL);
}

static bool has_init(int root)
{
    int fd = -1;

    for (size_t i = 0; fd < 0 && i < sizeof(usual_places) / sizeof(usual_places[0]); i++)
        fd = root_file_open(root, usual_places[i], O_PATH);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* A system that is laid out in subvolumes, mounted without subvol=: names those that hold an init, with commas. */
static void list_subvolumes(int root, char *list, size_t size)
{
    struct directory directory;
    const struct dirent *entry;
    struct statfs file_system;
    struct stat status;

    *list = '\0';
    if (fstatfs(root, &file_system) < 0 || file_system.f_type != BTRFS_SUPER_MAGIC)
        return;
    directory_open(&directory, root, ".");
    while ((entry = directory_next(&directory)) != NULL) {
        int fd = openat(root, entry->d_name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        size_t used = strlen(list);

        if (fd < 0)
            continue;
        if (fstat(fd, &status) == 0 && status.st_ino == BTRFS_SUBVOLUME_INODE && has_init(fd))
            (void)text_join(list + used, size - used, used ? "," : "", entry->d_name, NULL);
        close(fd);
    }
    directory_close(&directory);
}

static int find_usual(struct boot *boot, int root)
{
    const struct block_device *device = root_device(boot);
    const char *name = device                           ? device->path
                       : boot->live.layout != LIVE_NONE ? "the live system's images"
                                                        : boot->options.root;
    char subvolumes[512];
    char missing[INIT_PATH_SIZE];

    for (size_t i = 0; i < sizeof(usual_places) / sizeof(usual_places[0]); i++) {
        int result = check_program(root, usual_places[i], missing);

        if (result == 0)
            return text_join(boot->next_init, sizeof(boot->next_init), usual_places[i], NULL);
        if (result != -ENOENT || *missing)
            return cannot_start(usual_places[i], missing, result);
    }
    list_subvolumes(root, subvolumes, sizeof(subvolumes));
    if (*subvolumes)
        return failure("/sbin/init", "in a subvolume", "there is no /sbin/init, /etc/init or /bin/init on ", name,
            ", but in these of its subvolumes: ", subvolumes, ": boot with rootflags=subvol= and one of them", NULL);
    return failure("/sbin/init", "not there", "there is no /sbin/init, /etc/init or /bin/init on ", name,
        ": is it the root file system?", NULL);
}

int step_target_init(struct boot *boot)
{
    int root = open(IMAGE_ROOT_PATH, O_PATH | O_DIRECTORY | O_CLOEXEC);
    const char *init = boot->options.init;
    char missing[INIT_PATH_SIZE];
    struct statfs file_system;
    int result;

    if (root < 0)
        return failure_because(IMAGE_ROOT_PATH, strerror(errno), "cannot open " IMAGE_ROOT_PATH, NULL);
    if (fstatfs(root, &file_system) == 0 && file_system.f_flags & ST_NOEXEC) {
        close(root);
        return failure(IMAGE_ROOT_PATH, "noexec",
            "the root is mounted noexec, by rootflags= or its fstab: its init could not be started", NULL);
    }
    if (init) {
        result = check_program(root, init, missing);
        result = result < 0 ? cannot_start(init, missing, result)
                            : text_join(boot->next_init, sizeof(boot->next_init), init, NULL);
    } else {
        result = find_usual(boot, root);
    }
    close(root);
    return result;
}
