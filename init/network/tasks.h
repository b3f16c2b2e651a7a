/* What the program is called for; main.c has the table. */
#ifndef KINDLING_NETWORK_TASKS_H
#define KINDLING_NETWORK_TASKS_H

/* arguments: behind the task's name, up to NULL. Each returns the exit status. */
int task_configure(char **arguments);
int task_resolve(char **arguments);
int task_fetch(char **arguments);

#endif
