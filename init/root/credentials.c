#include "root/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/directory.h"
#include "system/log.h"
#include "system/text.h"

#define PLACE "/run/credentials/@encrypted"

/* The stub takes only files of that name; the credential is called by what precedes (systemd-stub(7)). */
#define SUFFIX ".cred"

/* systemd takes none that is larger (CREDENTIAL_ENCRYPTED_SIZE_MAX). */
#define LARGEST (2u << 20)

static bool is_credential(const char *name)
{
    size_t length = strlen(name);

    return length > strlen(SUFFIX) && !strcmp(name + length - strlen(SUFFIX), SUFFIX);
}

static int copy(int directory, const char *name)
{
    char path[512];
    int from = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int to = -1, result = from < 0 ? -errno : 0;
    ssize_t copied = 0;

    if (result == 0)
        result = text_join(path, sizeof(path), PLACE "/", name, NULL);
    if (result == 0) {
        path[strlen(path) - strlen(SUFFIX)] = '\0';
        to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
        result = to < 0 ? -errno : 0;
    }
    if (result == 0)
        copied = sendfile(to, from, NULL, LARGEST);
    if (copied < 0)
        result = -errno;
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    return result;
}

static bool copy_all(const char *from)
{
    struct directory directory;
    const struct dirent *entry;
    bool has_any = false;

    directory_open(&directory, AT_FDCWD, from);
    while ((entry = directory_next(&directory)) != NULL) {
        int result;

        if (!is_credential(entry->d_name))
            continue;
        if (!has_any) {
            (void)mkdir("/run/credentials", 0755);
            (void)mkdir(PLACE, 0700);
        }
        has_any = true;
        result = copy(directory.fd, entry->d_name);
        if (result < 0 && result != -EEXIST)
            log_warning("cannot hand over the credential ", entry->d_name, ": ", strerror(-result));
    }
    directory_close(&directory);
    return has_any;
}

void credentials_hand_over(void)
{
    bool has_own = copy_all("/.extra/credentials"), has_global = copy_all("/.extra/global_credentials");

    if (has_own || has_global)
        (void)setenv("ENCRYPTED_CREDENTIALS_DIRECTORY", PLACE, 0);
}
