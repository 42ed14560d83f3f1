#include "app/scan_device.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scan_device {
    struct scan_device_config config;
    struct device_desk *desk;
    struct scan_job *job;
    struct escl_scanner *scanner;
    const struct escl_ability *ability; /* NULL: not ready */
    struct escl_state state;
    bool failed; /* what was given last misbehaved */
};

static const struct escl_events scanner_events;

static const enum escl_source source_of[SCANMSG_SOURCES] = {
    [SCANMSG_FLATBED] = ESCL_PLATEN,
    [SCANMSG_FEEDER] = ESCL_FEEDER,
    [SCANMSG_DUPLEX] = ESCL_FEEDER_DUPLEX,
};

/* Hundredths of a millimetre. */
static const struct escl_area area_of[SCANMSG_PAPERS] = {
    [SCANMSG_A4] = {0, 0, 21000, 29700},
    [SCANMSG_A5] = {0, 0, 14800, 21000},
    [SCANMSG_A3] = {0, 0, 29700, 42000},
    [SCANMSG_LETTER] = {0, 0, 21590, 27940},
    [SCANMSG_LEGAL] = {0, 0, 21590, 35560},
};

static enum scanmsg_reason reason_of(enum escl_reason why)
{
    switch (why) {
    case ESCL_DONE:
    case ESCL_CEILING:
        return SCANMSG_DONE;
    case ESCL_CANCELLED:
    case ESCL_ABORTED:
        return SCANMSG_CANCELLED;
    case ESCL_FEEDER_EMPTY:
        return SCANMSG_EMPTY;
    case ESCL_JAM:
        return SCANMSG_JAMMED;
    case ESCL_COVER_OPEN:
        return SCANMSG_LID_OPEN;
    case ESCL_BUSY:
        return SCANMSG_BUSY;
    case ESCL_REFUSED:
        return SCANMSG_UNSUPPORTED;
    case ESCL_TOO_LARGE:
        return SCANMSG_TOO_LARGE;
    case ESCL_SILENT:
        return SCANMSG_SILENT;
    case ESCL_GONE:
        return SCANMSG_UNPLUGGED;
    case ESCL_MEMORY:
        return SCANMSG_NO_MEMORY;
    case ESCL_TRUNCATED:
    case ESCL_GARBLED:
    case ESCL_UNFIT:
    default:
        return SCANMSG_MISBEHAVED;
    }
}

/* --- what the scanner tells --------------------------------------------- */

static void on_ready(void *arg, const struct escl_ability *a)
{
    struct scan_device *d = arg;
    d->ability = a;
    d->failed = false;
    device_desk_works(d->desk);
    d->config.changed(d->config.arg);
}

static void on_state(void *arg, const struct escl_state *s)
{
    struct scan_device *d = arg;
    d->state = *s;
    d->config.changed(d->config.arg);
}

/* The job ends by gone(). */
/* Why the scanner is given up, for the technician. */
static const char *broken_words(enum escl_reason why)
{
    if (why == ESCL_SILENT)
        return "it does not answer";
    if (why == ESCL_UNFIT)
        return "it does not say what it can do: is it an eSCL scanner?";
    if (why == ESCL_GARBLED)
        return "its answers make no sense";
    return escl_reason_name(why);
}

static void on_broken(void *arg, enum escl_reason why)
{
    struct scan_device *d = arg;
    d->ability = NULL;
    scan_job_scanner_end(d->job, reason_of(why), escl_reason_name(why));
    if (why == ESCL_GONE) {
        device_desk_unplugged(d->desk);
    } else {
        d->failed = true;
        device_desk_misbehaved(d->desk, broken_words(why));
    }
    d->config.changed(d->config.arg);
}

static void on_page_begin(void *arg, unsigned page, enum escl_format f)
{
    struct scan_device *d = arg;
    (void)page;
    (void)f; /* sniffed again where it is decoded */
    scan_job_document_begin(d->job);
}

static void on_page_bytes(void *arg, const uint8_t *data, size_t len)
{
    struct scan_device *d = arg;
    scan_job_document_bytes(d->job, data, len);
}

static void on_progress(void *arg, unsigned page, uint64_t got, uint64_t all)
{
    struct scan_device *d = arg;
    scan_job_progress(d->job, page, got, all);
}

static void on_page_end(void *arg, unsigned page)
{
    struct scan_device *d = arg;
    (void)page;
    scan_job_document_end(d->job);
}

static void on_job_end(void *arg, enum escl_reason why, unsigned pages)
{
    struct scan_device *d = arg;
    if (why != ESCL_DONE)
        LK_LOG(INFO, "scan", "what=job end=%s pages=%u", escl_reason_name(why),
               pages);
    if (why == ESCL_TRUNCATED) /* what came of the page is shown */
        scan_job_document_end(d->job);
    scan_job_scanner_end(d->job, reason_of(why), escl_reason_name(why));
}

static const struct escl_events scanner_events = {.ready = on_ready,
                                                  .state = on_state,
                                                  .broken = on_broken,
                                                  .page_begin = on_page_begin,
                                                  .page_bytes = on_page_bytes,
                                                  .progress = on_progress,
                                                  .page_end = on_page_end,
                                                  .job_end = on_job_end};

/* --- the device --------------------------------------------------------- */

static const char *desk_fits(const struct usb_descriptors *u)
{
    return usb_alternate_next(u, NULL, 7, 1, 4)
               ? NULL
               : "no IPP over USB (interface 7/1/4)";
}

static void desk_opened(void *arg, struct usb_device *u)
{
    struct scan_device *d = arg;
    int r = escl_scanner_open_usb(d->config.loop, u, &scanner_events, d,
                                  &d->scanner);
    if (r < 0) {
        LK_LOG(ERROR, "scan", "what=open err=%s", strerrorname_np(-r));
        (void)usb_free(u);
        d->failed = true;
        if (r == -ENODEV)
            device_desk_unplugged(d->desk);
        else
            device_desk_misbehaved(d->desk, strerrorname_np(-r));
    }
    d->config.changed(d->config.arg);
}

static void desk_gone(void *arg)
{
    struct scan_device *d = arg;
    d->ability = NULL;
    scan_job_scanner_end(d->job, SCANMSG_UNPLUGGED, "gone");
    d->scanner = escl_scanner_free(d->scanner);
    d->config.changed(d->config.arg);
}

void scan_device_given(struct scan_device *d, uint32_t id, const char *how,
                       int fd)
{
    d->failed = false;
    device_desk_given(d->desk, id, how, fd);
    d->config.changed(d->config.arg);
}

/* --- what luukkud and luukkuctl hear ------------------------------------ */

static enum scanmsg_state state_of(const struct scan_device *d)
{
    const char *why = NULL;
    if (d->failed || device_desk_state(d->desk, &why) == DEVICE_DESK_BAD)
        return SCANMSG_STATE_FAILED;
    if (!d->ability)
        return d->scanner ||
                       device_desk_state(d->desk, &why) == DEVICE_DESK_OPENING
                   ? SCANMSG_STATE_OPENING
                   : SCANMSG_STATE_NONE;
    if (d->state.feeder == ESCL_FEEDER_JAMMED)
        return SCANMSG_STATE_JAM;
    if (d->state.feeder == ESCL_FEEDER_OPEN)
        return SCANMSG_STATE_OPEN;
    return d->state.activity == ESCL_ACTIVITY_WORKING ? SCANMSG_STATE_BUSY
                                                      : SCANMSG_STATE_READY;
}

static void tell_source(const struct escl_source_ability *a,
                        struct scanmsg *ret)
{
    static const uint8_t no_paper = 1 << SCANMSG_WHOLE;
    if (a->modes & 1U << ESCL_COLOUR)
        ret->modes |= 1 << SCANMSG_COLOUR;
    if (a->modes & 1U << ESCL_GREY)
        ret->modes |= 1 << SCANMSG_GRAY;
    ret->papers |= no_paper;
    for (size_t i = 0; i < SCANMSG_WHOLE; i++)
        if (area_of[i].width <= a->max_width + 100 &&
            area_of[i].height <= a->max_height + 100)
            ret->papers |= (uint8_t)(1U << i);
    for (size_t i = 0; i < a->resolutions; i++) {
        size_t k = 0;
        while (k < ret->dpis && ret->dpi_list[k] != a->dpi[i])
            k++;
        if (k == ret->dpis && k < SCANMSG_DPIS_MAX && a->dpi[i] > 0 &&
            a->dpi[i] <= SCANMSG_DPI_MAX)
            ret->dpi_list[ret->dpis++] = a->dpi[i];
    }
}

void scan_device_tell(const struct scan_device *d, struct scanmsg *ret)
{
    *ret = (struct scanmsg){.type = SCANMSG_SCANNER, .state = state_of(d)};
    if (!d->ability)
        return;
    (void)snprintf(ret->name, sizeof(ret->name), "%s", d->ability->model);
    for (size_t i = SCANMSG_FLATBED; i < SCANMSG_SOURCES; i++) {
        const struct escl_source_ability *a = &d->ability->source[source_of[i]];
        if (!a->present)
            continue;
        ret->sources |= (uint8_t)(1U << i | 1U << SCANMSG_AUTO);
        tell_source(a, ret);
    }
}

const char *scan_device_why(const struct scan_device *d)
{
    const char *why = "";
    enum device_desk_state s = device_desk_state(d->desk, &why);
    if (s == DEVICE_DESK_NONE)
        return "not found: check that it is plugged in and powered";
    if (s == DEVICE_DESK_OPENING)
        return "being opened";
    return s == DEVICE_DESK_WORKS ? "" : why;
}

/* --- a job -------------------------------------------------------------- */

/* With no wish the feeder, which the glass stands in for when nothing lies
 * there as the job begins. */
static enum escl_source choose(const struct scan_device *d,
                               enum scanmsg_source wish)
{
    if (wish != SCANMSG_AUTO)
        return source_of[wish];
    return d->ability->source[ESCL_FEEDER].present ? ESCL_FEEDER : ESCL_PLATEN;
}

enum scanmsg_reason scan_device_start(struct scan_device *d,
                                      const struct scanmsg *m)
{
    if (!d->scanner || !d->ability)
        return SCANMSG_NO_SCANNER;
    bool platen = d->ability->source[ESCL_PLATEN].present;
    const struct escl_job job = {
        .source = choose(d, m->source),
        .or_platen = m->source == SCANMSG_AUTO && platen,
        .mode = m->mode == SCANMSG_GRAY ? ESCL_GREY : ESCL_COLOUR,
        .format = ESCL_JPEG,
        .dpi = m->dpi > 0 ? m->dpi : 300,
        .area = area_of[m->paper],
        .pages = m->pages};
    struct escl_job one = job;
    if (job.source == ESCL_PLATEN)
        one.pages = 1;
    switch (escl_scanner_start(d->scanner, &one)) {
    case 0:
        return SCANMSG_DONE;
    case -EBUSY:
        return SCANMSG_BUSY;
    case -ENOTSUP:
    case -EINVAL:
        return SCANMSG_UNSUPPORTED;
    default:
        return SCANMSG_NO_SCANNER;
    }
}

void scan_device_cancel(struct scan_device *d)
{
    if (d->scanner)
        escl_scanner_cancel(d->scanner);
}

void scan_device_pause(struct scan_device *d, bool on)
{
    if (d->scanner && on)
        escl_scanner_pause(d->scanner);
    else if (d->scanner)
        escl_scanner_resume(d->scanner);
}

/* --- life --------------------------------------------------------------- */

int scan_device_new(const struct scan_device_config *config,
                    struct scan_device **ret)
{
    struct scan_device *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->config = *config;
    const struct device_desk_config desk = {.loop = config->loop,
                                            .super = config->super,
                                            .fits = desk_fits,
                                            .opened = desk_opened,
                                            .gone = desk_gone,
                                            .arg = d};
    int r = device_desk_new(&desk, &d->desk);
    if (r < 0)
        (void)scan_device_free(d);
    else
        *ret = d;
    return r;
}

struct scan_device *scan_device_free(struct scan_device *d)
{
    if (!d)
        return NULL;
    d->scanner = escl_scanner_free(d->scanner);
    d->desk = device_desk_free(d->desk);
    free(d);
    return NULL;
}

void scan_device_attach(struct scan_device *d, struct scan_job *job)
{
    d->job = job;
}
