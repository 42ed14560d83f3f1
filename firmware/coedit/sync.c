#include "coedit/sync.h"

#include "coedit/impl.h"

#include <errno.h>
#include <stdlib.h>

static int done(struct ce_out *o, uint8_t **ret, size_t *ret_len)
{
    if (o->full) {
        ce_out_free(o);
        return -ENOMEM;
    }
    *ret = o->data;
    *ret_len = o->len;
    return 0;
}

static int framed(enum coedit_sync kind, const void *p, size_t len,
                  uint8_t **ret, size_t *ret_len)
{
    struct ce_out o = {0};
    ce_write_uint(&o, kind);
    ce_write_string(&o, p, len);
    return done(&o, ret, ret_len);
}

int coedit_sync_update(const void *update, size_t len, uint8_t **ret,
                       size_t *ret_len)
{
    return framed(COEDIT_SYNC_UPDATE, update, len, ret, ret_len);
}

int coedit_sync_hello(const struct coedit *d, uint8_t **ret, size_t *ret_len)
{
    uint8_t *sv;
    size_t len;
    int r = coedit_state_vector(d, &sv, &len);
    if (r < 0)
        return r;
    r = framed(COEDIT_SYNC_STEP_1, sv, len, ret, ret_len);
    free(sv);
    return r;
}

static int answer(const struct coedit *d, const void *sv, size_t sv_len,
                  uint8_t **ret, size_t *ret_len)
{
    uint8_t *update;
    size_t len;
    int r = coedit_encode(d, sv, sv_len, &update, &len);
    if (r < 0)
        return r;
    struct ce_out all = {.data = update, .len = len, .cap = len};
    r = framed(COEDIT_SYNC_STEP_2, update, len, ret, ret_len);
    ce_out_free(&all);
    return r;
}

int coedit_sync_take(struct coedit *d, const void *message, size_t len,
                     uint8_t **ret, size_t *ret_len)
{
    return coedit_sync_take_checked(d, message, len, NULL, ret, ret_len);
}

int coedit_sync_take_checked(struct coedit *d, const void *message, size_t len,
                             const struct coedit_policy *policy, uint8_t **ret,
                             size_t *ret_len)
{
    const uint8_t *p = message;
    struct ce_in in = {p, p + len, false};
    uint32_t n;
    *ret = NULL;
    *ret_len = 0;
    uint64_t kind = ce_read_uint(&in);
    const uint8_t *body = ce_read_blob(&in, UINT32_MAX, &n);
    if (in.bad || in.at != in.end || kind > COEDIT_SYNC_UPDATE)
        return -EBADMSG;
    if (kind == COEDIT_SYNC_UPDATE && n > d->limits.live_max)
        return -E2BIG;
    int r;
    if (kind == COEDIT_SYNC_STEP_1)
        r = answer(d, body, n, ret, ret_len);
    else
        r = coedit_apply_checked(d, body, n, policy);
    return r < 0 ? r : (int)kind;
}
