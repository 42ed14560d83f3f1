#include "app/luukkud_photo.h"

bool luukkud_photo_want(struct luukkud_photo *p, bool held, int64_t now_us)
{
    bool ask = !p->awaited;
    p->stale = p->awaited || p->late;
    p->awaited = true;
    p->held = held;
    /* Who wishes again and again gives a silent camera no more time. */
    if (ask)
        p->until_us = now_us + LUUKKUD_PHOTO_US;
    return ask;
}

void luukkud_photo_drop(struct luukkud_photo *p)
{
    p->awaited = p->stale = false;
}

static enum luukkud_photo_for whose(const struct luukkud_photo *p)
{
    if (!p->awaited)
        return LUUKKUD_PHOTO_FOR_NOBODY;
    return p->held ? LUUKKUD_PHOTO_FOR_HELD : LUUKKUD_PHOTO_FOR_AIM;
}

enum luukkud_photo_for luukkud_photo_take(struct luukkud_photo *p, bool good)
{
    enum luukkud_photo_for who = whose(p);
    /* The failure of one that was given up says nothing of this one. */
    bool again = p->awaited && p->stale && (good || p->late);
    p->late = false;
    luukkud_photo_drop(p);
    return again ? LUUKKUD_PHOTO_AGAIN : who;
}

enum luukkud_photo_for luukkud_photo_give_up(struct luukkud_photo *p)
{
    enum luukkud_photo_for who = whose(p);
    p->late = p->late || p->awaited;
    luukkud_photo_drop(p);
    return who;
}

bool luukkud_photo_due(const struct luukkud_photo *p, int64_t now_us)
{
    return p->awaited && now_us >= p->until_us;
}

int64_t luukkud_photo_next_us(const struct luukkud_photo *p)
{
    return p->awaited ? p->until_us : INT64_MAX;
}
