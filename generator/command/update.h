/* `kindling update`: the images that this host boots from, one for each kernel of /boot. */
#ifndef KINDLING_UPDATE_H
#define KINDLING_UPDATE_H

/* Returns the exit status. */
int update_main(int argc, char **argv);

#endif
