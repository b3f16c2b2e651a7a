/* The head of an HTTP server's answer, and the URL that it leads to. */
#include "fuzz.h"

#include "network/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_url url;
    struct http_head head;
    char request[HTTP_HEAD_SIZE];
    char *text = fuzz_text(data, size);
    size_t head_size = http_head_size((const char *)data, size);

    require(head_size <= size);
    if (head_size > 0 && http_head_read((const char *)data, head_size, &head) == 0) {
        require(head.status >= 100 && head.status <= 599 && strlen(head.location) < sizeof(head.location));
        require(!head.has_range || head.first < head.total);
        require(http_url_parse("http://server:8080/path", &url) == 0);
        if (http_url_follow(&url, head.location) == 0)
            require(*url.host && *url.port && *url.path == '/' && !strpbrk(url.path, " \r\n"));
    }
    /* What is asked for is one question, whatever the URL says. */
    if (http_url_parse(text, &url) == 0 && http_request_write(&url, 1, request) > 0)
        require(http_head_size(request, strlen(request)) == strlen(request) && !strpbrk(url.host, "/ \r\n"));
    free(text);
    return 0;
}
