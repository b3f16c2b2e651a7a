/* The network before the root: a child of /init, of few rights, which reads what comes over the wire. */
#include <string.h>

#include "network/tasks.h"
#include "system/relro.h"

static const struct task {
    const char *name;
    int (*run)(char **arguments);
} tasks[] = {
    {"configure", task_configure},
    {"resolve", task_resolve},
    {"fetch", task_fetch},
};

int main(int argc, char **argv)
{
    relro_protect();
    for (size_t i = 0; argc > 1 && i < sizeof(tasks) / sizeof(tasks[0]); i++) {
        if (!strcmp(tasks[i].name, argv[1]))
            return tasks[i].run(argv + 2);
    }
    return 2;
}
