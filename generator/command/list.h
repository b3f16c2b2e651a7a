/* `kindling ls`: what an image holds, whoever made it. */
#ifndef KINDLING_LIST_H
#define KINDLING_LIST_H

/* Returns the exit status. */
int list_main(int argc, char **argv);

#endif
