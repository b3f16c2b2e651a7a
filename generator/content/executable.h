/* What the generator has to know of a program's or shared library's file. Pure. */
#ifndef KINDLING_EXECUTABLE_H
#define KINDLING_EXECUTABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/string_list.h"

enum executable_kind {
    EXECUTABLE_NONE,    /* nothing that runs, or damaged */
    EXECUTABLE_STATIC,  /* ELF: runs on its own */
    EXECUTABLE_DYNAMIC, /* ELF: wants an interpreter (PT_INTERP) or shared libraries (DT_NEEDED) */
    EXECUTABLE_SCRIPT   /* begins with "#!" */
};

struct executable {
    enum executable_kind kind;
    uint8_t class; /* ELFCLASS32, ELFCLASS64 */
    uint8_t byte_order;
    uint16_t machine;
    char *interpreter;         /* of a program or script; NULL: none */
    char *argument;            /* of a script: what follows its interpreter; NULL: nothing */
    struct string_list needed; /* DT_NEEDED, in order */
    struct string_list rpath;  /* DT_RPATH, in order; empty when there is a DT_RUNPATH, which takes its place */
    struct string_list runpath;
};

/* Reads an ELF file of either class and byte order, or a script's first line. Returns 0, or -ENOEXEC when kind is
 * EXECUTABLE_NONE. executable_free in both cases. */
int executable_read(struct executable *executable, const uint8_t *bytes, size_t size);
/* The same of a file of a sysroot. 0 or -errno. */
int executable_read_of(struct executable *executable, const char *sysroot, const char *path);
void executable_free(struct executable *executable);

/* True when a loader would take the library for this program: same class, byte order and machine. */
bool executable_suits(const struct executable *library, const struct executable *program);

#endif
