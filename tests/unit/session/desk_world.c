#include "desk_world.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define LOAD "00112233445566778899aabbccddeeff"

struct desk_world *desk_world(void)
{
    static struct desk_world the;
    return &the;
}

static void on_event(void *arg, const struct session_event *e)
{
    (void)arg;
    if (e->kind == SESSION_EVENT_PAPERS_LEFT) {
        world.lefts++;
        return;
    }
    assert_int_equal(e->kind, SESSION_EVENT_PAPERS);
    world.events++;
    world.up = e->up;
    world.calls += e->called;
    world.glasses += e->glass;
}

static int on_scan(void *arg, const struct scanmsg *m, int fd)
{
    uint8_t bytes[SCANMSG_ENCODED_MAX];
    uint8_t head[8];
    (void)arg;
    assert_true(scanmsg_encode(m, bytes, sizeof(bytes)) > 0);
    assert_int_equal(fd >= 0, m->type == SCANMSG_DECODE);
    if (m->type == SCANMSG_CANCEL) {
        world.cancels++;
        return world.scan_answer;
    }
    if (fd >= 0) {
        assert_int_equal(pread(fd, head, 8, 0), 8);
        world.order_tag = pages_tag(head, 8);
    }
    world.order = *m;
    world.orders++;
    return world.scan_answer;
}

static int on_camera(void *arg)
{
    (void)arg;
    world.pictures++;
    return world.camera_answer;
}

static int on_attach(void *arg, const struct paperdesk_paper *p, bool on)
{
    (void)arg;
    size_t n = strlen(world.ties);
    snprintf(world.ties + n, sizeof(world.ties) - n, "%c%s:%s ", on ? '+' : '-',
             p->path, p->name);
    assert_true(!on || pages_tag(p->data, p->len) > 0);
    return on && world.refuse_ties ? -ENOSPC : world.attach_answer;
}

static const char *on_kind(void *arg, const char *kind)
{
    (void)arg;
    return strcmp(kind, "deed") == 0   ? "Kauppakirja"
           : strcmp(kind, "long") == 0 ? world.long_words
                                       : NULL;
}

static void on_note(void *arg, const char *what, const char *why)
{
    (void)arg;
    assert_true(what[0] && why[0]);
    world.notes++;
}

const struct paperdesk_output desk_output = {.event = on_event,
                                             .scan = on_scan,
                                             .camera = on_camera,
                                             .attach = on_attach,
                                             .kind = on_kind,
                                             .note = on_note};

/* --- luukku-scan's side ------------------------------------------------ */

void desk_said(const struct scanmsg *m, int *fds, size_t nfds)
{
    paperdesk_scanned(world.d, m, fds, nfds, world.now_us);
    for (size_t i = 0; i < nfds; i++)
        (void)lk_fd_close(fds[i]);
}

void desk_scanner(enum scanmsg_state state)
{
    const struct scanmsg m = {.type = SCANMSG_SCANNER,
                              .state = state,
                              .sources = 15,
                              .modes = 3,
                              .papers = 63,
                              .dpis = 4,
                              .dpi_list = {75, 200, 300, 600}};
    desk_said(&m, NULL, 0);
}

void desk_gave(uint32_t tag, uint8_t traits)
{
    const struct scanmsg m = {.type = SCANMSG_PAGE,
                              .job = world.order.job,
                              .page = 1,
                              .traits = traits,
                              .dpi = 300,
                              .width_px = 2480,
                              .height_px = 3508};
    int fds[] = {pages_pixels(40, 60), pages_pixels(9, 13),
                 pages_jpeg(tag, 3000), pages_jpeg(tag, 500)};
    bool jpeg = (world.order.prep & SCANMSG_WITH_JPEG) != 0;
    desk_said(&m, fds, jpeg ? 4 : 2);
    if (!jpeg) {
        (void)lk_fd_close(fds[2]);
        (void)lk_fd_close(fds[3]);
    }
}

void desk_ended(enum scanmsg_reason why)
{
    const struct scanmsg m = {
        .type = SCANMSG_END, .job = world.order.job, .reason = why};
    desk_said(&m, NULL, 0);
}

/* --- the citizen's side ------------------------------------------------ */

void desk_tap_with(struct session_intent i)
{
    paperdesk_intent(world.d, &i, world.now_us);
}

void desk_tap(enum session_intent_kind kind, uint32_t at)
{
    desk_tap_with((struct session_intent){.kind = kind, .at = at});
}

/* What the screen shows; whole, whatever it is. */
const struct papers_view *desk_view(void)
{
    struct papers_view *n = NULL;
    if (paperdesk_take_view(world.d, &n)) {
        papers_view_free(world.v);
        world.v = n;
    }
    return world.v;
}

void desk_check(enum papers_mode mode, uint32_t at)
{
    assert_int_equal(desk_view()->mode, mode);
    assert_int_equal(world.v->at, at);
}

/* Scans pages, with these traits. */
void desk_scan(const uint8_t *traits, size_t n)
{
    desk_tap(SESSION_INTENT_SCAN, 0);
    assert_int_equal(desk_view()->mode, PAPERS_SCANNING);
    assert_int_equal(world.order.type, SCANMSG_START);
    for (size_t i = 0; i < n; i++)
        desk_gave((uint32_t)(100 + i), traits[i]);
    desk_ended(SCANMSG_DONE);
}

void desk_scan_pages(size_t n)
{
    static const uint8_t none[8];
    desk_scan(none, n);
}

void desk_share(uint32_t id)
{
    desk_tap(SESSION_INTENT_PAGE_SHARE, id);
    desk_check(PAPERS_CONSENT, id);
    desk_tap(SESSION_INTENT_CONSENT_YES, 0);
}

/* --- the page's side --------------------------------------------------- */

void desk_say(uint8_t kind, const char *json)
{
    uint8_t m[1024];
    size_t len = strlen(json);
    m[0] = kind;
    memcpy(m + 1, json, len + 1);
    paperdesk_receive(world.d, m, len + 1, world.now_us);
}

void desk_join(void)
{
    paperdesk_channel(world.d, true, world.now_us);
    desk_say(1, "{\"v\":1,\"load\":\"" LOAD "\",\"have\":[]}");
}

/* The kiosk's newest word of that kind; "" none. Bytes of pieces of a page. */
size_t desk_pieces(uint32_t id)
{
    const void *bytes = NULL;
    size_t len = 0;
    size_t sum = 0;
    world.word[0] = '\0';
    while (world.now_us += SECOND / 10,
           paperdesk_poll(world.d, world.now_us, &bytes, &len)) {
        const uint8_t *m = bytes;
        if (m[0] == 3 && m[5] == id)
            sum += len - 10;
        if (m[0] != 9)
            continue;
        memcpy(world.word, m + 1, len - 1);
        world.word[len - 1] = '\0';
    }
    return sum;
}

void desk_told(const char *part)
{
    (void)desk_pieces(0);
    if (!strstr(world.word, part))
        fail_msg("%s: %s", part, world.word);
}

void desk_offer(uint32_t n)
{
    char json[64];
    uint8_t m[10 + 8] = {3, 2,   0,   0,   0,   (uint8_t)n, 0, 0, 0,
                         0, '%', 'P', 'D', 'F', 0,          0, 0, 7};
    snprintf(json, sizeof(json), "{\"do\":\"offer\",\"n\":%u,\"bytes\":8}", n);
    desk_say(8, json);
    paperdesk_receive(world.d, m, sizeof(m), world.now_us);
}

/* --- worlds ------------------------------------------------------------ */

int desk_open_fds(void)
{
    int n = 0;
    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

int desk_setup(void **state)
{
    (void)state;
    world = (struct desk_world){.now_us = SECOND};
    world.fds_before = desk_open_fds();
    return paperdesk_new(&desk_output, &world.d);
}

int desk_setup_begun(void **state)
{
    int r = desk_setup(state);
    paperdesk_scan_up(world.d, world.now_us);
    desk_scanner(SCANMSG_STATE_READY);
    paperdesk_begin(world.d, world.now_us);
    return r;
}

int desk_teardown(void **state)
{
    (void)state;
    world.d = paperdesk_free(world.d);
    world.v = papers_view_free(world.v);
    return desk_open_fds() == world.fds_before ? 0 : -1;
}
