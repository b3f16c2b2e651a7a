#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "root/live.h"
#include "system/failure.h"
#include "system/text.h"

#define IMAGE "the root of a live system\n"
#define DAMAGED_IMAGE "The root of a live system\n"

/* By sha512sum, sha256sum and md5sum: of IMAGE. */
#define SHA512                                                                                                         \
    "a9bc413c2cb28ab73b94b3f1087ee77f899e89d41537048489b3b7124f7528c5"                                                 \
    "863176a25508e814ad235b119592eb45d8b9da45e8521df2c1bf5f3f9cf99cab"
#define SHA256 "3960332aeed2b65d9d7441f55ad734e38fc8eac98aa84f9d32cff5e5f4e2fd24"
#define MD5 "126111384fe7848ad0073c203fd8a71a"

static char medium[] = "/tmp/kindling-medium-XXXXXX";
static char directory[LIVE_PATH_SIZE]; /* of the image */
static struct boot boot;

/* In the place of live_root.c's: a medium that nobody has to mount. */
const struct live_places *live_places(const struct boot *any)
{
    static const struct live_places places = {.medium = medium};

    (void)any;
    return &places;
}

static void run(const char *one, const char *two)
{
    char command[2 * LIVE_PATH_SIZE];

    assert_int_equal(text_join(command, sizeof(command), one, two, NULL), 0);
    assert_int_equal(system(command), 0);
}

static void put(const char *where, const char *name, const char *text)
{
    char path[LIVE_PATH_SIZE];
    int fd;

    assert_int_equal(text_join(path, sizeof(path), where, "/", name, NULL), 0);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static int make_medium(void **state)
{
    struct utsname system;

    (void)state;
    boot.live = (struct live_words){.layout = LIVE_ARCH, .directory = "arch", .check = true};
    memcpy(medium + sizeof(medium) - sizeof("XXXXXX"), "XXXXXX", sizeof("XXXXXX"));
    if (!mkdtemp(medium) || uname(&system) < 0)
        return -1;
    assert_int_equal(text_join(directory, sizeof(directory), medium, "/arch/", system.machine, NULL), 0);
    run("mkdir -p ", directory);
    put(directory, "airootfs.sfs", IMAGE);
    return 0;
}

static int remove_medium(void **state)
{
    (void)state;
    run("rm -r ", medium);
    return 0;
}

static void is_refused(const char *sentence)
{
    assert_int_equal(live_check(&boot, "/dev/null", ""), -EIO);
    if (!strstr(failure_sentence(), sentence))
        fail_msg("%s", failure_sentence());
}

static void is_taken(void)
{
    assert_int_equal(live_check(&boot, "/dev/null", ""), 0);
}

/* As mkarchiso writes it: "sha512sum airootfs.sfs >airootfs.sha512". */
static void arch_image_by_sha512(void **state)
{
    (void)state;
    put(directory, "airootfs.sha512", SHA512 "  airootfs.sfs\n");
    is_taken();
    put(directory, "airootfs.sfs", DAMAGED_IMAGE);
    is_refused("the medium is damaged: airootfs.sfs does not have the checksum that it was made with");
}

static void arch_image_by_sha256(void **state)
{
    (void)state;
    put(directory, "airootfs.sha256", SHA256 "  airootfs.sfs\n");
    is_taken();
    put(directory, "airootfs.sfs", DAMAGED_IMAGE);
    is_refused("the medium is damaged: airootfs.sfs does not have the checksum that it was made with");
}

static void arch_image_that_no_list_names(void **state)
{
    static const char *const lists[] = {"", "no list\n", SHA256 "  airootfs.sfs\n", SHA512 "  other\n"};

    (void)state;
    put(directory, "other", IMAGE);
    is_refused(" cannot be checked: it has neither an implanted MD5 sum nor a sha256sum.txt or md5sum.txt, nor an "
               "airootfs.sha512 or airootfs.sha256 of its image");
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        put(directory, "airootfs.sha512", lists[i]);
        is_refused(" cannot be checked: ");
    }
}

static void arch_image_beside_a_list_of_the_medium(void **state)
{
    (void)state;
    put(medium, "file", IMAGE);
    put(medium, "md5sum.txt", MD5 "  ./file\n");
    is_taken();
    put(directory, "airootfs.sha512", SHA512 "  airootfs.sfs\n");
    is_taken();
    put(directory, "airootfs.sfs", DAMAGED_IMAGE);
    is_refused("the medium is damaged: airootfs.sfs ");
    put(directory, "airootfs.sfs", IMAGE);
    put(medium, "file", DAMAGED_IMAGE);
    is_refused("the medium is damaged: file ");
}

static void list_of_the_medium(void **state)
{
    (void)state;
    boot.live.layout = LIVE_CASPER;
    put(directory, "airootfs.sha512", SHA512 "  airootfs.sfs\n");
    is_refused(" cannot be checked: it has neither an implanted MD5 sum nor a sha256sum.txt or md5sum.txt");
    assert_null(strstr(failure_sentence(), "airootfs"));
    put(medium, "file", IMAGE);
    put(medium, "sha256sum.txt", SHA256 " *file\n");
    is_taken();
    put(medium, "file", DAMAGED_IMAGE);
    is_refused("the medium is damaged: file ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(arch_image_by_sha512, make_medium, remove_medium),
        cmocka_unit_test_setup_teardown(arch_image_by_sha256, make_medium, remove_medium),
        cmocka_unit_test_setup_teardown(arch_image_that_no_list_names, make_medium, remove_medium),
        cmocka_unit_test_setup_teardown(arch_image_beside_a_list_of_the_medium, make_medium, remove_medium),
        cmocka_unit_test_setup_teardown(list_of_the_medium, make_medium, remove_medium),
    };

    return RUN_TESTS(tests);
}
