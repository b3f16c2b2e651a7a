/* How udev makes a link's name of a text from outside (systemd's src/shared/udev-util.c). In place: neither makes the
 * text longer. Bytes above 0x7f are kept, of which udev keeps only valid UTF-8. */
#ifndef KINDLING_UDEV_NAME_H
#define KINDLING_UDEV_NAME_H

/* Removes blanks at both ends and makes one '_' of each run between (udev_replace_whitespace). */
void udev_name_join_words(char *text);

/* Makes '_' of each character that is no letter, digit or one of "#+-.:=@_", nor in allowed (udev_replace_chars). */
void udev_name_replace(char *text, const char *allowed);

#endif
