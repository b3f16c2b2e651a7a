#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "fixture.h"
#include "root/live.h"
#include "system/failure.h"
#include "system/text.h"

#define CONTENT_SIZE 200704u
#define LACKING "minix" /* a file system that the kernel below does not have */
#define TRIED_SIZE 256u

#define EXT_SUPERBLOCK_OFFSET 1024u
#define STUBBORN "jfs" /* one that mounts nothing without writing to it */

static char file[] = "/tmp/kindling-image-XXXXXX";
static char tried[TRIED_SIZE]; /* "TYPE DATA;TYPE DATA;" */
static const char *truth;      /* the type that the content is, for that kernel */
static bool is_write_protected;

/* In the place of the kernel's. */
int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
    bool is_refused = !strcmp(type, STUBBORN) || (is_write_protected && !strstr(data, "norecovery"));
    size_t used = strlen(tried);

    (void)source;
    (void)target;
    assert_true(flags & MS_RDONLY);
    assert_int_equal(text_join(tried + used, sizeof(tried) - used, type, " ", data, ";", NULL), 0);
    errno = !strcmp(type, LACKING)                                    ? ENODEV
            : strcmp(type, truth) != 0 && strcmp(type, STUBBORN) != 0 ? EINVAL
            : is_refused                                              ? EROFS
                                                                      : 0;
    return errno == 0 ? 0 : -1;
}

static int make_file(void **state)
{
    int fd;

    (void)state;
    memcpy(file + sizeof(file) - sizeof("XXXXXX"), "XXXXXX", sizeof("XXXXXX"));
    fd = mkstemp(file);
    return fd < 0 || ftruncate(fd, 512 << 20) < 0 || close(fd) < 0 ? -1 : 0;
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(file);
}

static void read_content(const char *name, uint8_t *bytes)
{
    char path[128];

    assert_int_equal(text_join(path, sizeof(path), "tests/data/superblock/", name, ".gz", NULL), 0);
    read_fixture(path, bytes, CONTENT_SIZE);
}

/* content: a fixture's name, or NULL for zeros. types: loopfstype=. */
static int mount_content(const char *content, const char *types)
{
    static const struct assembler *const nothing_assembled[] = {NULL};
    static const struct index no_modules;
    static struct boot boot = {
        .storage.assemblers = nothing_assembled, .modules.plan.index = &no_modules, .live.layout = LIVE_FILE};
    struct live_image image = {.path = "/root.disk", .target = "/tmp", .type = types, .is_of_root = true};
    struct block_device device = {0};
    uint8_t *bytes = calloc(1, CONTENT_SIZE);
    FILE *written;

    assert_non_null(bytes);
    if (content && !strcmp(content, "ext4 squashfs")) { /* whose superblocks lie apart */
        uint8_t other[EXT_SUPERBLOCK_OFFSET];

        read_content("squashfs", bytes);
        memcpy(other, bytes, sizeof(other));
        read_content("ext4", bytes);
        memcpy(bytes, other, sizeof(other));
    } else if (content) {
        read_content(content, bytes);
    }
    written = fopen(file, "r+");
    assert_non_null(written);
    assert_int_equal(fwrite(bytes, 1, CONTENT_SIZE, written), CONTENT_SIZE);
    assert_int_equal(fclose(written), 0);
    free(bytes);
    assert_int_equal(text_join(device.path, sizeof(device.path), file, NULL), 0);
    *tried = '\0';
    return live_image_mount_device(&boot, &image, &device);
}

static void what_is_asked_for(void **state)
{
    static const struct {
        const char *content, *types, *truth, *tried;
    } cases[] = {
        {"ext4", NULL, "ext4", "ext4 ;"},
        {"ext4", "auto", "ext4", "ext4 ;"},
        {"ext4", "ext4", "ext4", "ext4 ;"},
        {"ext2", "ext4", "ext4", "ext4 ;"}, /* one driver for both */
        {"ext4", "squashfs,ext4", "ext4", "squashfs ;ext4 ;"},
        {"ext4", "squashfs,auto", "ext4", "squashfs ;ext4 ;"},
        {"ext4", STUBBORN ",ext4", "ext4", STUBBORN " ;" STUBBORN " norecovery;ext4 ;"},
        {"ext4 squashfs", "squashfs", "squashfs", "squashfs ;"}, /* which both claim */
        {"ext4 squashfs", "ext4", "ext4", "ext4 ;"},
        {NULL, "sysv", "sysv", "sysv ;"}, /* which nobody can name */
        {NULL, "auto,xiafs,sysv", "sysv", "xiafs ;sysv ;"},
    };

    (void)state;
    is_write_protected = false;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        truth = cases[i].truth;
        assert_int_equal(mount_content(cases[i].content, cases[i].types), 0);
        assert_string_equal(tried, cases[i].tried);
    }
}

/* The word that it takes is of that type alone. */
static void a_journal_is_not_replayed(void **state)
{
    (void)state;
    is_write_protected = true;
    truth = "ext4";
    assert_int_equal(mount_content("ext4", NULL), 0);
    assert_string_equal(tried, "ext4 ;ext4 norecovery;");
    truth = "ext3";
    assert_int_equal(mount_content("ext4", "ext3"), 0);
    assert_string_equal(tried, "ext3 ;ext3 norecovery;");
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *content, *types, *tried, *sentence;
    } cases[] = {
        {"ext4", "squashfs", "squashfs ;",
            "cannot mount /root.disk as squashfs, which loopfstype= asks for: there is an ext4 file system in it "
            "(Invalid argument)"},
        {"squashfs", "ext4,xfs", "ext4 ;xfs ;",
            "cannot mount /root.disk as ext4,xfs, which loopfstype= asks for: there is a squashfs file system in it "
            "(Invalid argument)"},
        {NULL, "ext4", "ext4 ;",
            "cannot mount /root.disk as ext4, which loopfstype= asks for: there is nothing known in it "
            "(Invalid argument)"},
        {NULL, "auto", "",
            "cannot mount /root.disk as auto, which loopfstype= asks for: there is nothing known in it "
            "(Invalid argument)"},
        {"ext4", LACKING, LACKING " ;",
            "cannot mount /root.disk as " LACKING ": neither this kernel nor this image has that file system "
            "(kindling build -f live)"},
        {"xfs", "xfs,ext4", "xfs ;", "cannot mount /root.disk as xfs: Invalid argument"},
        {"ext4 squashfs", NULL, "",
            "cannot mount /root.disk: both ext4 and squashfs claim it: give its type by loopfstype="},
        {"ext4 squashfs", "xfs", "",
            "cannot mount /root.disk: both ext4 and squashfs claim it: give its type by loopfstype="},
        /* Which are no file system, whatever is said. */
        {"md-1.2", "ext4", "",
            "cannot mount /root.disk: there is a member of an md RAID array in it, and no file system: it is damaged, "
            "or no image"},
        {"luks2", "ext4", "",
            "cannot mount /root.disk: there is a LUKS container in it, and no file system: it is damaged, or no image"},
        {NULL, NULL, "",
            "cannot mount /root.disk: there is nothing known in it, and no file system: it is damaged, or no image"},
    };

    (void)state;
    is_write_protected = false;
    truth = "none of them";
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(mount_content(cases[i].content, cases[i].types), -EIO);
        assert_string_equal(failure_sentence(), cases[i].sentence);
        assert_string_equal(tried, cases[i].tried);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_asked_for, make_file, remove_file),
        cmocka_unit_test_setup_teardown(a_journal_is_not_replayed, make_file, remove_file),
        cmocka_unit_test_setup_teardown(what_is_refused, make_file, remove_file),
    };

    return RUN_TESTS(tests);
}
