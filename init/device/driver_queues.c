#include "device/driver_queues.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contract/index.h"

static int queue_push(struct module_queue *queue, uint32_t module)
{
    for (size_t i = queue->first; i < queue->count; i++) {
        if (queue->modules[i] == module)
            return 0;
    }
    if (queue->count == queue->capacity) {
        size_t capacity = queue->capacity ? 2 * queue->capacity : 64;
        uint32_t *modules = reallocarray(queue->modules, capacity, sizeof(uint32_t));

        if (!modules)
            return -ENOMEM;
        queue->modules = modules;
        queue->capacity = capacity;
    }
    queue->modules[queue->count++] = module;
    return 0;
}

/* A server's answer takes its time, in which others are loaded. */
static int queue_push_first(struct module_queue *queue, uint32_t module)
{
    size_t count = queue->count;
    int result = queue_push(queue, module);

    if (result < 0 || queue->count == count)
        return result;
    memmove(queue->modules + queue->first + 1, queue->modules + queue->first,
        (queue->count - 1 - queue->first) * sizeof(*queue->modules));
    queue->modules[queue->first] = module;
    return 0;
}

/* USB's drivers go first: loading the last one ends when SATA and IDE are probed, and hubs take their time meanwhile.
 */
static int push_late(struct driver_queues *queues, uint32_t module, const char *modalias)
{
    struct module_queue *late = &queues->late;
    size_t count = late->count;
    int result = queue_push(late, module);

    /* The PCI class of mass storage, whose subclasses are IDE, RAID, SATA and such, are never on USB. */
    if (strstr(modalias, "bc01sc") || result < 0)
        return result;
    queues->has_removable = true;
    if (late->count > count) {
        late->modules[count] = late->modules[late->first];
        late->modules[late->first] = module;
    }
    return 0;
}

int driver_queues_push(struct driver_queues *queues, uint32_t module, uint32_t flags, const char *modalias)
{
    if (flags & MODULE_NETWORK)
        return queues->wants_network ? queue_push_first(&queues->quick, module) : queue_push(&queues->network, module);
    if (flags & MODULE_LAST)
        return queue_push(&queues->last, module);
    if (flags & MODULE_LATE)
        return push_late(queues, module, modalias);
    return queue_push(&queues->quick, module);
}

int driver_queues_want_network(struct driver_queues *queues)
{
    int result = 0;

    queues->wants_network = true;
    while (result == 0 && module_queue_waiting(&queues->network) > 0)
        result = queue_push_first(&queues->quick, queues->network.modules[--queues->network.count]);
    return result;
}

size_t module_queue_waiting(const struct module_queue *queue)
{
    return queue->count - queue->first;
}

bool module_queue_take(struct module_queue *queue, uint32_t *module)
{
    if (module_queue_waiting(queue) == 0)
        return false;
    *module = queue->modules[queue->first++];
    return true;
}
