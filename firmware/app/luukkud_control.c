#include "app/luukkud_control.h"

#include "base/buf.h"
#include "base/log.h"
#include "session/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct luukkud_control {
    struct superlink *super;
    struct kiosk_ui *ui;
    luukkud_post_fn *post;
    void *post_arg;
    const char *told; /* of the session, to super; NULL: nothing yet */
    int64_t asked_us; /* when a sign of life was asked for; 0: none is due */
};

/* A request under way at the screen. */
struct asked {
    struct luukkud_control *control;
    uint32_t id;
    enum kiosk_request_kind kind;
};

int luukkud_control_new(struct superlink *super, luukkud_post_fn *post,
                        void *arg, struct luukkud_control **ret)
{
    struct luukkud_control *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->super = super;
    c->post = post;
    c->post_arg = arg;
    *ret = c;
    return 0;
}

struct luukkud_control *luukkud_control_free(struct luukkud_control *c)
{
    free(c);
    return NULL;
}

void luukkud_control_attach(struct luukkud_control *c, struct kiosk_ui *ui)
{
    c->ui = ui;
}

static void note_failure(int r)
{
    if (r < 0)
        LK_LOG(WARN, "control", "what=reply err=%s", strerrorname_np(-r));
}

/* On the main thread. */
static void on_reply(void *arg, struct kiosk_reply *reply)
{
    struct asked *a = arg;
    struct luukkud_answer answer = {
        .id = a->id, .kind = a->kind, .reply = reply};
    a->control->post(a->control->post_arg, &answer);
    free(a);
}

static int ask(struct luukkud_control *c, uint32_t id,
               enum kiosk_request_kind kind, const char *arg)
{
    struct kiosk_request q = {.kind = kind, .reply = on_reply};
    size_t len = strlen(arg);
    if (len >= sizeof(q.arg))
        return -EINVAL;
    memcpy(q.arg, arg, len + 1);
    struct asked *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    *a = (struct asked){.control = c, .id = id, .kind = kind};
    q.reply_arg = a;
    int r = kiosk_ui_request(c->ui, &q);
    if (r < 0)
        free(a);
    return r;
}

static void command_ui(struct luukkud_control *c, uint32_t id, size_t argc,
                       const char *const *argv)
{
    int kind = argc >= 2 ? kiosk_request_kind(argv[1]) : -EINVAL;
    if (kind < 0) {
        note_failure(superlink_fail(c->super, id, "no such ui command"));
        return;
    }
    int r = ask(c, id, (enum kiosk_request_kind)kind, argc >= 3 ? argv[2] : "");
    if (r == -ENOSPC)
        note_failure(superlink_fail(c->super, id, "the screen is busy"));
    else if (r < 0)
        note_failure(superlink_fail(c->super, id, "%s", strerrordesc_np(-r)));
}

static void command_status(struct luukkud_control *c, uint32_t id,
                           const struct session_view *v)
{
    static const char *const lines[] = {
        [SESSION_LINE_CONNECTING] = "connecting",
        [SESSION_LINE_GOOD] = "good",
        [SESSION_LINE_INTERRUPTED] = "interrupted",
        [SESSION_LINE_RECONNECTING] = "reconnecting"};
    LK_AUTO(lk_buf) b = NULL;
    bool call = session_in_call(v);
    bool broker = (v->notices & SESSION_NOTICE_NO_BROKER) == 0;
    int r = lk_buf_new(1024, &b);
    if (r == 0)
        r = lk_buf_printf(b,
                          "{\"screen\":\"%s\",\"line\":\"%s\","
                          "\"broker\":%s,\"lang\":\"%s\"}",
                          kiosk_screen_name(v->screen),
                          call ? lines[v->line] : "none",
                          broker ? "true" : "false", v->lang);
    if (r == 0)
        r = superlink_reply(c->super, id, lk_buf_str(b));
    note_failure(r);
}

/* The screen's thread answers, or has not been asked since it did; silence is
 * for super to punish. */
static void command_selftest(struct luukkud_control *c, uint32_t id)
{
    const char *result = c->asked_us == 0
                             ? "[{\"test\":\"screen answers\","
                               "\"result\":\"PASS\",\"why\":\"\"}]"
                             : "[{\"test\":\"screen answers\","
                               "\"result\":\"SKIP\",\"why\":\"it is just "
                               "being asked; try again\"}]";
    note_failure(superlink_reply(c->super, id, result));
}

void luukkud_control_command(struct luukkud_control *c, uint32_t id,
                             size_t argc, const char *const *argv,
                             const struct session_view *view)
{
    if (strcmp(argv[0], "ui") == 0)
        command_ui(c, id, argc, argv);
    else if (strcmp(argv[0], "status") == 0)
        command_status(c, id, view);
    else if (strcmp(argv[0], "devices") == 0)
        note_failure(superlink_reply(c->super, id, "[]")); /* all are rtc's */
    else if (strcmp(argv[0], "selftest") == 0)
        command_selftest(c, id);
    else
        note_failure(
            superlink_fail(c->super, id, "luukkud has no \"%s\"", argv[0]));
}

static const char *session_news(const struct session_view *v)
{
    if (session_in_call(v))
        return "session call";
    bool nobody = v->screen == SESSION_START || v->screen == SESSION_LEAVING ||
                  v->screen == SESSION_TRIAL || v->screen == SESSION_UNUSED ||
                  v->screen == SESSION_OUT_OF_SERVICE;
    return nobody ? "session idle" : "session visit";
}

void luukkud_control_session(struct luukkud_control *c,
                             const struct session_view *view)
{
    const char *now = session_news(view);
    if (c->told == now)
        return;
    int r = superlink_news(c->super, now);
    if (r == 0)
        c->told = now;
    note_failure(r);
}

static int answer_png(struct luukkud_control *c, uint32_t id,
                      const struct kiosk_reply *reply)
{
    void *png = mmap(NULL, reply->fd_len, PROT_READ, MAP_SHARED, reply->fd, 0);
    if (png == MAP_FAILED)
        return superlink_fail(c->super, id, "the picture cannot be mapped");
    int r = superlink_reply_png(c->super, id, "true", png, reply->fd_len);
    munmap(png, reply->fd_len);
    return r;
}

void luukkud_control_answer(struct luukkud_control *c,
                            const struct luukkud_answer *answer)
{
    LK_AUTO(kiosk_reply) reply = answer->reply;
    int r;
    if (answer->id == 0) {
        c->asked_us = 0;
        return;
    }
    if (reply->error < 0)
        r = superlink_fail(c->super, answer->id, "%s", reply->text);
    else if (reply->fd >= 0)
        r = answer_png(c, answer->id, reply);
    else if (answer->kind == KIOSK_REQUEST_TREE ||
             answer->kind == KIOSK_REQUEST_SPEECH ||
             answer->kind == KIOSK_REQUEST_STATS)
        r = superlink_reply(c->super, answer->id, reply->text);
    else
        r = superlink_reply(c->super, answer->id, "true");
    note_failure(r);
}

bool luukkud_control_ui_alive(struct luukkud_control *c, int64_t now_us)
{
    if (!c->ui)
        return true; /* not running yet */
    if (c->asked_us == 0) {
        /* It is answered on the screen's thread. When
         * there is no room, technicians' requests are under way instead. */
        if (ask(c, 0, KIOSK_REQUEST_ALIVE, "") == 0)
            c->asked_us = now_us;
        return true;
    }
    return now_us - c->asked_us < LUUKKUD_UI_SILENT_US;
}
