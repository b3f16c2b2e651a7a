/* `kindling build`: an image for one kernel. */
#ifndef KINDLING_BUILD_H
#define KINDLING_BUILD_H

/* argv[0] is the program's name. Returns the exit status. */
int build_main(int argc, char **argv);

#endif
