/* Loads a kernel for kexec, without an initramfs: kexec_load KERNEL CMDLINE. */
#include <fcntl.h>
#include <linux/kexec.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int kernel;

    if (argc != 3)
        return 2;
    kernel = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (kernel < 0
        || syscall(SYS_kexec_file_load, kernel, -1, strlen(argv[2]) + 1, argv[2], KEXEC_FILE_NO_INITRAMFS) < 0) {
        perror("kexec_load");
        return 1;
    }
    return 0;
}
