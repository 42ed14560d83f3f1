/* share_impl.h - the far end of the papers: what is known of the page, and how
 * far each paper has gone. Private to this room. */
#ifndef LUUKKU_PAPERS_SHARE_IMPL_H
#define LUUKKU_PAPERS_SHARE_IMPL_H

#include "papers/share.h"
#include "papers/sheet.h"

enum papers_message {
    PAPERS_JOIN = 1,
    PAPERS_LIST,
    PAPERS_PIECE,
    PAPERS_GOT_IT,
    PAPERS_LOOKS,
    PAPERS_POINT,
    PAPERS_MARKS,
    PAPERS_DO,
    PAPERS_TOLD,
    PAPERS_OVER,
};

/* What a piece is of. */
enum papers_part { PAPERS_PREVIEW, PAPERS_DETAIL, PAPERS_DOCUMENT };
#define PAPERS_PIECE_HEAD 10 /* bytes before a piece's own */

/* How far a page that is listed has gone over. */
struct papers_lane {
    uint32_t id;
    uint32_t preview_at, detail_at;
    uint32_t got;
    uint32_t marks_seen;
};

struct papers_share {
    struct papers *p;
    struct papers_share_output out;
    bool open, joined;
    bool lost;       /* `over` was said: nothing counts but `join` */
    const char *why; /* that `over` is to be sent with; NULL it is not */
    int64_t now_us, filled_us;
    int64_t messages, bytes; /* that may come, in millionths */
    struct papers_lane lane[PAPERS_PAGES_MAX]; /* as listed */
    size_t lanes;
    uint32_t have[PAPERS_PAGES_MAX][2]; /* `join`'s, until the list went */
    size_t haves;
    bool list_due, look_due, point_due;
    uint32_t list_seen, look_seen, mine_seen;
    int64_t look_us, point_us; /* when one went last */
    char told[512];            /* that went last; "" none */
    int document_fd;           /* that comes in; -1 */
    uint32_t document_len, document_at;
    uint8_t message[PAPERS_MESSAGE_MAX];
};

/* Sharing ends with that word; the citizen keeps the pages. */
void papers_share_over(struct papers_share *s, const char *why);
struct papers_lane *papers_lane_of(struct papers_share *s, uint32_t id);
/* The lanes, as the shared pages are now. */
void papers_lanes_renew(struct papers_share *s);
/* The expert's document ends so, without pages. */
void papers_document_end(struct papers_share *s, const char *why);

/* --- messages in (share_in.c, share_do.c) ------------------------------- */

/* Each returns 0, or -errno for the word of `over`: -EBADMSG malformed,
 * -EMSGSIZE too large. */
int papers_take_join(struct papers_share *s, const char *json, size_t len);
int papers_take_piece(struct papers_share *s, const uint8_t *p, size_t len);
int papers_take_got(struct papers_share *s, const char *json, size_t len);
int papers_take_look(struct papers_share *s, const char *json, size_t len);
int papers_take_point(struct papers_share *s, const uint8_t *p, size_t len);
int papers_take_do(struct papers_share *s, const char *json, size_t len);
/* Of a call that speaks of that page: whether it was ever given. */
bool papers_id_given(const struct papers_share *s, uint32_t id);

/* --- messages out (share_out.c, share_text.c) --------------------------- */

/* JSON of a message behind its kind; each returns the message's length, 0: it
 * does not fit, which cannot be. */
size_t papers_write_list(struct papers_share *s);
size_t papers_write_marks(struct papers_share *s, const struct papers_sheet *h);
size_t papers_write_look(struct papers_share *s);
size_t papers_write_over(struct papers_share *s);
/* 0: it is as it was told last. */
size_t papers_write_told(struct papers_share *s);

#endif
