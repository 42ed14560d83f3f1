#include "ipc/helpmsg.h"

#include <errno.h>
#include <string.h>

static bool frame_valid(const struct helpmsg *m)
{
    return m->frame && m->frame_len > 0 && m->frame_len <= HELPMSG_FRAME_MAX;
}

static bool valid(const struct helpmsg *m)
{
    if (m->id == 0)
        return false;
    switch ((unsigned)m->type) {
    case HELPMSG_OPEN:
        return strlen(m->kn) == HELPMSG_NONCE_LEN && lk_name_valid(m->user);
    case HELPMSG_DOWN:
    case HELPMSG_UP:
        return frame_valid(m);
    case HELPMSG_CLOSE:
    case HELPMSG_ENDED:
        return m->why > 0 && m->why < HELPMSG_WHY_MAX;
    case HELPMSG_KEY:
        return true;
    default:
        return false;
    }
}

static void write_open(struct lk_writer *w, const struct helpmsg *m)
{
    lk_write_bytes(w, m->session, sizeof(m->session));
    lk_write_bytes(w, m->digest, sizeof(m->digest));
    lk_write_bytes(w, m->point, sizeof(m->point));
    lk_write_str(w, m->kn);
    lk_write_str(w, m->user);
}

int helpmsg_encode(const struct helpmsg *m, void *ret, size_t cap)
{
    struct lk_writer w = lk_writer(ret, cap);
    if (!valid(m))
        return -EINVAL;
    lk_write_u32(&w, m->id);
    if (m->type == HELPMSG_OPEN)
        write_open(&w, m);
    if (m->type == HELPMSG_KEY)
        lk_write_bytes(&w, m->point, sizeof(m->point));
    if (m->type == HELPMSG_DOWN || m->type == HELPMSG_UP)
        lk_write_blob(&w, m->frame, m->frame_len);
    if (m->type == HELPMSG_CLOSE || m->type == HELPMSG_ENDED)
        lk_write_u8(&w, m->why);
    return lk_writer_end(&w);
}

static void read_bytes(struct lk_reader *r, uint8_t *ret, size_t len)
{
    const uint8_t *at = lk_read_bytes(r, len);
    if (at)
        memcpy(ret, at, len);
}

static void read_open(struct lk_reader *r, struct helpmsg *m)
{
    read_bytes(r, m->session, sizeof(m->session));
    read_bytes(r, m->digest, sizeof(m->digest));
    read_bytes(r, m->point, sizeof(m->point));
    lk_read_str(r, m->kn, sizeof(m->kn));
    lk_read_str(r, m->user, sizeof(m->user));
}

int helpmsg_decode(uint16_t type, const void *payload, size_t len,
                   struct helpmsg *ret)
{
    struct lk_reader r = lk_reader(payload, len);
    struct helpmsg m = {.type = (enum helpmsg_type)type};
    m.id = lk_read_u32(&r);
    if (type == HELPMSG_OPEN)
        read_open(&r, &m);
    if (type == HELPMSG_KEY)
        read_bytes(&r, m.point, sizeof(m.point));
    if (type == HELPMSG_DOWN || type == HELPMSG_UP)
        m.frame = lk_read_blob(&r, HELPMSG_FRAME_MAX, &m.frame_len);
    if (type == HELPMSG_CLOSE || type == HELPMSG_ENDED)
        m.why = lk_read_u8(&r);
    if (lk_reader_end(&r) < 0 || !valid(&m))
        return -EBADMSG;
    *ret = m;
    return 0;
}
