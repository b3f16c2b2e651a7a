/* `kindling diff`: what two images have different, by module and by entry. */
#ifndef KINDLING_COMPARE_H
#define KINDLING_COMPARE_H

/* argv[0] is the program's name. Returns the exit status. */
int compare_main(int argc, char **argv);

#endif
