#include "usb/record.h"

#include "usb/record_text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 7

struct replay_device {
    struct usb_device base;
    char *log;   /* a copy that is cut into words as it is read */
    char *at;    /* the next line; NULL: over */
    size_t line; /* number of the present one */
    char *word[WORDS_MAX];
    size_t words; /* of the present line; 0: none */
    unsigned next;
    struct lk_buf *want; /* a transfer as a line of a recording */
    char why[USB_REPLAY_WHY_MAX];
};

struct replay_own {
    unsigned number;
    bool canceled;
};

static struct replay_device *replay_of(const struct usb_device *d)
{
    return LK_CONTAINER_OF(d, struct replay_device, base);
}

/* Makes the next line the present one, cut into at most WORDS_MAX words. */
static void replay_advance(struct replay_device *p)
{
    p->words = 0;
    if (!p->at || *p->at == '\0') {
        p->at = NULL;
        return;
    }
    char *line = strsep(&p->at, "\n");
    p->line++;
    /* The last word is all the rest of the line. */
    for (; line && p->words < WORDS_MAX - 1; p->words++)
        p->word[p->words] = strsep(&line, " ");
    if (line)
        p->word[p->words++] = line;
}

static bool is_line(const struct replay_device *p, const char *what,
                    size_t words)
{
    return p->words == words && strcmp(p->word[0], what) == 0;
}

LK_PRINTF(2, 3)
static void replay_diverge(struct replay_device *p, const char *fmt, ...)
{
    char what[USB_REPLAY_WHY_MAX / 2];
    va_list ap;
    if (p->why[0] != '\0')
        return;
    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    (void)snprintf(p->why, sizeof(p->why), "line %zu: %s", p->line, what);
    usb_backend_gone(&p->base, "differs from the recording");
}

/* The transfer with that number, where it is still with us. */
static struct usb_transfer *replay_find(struct replay_device *p,
                                        const char *number)
{
    struct usb_transfer *t = NULL;
    unsigned long n = strtoul(number, NULL, 10);
    TAILQ_FOREACH(t, &p->base.pending, link)
    {
        const struct replay_own *own = t->own;
        if (own->number == n)
            return t;
    }
    return NULL;
}

/* "< N RESULT LEN BYTES" */
static void replay_end(struct replay_device *p)
{
    int status = 0;
    struct usb_transfer *t = replay_find(p, p->word[1]);
    unsigned long moved = strtoul(p->word[3], NULL, 10);
    if (!t || record_error_find(p->word[2], &status) < 0 || moved > t->len) {
        replay_diverge(p, "this cannot end so");
        return;
    }
    if (t->in && record_get_hex(p->word[4], t->data, t->len) != (int)moved) {
        replay_diverge(p, "no bytes");
        return;
    }
    if (status != -ENODEV)
        usb_backend_end_later(t, status, moved);
}

/* Lets happen what waits for nothing: up to what the driver has to do next. */
static void replay_run(struct replay_device *p)
{
    while (p->words > 0 && !p->base.gone) {
        if (is_line(p, "<", 5)) {
            replay_end(p);
        } else if (is_line(p, "x", 2)) {
            const struct usb_transfer *t = replay_find(p, p->word[1]);
            const struct replay_own *own = t ? t->own : NULL;
            if (own && !own->canceled)
                return;
        } else if (strcmp(p->word[0], "gone") == 0) {
            usb_backend_gone(&p->base, "gone as recorded");
        } else {
            return;
        }
        replay_advance(p);
    }
}

static int op_submit(struct usb_device *d, struct usb_transfer *t)
{
    struct replay_device *p = replay_of(d);
    struct replay_own *own = t->own;
    own->number = p->next++;
    lk_buf_wipe(p->want);
    int r = record_put_start(p->want, own->number, t);
    if (r < 0)
        return r == -EMSGSIZE ? -ENOSPC : r;
    char *rest = (char *)p->want->data;
    char *line = strsep(&rest, "\n");
    for (size_t i = 0; line && i < WORDS_MAX; i++) {
        const char *word = strsep(&line, " ");
        if (i < p->words && strcmp(word, p->word[i]) == 0)
            continue;
        replay_diverge(p, "\"%.24s\" where \"%.24s\" was recorded", word,
                       i < p->words ? p->word[i] : "the end");
        return 0; /* told with the device's end */
    }
    replay_advance(p);
    replay_run(p);
    return 0;
}

/* Whether that cancelling is still to come. */
static bool cancel_is_recorded(const struct replay_device *p, unsigned number)
{
    char line[32];
    (void)snprintf(line, sizeof(line), "\nx %u\n", number);
    if (is_line(p, "x", 2) && strtoul(p->word[1], NULL, 10) == number)
        return true;
    if (!p->at)
        return false;
    /* The next line starts behind what is a NUL by now, not a newline. */
    return strstr(p->at, line + 1) == p->at || strstr(p->at, line) != NULL;
}

static void op_cancel(struct usb_device *d, struct usb_transfer *t)
{
    struct replay_device *p = replay_of(d);
    struct replay_own *own = t->own;
    own->canceled = true;
    if (cancel_is_recorded(p, own->number))
        replay_run(p);
    else
        replay_diverge(p, "cancelling %u was not recorded", own->number);
}

static int op_claim(struct usb_device *d, uint8_t interface)
{
    struct replay_device *p = replay_of(d);
    int result = 0;
    if (!is_line(p, "claim", 3) || strtoul(p->word[1], NULL, 10) != interface ||
        record_error_find(p->word[2], &result) < 0) {
        replay_diverge(p, "claim of interface %u was not recorded", interface);
        return -ENODEV;
    }
    replay_advance(p);
    replay_run(p);
    return result;
}

static void op_close(struct usb_device *d)
{
    struct replay_device *p = replay_of(d);
    lk_buf_free(p->want);
    free(p->log);
}

static const struct usb_backend_ops replay_ops = {
    .own_len = sizeof(struct replay_own),
    .claim = op_claim,
    .submit = op_submit,
    .cancel = op_cancel,
    .close = op_close,
};

/* The lines before the first thing that happened. */
static int replay_head(struct replay_device *p)
{
    uint8_t device[USB_DEVICE_DESCRIPTOR_LEN];
    uint8_t config[USB_CONFIG_BYTES_MAX];
    replay_advance(p);
    if (p->words != 2 || strcmp(p->word[0], "luukku-usb") != 0 ||
        strcmp(p->word[1], "1") != 0)
        return -EBADMSG;
    replay_advance(p);
    if (!is_line(p, "device", 2))
        return -EBADMSG;
    int n = record_get_hex(p->word[1], device, sizeof(device));
    replay_advance(p);
    if (n < 0 || !is_line(p, "config", 2))
        return -EBADMSG;
    int m = record_get_hex(p->word[1], config, sizeof(config));
    if (m < 0)
        return m;
    int r = usb_descriptors_decode(device, (size_t)n, config, (size_t)m,
                                   &p->base.descriptors);
    replay_advance(p);
    return r;
}

/* A string is the rest of its line: its words are put together again. */
static void replay_string(struct replay_device *p)
{
    unsigned long i = strtoul(p->word[1], NULL, 10);
    if (i > 2)
        return;
    for (size_t k = 3; k < p->words; k++)
        p->word[k][-1] = ' ';
    size_t len = strnlen(p->word[2], USB_STRING_MAX - 1);
    memcpy(p->base.strings[i], p->word[2], len);
}

static int replay_start(struct replay_device *p, const char *log, size_t len)
{
    /* Room for the longest transfer, as hex. */
    int r = lk_buf_new((size_t)2 * USB_TRANSFER_BYTES_MAX + 256, &p->want);
    if (r < 0)
        return r;
    p->log = malloc(len + 1);
    if (!p->log)
        return -ENOMEM;
    memcpy(p->log, log, len);
    p->log[len] = '\0';
    p->at = p->log;
    r = replay_head(p);
    while (r == 0 && p->words >= 3 && strcmp(p->word[0], "string") == 0) {
        replay_string(p);
        replay_advance(p);
    }
    return r;
}

int usb_replay_new(struct lk_loop *l, const char *log, size_t len,
                   struct usb_device **ret)
{
    if (len > USB_REPLAY_BYTES_MAX)
        return -EMSGSIZE;
    struct replay_device *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    int r = usb_backend_init(&p->base, l, &replay_ops);
    if (r < 0) {
        free(p);
        return r;
    }
    r = replay_start(p, log, len);
    if (r < 0) {
        usb_free(&p->base);
        return r;
    }
    replay_run(p);
    *ret = &p->base;
    return 0;
}

const char *usb_replay_diverged(const struct usb_device *d)
{
    return replay_of(d)->why;
}

bool usb_replay_over(const struct usb_device *d)
{
    return replay_of(d)->words == 0;
}
