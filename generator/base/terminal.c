#include "base/terminal.h"

#include <stdio.h>

void terminal_print_name(const char *name)
{
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;

        if (c < ' ' || c == 0x7f)
            printf("\\%03o", c);
        else
            putchar(c);
    }
}
