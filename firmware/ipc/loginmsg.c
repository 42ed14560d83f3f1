#include "ipc/loginmsg.h"

#include <errno.h>
#include <string.h>

static const char b64u[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "abcdefghijklmnopqrstuvwxyz0123456789_-";

static bool printable(const char *s)
{
    for (; *s; s++)
        if (*s < ' ' || *s > '~')
            return false;
    return true;
}

/* Three parts of base64url, or whatever is made of the same characters. */
static bool token_valid(const struct loginmsg *m)
{
    if (!m->token || m->token_len < 1 || m->token_len > LOGINMSG_TOKEN_MAX)
        return false;
    for (size_t i = 0; i < m->token_len; i++)
        if (m->token[i] != '.' &&
            (m->token[i] == '\0' || !strchr(b64u, m->token[i])))
            return false;
    return true;
}

static bool valid(const struct loginmsg *m)
{
    if (m->id == 0)
        return false;
    switch ((unsigned)m->type) {
    case LOGINMSG_BEGIN:
        return m->nonce[0] && m->nonce[strspn(m->nonce, b64u)] == '\0';
    case LOGINMSG_CANCEL:
        return true;
    case LOGINMSG_CODE:
        return m->lasts_ms > 0 && m->lasts_ms <= LOGINMSG_LASTS_MAX_MS &&
               strncmp(m->url, "https://", 8) == 0 && printable(m->url) &&
               printable(m->code);
    case LOGINMSG_TOKEN:
        return token_valid(m);
    case LOGINMSG_FAILED:
        return m->why < LOGINMSG_WHYS;
    default:
        return false;
    }
}

int loginmsg_encode(const struct loginmsg *m, void *ret, size_t cap)
{
    struct lk_writer w = lk_writer(ret, cap);
    if (!valid(m))
        return -EINVAL;
    lk_write_u32(&w, m->id);
    if (m->type == LOGINMSG_BEGIN)
        lk_write_str(&w, m->nonce);
    if (m->type == LOGINMSG_CODE) {
        lk_write_u32(&w, m->lasts_ms);
        lk_write_str(&w, m->url);
        lk_write_str(&w, m->code);
    }
    if (m->type == LOGINMSG_TOKEN)
        lk_write_blob(&w, m->token, m->token_len);
    if (m->type == LOGINMSG_FAILED)
        lk_write_u8(&w, (uint8_t)m->why);
    return lk_writer_end(&w);
}

int loginmsg_decode(uint16_t type, const void *payload, size_t len,
                    struct loginmsg *ret)
{
    struct lk_reader r = lk_reader(payload, len);
    struct loginmsg m = {.type = (enum loginmsg_type)type};
    m.id = lk_read_u32(&r);
    if (type == LOGINMSG_BEGIN)
        lk_read_str(&r, m.nonce, sizeof(m.nonce));
    if (type == LOGINMSG_CODE) {
        m.lasts_ms = lk_read_u32(&r);
        lk_read_str(&r, m.url, sizeof(m.url));
        lk_read_str(&r, m.code, sizeof(m.code));
    }
    if (type == LOGINMSG_TOKEN)
        m.token =
            (const char *)lk_read_blob(&r, LOGINMSG_TOKEN_MAX, &m.token_len);
    if (type == LOGINMSG_FAILED)
        m.why = (enum loginmsg_why)lk_read_u8(&r);
    if (lk_reader_end(&r) < 0 || !valid(&m))
        return -EBADMSG;
    *ret = m;
    return 0;
}
