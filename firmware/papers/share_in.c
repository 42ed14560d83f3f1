/* Messages of the page: joining, what it has, where it looks and points, and
 * its document. A page that is gone meanwhile is passed over; so is one that
 * is not shared, so that the answer does not tell of it. */
#include "papers/share_impl.h"

#include "base/bytes.h"
#include "base/json_read.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* --- joining ------------------------------------------------------------ */

/* What cannot be so ends it; of a page that is not shared that is not said. */
static int check_have(const struct papers_share *s,
                      const struct lk_json_want *want)
{
    for (size_t i = 0; i < want->pairs; i++) {
        uint32_t id = want->pair[i][0];
        const struct papers_sheet *h = papers_find(s->p, id);
        if (!papers_id_given(s, id) ||
            (h && h->show.shared && want->pair[i][1] > h->detail_len))
            return -EBADMSG;
    }
    return 0;
}

/* Ids are of one content, so that what a page has is good whatever its load. */
int papers_take_join(struct papers_share *s, const char *json, size_t len)
{
    char load[PAPERS_LOAD_LEN + 1] = "";
    uint8_t id[PAPERS_LOAD_LEN / 2];
    uint32_t v = 0;
    uint32_t have[PAPERS_PAGES_MAX][2];
    struct lk_json_want want[] = {
        {.name = "v", .whole = &v},
        {.name = "load", .text = load, .cap = sizeof(load)},
        {.name = "have", .pair = have, .cap = PAPERS_PAGES_MAX},
    };
    int r = lk_json_read(json, len, want, LK_ARRAY_LEN(want));
    if (r < 0)
        return r;
    if (v != 1 || strlen(load) != PAPERS_LOAD_LEN ||
        lk_hex_decode(load, sizeof(id), id) < 0)
        return -EBADMSG;
    papers_share_over(s, NULL); /* the page as it was before */
    r = check_have(s, &want[2]);
    if (r < 0)
        return r;
    memcpy(s->have, have, want[2].pairs * sizeof(have[0]));
    s->haves = want[2].pairs;
    s->lost = false;
    s->joined = true;
    s->list_due = s->look_due = true;
    s->point_due = s->p->mine_page > 0;
    papers_touch(s->p);
    return 0;
}

/* --- what it has -------------------------------------------------------- */

static int has_all(struct papers_share *s, const struct papers_lane *l,
                   const char *hex)
{
    const struct papers_sheet *h = papers_find(s->p, l->id);
    uint8_t sha256[32];
    if (strlen(hex) != 2 * sizeof(sha256) ||
        lk_hex_decode(hex, sizeof(sha256), sha256) < 0 ||
        l->detail_at < h->detail_len ||
        memcmp(sha256, h->sha256, sizeof(sha256)) != 0)
        return -EBADMSG;
    papers_set_sent(s->p, l->id, h->detail_len, true);
    return 0;
}

int papers_take_got(struct papers_share *s, const char *json, size_t len)
{
    uint32_t id = 0;
    uint32_t bytes = 0;
    char hex[65] = "";
    struct lk_json_want want[] = {
        {.name = "id", .whole = &id},
        {.name = "bytes", .whole = &bytes},
        {.name = "sha256", .text = hex, .cap = sizeof(hex)},
    };
    if (lk_json_read(json, len, want, LK_ARRAY_LEN(want)) < 0 ||
        !papers_id_given(s, id) || want[1].seen == want[2].seen)
        return -EBADMSG;
    struct papers_lane *l = papers_lane_of(s, id);
    if (!l || !papers_sheet_shared(s->p, id))
        return 0;
    if (want[1].seen && (bytes < l->got || bytes > l->detail_at))
        return -EBADMSG;
    l->got = want[1].seen ? bytes : l->detail_at;
    if (want[2].seen)
        return has_all(s, l, hex);
    papers_set_sent(s->p, id, bytes, false);
    return 0;
}

/* --- where it looks and points ------------------------------------------ */

/* -ENOENT of the model: the page is gone, or was not given. */
static int passed(const struct papers_share *s, uint32_t page, int r)
{
    if (r == -ENOENT)
        return papers_id_given(s, page) ? 0 : -EBADMSG;
    return r == -ENOSPC ? 0 : r;
}

int papers_take_look(struct papers_share *s, const char *json, size_t len)
{
    uint32_t n[5] = {0};
    char by[8] = "";
    struct lk_json_want want[] = {
        {.name = "page", .whole = &n[0]},
        {.name = "turn", .whole = &n[1]},
        {.name = "zoom", .whole = &n[2]},
        {.name = "x", .whole = &n[3]},
        {.name = "y", .whole = &n[4]},
        {.name = "by", .text = by, .cap = sizeof(by)},
    };
    if (lk_json_read(json, len, want, LK_ARRAY_LEN(want)) < 0)
        return -EBADMSG;
    for (size_t i = 0; i < LK_ARRAY_LEN(n); i++)
        if (!want[i].seen || (i > 0 && n[i] > PAPERS_WHOLE))
            return -EBADMSG;
    const struct papers_look l = {.page = n[0],
                                  .turn = (uint8_t)LK_MIN(n[1], UINT8_MAX),
                                  .zoom = (uint16_t)n[2],
                                  .x = (uint16_t)n[3],
                                  .y = (uint16_t)n[4]};
    s->look_due = true; /* the answer, also where that page is gone */
    return passed(s, n[0], papers_look_at(s->p, &l, false));
}

int papers_take_point(struct papers_share *s, const uint8_t *p, size_t len)
{
    struct lk_reader r = lk_reader(p, len);
    uint32_t page = lk_read_u32(&r);
    uint16_t x = lk_read_u16(&r);
    uint16_t y = lk_read_u16(&r);
    if (lk_reader_end(&r) < 0)
        return -EBADMSG;
    return passed(s, page, papers_point_at(s->p, page, x, y, false));
}

/* --- its document ------------------------------------------------------- */

static void document_whole(struct papers_share *s)
{
    if (scanpage_seal(s->document_fd) < 0) {
        papers_document_end(s, "failed");
        return;
    }
    s->p->document.state = PAPERS_DOCUMENT_READING;
    papers_touch(s->p);
    s->out.document(s->out.arg, s->p->document.n, lk_fd_take(&s->document_fd));
}

static bool write_all(int fd, const uint8_t *p, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = write(fd, p + at, len - at);
        if (n < 0 && errno != EINTR)
            return false;
        at += n > 0 ? (size_t)n : 0;
    }
    return true;
}

int papers_take_piece(struct papers_share *s, const uint8_t *p, size_t len)
{
    struct lk_reader r = lk_reader(p, len);
    uint8_t part = lk_read_u8(&r);
    uint32_t n = lk_read_u32(&r);
    uint32_t at = lk_read_u32(&r);
    if (r.bad || part != PAPERS_DOCUMENT || r.left == 0 || n == 0 ||
        n > s->p->document.n || r.left > PAPERS_PIECE_MAX)
        return -EBADMSG;
    if (n < s->p->document.n || s->document_fd < 0)
        return 0; /* it was replaced or taken back, or could not be kept */
    if (at != s->document_at || r.left > s->document_len - at)
        return -EBADMSG;
    if (!write_all(s->document_fd, r.at, r.left)) {
        papers_document_end(s, "failed");
        return 0;
    }
    s->document_at += (uint32_t)r.left;
    if (s->document_at == s->document_len)
        document_whole(s);
    return 0;
}
