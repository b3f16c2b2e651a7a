/* `kindling features` and `kindling profiles`: what there is, one a line with its description. */
#ifndef KINDLING_INVENTORY_H
#define KINDLING_INVENTORY_H

/* Return the exit status. */
int inventory_features_main(int argc, char **argv);
int inventory_profiles_main(int argc, char **argv);
int inventory_machines_main(int argc, char **argv);

#endif
