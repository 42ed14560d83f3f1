/* Selecting and reading files (ISO/IEC 7816-4, 11.1.1 SELECT, 11.2.3 READ
 * BINARY). As few commands as can be: no file control information is asked for,
 * and how much there is to read is said by the objects themselves. */
#include "apdu/card_impl.h"
#include "apdu/tlv.h"

#include <errno.h>
#include <string.h>

#define INS_SELECT 0xa4
#define INS_READ_BINARY 0xb0
#define SELECT_EF 0x02        /* of the directory that is selected */
#define SELECT_NAME 0x04      /* by its AID */
#define SELECT_FROM_ROOT 0x08 /* by a path without 3F00 */
#define SELECT_FROM_HERE 0x09
#define SELECT_BY_ID 0x00
#define NO_ANSWER 0x0c /* no file control information */
#define OFFSET_MAX 0x7fff

static bool from_root(const struct p15_path *p)
{
    return p->len >= 2 && p->bytes[0] == 0x3f && p->bytes[1] == 0x00;
}

/* Without 3F00 at its beginning. */
static void strip_root(const struct p15_path *p, struct p15_path *ret)
{
    size_t skip = from_root(p) ? 2 : 0;
    struct p15_path s = {.len = p->len - skip};
    memcpy(s.bytes, p->bytes + skip, s.len);
    *ret = s;
}

bool card_dir_is(const struct card *c, const struct p15_path *path)
{
    struct p15_path p;
    strip_root(path, &p);
    return !c->at_app && p.len == c->at.len &&
           memcmp(p.bytes, c->at.bytes, p.len) == 0;
}

static void select_by(struct card *c, enum card_state state, uint8_t p1,
                      const uint8_t *data, size_t len)
{
    struct apdu_command a = {
        .ins = INS_SELECT, .p1 = p1, .p2 = NO_ANSWER, .data = data, .len = len};
    card_send(c, state, &a);
}

/* --- application and directory ------------------------------------------- */

void card_select_app(struct card *c)
{
    select_by(c, STATE_SELECT_APP, SELECT_NAME, c->aid, c->aid_len);
}

void card_app_selected(struct card *c, const struct apdu_response *r)
{
    static const struct p15_path dir = {.bytes = {0x3f, 0x00, 0x2f, 0x00},
                                        .len = 4};
    enum apdu_said said = apdu_said(r->sw);
    if (said == APDU_OK || said == APDU_WARNING) {
        c->app = true;
        c->at_app = true;
        if (c->after_app_file) {
            c->after_app_file = false;
            card_file_start(c, c->file.use, &c->file.path);
            return;
        }
        card_go_on(c);
    } else if (!c->dir_read && !c->app) {
        /* Perhaps it goes by another name: EF.DIR has it. */
        c->dir_read = true;
        card_file_start(c, FILE_DIR, &dir);
    } else {
        card_finish(c, c->app ? CARD_END_FAULT : CARD_END_UNKNOWN);
    }
}

void card_select_dir(struct card *c, const struct p15_path *path)
{
    strip_root(path, &c->at);
    c->at_app = false;
    select_by(c, STATE_SELECT_DIR, SELECT_FROM_ROOT, c->at.bytes, c->at.len);
}

void card_dir_selected(struct card *c, const struct apdu_response *r)
{
    enum apdu_said said = apdu_said(r->sw);
    if (said == APDU_OK || said == APDU_WARNING)
        card_go_on(c);
    else
        card_finish(c, CARD_END_FAULT);
}

/* --- a file -------------------------------------------------------------- */

/* The ways to select a file, by what its path looks like: cards differ. Returns
 * false when there is no other way. */
static bool file_select(struct card *c)
{
    static const uint8_t here[] = {SELECT_EF, SELECT_BY_ID, SELECT_FROM_ROOT};
    struct card_file *f = &c->file;
    struct p15_path p;
    strip_root(&f->path, &p);
    unsigned way = f->attempt++;
    if (p.len == 0)
        return false;
    if (from_root(&f->path) && way == 0)
        select_by(c, STATE_FILE_SELECT, SELECT_FROM_ROOT, p.bytes, p.len);
    else if (!from_root(&f->path) && p.len == 2 && way < sizeof(here))
        select_by(c, STATE_FILE_SELECT, here[way], p.bytes, p.len);
    else if (!from_root(&f->path) && p.len > 2 && way < 2)
        select_by(c, STATE_FILE_SELECT,
                  way == 0 ? SELECT_FROM_HERE : SELECT_FROM_ROOT, p.bytes,
                  p.len);
    else
        return false;
    return true;
}

void card_file_start(struct card *c, enum card_file_use use,
                     const struct p15_path *path)
{
    struct p15_path copy = *path; /* it may lie in c->file */
    struct card_file *f = &c->file;
    f->use = use;
    f->path = copy;
    f->attempt = 0;
    f->len = 0;
    f->one = use == FILE_CERTIFICATE;
    if (!from_root(&copy) && !c->at_app) {
        c->after_app_file = true;
        card_select_app(c);
    } else if (!file_select(c)) {
        card_file_done(c, -ENOENT);
    }
}

/* Asks for `n` more bytes, at most what one answer takes. */
static void file_read(struct card *c, size_t n)
{
    struct card_file *f = &c->file;
    size_t at = f->path.index + f->len;
    size_t most = c->config.extended ? P15_FILE_MAX : APDU_SHORT_LE_MAX;
    struct apdu_command a = {.ins = INS_READ_BINARY,
                             .p1 = (uint8_t)(at >> 8),
                             .p2 = (uint8_t)at,
                             .le = LK_MIN(n, most)};
    if (at > OFFSET_MAX || n == 0)
        card_file_done(c, -EMSGSIZE);
    else
        card_send(c, STATE_FILE_READ, &a);
}

void card_file_selected(struct card *c, const struct apdu_response *r)
{
    struct card_file *f = &c->file;
    enum apdu_said said = apdu_said(r->sw);
    if (said != APDU_OK && said != APDU_WARNING) {
        if (!file_select(c))
            card_file_done(c, -ENOENT);
        return;
    }
    if (from_root(&f->path)) {
        strip_root(&f->path, &c->at);
        c->at.len -= 2; /* the file's own */
        c->at_app = false;
    } else if (f->path.len > 2 || f->attempt > 2) {
        c->at.len = 0; /* a directory below, or the root: not known by name */
        c->at_app = false;
    }
    file_read(c, APDU_SHORT_LE_MAX);
}

/* Bytes to ask for next; 0: all is there. A row of objects ends where no object
 * begins. at_end: no more are to be had; full: the last answer was. */
static int file_missing(const struct card_file *f, bool at_end, bool full,
                        size_t *ret)
{
    size_t at = 0;
    while (at < f->len) {
        size_t whole;
        if (!f->one && (f->data[at] == 0x00 || f->data[at] == 0xff))
            break;
        int r =
            tlv_whole(f->data + at, f->len - at, sizeof(f->data) - at, &whole);
        if (r == -EAGAIN && !at_end) {
            *ret = APDU_SHORT_LE_MAX;
            return 0;
        }
        if (r < 0)
            return r == -EAGAIN ? -EBADMSG : r;
        at += whole;
        if (f->one)
            break;
    }
    *ret = at > f->len ? at - f->len : 0;
    /* A full answer that ends with an object: perhaps others follow. */
    if (!f->one && at == f->len && full && !at_end)
        *ret = LK_MIN((size_t)APDU_SHORT_LE_MAX, sizeof(f->data) - f->len);
    return 0;
}

static void file_took(struct card *c, bool at_end, bool full)
{
    struct card_file *f = &c->file;
    size_t missing = 0;
    size_t whole;
    int r = file_missing(f, at_end, full, &missing);
    if (r == 0 && missing > 0 && at_end)
        r = -EBADMSG;
    if (r < 0) {
        card_file_done(c, r);
        return;
    }
    if (missing > 0) {
        file_read(c, missing);
        return;
    }
    if (f->one && tlv_whole(f->data, f->len, sizeof(f->data), &whole) == 0)
        f->len = whole;
    card_file_done(c, f->len > 0 ? 0 : -ENODATA);
}

void card_file_got(struct card *c, const struct apdu_response *r)
{
    struct card_file *f = &c->file;
    enum apdu_said said = apdu_said(r->sw);
    struct apdu_command asked;
    if (apdu_command_decode(c->command, c->command_len, &asked) < 0)
        asked.le = 0;
    if (asked.le > APDU_SHORT_LE_MAX &&
        (said == APDU_WRONG_LENGTH || said == APDU_FAULT ||
         said == APDU_NOT_SUPPORTED)) {
        /* It cannot do extended lengths after all. */
        c->config.extended = false;
        file_read(c, asked.le);
        return;
    }
    if (said == APDU_WRONG_PLACE && f->len > 0 && !f->one) {
        file_took(c, true, false);
        return;
    }
    if (said != APDU_OK && said != APDU_END_OF_FILE) {
        card_file_done(c, said == APDU_NOT_FOUND ? -ENOENT : -EIO);
        return;
    }
    if (r->len > sizeof(f->data) - f->len || r->len > asked.le) {
        card_file_done(c, -EMSGSIZE);
        return;
    }
    memcpy(f->data + f->len, r->data, r->len);
    f->len += r->len;
    file_took(c, r->len == 0 || said == APDU_END_OF_FILE, r->len == asked.le);
}
