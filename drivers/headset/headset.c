/* headset.c - jacks and cards, from ALSA. */
#include "headset/headset.h"

#include <alsa/asoundlib.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_US 1000000   /* for cards that come and go */
#define CONTROLS_MAX 1024 /* of one card; of more the rest is not seen */
#define EVENTS_MAX 64     /* taken at a time */

struct slot {
    struct headset *owner;
    int card;
    bool seen; /* opened, or found to be of no use: until it goes */
    snd_ctl_t *ctl;
    struct lk_watch *watch;
};

struct headset {
    struct lk_loop *loop;
    void (*changed)(void *arg, int card);
    void *arg;
    struct lk_timer *timer;
    bool started; /* the first look is over: what comes now is late */
    bool told;
    int last;
    struct slot slot[HEADSET_CARDS_MAX];
    struct headset_card card[HEADSET_CARDS_MAX];
};

static bool read_switch(snd_ctl_t *ctl, const snd_ctl_elem_id_t *id)
{
    snd_ctl_elem_value_t *v;
    snd_ctl_elem_value_alloca(&v);
    snd_ctl_elem_value_set_id(v, id);
    return snd_ctl_elem_read(ctl, v) >= 0 &&
           snd_ctl_elem_value_get_boolean(v, 0) != 0;
}

static bool any_jack(snd_ctl_t *ctl)
{
    snd_ctl_elem_list_t *list;
    snd_ctl_elem_id_t *id;
    bool in = false;
    snd_ctl_elem_list_alloca(&list);
    snd_ctl_elem_id_alloca(&id);
    if (snd_ctl_elem_list(ctl, list) < 0)
        return false;
    unsigned n = LK_MIN(snd_ctl_elem_list_get_count(list), CONTROLS_MAX);
    if (snd_ctl_elem_list_alloc_space(list, n) < 0)
        return false;
    if (snd_ctl_elem_list(ctl, list) >= 0)
        n = LK_MIN(n, snd_ctl_elem_list_get_used(list));
    else
        n = 0;
    for (unsigned i = 0; i < n && !in; i++) {
        snd_ctl_elem_list_get_id(list, i, id);
        in = headset_is_jack(snd_ctl_elem_id_get_name(id)) &&
             read_switch(ctl, id);
    }
    snd_ctl_elem_list_free_space(list);
    return in;
}

static void tell(struct headset *h)
{
    int card = headset_judge(h->card);
    if (h->told && card == h->last)
        return;
    h->told = true;
    h->last = card;
    h->changed(h->arg, card);
}

static void slot_close(struct slot *s)
{
    s->watch = lk_watch_free(s->watch);
    if (s->ctl)
        (void)snd_ctl_close(s->ctl);
    s->ctl = NULL;
    s->owner->card[s->card] = (struct headset_card){0};
}

/* Something about the card changed. */
static void on_event(void *arg, int fd, short events)
{
    struct slot *s = arg;
    struct headset *h = s->owner;
    snd_ctl_event_t *e;
    (void)fd;
    snd_ctl_event_alloca(&e);
    int r = 1;
    for (int i = 0; i < EVENTS_MAX && r > 0; i++)
        r = snd_ctl_read(s->ctl, e);
    if ((r < 0 && r != -EAGAIN) || events & (POLLERR | POLLHUP))
        slot_close(s); /* pulled */
    else
        h->card[s->card].jack = any_jack(s->ctl);
    tell(h);
}

static int slot_watch(struct slot *s)
{
    struct pollfd fd;
    if (snd_ctl_poll_descriptors_count(s->ctl) != 1 ||
        snd_ctl_poll_descriptors(s->ctl, &fd, 1) != 1 ||
        snd_ctl_subscribe_events(s->ctl, 1) < 0)
        return -ENODEV;
    return lk_watch_new(s->owner->loop, fd.fd, POLLIN, on_event, s, &s->watch);
}

static void slot_open(struct slot *s)
{
    struct headset_card *c = &s->owner->card[s->card];
    snd_ctl_card_info_t *info;
    char name[16];
    (void)snprintf(name, sizeof(name), "hw:%d", s->card);
    s->seen = true;
    if (snd_ctl_open(&s->ctl, name, SND_CTL_NONBLOCK) < 0) {
        s->ctl = NULL;
        return;
    }
    snd_ctl_card_info_alloca(&info);
    if (snd_ctl_card_info(s->ctl, info) < 0 || slot_watch(s) < 0) {
        slot_close(s);
        return;
    }
    *c = (struct headset_card){
        .there = true,
        .usb = strcmp(snd_ctl_card_info_get_driver(info), "USB-Audio") == 0,
        .late = s->owner->started,
        .named = headset_named(snd_ctl_card_info_get_name(info)) ||
                 headset_named(snd_ctl_card_info_get_longname(info)),
        .jack = any_jack(s->ctl)};
}

static void look(struct headset *h)
{
    for (int i = 0; i < HEADSET_CARDS_MAX; i++) {
        char path[32];
        (void)snprintf(path, sizeof(path), "/dev/snd/controlC%d", i);
        bool there = access(path, R_OK | W_OK) == 0;
        if (there && !h->slot[i].seen)
            slot_open(&h->slot[i]);
        else if (!there && h->slot[i].seen) {
            slot_close(&h->slot[i]);
            h->slot[i].seen = false;
        }
    }
    h->started = true;
    tell(h);
}

static void on_timer(void *arg, int64_t now_us)
{
    struct headset *h = arg;
    lk_timer_set(h->timer, now_us + LOOK_US);
    look(h);
}

int headset_new(struct lk_loop *loop, void (*changed)(void *arg, int card),
                void *arg, struct headset **ret)
{
    struct headset *h = calloc(1, sizeof(*h));
    if (!h)
        return -ENOMEM;
    h->loop = loop;
    h->changed = changed;
    h->arg = arg;
    for (int i = 0; i < HEADSET_CARDS_MAX; i++)
        h->slot[i] = (struct slot){.owner = h, .card = i};
    int r = lk_timer_new(loop, on_timer, h, &h->timer);
    if (r < 0) {
        free(h);
        return r;
    }
    lk_timer_set_in(h->timer, 0);
    *ret = h;
    return 0;
}

struct headset *headset_free(struct headset *h)
{
    if (!h)
        return NULL;
    lk_timer_free(h->timer);
    for (int i = 0; i < HEADSET_CARDS_MAX; i++)
        slot_close(&h->slot[i]);
    free(h);
    return NULL;
}
