#include "app/luukkud_trial.h"

#include "base/log.h"
#include "ipc/scanpage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LOOP_SECONDS 10
#define SECONDS_MIN 3
#define SECONDS_MAX 30
#define LOOK_SECONDS 7 /* at most, once devices are open */
#define COLUMNS 64     /* of a picture in characters */
#define COLUMNS_MIN 20
#define COLUMNS_MAX 78

enum phase {
    PHASE_REST,
    PHASE_NOTICE, /* the screen says what is coming */
    PHASE_RUNS,   /* luukku-rtc is at it */
    PHASE_WIPE,   /* answered; the programs are to begin anew */
};

struct luukkud_trial {
    struct luukkud_trial_config config;
    struct superlink *super;
    struct lk_timer *timer;
    enum phase phase;
    uint32_t id; /* of the command */
    int seconds;
    int64_t rest_us; /* luukku-rtc's, beside those */
    bool wipes;      /* what was seen went through the encoder */
    bool due;        /* such a one has ended: the programs begin anew */
    char order[48];  /* for luukku-rtc */
};

static void note(const char *what, int r)
{
    if (r < 0)
        LK_LOG(WARN, "trial", "what=%s err=%s", what, strerrorname_np(-r));
}

/* A technician is there from afar, and would be cut off. */
static bool is_helped(const struct luukkud_trial *t)
{
    return session_view(t->config.session)->helping == SESSION_HELPING;
}

/* The encoder's and the decoder's memory have seen the hall: as after a visit,
 * every program begins anew. Until then the screen stays. Where devices alone
 * were looked at, only figures were made, and that is not needed. */
static void wipe(struct luukkud_trial *t)
{
    t->phase = PHASE_WIPE;
    lk_timer_clear(t->timer);
    note("wipe", superlink_session_ended(t->super));
}

static void end(struct luukkud_trial *t)
{
    t->due = t->due || (t->phase == PHASE_RUNS && t->wipes);
    t->phase = PHASE_REST;
    lk_timer_clear(t->timer);
    if (t->due && !is_helped(t)) {
        wipe(t);
        return;
    }
    (void)!session_trial(t->config.session, SESSION_TRIAL_NONE,
                         lk_loop_now_us(t->config.loop));
    if (t->due)
        lk_timer_set_in(t->timer, LUUKKUD_TRIAL_LATER_US);
}

/* The technician has perhaps left, and heard so. A visit is not broken off: its
 * end does the same. */
static void wipe_later(struct luukkud_trial *t)
{
    bool alone =
        !is_helped(t) && session_trial(t->config.session, SESSION_TRIAL_DEVICES,
                                       lk_loop_now_us(t->config.loop)) == 0;
    if (alone)
        wipe(t);
    else
        lk_timer_set_in(t->timer, LUUKKUD_TRIAL_LATER_US);
}

static void refuse(struct luukkud_trial *t, const char *why)
{
    note("reply", superlink_fail(t->super, t->id, "%s", why));
}

/* Ends what is under way, and says why. */
static void give_up(struct luukkud_trial *t, const char *why)
{
    const struct rtcmsg m = {.type = RTCMSG_TRY, .id = t->id};
    if (t->phase == PHASE_RUNS)
        (void)luukkud_rtc_send(t->config.rtc, &m); /* gone: it has ended */
    refuse(t, why);
    end(t);
}

/* The notice has been there for its time. */
static void run(struct luukkud_trial *t)
{
    struct rtcmsg m = {.type = RTCMSG_TRY, .id = t->id, .up = true};
    (void)snprintf(m.text, sizeof(m.text), "%s", t->order);
    if (luukkud_rtc_send(t->config.rtc, &m) < 0) {
        give_up(t, "luukku-rtc does not run: test programs");
        return;
    }
    t->phase = PHASE_RUNS;
    lk_timer_set_in(t->timer, t->seconds * INT64_C(1000000) + t->rest_us);
}

static void on_timer(void *arg, int64_t now_us)
{
    struct luukkud_trial *t = arg;
    (void)now_us;
    if (t->phase == PHASE_NOTICE)
        run(t);
    else if (t->phase == PHASE_RUNS)
        give_up(t, "luukku-rtc did not come to an end: look at log "
                   "program=luukku-rtc");
    else if (t->phase == PHASE_REST && t->due)
        wipe_later(t);
    t->config.settle(t->config.arg);
}

static void begin(struct luukkud_trial *t, enum session_trial what)
{
    int64_t now_us = lk_loop_now_us(t->config.loop);
    if (t->phase != PHASE_REST) {
        refuse(t, "another test is under way: ask again in a moment");
        return;
    }
    if (!luukkud_rtc_there(t->config.rtc)) {
        refuse(t, "luukku-rtc does not run: test programs");
        return;
    }
    if (session_trial(t->config.session, what, now_us) < 0) {
        bool leaves =
            session_view(t->config.session)->screen == SESSION_LEAVING;
        refuse(t, leaves ? "the kiosk is being wiped after a visit: try again "
                           "in a moment"
                         : "somebody is at the kiosk: try again when nobody "
                           "has touched it for ten seconds");
        return;
    }
    t->phase = PHASE_NOTICE;
    lk_timer_set_in(t->timer, LUUKKUD_TRIAL_NOTICE_US);
    t->config.settle(t->config.arg);
}

/* "loopback", then a number of seconds, then "turn", either left out. */
static bool loop_words(struct luukkud_trial *t, size_t argc,
                       const char *const *argv)
{
    size_t i = 2;
    t->seconds = LOOP_SECONDS;
    if (i < argc && strcmp(argv[i], "turn") != 0) {
        char *rest = NULL;
        long n = strtol(argv[i++], &rest, 10);
        if (*rest || n < SECONDS_MIN || n > SECONDS_MAX)
            return false;
        t->seconds = (int)n;
    }
    bool turn = i < argc && strcmp(argv[i], "turn") == 0;
    if (i + turn != argc)
        return false;
    (void)snprintf(t->order, sizeof(t->order), "loop %d%s", t->seconds,
                   turn ? " turn" : "");
    return true;
}

/* "look", then devices; what they may be is luukku-rtc's to say. */
static bool look_words(struct luukkud_trial *t, size_t argc,
                       const char *const *argv)
{
    size_t at = 0;
    for (size_t i = 0; i < argc; i++) {
        int n = snprintf(t->order + at, sizeof(t->order) - at, "%s%s",
                         i > 0 ? " " : "", argv[i]);
        at += (size_t)n;
        if (at >= sizeof(t->order))
            return false;
    }
    t->seconds = LOOK_SECONDS;
    return argc > 1;
}

/* "camera picture", then how many characters wide. */
static bool picture_words(struct luukkud_trial *t, size_t argc,
                          const char *const *argv)
{
    char *rest = NULL;
    long n = argc > 2 ? strtol(argv[2], &rest, 10) : COLUMNS;
    if (argc > 3 || (rest && *rest) || n < COLUMNS_MIN || n > COLUMNS_MAX)
        return false;
    t->seconds = LOOK_SECONDS;
    (void)snprintf(t->order, sizeof(t->order), "picture %ld", n);
    return true;
}

static const struct kind {
    const char *word[2]; /* the second may be NULL: any */
    bool (*words)(struct luukkud_trial *t, size_t argc,
                  const char *const *argv);
    enum session_trial shows;
    bool wipes;
    int64_t rest_us;
    const char *usage;
} kinds[] = {
    {{"call", "loopback"},
     loop_words,
     SESSION_TRIAL_DEVICES,
     true,
     LUUKKUD_TRIAL_REST_US,
     "usage: call loopback [SECONDS, 3 to 30] [turn]"},
    {{"camera", "picture"},
     picture_words,
     SESSION_TRIAL_PICTURE,
     true,
     LUUKKUD_TRIAL_OPEN_US,
     "usage: camera picture [COLUMNS, 20 to 78]"},
    {{"look", NULL},
     look_words,
     SESSION_TRIAL_DEVICES,
     false,
     LUUKKUD_TRIAL_OPEN_US,
     "usage: look DEVICE ..."},
};

static const struct kind *find_kind(size_t argc, const char *const *argv)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(kinds) && argc > 0; i++)
        if (strcmp(kinds[i].word[0], argv[0]) == 0 &&
            (!kinds[i].word[1] ||
             (argc > 1 && strcmp(kinds[i].word[1], argv[1]) == 0)))
            return &kinds[i];
    return NULL;
}

/* Ends what is tried, whoever asked for it. */
static void stop(struct luukkud_trial *t, uint32_t id)
{
    if (t->phase == PHASE_NOTICE || t->phase == PHASE_RUNS)
        give_up(t, "a technician stopped it");
    note("reply", superlink_reply(t->super, id, "null"));
    t->config.settle(t->config.arg);
}

bool luukkud_trial_command(struct luukkud_trial *t, uint32_t id, size_t argc,
                           const char *const *argv)
{
    const struct kind *k = find_kind(argc, argv);
    if (argc == 1 && strcmp(argv[0], "stop") == 0) {
        stop(t, id);
        return true;
    }
    if (!k)
        return false;
    if (t->phase != PHASE_REST) {
        note("reply", superlink_fail(t->super, id,
                                     "another test is under way: ask again in "
                                     "a moment"));
        return true;
    }
    t->id = id;
    t->wipes = k->wipes;
    t->rest_us = k->rest_us;
    if (k->words(t, argc, argv))
        begin(t, k->shows);
    else
        refuse(t, k->usage);
    return true;
}

/* The picture goes on as it came: nothing of it is read here. */
static int reply_picture(struct luukkud_trial *t, const char *text, int fd)
{
    int64_t len = scanpage_sealed_len(fd, SUPERLINK_PNG_MAX);
    if (len <= 0)
        return superlink_fail(t->super, t->id,
                              "luukku-rtc's picture cannot be read");
    void *png = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED, fd, 0);
    if (png == MAP_FAILED)
        return superlink_fail(t->super, t->id, "the picture cannot be mapped");
    int r = superlink_reply_png(t->super, t->id, text, png, (size_t)len);
    munmap(png, (size_t)len);
    LK_LOG(INFO, "trial", "picture=taken");
    return r;
}

bool luukkud_trial_rtc(struct luukkud_trial *t, const struct rtcmsg *m,
                       struct lk_chan_msg *raw)
{
    char text[RTCMSG_BYTES_MAX + 1];
    if (m->type != RTCMSG_TRIED)
        return false;
    LK_AUTO_FD fd = lk_chan_take_fd(raw, 0);
    if (t->phase != PHASE_RUNS || m->id != t->id)
        return true; /* of one that was stopped */
    memcpy(text, m->bytes, m->len);
    text[m->len] = '\0';
    if (m->up && fd >= 0)
        note("reply", reply_picture(t, text, fd));
    else if (m->up)
        note("reply", superlink_reply(t->super, t->id, text));
    else
        refuse(t, text);
    end(t);
    return true;
}

void luukkud_trial_rtc_gone(struct luukkud_trial *t)
{
    if (t->phase == PHASE_RUNS)
        give_up(t, "luukku-rtc ended before it was done: test programs");
}

void luukkud_trial_watch(struct luukkud_trial *t)
{
    const struct session_view *v = session_view(t->config.session);
    bool stopped = v->screen != SESSION_TRIAL || v->trial == SESSION_TRIAL_NONE;
    if (stopped && (t->phase == PHASE_NOTICE || t->phase == PHASE_RUNS))
        give_up(t, "somebody at the kiosk stopped the test");
}

int luukkud_trial_new(const struct luukkud_trial_config *config,
                      struct luukkud_trial **ret)
{
    LK_AUTO(luukkud_trial) t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->config = *config;
    int r = lk_timer_new(config->loop, on_timer, t, &t->timer);
    if (r == 0)
        *ret = LK_TAKE(t);
    return r;
}

struct luukkud_trial *luukkud_trial_free(struct luukkud_trial *t)
{
    if (t) {
        t->timer = lk_timer_free(t->timer);
        free(t);
    }
    return NULL;
}

void luukkud_trial_attach(struct luukkud_trial *t, struct superlink *super)
{
    t->super = super;
}
