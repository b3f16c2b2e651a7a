/*
 * The indexes that depmod(8) writes for libkmod, modules.dep.bin and its kin. libkmod maps them and believes them; what
 * comes from elsewhere is looked through here before. A file is a trie, all numbers big-endian:
 *
 *   header  u32 0xb007f457, u32 version (major << 16 | minor), u32 root
 *   node    [prefix, a string] [u8 first, u8 last, a u32 child for each from first to last] [u32 count of values, each
 *           a u32 priority and a string]
 *
 * A reference to a node has flags in its upper 4 bits that tell which of these parts there are, and the node's offset
 * in the others, 0 for no node at all. Up to kmod 33 depmod wrote children before their parents, since then behind
 * them.
 */
#ifndef KINDLING_DEPMOD_TRIE_H
#define KINDLING_DEPMOD_TRIE_H

#include <stddef.h>
#include <stdint.h>

#include "base/string_list.h"

/* Goes through a whole index, and appends all its values to a list (NULL: to none). Pure: 0, or -EBADMSG when the index
 * is damaged; some values may have been appended then. */
int depmod_trie_read(const uint8_t *bytes, size_t size, struct string_list *values);

#endif
