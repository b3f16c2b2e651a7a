/* `kindling features` and `kindling profiles`: what there is, one a line with its description. */
#ifndef KINDLING_FEATURES_H
#define KINDLING_FEATURES_H

/* Return the exit status. */
int features_main(int argc, char **argv);
int profiles_main(int argc, char **argv);

#endif
