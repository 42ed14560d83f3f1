#include "escl/limits.h"
#include "escl/quirks.h"
#include "escl/run.h"
#include "escl/settings.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_ability(const struct escl_ability *a)
{
    LK_AUTO(lk_buf) b = NULL;
    if (lk_buf_new(ESCL_REQUEST_MAX, &b) < 0)
        abort();
    (void)escl_quirks("", a->model);
    for (unsigned i = 0; i < ESCL_SOURCES; i++) {
        struct escl_settings s = {.source = (enum escl_source)i, .dpi = 300};
        const struct escl_source_ability *w = &a->source[i];
        b->len = 0;
        if (escl_settings_fit(a, &s) < 0)
            continue;
        if (s.area.x + s.area.width > w->max_width || s.dpi < 50 ||
            s.dpi > 2400 || w->resolutions > ESCL_RESOLUTIONS_MAX)
            abort();
        if (escl_settings_encode(b, &s) < 0)
            abort();
    }
}

/* Whatever a status says, a job that sees nothing else ends. */
static void check_status(const struct escl_status *st)
{
    struct escl_run r;
    const struct escl_job job = {.source = ESCL_FEEDER, .pages = 9, .dpi = 300};
    int64_t now = 1;
    unsigned acts = escl_run_begin(&r, &job, 0, true, now);
    for (int i = 0; i < 2000 && !escl_run_idle(&r); i++) {
        struct escl_event e = {.what = ESCL_EV_TIME, .retry_after_s = -1};
        now = r.timer_ms > now ? r.timer_ms : now + 10;
        if (acts & ESCL_ACT_STATUS)
            e = (struct escl_event){.what = ESCL_EV_STATUS, .status = st};
        else if (acts & ESCL_ACT_CREATE)
            e = (struct escl_event){.what = ESCL_EV_CREATED, .path = "/a"};
        else if (acts & ESCL_ACT_DELETE)
            e = (struct escl_event){.what = ESCL_EV_DELETED};
        else if (acts & ESCL_ACT_FETCH && i % 3 == 0)
            e = (struct escl_event){.what = ESCL_EV_NO_PAGE, .http = 404};
        acts = escl_run_event(&r, &e, now);
    }
    if (!escl_run_idle(&r) || !r.ended)
        abort();
}

/* The first byte chooses what the rest is taken for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct escl_ability a;
    static struct escl_status st;
    if (size < 1)
        return 0;
    if (data[0] & 1) {
        if (escl_ability_decode(data + 1, size - 1, &a) == 0)
            check_ability(&a);
    } else if (escl_status_decode(data + 1, size - 1, &st) == 0) {
        if (st.jobs > ESCL_JOBS_MAX)
            abort();
        check_status(&st);
    }
    return 0;
}
