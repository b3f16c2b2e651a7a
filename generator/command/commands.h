/*
 * The commands, each in cmd_NAME.c, called as the user calls them. argv[0] is the program's name, argv[1] the command's
 * first argument. Each returns the exit status: 0 done, 1 it failed, 2 the command line makes no sense; what is wrong
 * has been logged.
 */
#ifndef KINDLING_COMMANDS_H
#define KINDLING_COMMANDS_H

int cmd_build(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_cat(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_features(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_iso(int argc, char **argv);
int cmd_ls(int argc, char **argv);
int cmd_machines(int argc, char **argv);
int cmd_mkinitramfs(int argc, char **argv);
int cmd_profiles(int argc, char **argv);
int cmd_timeline(int argc, char **argv);
int cmd_uki(int argc, char **argv);
int cmd_update(int argc, char **argv);

#endif
