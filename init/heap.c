/*
 * A heap for a program that is done in a second. Its blocks are powers of two, head included: cut from chunks, and kept
 * in a list for each size once they are free. Large blocks are mappings of their own, and are gone when they are free.
 */
#include "heap.h"

#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#define SMALLEST_BITS 5
#define LARGEST_BITS 15 /* in lists */
#define CHUNK_SIZE (64u << 10)
#define PAGE_SIZE 4096u

struct head {
    size_t size; /* with the head */
    union {
        uintptr_t mark;
        struct head *next; /* free ones */
    };
};

static struct head *lists[LARGEST_BITS + 1];
static struct {
    char *bytes;
    size_t left;
} chunk;

/* What is written over by chance, or on purpose, no longer has its mark. */
static uintptr_t mark_of(const struct head *head)
{
    static uintptr_t secret;

    if (secret == 0)
        memcpy(&secret, (const void *)getauxval(AT_RANDOM), sizeof(secret));
    return (uintptr_t)head ^ secret;
}

static void *map(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return pages == MAP_FAILED ? NULL : pages;
}

static struct head *cut(size_t size)
{
    struct head *head;

    if (chunk.left < size) {
        char *bytes = map(CHUNK_SIZE);

        if (!bytes)
            return NULL;
        chunk.bytes = bytes;
        chunk.left = CHUNK_SIZE;
    }
    head = (struct head *)chunk.bytes;
    chunk.bytes += size;
    chunk.left -= size;
    return head;
}

/* The power of two that has room for size. */
static unsigned bits_for(size_t size)
{
    unsigned bits = SMALLEST_BITS;

    while ((size_t)1 << bits < size)
        bits++;
    return bits;
}

static struct head *find(size_t *size)
{
    unsigned bits = bits_for(*size);
    struct head *head;

    if (bits > LARGEST_BITS) {
        *size = (*size + PAGE_SIZE - 1) & -(size_t)PAGE_SIZE;
        return map(*size);
    }
    *size = (size_t)1 << bits;
    head = lists[bits];
    if (!head)
        return cut(*size);
    lists[bits] = head->next;
    return head;
}

void *heap_take(size_t size)
{
    struct head *head;

    if (size > PTRDIFF_MAX - PAGE_SIZE)
        return NULL;
    size += sizeof(*head);
    head = find(&size);
    if (!head)
        return NULL;
    head->size = size;
    head->mark = mark_of(head);
    return head + 1;
}

void *heap_take_zeroed(size_t size)
{
    void *block = heap_take(size);

    return block ? memset(block, 0, size) : NULL;
}

static struct head *head_of(void *block)
{
    struct head *head = (struct head *)block - 1;

    if (head->mark != mark_of(head))
        __builtin_trap();
    return head;
}

void heap_give_back(void *block)
{
    struct head *head;
    unsigned bits;

    if (!block)
        return;
    head = head_of(block);
    bits = bits_for(head->size);
    if (bits > LARGEST_BITS) {
        munmap(head, head->size);
        return;
    }
    head->next = lists[bits];
    lists[bits] = head;
}

void *heap_resize(void *block, size_t size)
{
    size_t room = block ? head_of(block)->size - sizeof(struct head) : 0;
    void *larger;

    if (size <= room && block)
        return block;
    larger = heap_take(size);
    if (larger && block) {
        memcpy(larger, block, room);
        heap_give_back(block);
    }
    return larger;
}
