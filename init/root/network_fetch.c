#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "format/digest.h"
#include "root/network.h"
#include "root/network_child.h"
#include "root/wait.h"
#include "system/failure.h"

/* What a download waits for. */
struct download {
    struct network_child child;
    int what; /* was told last */
};

/* struct wait: 1 when it has gone on, or is done. */
static int look_at_download(struct boot *boot, void *wanted)
{
    struct download *download = wanted;

    (void)boot;
    do
        download->what = network_child_read(&download->child);
    while (download->what == NETWORK_TOLD_UP || download->what == NETWORK_TOLD_ADDRESS);
    return download->what > 0 ? 1 : download->what == -EAGAIN ? 0 : download->what;
}

static int wait_for_download(struct boot *boot, const char *url, struct download *download)
{
    struct wait wait = {.what = "the download: ",
        .spec = download->child.state,
        .seconds = boot->options.timeout,
        .at_each_step = true,
        .look = look_at_download,
        .wanted = download};
    int result;

    boot->devices.other = download->child.pipe;
    do
        result = wait_for(boot, &wait);
    while (result == 0 && download->what != NETWORK_TOLD_FETCHED);
    boot->devices.other = -1;
    return result < 0 ? failure(url, download->child.state, "cannot fetch ", url, ": ", download->child.state, NULL)
                      : 0;
}

static int digest_file(const char *path, char text[DIGEST_TEXT_SIZE])
{
    static uint8_t buffer[65536];
    struct digest digest;
    ssize_t length;
    int fd = open(path, O_RDONLY | O_CLOEXEC), result;

    if (fd < 0)
        return -errno;
    digest_begin(&digest, DIGEST_SHA256);
    while ((length = read(fd, buffer, sizeof(buffer))) > 0)
        digest_add(&digest, buffer, (size_t)length);
    result = length < 0 ? -errno : 0;
    digest_end(&digest, text);
    close(fd);
    return result;
}

int network_fetch(struct boot *boot, const char *url, const char *path)
{
    char *arguments[] = {(char *)NETWORK_PROGRAM, (char *)"fetch", (char *)url, (char *)path, NULL};
    static struct download download;
    const char *wanted = cmdline_value(&boot->cmdline, "kindling.sha256");
    char digest[DIGEST_TEXT_SIZE];
    int result = network_bring_up(boot);

    if (result < 0)
        return result;
    result = network_child_start(&download.child, boot, arguments, "the server does not answer");
    if (result < 0)
        return result;
    result = network_child_unblock(&download.child);
    if (result == 0)
        result = wait_for_download(boot, url, &download);
    network_child_end(&download.child);
    if (result < 0 || !wanted)
        return result;
    result = digest_file(path, digest);
    if (result < 0)
        return failure_because(path, strerror(-result), "cannot read ", path, NULL);
    if (strcasecmp(wanted, digest) != 0) /* as sha256sum(1) writes it */
        return failure(
            url, "another file", url, " is not the file that kindling.sha256= means: its digest is ", digest, NULL);
    return 0;
}
