/*
 * The contract between the generator, which writes an image, and /init, which boots from it.
 *
 * The index is one file that /init maps and reads in place. All integers are little-endian uint32;
 * "string" is a byte offset into the STRINGS section, "module" a record number in MODULES.
 *
 *   header    magic[8] "KNDLINDX", version, size of the whole file, then per section {offset, count}
 *   STRINGS   count bytes; the first and the last byte are NUL, so string 0 is ""
 *   MODULES   sorted by name (bytewise): name (normalised, see module_name.h), path in the image,
 *             options ("a=1 b=2" or ""), first step, number of steps, size in bytes once inflated,
 *             enum member_format, flags (of MODULE_LATE, MODULE_LAST and MODULE_NETWORK)
 *   STEPS     modules; a module's own slice lists what to load, in order, the module itself included:
 *             dependencies and soft dependencies are resolved when the image is made. Those that the module has
 *             symbols of, and cannot be loaded without, bear INDEX_STEP_NEEDED
 *   ALIASES   pattern (an fnmatch(3) glob, normalised), length of its literal prefix, module;
 *             sorted by literal prefix (bytewise, shorter first), then pattern, then module number
 *   AUTOLOAD  modules to load unasked, in order
 *   FILES     path where the file belongs ("/usr/lib/libc.so.6"), path of its member in the image, size in bytes
 *             once inflated, enum member_format, permissions once inflated; sorted by the first (bytewise)
 *   PROGRAMS  path at which the program is wanted ("/sbin/e2fsck"), first need, number of needs; sorted by the first
 *   NEEDS     numbers of FILES; a program's own slice lists what has to be in its place before it runs: its file,
 *             interpreter, libraries and data. What lies in the image as it is need not be listed
 *   SETTINGS  key and value, both strings; sorted by key
 *
 * The left-out table is a second file of the same format: modules that this kernel has and this image
 * lacks. Their path is the one below the kernel's module directory, their format MEMBER_LEFT_OUT.
 */
#ifndef KINDLING_INDEX_FORMAT_H
#define KINDLING_INDEX_FORMAT_H

#include <stdint.h>

#define INDEX_MAGIC "KNDLINDX"
#define INDEX_VERSION 3u
#define INDEX_MAGIC_SIZE 8u

enum index_section_number {
    INDEX_STRINGS,
    INDEX_MODULES,
    INDEX_STEPS,
    INDEX_ALIASES,
    INDEX_AUTOLOAD,
    INDEX_FILES,
    INDEX_PROGRAMS,
    INDEX_NEEDS,
    INDEX_SETTINGS,
    INDEX_SECTION_COUNT
};

/* Bytes of the header and of one record of each section. */
#define INDEX_HEADER_SIZE (INDEX_MAGIC_SIZE + 8u + 8u * INDEX_SECTION_COUNT)
#define INDEX_MODULE_SIZE 32u
#define INDEX_STEP_SIZE 4u
#define INDEX_STEP_NEEDED 0x80000000u /* beside the module's number */
#define INDEX_ALIAS_SIZE 12u
#define INDEX_AUTOLOAD_SIZE 4u
#define INDEX_FILE_SIZE 20u
#define INDEX_PROGRAM_SIZE 12u
#define INDEX_NEED_SIZE 4u
#define INDEX_SETTING_SIZE 8u

static const uint32_t index_record_size[INDEX_SECTION_COUNT] = {
    [INDEX_STRINGS] = 1,
    [INDEX_MODULES] = INDEX_MODULE_SIZE,
    [INDEX_STEPS] = INDEX_STEP_SIZE,
    [INDEX_ALIASES] = INDEX_ALIAS_SIZE,
    [INDEX_AUTOLOAD] = INDEX_AUTOLOAD_SIZE,
    [INDEX_FILES] = INDEX_FILE_SIZE,
    [INDEX_PROGRAMS] = INDEX_PROGRAM_SIZE,
    [INDEX_NEEDS] = INDEX_NEED_SIZE,
    [INDEX_SETTINGS] = INDEX_SETTING_SIZE,
};

/* How a member's bytes lie in the image. */
enum member_format {
    MEMBER_PLAIN = 0,      /* as they are */
    MEMBER_GZIP = 1,       /* one gzip stream (RFC 1952), inflated by /init */
    MEMBER_KERNEL = 2,     /* compressed as the kernel itself can read it: finit_module flag 4 */
    MEMBER_LEFT_OUT = 0xff /* not in the image */
};

/* Flag of a module: its driver probes slowly, so it is loaded once nothing quicker is left to try. */
#define MODULE_LATE 1u
/* The same for a driver that no disk is behind: loaded once the late ones have been tried too. */
#define MODULE_LAST 2u
/* A driver that nothing but a network wants: loaded only when the boot asks for one. */
#define MODULE_NETWORK 4u

/* Keys of SETTINGS. An absent key reads as "". */
#define SETTING_KERNEL_RELEASE "kernel_release" /* the release that the modules belong to */
#define SETTING_CMDLINE "cmdline"               /* defaults: the boot's own command line wins */
#define SETTING_MACHINES "machines" /* those that the image is for, with blanks between; for kindling check */
#define SETTING_BUILD "build"       /* the command that made the image, to be shown in failures */

/* Where the parts lie in every image; without the leading slash these are the archive's names. */
#define IMAGE_INIT_PATH "/init"
#define IMAGE_INDEX_PATH "/lib/kindling/index"
#define IMAGE_LEFT_OUT_PATH "/lib/kindling/left-out.gz"
#define IMAGE_VCONSOLE_PATH "/lib/kindling/vconsole" /* what busybox runs before it prompts */
#define IMAGE_SEAL_PATH "/lib/kindling/seal"         /* seal.h */
#define IMAGE_ROOT_PATH "/sysroot"
#define IMAGE_ROOT_FILE_PATH "/root.img" /* root=ram: the root's own file system */

#endif
