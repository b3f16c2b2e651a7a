#include "unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "root/nbd_negotiation.h"

/* What real servers said, which the fuzzer begins with, too: an export "root" of 8 MiB, read-only. */
#define RECORDED "tests/fuzz/corpus/nbd/"

static uint8_t said[4096];
static struct nbd_export export;

static size_t recorded(const char *name)
{
    char path[128];
    FILE *file;
    size_t size;

    snprintf(path, sizeof(path), RECORDED "%s", name);
    file = fopen(path, "rb");
    assert_non_null(file);
    size = fread(said, 1, sizeof(said), file);
    fclose(file);
    return size;
}

/* Against a server that says these bytes and ends the connection. What it was told is left in *asked. */
static int negotiate(const uint8_t *bytes, size_t size, const char *name, uint8_t *asked, size_t *asked_size)
{
    int ends[2], result;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(write(ends[1], bytes, size), size);
    assert_int_equal(shutdown(ends[1], SHUT_WR), 0);
    result = nbd_negotiate(ends[0], name, &export);
    if (asked)
        *asked_size = (size_t)recv(ends[1], asked, 4096, MSG_DONTWAIT);
    close(ends[0]);
    close(ends[1]);
    return result;
}

static void real_servers(void **state)
{
    static const uint8_t expected[] = "\0\0\0\3IHAVEOPT\0\0\0\7\0\0\0\14\0\0\0\4root\0\1\0\3";
    uint8_t asked[4096];
    size_t asked_size = 0;

    (void)state;
    assert_int_equal(negotiate(said, recorded("qemu-nbd"), "root", asked, &asked_size), 0);
    assert_int_equal(export.size, 8 << 20);
    assert_int_equal(export.least_block, 512);
    assert_int_equal(export.flags & 3, 3);
    assert_int_equal(asked_size, sizeof(expected) - 1);
    assert_memory_equal(asked, expected, asked_size);
    assert_int_equal(negotiate(said, recorded("nbd-server"), "root", NULL, NULL), 0);
    assert_int_equal(export.size, 8 << 20);
    assert_int_equal(export.flags & 3, 3);
    assert_int_equal(negotiate(said, recorded("qemu-nbd-unknown-export"), "other", NULL, NULL), -ENOENT);
}

static void any_end_before_the_last_byte(void **state)
{
    static const char *const names[] = {"qemu-nbd", "nbd-server"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        size_t size = recorded(names[i]);

        for (size_t length = 0; length < size; length++)
            assert_int_equal(negotiate(said, length, "root", NULL, NULL), -ECONNRESET);
    }
}

static size_t add(size_t used, const char *bytes, size_t size)
{
    memcpy(said + used, bytes, size);
    return used + size;
}

#define ADD(used, bytes) add(used, bytes, sizeof(bytes) - 1)
#define GREETING "NBDMAGICIHAVEOPT\0\3"
#define REPLY "\0\3\350\211\4Ue\251\0\0\0\7"
#define SIZE_1_MIB "\0\0\0\0\0\20\0\0"

static void a_server_without_go(void **state)
{
    size_t used = ADD(0, GREETING REPLY "\200\0\0\1\0\0\0\5sorry");
    size_t with_export = ADD(used, SIZE_1_MIB "\0\1");
    uint8_t asked[4096];
    size_t asked_size;

    (void)state;
    assert_int_equal(negotiate(said, with_export, "old", asked, &asked_size), 0);
    assert_int_equal(export.size, 1 << 20);
    assert_int_equal(export.flags, 1);
    assert_memory_equal(asked + asked_size - 19, "IHAVEOPT\0\0\0\1\0\0\0\3old", 19);
    assert_int_equal(negotiate(said, used, "old", NULL, NULL), -ENOENT);
}

static void zeroes_of_one_that_sends_them(void **state)
{
    size_t used = ADD(0, "NBDMAGICIHAVEOPT\0\1" REPLY "\200\0\0\1\0\0\0\0" SIZE_1_MIB "\0\1");

    (void)state;
    memset(said + used, 0, 124);
    assert_int_equal(negotiate(said, used + 123, "", NULL, NULL), -ECONNRESET);
    assert_int_equal(negotiate(said, used + 124, "", NULL, NULL), 0);
}

static void what_it_may_be_read_in(void **state)
{
    size_t used = ADD(0, GREETING REPLY "\0\0\0\3\0\0\0\14\0\0" SIZE_1_MIB "\0\1");

    (void)state;
    used = ADD(used, REPLY "\0\0\0\3\0\0\0\16\0\3\0\0\20\0\0\0\20\0\0\20\0\0");
    used = ADD(used, REPLY "\0\0\0\1\0\0\0\0");
    assert_int_equal(negotiate(said, used, "", NULL, NULL), 0);
    assert_int_equal(export.least_block, 4096);
}

static void refusals(void **state)
{
    static const struct {
        const char *type;
        int error;
    } known[] = {
        {"\200\0\0\2", -EACCES}, {"\200\0\0\5", -EPROTONOSUPPORT}, {"\200\0\0\6", -ENOENT}, {"\200\0\0\7", -EACCES}};

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        size_t used = add(ADD(0, GREETING REPLY), known[i].type, 4);

        assert_int_equal(negotiate(said, ADD(used, "\0\0\0\0"), "", NULL, NULL), known[i].error);
    }
}

static void nonsense(void **state)
{
    size_t used;

    (void)state;
    used = ADD(0, "HTTP/1.1 400 Bad Request\r\n\r\n");
    assert_int_equal(negotiate(said, used, "", NULL, NULL), -EPROTO);
    used = ADD(0, "NBDMAGIC\0\0\102\2\201\206\22\123");
    assert_int_equal(negotiate(said, used, "", NULL, NULL), -EPROTONOSUPPORT);
    used = ADD(0, "NBDMAGICIHAVEOPT\0\0");
    assert_int_equal(negotiate(said, used, "", NULL, NULL), -EPROTONOSUPPORT);
    used = ADD(0, GREETING REPLY "\0\0\0\3\377\377\377\377");
    assert_int_equal(negotiate(said, used, "", NULL, NULL), -EPROTO);
    used = ADD(0, GREETING "\0\3\350\211\4Ue\251\0\0\0\1\0\0\0\1\0\0\0\0");
    assert_int_equal(negotiate(said, used, "", NULL, NULL), -EPROTO);
    used = ADD(0, GREETING REPLY "\0\0\0\1\0\0\0\0"); /* an end before the size was told */
    assert_int_equal(negotiate(said, used, "", NULL, NULL), -EPROTO);
    used = ADD(0, GREETING);
    for (size_t i = 0; i < 70; i++) /* information without end */
        used = ADD(used, REPLY "\0\0\0\3\0\0\0\2\0\7");
    assert_int_equal(negotiate(said, used, "", NULL, NULL), -EPROTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_servers),
        cmocka_unit_test(any_end_before_the_last_byte),
        cmocka_unit_test(a_server_without_go),
        cmocka_unit_test(zeroes_of_one_that_sends_them),
        cmocka_unit_test(what_it_may_be_read_in),
        cmocka_unit_test(refusals),
        cmocka_unit_test(nonsense),
    };

    return RUN_TESTS(tests);
}
