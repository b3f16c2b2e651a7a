#include "unit.h"

#include <stdlib.h>

#include "contract/index.h"
#include "device/driver_queues.h"

#define VIRTIO "virtio:d00000002v00001AF4"
#define SATA "pci:v00008086d00002922sv00001AF4sd00001100bc01sc06i01"
#define IDE "pci:v00008086d00007010sv00001AF4sd00001100bc01sc01i80"
#define USB "pci:v00001B36d0000000Dsv00001AF4sd00001100bc0Csc03i30"

static void free_queues(struct driver_queues *queues)
{
    free(queues->quick.modules);
    free(queues->late.modules);
    free(queues->last.modules);
    free(queues->network.modules);
}

static void assert_next(struct module_queue *queue, uint32_t expected)
{
    uint32_t module = UINT32_MAX;

    assert_true(module_queue_take(queue, &module));
    assert_int_equal(module, expected);
}

static void assert_empty(struct module_queue *queue)
{
    uint32_t module;

    assert_int_equal(module_queue_waiting(queue), 0);
    assert_false(module_queue_take(queue, &module));
}

static void flags_tell_the_queue(void **state)
{
    struct driver_queues queues = {0};

    (void)state;
    assert_int_equal(driver_queues_push(&queues, 1, 0, VIRTIO), 0);
    assert_int_equal(driver_queues_push(&queues, 2, MODULE_LATE, SATA), 0);
    assert_int_equal(driver_queues_push(&queues, 3, MODULE_LAST, "input:b0003"), 0);
    assert_int_equal(driver_queues_push(&queues, 4, MODULE_LATE | MODULE_LAST, USB), 0);
    assert_next(&queues.quick, 1);
    assert_next(&queues.late, 2);
    assert_next(&queues.last, 3);
    assert_next(&queues.last, 4);
    assert_empty(&queues.quick);
    assert_empty(&queues.late);
    assert_empty(&queues.last);
    assert_false(queues.has_removable);
    free_queues(&queues);
}

static void who_waits_is_not_queued_twice(void **state)
{
    struct driver_queues queues = {0};

    (void)state;
    assert_int_equal(driver_queues_push(&queues, 7, 0, VIRTIO), 0);
    assert_int_equal(driver_queues_push(&queues, 8, 0, VIRTIO), 0);
    assert_int_equal(driver_queues_push(&queues, 7, 0, VIRTIO), 0);
    assert_int_equal(module_queue_waiting(&queues.quick), 2);
    assert_next(&queues.quick, 7);
    /* It was loaded, and its device came anew. */
    assert_int_equal(driver_queues_push(&queues, 7, 0, VIRTIO), 0);
    assert_next(&queues.quick, 8);
    assert_next(&queues.quick, 7);
    assert_empty(&queues.quick);
    free_queues(&queues);
}

static void removable_buses_come_before_other_late_ones(void **state)
{
    struct driver_queues queues = {0};

    (void)state;
    assert_int_equal(driver_queues_push(&queues, 1, MODULE_LATE, SATA), 0);
    assert_int_equal(driver_queues_push(&queues, 2, MODULE_LATE, IDE), 0);
    assert_false(queues.has_removable);
    assert_int_equal(driver_queues_push(&queues, 3, MODULE_LATE, USB), 0);
    assert_true(queues.has_removable);
    assert_int_equal(driver_queues_push(&queues, 4, MODULE_LATE, USB), 0);
    assert_int_equal(driver_queues_push(&queues, 3, MODULE_LATE, USB), 0); /* waits already, where it was */
    assert_int_equal(module_queue_waiting(&queues.late), 4);
    assert_next(&queues.late, 4);
    assert_next(&queues.late, 2);
    assert_next(&queues.late, 1);
    assert_next(&queues.late, 3);
    free_queues(&queues);
}

static void a_queue_grows(void **state)
{
    struct driver_queues queues = {0};

    (void)state;
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(driver_queues_push(&queues, i, 0, VIRTIO), 0);
    assert_int_equal(module_queue_waiting(&queues.quick), 1000);
    for (uint32_t i = 0; i < 1000; i++)
        assert_next(&queues.quick, i);
    assert_empty(&queues.quick);
    free_queues(&queues);
}

/* Nothing of a network is loaded until one is wanted; then it goes first, for an answer takes its time. */
static void a_network_is_for_those_who_want_one(void **state)
{
    struct driver_queues queues = {0};

    (void)state;
    assert_int_equal(driver_queues_push(&queues, 1, MODULE_NETWORK, VIRTIO), 0);
    assert_int_equal(driver_queues_push(&queues, 2, MODULE_NETWORK | MODULE_LAST, VIRTIO), 0);
    assert_empty(&queues.quick);
    assert_empty(&queues.last);
    assert_int_equal(driver_queues_push(&queues, 3, 0, VIRTIO), 0);
    assert_int_equal(driver_queues_push(&queues, 4, 0, VIRTIO), 0);
    assert_next(&queues.quick, 3);
    assert_int_equal(driver_queues_want_network(&queues), 0);
    assert_int_equal(driver_queues_push(&queues, 5, MODULE_NETWORK, VIRTIO), 0);
    assert_int_equal(driver_queues_push(&queues, 4, MODULE_NETWORK, VIRTIO), 0); /* waits already */
    assert_next(&queues.quick, 5);
    assert_next(&queues.quick, 1);
    assert_next(&queues.quick, 2);
    assert_next(&queues.quick, 4);
    assert_empty(&queues.quick);
    assert_empty(&queues.network);
    free_queues(&queues);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_tell_the_queue),
        cmocka_unit_test(who_waits_is_not_queued_twice),
        cmocka_unit_test(removable_buses_come_before_other_late_ones),
        cmocka_unit_test(a_queue_grows),
        cmocka_unit_test(a_network_is_for_those_who_want_one),
    };

    return RUN_TESTS(tests);
}
