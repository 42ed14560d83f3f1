#include "kiosk/typing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int typing_index(const struct kiosk_typing *t, const char *id)
{
    for (int i = 0; *id && i < KIOSK_FIELDS_MAX; i++)
        if (strcmp(t->at[i].id, id) == 0)
            return i;
    return -1;
}

struct kiosk_edit *kiosk_typing_find(const struct kiosk_typing *t,
                                     const char *id)
{
    int i = typing_index(t, id);
    return i < 0 ? NULL : t->at[i].edit;
}

struct kiosk_typed *kiosk_typing_at(struct kiosk_typing *t, const char *id)
{
    int i = typing_index(t, id);
    return i < 0 ? NULL : &t->at[i];
}

void kiosk_typing_close(struct kiosk_typed *at)
{
    kiosk_edit_free(at->edit);
    explicit_bzero(at, sizeof(*at));
}

int kiosk_typing_open(struct kiosk_typing *t, const char *id, size_t max,
                      struct kiosk_edit **ret)
{
    struct kiosk_edit *e = kiosk_typing_find(t, id);
    int i = 0;
    while (!e && i < KIOSK_FIELDS_MAX && t->at[i].id[0])
        i++;
    if (!*id || strlen(id) >= KIOSK_ID_MAX)
        return -EINVAL;
    if (i == KIOSK_FIELDS_MAX)
        return -ENOSPC;
    if (!e) {
        int r = kiosk_edit_new(max, &e);
        if (r < 0)
            return r;
        t->at[i].edit = e;
        snprintf(t->at[i].id, sizeof(t->at[i].id), "%s", id);
    }
    *ret = e;
    return 0;
}

void kiosk_typing_clear(struct kiosk_typing *t)
{
    for (int i = 0; i < KIOSK_FIELDS_MAX; i++)
        kiosk_edit_free(t->at[i].edit);
    *t = (struct kiosk_typing){0};
}
