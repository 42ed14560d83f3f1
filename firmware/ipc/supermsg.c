#include "ipc/supermsg.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

/* What each type carries, besides its name. */
enum {
    HAS_ID = 1,
    HAS_TEXT = 2,
    HAS_VERDICT = 4,
    HAS_ARGS = 8,
    FD_ONE = 16,   /* exactly one descriptor */
    FD_MAYBE = 32, /* one when `carries` says so */
};

static int msg_shape(unsigned type)
{
    switch (type) {
    case SUPERMSG_HELLO:
    case SUPERMSG_READY:
    case SUPERMSG_NEWS:
        return HAS_TEXT;
    case SUPERMSG_PING:
    case SUPERMSG_PONG:
        return HAS_ID;
    case SUPERMSG_SESSION_ENDED:
    case SUPERMSG_SHUTDOWN:
    case SUPERMSG_KEPT:
        return 0;
    case SUPERMSG_CONTROL_REPLY:
        return HAS_ID | HAS_VERDICT | HAS_TEXT | FD_MAYBE;
    case SUPERMSG_PEER:
    case SUPERMSG_CAMERA:
    case SUPERMSG_LETTER:
        return HAS_TEXT | FD_ONE;
    case SUPERMSG_DEVICE:
        return HAS_ID | HAS_TEXT | FD_ONE;
    case SUPERMSG_DEVICE_STATE:
        return HAS_ID | HAS_VERDICT | HAS_TEXT;
    case SUPERMSG_CAMERA_GONE:
    case SUPERMSG_HEALTH:
    case SUPERMSG_POSTED:
    case SUPERMSG_RENEW:
        return HAS_TEXT;
    case SUPERMSG_ASK:
        return HAS_ID | HAS_TEXT;
    case SUPERMSG_TOLD:
        return HAS_ID | HAS_VERDICT | HAS_TEXT | FD_MAYBE;
    case SUPERMSG_HELD:
        return HAS_VERDICT | HAS_TEXT;
    case SUPERMSG_CONTROL:
        return HAS_ID | HAS_ARGS;
    default:
        return -EINVAL;
    }
}

/* A string with its NUL as a blob. */
static int write_text(struct lk_writer *w, const char *s, size_t max)
{
    size_t len = strlen(s) + 1;
    if (len > max)
        return -EMSGSIZE;
    lk_write_blob(w, s, len);
    return 0;
}

static int write_args(struct lk_writer *w, const struct supermsg *m)
{
    if (m->args < 1 || m->args > SUPERMSG_ARGS_MAX)
        return -EINVAL;
    lk_write_u8(w, (uint8_t)m->args);
    for (size_t i = 0; i < m->args; i++) {
        int r = write_text(w, m->arg[i], SUPERMSG_ARG_MAX);
        if (r < 0)
            return r;
    }
    return 0;
}

int supermsg_encode(const struct supermsg *m, void *buf, size_t cap)
{
    struct lk_writer w = lk_writer(buf, cap);
    int shape = msg_shape(m->type);
    int r = shape < 0 ? shape : 0;
    if (r == 0 && shape & HAS_ID)
        lk_write_u32(&w, m->id);
    if (r == 0 && shape & HAS_VERDICT) {
        lk_write_u8(&w, m->ok);
        lk_write_u8(&w, (uint8_t)m->carries);
    }
    if (r == 0 && shape & HAS_TEXT)
        r = write_text(&w, m->text ? m->text : "", SUPERMSG_TEXT_MAX);
    if (r == 0 && shape & HAS_ARGS)
        r = write_args(&w, m);
    return r < 0 ? r : lk_writer_end(&w);
}

static const char *read_text(struct lk_reader *r, size_t max)
{
    size_t len = 0;
    const uint8_t *at = lk_read_blob(r, max, &len);
    if (!at || r->bad || len < 1 || at[len - 1] != 0 ||
        memchr(at, 0, len - 1) || !lk_utf8_valid(at, len - 1)) {
        r->bad = true;
        return "";
    }
    return (const char *)at;
}

static void read_args(struct lk_reader *r, struct supermsg *m)
{
    m->args = lk_read_u8(r);
    if (m->args < 1 || m->args > SUPERMSG_ARGS_MAX) {
        r->bad = true;
        return;
    }
    for (size_t i = 0; i < m->args; i++)
        m->arg[i] = read_text(r, SUPERMSG_ARG_MAX);
}

static void read_verdict(struct lk_reader *r, struct supermsg *m)
{
    uint8_t ok = lk_read_u8(r);
    uint8_t carries = lk_read_u8(r);
    if (ok > 1 || carries > SUPERMSG_PNG || (!ok && carries))
        r->bad = true;
    m->ok = ok;
    m->carries = (enum supermsg_carries)carries;
}

int supermsg_decode(uint16_t type, const void *payload, size_t len, size_t fds,
                    struct supermsg *ret)
{
    int shape = msg_shape(type);
    if (shape < 0)
        return -EBADMSG;
    struct lk_reader r = lk_reader(payload, len);
    struct supermsg m = {.type = (enum supermsg_type)type, .text = ""};
    if (shape & HAS_ID)
        m.id = lk_read_u32(&r);
    if (shape & HAS_VERDICT)
        read_verdict(&r, &m);
    if (shape & HAS_TEXT)
        m.text = read_text(&r, SUPERMSG_TEXT_MAX);
    if (shape & HAS_ARGS)
        read_args(&r, &m);
    size_t want = 0;
    if (shape & FD_ONE || (shape & FD_MAYBE && m.carries != SUPERMSG_NOTHING))
        want = 1;
    if (lk_reader_end(&r) < 0 || fds != want)
        return -EBADMSG;
    *ret = m;
    return 0;
}
