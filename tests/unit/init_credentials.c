#include "unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/credentials.h"

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static bool holds(const char *path, const char *text)
{
    char found[64] = "";
    FILE *file = fopen(path, "r");
    bool is = file && fgets(found, sizeof(found), file) && !strcmp(found, text);

    if (file)
        fclose(file);
    return is;
}

/* In an initramfs of its own. Returns the exit status of what is done there. */
static int in_initramfs(int (*work)(void))
{
    char place[] = "/tmp/kindling-credentials.XXXXXX", command[64];
    int status = -1;
    pid_t child;

    assert_non_null(mkdtemp(place));
    child = fork();
    if (child == 0) {
        if (chroot(place) < 0 || chdir("/") < 0)
            _exit(errno == EPERM ? 77 : 99);
        (void)mkdir("/run", 0755);
        _exit(work());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    (void)snprintf(command, sizeof(command), "rm -rf %s", place);
    assert_int_equal(system(command), 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip(); /* who is not root has no other root */
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int hand_over(void)
{
    const char *told;

    (void)mkdir("/.extra", 0755);
    (void)mkdir("/.extra/credentials", 0755);
    (void)mkdir("/.extra/global_credentials", 0755);
    put("/.extra/credentials/secret.cred", "the entry's");
    put("/.extra/credentials/notes.txt", "no credential");
    put("/.extra/credentials/.cred", "without a name");
    put("/.extra/global_credentials/secret.cred", "everybody's");
    put("/.extra/global_credentials/other.cred", "other");
    credentials_hand_over();
    told = getenv("ENCRYPTED_CREDENTIALS_DIRECTORY");
    if (!told || strcmp(told, "/run/credentials/@encrypted") != 0)
        return 1;
    if (!holds("/run/credentials/@encrypted/secret", "the entry's"))
        return 2;
    if (!holds("/run/credentials/@encrypted/other", "other"))
        return 3;
    if (access("/run/credentials/@encrypted/notes.txt", F_OK) == 0
        || access("/run/credentials/@encrypted/notes", F_OK) == 0)
        return 4;
    return access("/run/credentials/@encrypted/.cred", F_OK) == 0 ? 5 : 0;
}

static int hand_over_nothing(void)
{
    (void)mkdir("/.extra", 0755);
    (void)mkdir("/.extra/credentials", 0755);
    put("/.extra/credentials/notes.txt", "no credential");
    credentials_hand_over();
    return getenv("ENCRYPTED_CREDENTIALS_DIRECTORY") || access("/run/credentials", F_OK) == 0 ? 1 : 0;
}

/* systemd looks for a credential by its name, which is that of the file without ".cred". */
static void names(void **state)
{
    (void)state;
    assert_int_equal(in_initramfs(hand_over), 0);
}

static void none(void **state)
{
    (void)state;
    assert_int_equal(in_initramfs(hand_over_nothing), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(none),
    };

    return RUN_TESTS(tests);
}
