#include "unit.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heap.h"

#define BLOCKS 2000

/* All sizes about the borders: a list's, a chunk's, a mapping's. */
static size_t size_of(unsigned i)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 100, 4080, 4081, 16368, 32752, 32753, 65520, 65536, 1 << 20};

    return sizes[i % (sizeof(sizes) / sizeof(sizes[0]))];
}

static void assert_holds(const uint8_t *block, size_t size, uint8_t value)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(block[i], value);
}

static void blocks_keep_what_they_hold(void **state)
{
    static uint8_t *blocks[BLOCKS];

    (void)state;
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = round; i < BLOCKS; i += round + 1) {
            heap_give_back(blocks[i]);
            blocks[i] = heap_take(size_of(i));
            assert_non_null(blocks[i]);
            assert_int_equal((uintptr_t)blocks[i] % 16, 0);
            memset(blocks[i], (uint8_t)i, size_of(i));
        }
        for (unsigned i = 0; i < BLOCKS; i++)
            assert_holds(blocks[i], size_of(i), (uint8_t)i);
    }
    for (unsigned i = 0; i < BLOCKS; i++)
        heap_give_back(blocks[i]);
}

static void free_blocks_serve_again(void **state)
{
    void *first = heap_take(1000);
    uint8_t *second;

    (void)state;
    memset(first, 0xff, 1000);
    heap_give_back(first);
    second = heap_take_zeroed(900);
    assert_ptr_equal(second, first);
    assert_holds(second, 900, 0);
    heap_give_back(second);
}

static void a_resized_block_keeps_its_beginning(void **state)
{
    uint8_t *block = NULL;

    (void)state;
    for (size_t size = 1; size < 300000; size = size * 3 + 1) {
        block = heap_resize(block, size);
        assert_non_null(block);
        assert_holds(block, size / 3, 7);
        memset(block, 7, size);
    }
    assert_null(heap_resize(block, PTRDIFF_MAX));
    assert_holds(block, 200000, 7);
    heap_give_back(block);
}

static void more_than_there_is_is_refused(void **state)
{
    (void)state;
    assert_null(heap_take(SIZE_MAX));
    assert_null(heap_take((size_t)PTRDIFF_MAX - 4096));
    assert_null(heap_take_zeroed((size_t)1 << 62));
    heap_give_back(NULL);
}

static void twice(uint8_t *block)
{
    heap_give_back(block);
    heap_give_back(block);
}

static void after_an_underrun(uint8_t *block)
{
    block[-1]++;
    heap_give_back(block);
}

static void inside(uint8_t *block)
{
    heap_give_back(block + 16);
}

static void assert_ends(void (*give_back)(uint8_t *block))
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        signal(SIGILL, SIG_DFL);
        give_back(heap_take_zeroed(100));
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

static void what_is_given_back_wrongly_ends_the_program(void **state)
{
    (void)state;
    assert_ends(twice);
    assert_ends(after_an_underrun);
    assert_ends(inside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_keep_what_they_hold),
        cmocka_unit_test(free_blocks_serve_again),
        cmocka_unit_test(a_resized_block_keeps_its_beginning),
        cmocka_unit_test(more_than_there_is_is_refused),
        cmocka_unit_test(what_is_given_back_wrongly_ends_the_program),
    };

    return RUN_TESTS(tests);
}
