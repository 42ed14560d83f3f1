#include "app/ctl_provision.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#define TEXT_MAX 65536
#define PIECE_MAX 2048 /* bytes: in JSON it may become six times as long */

/* Bytes of a piece that ends between two characters. */
static size_t piece(const char *text, size_t left)
{
    size_t n = LK_MIN(left, (size_t)PIECE_MAX);
    while (n > 1 && n < left && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    return n;
}

int ctl_provision_put(struct control_client *client, const char *text,
                      size_t len, int64_t timeout_us,
                      struct control_answer **ret)
{
    LK_AUTO(control_answer) a = NULL;
    if (len == 0)
        return -EINVAL;
    for (size_t at = 0; at < len && (!a || a->ok);) {
        char offset[24];
        char word[PIECE_MAX + 1];
        size_t n = piece(text + at, len - at);
        (void)snprintf(offset, sizeof(offset), "%zu", at);
        memcpy(word, text + at, n);
        word[n] = 0;
        if (strlen(word) != n)
            return -EINVAL; /* no text has a NUL */
        const char *const words[] = {"provision", "put", offset, word};
        a = control_answer_free(a);
        int r = control_client_call(client, words, LK_ARRAY_LEN(words),
                                    timeout_us, &a);
        explicit_bzero(word, sizeof(word));
        if (r < 0)
            return r;
        at += n;
    }
    *ret = LK_TAKE(a);
    return 0;
}

int ctl_provision_read(const char *path, struct lk_buf **ret)
{
    LK_AUTO(lk_buf) text = NULL;
    LK_AUTO_FD fd = strcmp(path, "-") == 0
                        ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                        : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int r = fd < 0 ? -errno : lk_buf_new(TEXT_MAX, &text);
    while (r == 0) {
        char block[4096];
        ssize_t n = read(fd, block, sizeof(block));
        if (n == 0)
            break;
        if (n < 0 && errno != EINTR)
            r = -errno;
        if (n > 0)
            r = lk_buf_append(text, block, (size_t)n);
    }
    if (r == 0)
        *ret = LK_TAKE(text);
    return r;
}

bool ctl_provision_print(const char *json)
{
    json_t *v = json_loads(json, 0, NULL);
    const char *pem = json_string_value(json_object_get(v, "pem"));
    bool found = pem && fputs(pem, stdout) != EOF;
    json_decref(v);
    return found;
}
