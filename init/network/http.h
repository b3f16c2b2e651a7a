/* HTTP/1.1 (RFC 9112) as far as a download takes it: what is asked for, and the head of the answer. Pure. */
#ifndef KINDLING_NETWORK_HTTP_H
#define KINDLING_NETWORK_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_TEXT_SIZE 1024u /* of a URL, and what it consists of */
#define HTTP_HEAD_SIZE 8192u /* the longest head that is read */

struct http_url {
    char host[254]; /* a name, or an address without brackets */
    char port[6];   /* in decimal; "80" where none is said */
    char path[HTTP_TEXT_SIZE];
};

struct http_head {
    unsigned status;
    bool has_length;
    uint64_t length; /* of what follows */
    bool has_range;
    uint64_t first;                /* Content-Range: the first byte that follows, */
    uint64_t total;                /* of so many */
    bool is_coded;                 /* in chunks, or compressed: it is not the file as it is */
    char location[HTTP_TEXT_SIZE]; /* "" for none */
};

/* "http://HOST[:PORT][/PATH]". Returns 0 or -EINVAL. */
int http_url_parse(const char *text, struct http_url *url);

/* Where a location leads to, which may be a path on the same host. Returns 0, -EOPNOTSUPP for another protocol, or
 * -EINVAL; then *url is as it was. */
int http_url_follow(struct http_url *url, const char *location);

/* Asks for the bytes from first on. Returns the size, or -ENAMETOOLONG. */
int http_request_write(const struct http_url *url, uint64_t first, char text[HTTP_HEAD_SIZE]);

/* The size of the head at the beginning of what has come, with the empty line at its end; 0 when that has not come. */
size_t http_head_size(const char *text, size_t size);

/* Reads a head, of that size. Returns 0, or -EPROTO for what is none. */
int http_head_read(const char *text, size_t size, struct http_head *head);

#endif
