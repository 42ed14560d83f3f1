/* What a hostile page sends while papers lie on the table. The input is cut
 * into steps: a byte for what it is, two for the length of what follows.
 * Whatever comes, the citizen keeps the pages, and of those that are not shared
 * nothing leaves. */
#include "base/bytes.h"
#include "papers/share.h"
#include "session/paperdesk.h"

#include "../unit/papers/pages.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECOND INT64_C(1000000)
#define OWN 3 /* of the citizen; the first is shared */

struct table {
    struct paperdesk *desk;
    struct papers_view *view;
    struct scanmsg order; /* job 0: none */
    int64_t now_us;
};

static const char join[] =
    "{\"v\":1,\"load\":\"00112233445566778899aabbccddeeff\",\"have\":[]}";

static void must(bool good)
{
    if (!good)
        abort();
}

/* --- what the desk reaches ---------------------------------------------- */

static void on_event(void *arg, const struct session_event *e)
{
    (void)arg;
    must(e->kind == SESSION_EVENT_PAPERS ||
         e->kind == SESSION_EVENT_PAPERS_LEFT);
}

static int on_scan(void *arg, const struct scanmsg *m, int fd)
{
    struct table *t = arg;
    (void)fd;
    if (m->type != SCANMSG_CANCEL)
        t->order = *m;
    return 0;
}

static void on_note(void *arg, const char *what, const char *why)
{
    (void)arg;
    must(what[0] && why[0]);
}

/* --- the steps ---------------------------------------------------------- */

static const struct papers_view *view(struct table *t)
{
    struct papers_view *v = NULL;
    if (paperdesk_take_view(t->desk, &v)) {
        papers_view_free(t->view);
        t->view = v;
    }
    return t->view;
}

static bool is_shared(struct table *t, uint32_t id)
{
    const struct papers_view *v = view(t);
    for (size_t i = 0; i < v->pages; i++)
        if (v->page[i].id == id)
            return v->page[i].shared;
    return false;
}

static void drain(struct table *t)
{
    const void *bytes = NULL;
    size_t len = 0;
    while (paperdesk_poll(t->desk, t->now_us, &bytes, &len)) {
        const uint8_t *m = bytes;
        must(len > 0 && len <= PAPERS_MESSAGE_MAX);
        if (m[0] == 3)
            must(is_shared(t, lk_get_u32(m + 2)));
    }
}

static void say(struct table *t, uint8_t kind, const void *data, size_t len)
{
    uint8_t m[PAPERS_MESSAGE_MAX];
    len = LK_MIN(len, sizeof(m) - 1);
    m[0] = kind;
    memcpy(m + 1, data, len);
    paperdesk_receive(t->desk, m, len + 1, t->now_us);
}

static void tap(struct table *t, enum session_intent_kind kind, uint32_t at,
                uint32_t n)
{
    const struct session_intent i = {.kind = kind,
                                     .at = at,
                                     .remove = n,
                                     .version = 100 + n,
                                     .box = {1000, 2000, 3000, 4000}};
    paperdesk_intent(t->desk, &i, t->now_us);
}

/* luukku-scan gives a page of what it was asked for, or ends. */
static void scanned(struct table *t, uint8_t what)
{
    struct scanmsg m = {.type = what & 1 ? SCANMSG_END : SCANMSG_PAGE,
                        .job = t->order.job,
                        .page = 1,
                        .width_px = 100,
                        .height_px = 100};
    int fds[] = {-1, -1, -1, -1};
    size_t n = t->order.prep & SCANMSG_WITH_JPEG ? 4 : 2;
    m.reason = (enum scanmsg_reason)(what / 2 % SCANMSG_CRASHED);
    if (m.type == SCANMSG_PAGE) {
        fds[0] = pages_pixels(4, 4);
        fds[1] = pages_pixels(2, 2);
        fds[2] = pages_jpeg(what, 40000);
        fds[3] = pages_jpeg(what, 300);
    }
    paperdesk_scanned(t->desk, &m, fds, m.type == SCANMSG_PAGE ? n : 0,
                      t->now_us);
    for (size_t i = 0; i < LK_ARRAY_LEN(fds); i++)
        (void)lk_fd_close(fds[i]);
}

/* Nothing that takes own pages away. */
static void citizen(struct table *t, uint8_t what)
{
    static const enum session_intent_kind kinds[] = {
        SESSION_INTENT_PAGE_SHARE,   SESSION_INTENT_CONSENT_YES,
        SESSION_INTENT_PAGE_UNSHARE, SESSION_INTENT_LOOK,
        SESSION_INTENT_POINT,        SESSION_INTENT_MARK,
        SESSION_INTENT_PAGE_TURN,    SESSION_INTENT_BACK,
    };
    tap(t, kinds[what % LK_ARRAY_LEN(kinds)], what / 8 % 5, what % 3);
}

static void step(struct table *t, const uint8_t *p, size_t len)
{
    uint8_t what = p[-3];
    t->now_us += SECOND / 60;
    if (what < 16)
        say(t, what, p, len);
    else if (what < 32)
        paperdesk_receive(t->desk, p, len, t->now_us);
    else if (what < 96)
        citizen(t, what);
    else if (what < 128)
        paperdesk_tick(t->desk, t->now_us += SECOND * (what - 95));
    else if (what < 160)
        paperdesk_channel(t->desk, what & 1, t->now_us);
    else if (what < 224)
        scanned(t, what);
    else
        drain(t);
}

static void begin(struct table *t)
{
    const struct paperdesk_output out = {
        .event = on_event, .scan = on_scan, .note = on_note, .arg = t};
    const struct scanmsg ready = {
        .type = SCANMSG_SCANNER, .state = SCANMSG_STATE_READY, .sources = 15};
    must(paperdesk_new(&out, &t->desk) == 0);
    paperdesk_scan_up(t->desk, t->now_us);
    paperdesk_scanned(t->desk, &ready, NULL, 0, t->now_us);
    paperdesk_begin(t->desk, t->now_us);
    tap(t, SESSION_INTENT_SCAN, 0, 0);
    for (int i = 0; i < OWN; i++)
        scanned(t, 2);
    scanned(t, 1);
    tap(t, SESSION_INTENT_PAGE_SHARE, 1, 0);
    tap(t, SESSION_INTENT_CONSENT_YES, 0, 0);
    paperdesk_channel(t->desk, true, t->now_us);
    say(t, 1, join, sizeof(join) - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct table t = {.now_us = SECOND};
    size_t own = 0;
    begin(&t);
    while (size >= 3) {
        size_t len = LK_MIN((size_t)data[1] << 8 | data[2], size - 3);
        data += 3;
        step(&t, data, len);
        data += len;
        size -= 3 + len;
    }
    drain(&t);
    const struct papers_view *v = view(&t);
    for (size_t i = 0; i < v->pages; i++)
        own += v->page[i].from != PAPERS_FROM_EXPERT;
    must(own == OWN);
    papers_view_free(t.view);
    paperdesk_free(t.desk);
    return 0;
}
