#include "app/luukkud_fresh.h"

#include "app/luukkud_control.h"
#include "base/log.h"
#include "loop/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOX_MAX 16

enum post_kind { POST_INTENT, POST_ANSWER, POST_STOP };

/* What the main thread tells. */
struct post {
    enum post_kind kind;
    struct session_intent intent;
    struct luukkud_answer answer;
};

struct luukkud_fresh {
    struct lk_loop *loop;
    struct lk_mailbox *box;
    struct superlink *super;
    struct luukkud_control *control;
    struct kiosk_ui *ui;
    struct session_view view;
    const char *walls;
    pthread_t thread;
    bool started;
};

/* --- what the main thread tells --------------------------------------------
 */

void luukkud_fresh_intent(void *arg, const struct session_intent *intent)
{
    struct luukkud_fresh *f = arg;
    struct post p = {.kind = POST_INTENT, .intent = *intent};
    if (lk_mailbox_post(f->box, &p) < 0)
        LK_LOG(WARN, "fresh", "what=intent-dropped");
}

static void post_answer(void *arg, const struct luukkud_answer *answer)
{
    struct luukkud_fresh *f = arg;
    struct post p = {.kind = POST_ANSWER, .answer = *answer};
    if (lk_mailbox_post(f->box, &p) < 0)
        kiosk_reply_free(answer->reply); /* luukkuctl hears of a timeout */
}

static void take_intent(struct luukkud_fresh *f, const struct session_intent *i)
{
    struct session_view *v = &f->view;
    if (i->kind != SESSION_INTENT_LANG || strlen(i->arg) >= sizeof(v->lang))
        return;
    (void)snprintf(v->lang, sizeof(v->lang), "%s", i->arg);
    v->version++;
    kiosk_ui_set_view(f->ui, v);
}

static void on_post(void *arg, void *item)
{
    struct luukkud_fresh *f = arg;
    struct post *p = item;
    if (p->kind == POST_INTENT)
        take_intent(f, &p->intent);
    else if (p->kind == POST_ANSWER)
        luukkud_control_answer(f->control, &p->answer);
    else
        lk_loop_stop(f->loop, 0);
}

static void on_dropped_post(void *arg, void *item)
{
    struct post *p = item;
    (void)arg;
    if (p->kind == POST_ANSWER)
        kiosk_reply_free(p->answer.reply);
}

/* --- what luukku-super asks ------------------------------------------------
 */

static void super_control(void *arg, uint32_t id, size_t argc,
                          const char *const *argv)
{
    struct luukkud_fresh *f = arg;
    luukkud_control_command(f->control, id, argc, argv, &f->view);
}

static void super_shutdown(void *arg)
{
    struct luukkud_fresh *f = arg;
    kiosk_ui_quit(f->ui); /* main then stops this thread */
}

static bool super_alive(void *arg)
{
    struct luukkud_fresh *f = arg;
    luukkud_control_session(f->control, &f->view);
    return luukkud_control_ui_alive(f->control, lk_loop_now_us(f->loop));
}

static void super_health(void *arg, const char *facts)
{
    (void)arg; /* there is nobody to tell yet */
    (void)facts;
}

/* --- life ------------------------------------------------------------------
 */

static int take_request(struct luukkud_fresh *f, const char *request)
{
    struct session_view *v = &f->view;
    size_t name = strcspn(request, "\n");
    const char *pem = request + name + (request[name] != 0);
    if (name >= sizeof(v->unused) || strlen(pem) >= sizeof(v->request))
        return -EBADMSG;
    memcpy(v->unused, request, name);
    (void)snprintf(v->request, sizeof(v->request), "%s", pem);
    return lk_name_valid(v->unused) ? 0 : -EBADMSG;
}

static int make_parts(struct luukkud_fresh *f, int fd)
{
    LK_AUTO_FD own = fd;
    const struct lk_mailbox_config box = {.item_len = sizeof(struct post),
                                          .capacity = BOX_MAX,
                                          .full = LK_MAILBOX_REFUSE,
                                          .receive = on_post,
                                          .drop = on_dropped_post,
                                          .arg = f};
    const struct superlink_config super = {.program = "luukkud",
                                           .control = super_control,
                                           .shutdown = super_shutdown,
                                           .alive = super_alive,
                                           .health = super_health,
                                           .arg = f};
    int r = lk_loop_new(&f->loop);
    if (r == 0)
        r = lk_mailbox_new(f->loop, &box, &f->box);
    if (r == 0)
        r = superlink_new(f->loop, lk_fd_take(&own), &super, &f->super);
    if (r == 0)
        r = luukkud_control_new(f->super, post_answer, f, &f->control);
    return r;
}

int luukkud_fresh_new(const char *request, int fd, struct luukkud_fresh **ret)
{
    LK_AUTO_FD own = fd;
    struct luukkud_fresh *f = calloc(1, sizeof(*f));
    int r = f ? take_request(f, request) : -ENOMEM;
    if (r == 0) {
        f->view.version = 1;
        f->view.screen = SESSION_UNUSED;
        memcpy(f->view.lang, "fi", 3);
        r = make_parts(f, lk_fd_take(&own));
    }
    if (r < 0)
        (void)luukkud_fresh_free(f);
    else
        *ret = f;
    return r;
}

static void *fresh_main(void *arg)
{
    struct luukkud_fresh *f = arg;
    pthread_setname_np(pthread_self(), "fresh");
    kiosk_ui_set_view(f->ui, &f->view);
    int r = superlink_ready(f->super, f->walls);
    if (r == 0)
        r = lk_loop_run(f->loop);
    if (r < 0) {
        LK_LOG(ERROR, "fresh", "what=loop err=%s", strerrorname_np(-r));
        kiosk_ui_quit(f->ui); /* super starts the program anew */
    }
    return NULL;
}

int luukkud_fresh_start(struct luukkud_fresh *f, struct kiosk_ui *ui,
                        const char *walls)
{
    f->ui = ui;
    f->walls = walls;
    luukkud_control_attach(f->control, ui);
    int r = -pthread_create(&f->thread, NULL, fresh_main, f);
    f->started = r == 0;
    return r;
}

void luukkud_fresh_stop(struct luukkud_fresh *f)
{
    struct post p = {.kind = POST_STOP};
    if (!f->started)
        return;
    while (lk_mailbox_post(f->box, &p) < 0)
        sched_yield(); /* full: the thread is emptying it */
    pthread_join(f->thread, NULL);
    f->started = false;
}

struct luukkud_fresh *luukkud_fresh_free(struct luukkud_fresh *f)
{
    if (!f)
        return NULL;
    luukkud_control_free(f->control);
    superlink_free(f->super);
    lk_mailbox_free(f->box);
    lk_loop_free(f->loop);
    free(f);
    return NULL;
}
