/* "Relocation read-only": what the start files relocated is never written again. */
#ifndef KINDLING_RELRO_H
#define KINDLING_RELRO_H

/* Takes the right to write there away. For a program with shared libraries the dynamic linker does it; musl's start
 * files of a static-pie leave it to the program. */
void relro_protect(void);

#endif
