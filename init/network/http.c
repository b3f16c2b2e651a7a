#include "network/http.h"

#include <errno.h>
#include <string.h>

#include "contract/network_address.h"
#include "contract/prefix.h"
#include "system/text.h"

static const char scheme[] = "http://";

/* Blanks and what is no ASCII would end a line, or another word. */
static bool is_plain(const char *text)
{
    for (; *text; text++) {
        if (*text <= ' ' || *text >= 0x7f)
            return false;
    }
    return true;
}

int http_url_parse(const char *text, struct http_url *url)
{
    struct http_url read = {.port = "80"};
    struct network_address address;
    size_t length, bracket;
    const char *rest, *end;
    uint64_t port;

    if (!begins_with(text, scheme) || !is_plain(text))
        return -EINVAL;
    text += strlen(scheme);
    bracket = *text == '['; /* around an address of IPv6 */
    end = bracket ? strchr(text, ']') : NULL;
    length = end ? (size_t)(end + 1 - text) : strcspn(text, ":/?#");
    rest = text + length;
    if (length < 1 + 2 * bracket || length - 2 * bracket >= sizeof(read.host))
        return -EINVAL;
    memcpy(read.host, text + bracket, length - 2 * bracket);
    if (*rest == ':') {
        length = strcspn(++rest, "/?#");
        if (length >= sizeof(read.port))
            return -EINVAL;
        memcpy(read.port, rest, length);
        read.port[length] = '\0';
        rest += length;
    }
    length = strlen(read.host);
    if (!network_host_is_valid(read.host, length) && network_address_parse(read.host, length, &address) < 0)
        return -EINVAL;
    if (text_to_number(read.port, &port) < 0 || port < 1 || port > 65535)
        return -EINVAL;
    if (text_join(read.path, sizeof(read.path), *rest == '/' ? "" : "/", rest, NULL) < 0)
        return -EINVAL;
    read.path[strcspn(read.path, "#")] = '\0';
    *url = read;
    return 0;
}

int http_url_follow(struct http_url *url, const char *location)
{
    if (begins_with(location, scheme))
        return http_url_parse(location, url);
    if (*location != '/' || location[1] == '/')
        return strstr(location, "://") ? -EOPNOTSUPP : -EINVAL;
    return is_plain(location) ? text_join(url->path, sizeof(url->path), location, NULL) : -EINVAL;
}

int http_request_write(const struct http_url *url, uint64_t first, char text[HTTP_HEAD_SIZE])
{
    bool is_v6 = strchr(url->host, ':') != NULL, has_port = strcmp(url->port, "80") != 0;
    char number[DECIMAL_SIZE];
    int result = text_join(text, HTTP_HEAD_SIZE, "GET ", url->path, " HTTP/1.1\r\nHost: ", is_v6 ? "[" : "", url->host,
        is_v6 ? "]" : "", has_port ? ":" : "", has_port ? url->port : "",
        "\r\nUser-Agent: kindling\r\nAccept-Encoding: identity\r\nConnection: close\r\n", first ? "Range: bytes=" : "",
        first ? text_decimal(first, number) : "", first ? "-\r\n" : "", "\r\n", NULL);

    return result < 0 ? result : (int)strlen(text);
}

size_t http_head_size(const char *text, size_t size)
{
    const char *end = memmem(text, size, "\r\n\r\n", 4);

    return end ? (size_t)(end + 4 - text) : 0;
}

/* A line without its end. */
struct line {
    const char *text;
    size_t length;
};

static bool next_line(const char **text, const char *end, struct line *line)
{
    const char *stop = memmem(*text, (size_t)(end - *text), "\r\n", 2);

    if (!stop || stop == *text)
        return false;
    *line = (struct line){*text, (size_t)(stop - *text)};
    *text = stop + 2;
    return true;
}

/* Decimal digits alone, moved past. */
static bool take_number(struct line *line, uint64_t *number)
{
    size_t digits = 0;

    for (*number = 0; digits < line->length && line->text[digits] >= '0' && line->text[digits] <= '9'; digits++) {
        if (*number > (UINT64_MAX - 9) / 10)
            return false;
        *number = *number * 10 + (uint64_t)(line->text[digits] - '0');
    }
    line->text += digits;
    line->length -= digits;
    return digits > 0;
}

static bool take_text(struct line *line, const char *text)
{
    size_t length = strlen(text);

    if (line->length < length || strncasecmp(line->text, text, length) != 0)
        return false;
    line->text += length;
    line->length -= length;
    return true;
}

/* "NAME:", and blanks behind it. */
static bool is_field(struct line *line, const char *name)
{
    struct line rest = *line;

    if (!take_text(&rest, name) || !take_text(&rest, ":"))
        return false;
    while (take_text(&rest, " ") || take_text(&rest, "\t"))
        ;
    while (rest.length > 0 && (rest.text[rest.length - 1] == ' ' || rest.text[rest.length - 1] == '\t'))
        rest.length--;
    *line = rest;
    return true;
}

static bool read_field(struct line *line, struct http_head *head)
{
    uint64_t length, last;

    if (is_field(line, "content-length")) {
        if (!take_number(line, &length) || line->length > 0 || (head->has_length && length != head->length))
            return false;
        head->length = length;
        head->has_length = true;
    } else if (is_field(line, "content-range")) { /* "bytes FIRST-LAST/TOTAL" */
        head->has_range = take_text(line, "bytes ") && take_number(line, &head->first) && take_text(line, "-")
                          && take_number(line, &last) && take_text(line, "/") && take_number(line, &head->total)
                          && line->length == 0 && head->first <= last && last == head->total - 1;
    } else if (is_field(line, "transfer-encoding") || is_field(line, "content-encoding")) {
        head->is_coded |= !(take_text(line, "identity") && line->length == 0);
    } else if (is_field(line, "location")) {
        if (line->length >= sizeof(head->location) || memchr(line->text, '\0', line->length))
            return false;
        memcpy(head->location, line->text, line->length);
        head->location[line->length] = '\0';
    }
    return true;
}

int http_head_read(const char *text, size_t size, struct http_head *head)
{
    const char *end = text + size;
    struct line line;
    uint64_t status;

    *head = (struct http_head){0};
    if (!next_line(&text, end, &line) || !(take_text(&line, "HTTP/1.1 ") || take_text(&line, "HTTP/1.0 "))
        || !take_number(&line, &status) || status < 100 || status > 599)
        return -EPROTO;
    head->status = (unsigned)status;
    while (next_line(&text, end, &line)) {
        if (!read_field(&line, head))
            return -EPROTO;
    }
    return 0;
}
