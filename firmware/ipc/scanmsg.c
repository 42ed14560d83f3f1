#include "ipc/scanmsg.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

/* Members of a message, in the order in which they are written. */
enum member {
    M_JOB = 1 << 0,
    M_STATE = 1 << 1,
    M_SOURCE = 1 << 2,
    M_MODE = 1 << 3,
    M_PAPER = 1 << 4,
    M_REASON = 1 << 5,
    M_PREP = 1 << 6, /* prep, turn */
    M_TRAITS = 1 << 7,
    M_CAN = 1 << 8, /* sources, modes, papers, dpis */
    M_PERCENT = 1 << 9,
    M_PAGE = 1 << 10,
    M_PAGES = 1 << 11,
    M_DPI = 1 << 12,
    M_SIZE = 1 << 13,
    M_NAME = 1 << 14,
    M_WHY = 1 << 15,
    M_LIMIT = 1 << 16, /* pages, 1 or more */
    M_CROP = 1 << 17,
};

/* 0 for a type that does not exist. */
static unsigned members_of(unsigned type)
{
    static const unsigned members[] = {
        [SCANMSG_START] =
            M_JOB | M_SOURCE | M_MODE | M_PAPER | M_PREP | M_DPI | M_LIMIT,
        [SCANMSG_DECODE] = M_JOB | M_PREP | M_DPI | M_LIMIT | M_CROP,
        [SCANMSG_CANCEL] = M_JOB,
        [SCANMSG_SCANNER] = M_STATE | M_CAN | M_NAME,
        [SCANMSG_PROGRESS] = M_JOB | M_PERCENT | M_PAGE,
        [SCANMSG_PAGE] = M_JOB | M_MODE | M_TRAITS | M_PAGE | M_DPI | M_SIZE,
        [SCANMSG_END] = M_JOB | M_REASON | M_PAGES | M_WHY,
    };
    return type < LK_ARRAY_LEN(members) ? members[type] : 0;
}

static bool fds_good(unsigned type, size_t fds)
{
    if (type == SCANMSG_DECODE)
        return fds == 1;
    if (type == SCANMSG_PAGE)
        return fds == 2 || fds == 4;
    return fds == 0;
}

static bool choices_good(const struct scanmsg *m, unsigned has)
{
    return (!(has & M_STATE) || (unsigned)m->state < SCANMSG_STATES) &&
           (!(has & M_SOURCE) || (unsigned)m->source < SCANMSG_SOURCES) &&
           (!(has & M_MODE) || (unsigned)m->mode < SCANMSG_MODES) &&
           (!(has & M_PAPER) || (unsigned)m->paper < SCANMSG_PAPERS) &&
           (!(has & M_REASON) || (unsigned)m->reason < SCANMSG_REASONS) &&
           (!(has & M_PREP) || (m->prep <= SCANMSG_PREP_ALL && m->turn <= 3)) &&
           (!(has & M_TRAITS) || m->traits <= SCANMSG_TRAITS_ALL);
}

static bool side_good(uint16_t px)
{
    return px > 0 && px <= SCANMSG_SIDE_MAX;
}

static bool crop_good(const uint16_t c[4])
{
    bool none = (c[0] | c[1] | c[2] | c[3]) == 0;
    return none || (c[0] < c[2] && c[2] <= SCANMSG_EDGE_MAX && c[1] < c[3] &&
                    c[3] <= SCANMSG_EDGE_MAX);
}

static bool numbers_good(const struct scanmsg *m, unsigned has)
{
    return (!(has & M_PERCENT) || m->percent <= 100) &&
           (!(has & M_PAGE) || (m->page > 0 && m->page <= SCANMSG_PAGES_MAX)) &&
           (!(has & (M_PAGES | M_LIMIT)) || m->pages <= SCANMSG_PAGES_MAX) &&
           (!(has & M_LIMIT) || m->pages > 0) &&
           (!(has & M_DPI) || m->dpi <= SCANMSG_DPI_MAX) &&
           (!(has & M_CROP) || crop_good(m->crop)) &&
           (!(has & M_SIZE) ||
            (side_good(m->width_px) && side_good(m->height_px)));
}

static bool can_good(const struct scanmsg *m)
{
    if (m->sources >> SCANMSG_SOURCES || m->modes >> SCANMSG_MODES ||
        m->papers >> SCANMSG_PAPERS || m->dpis > SCANMSG_DPIS_MAX)
        return false;
    for (size_t i = 0; i < m->dpis; i++)
        if (m->dpi_list[i] < 1 || m->dpi_list[i] > SCANMSG_DPI_MAX)
            return false;
    return true;
}

static bool msg_good(const struct scanmsg *m, unsigned has)
{
    return choices_good(m, has) && numbers_good(m, has) &&
           (!(has & M_CAN) || can_good(m)) &&
           lk_utf8_valid(m->name, strlen(m->name)) &&
           lk_utf8_valid(m->why, strlen(m->why));
}

static void write_can(struct lk_writer *w, const struct scanmsg *m)
{
    lk_write_u8(w, m->sources);
    lk_write_u8(w, m->modes);
    lk_write_u8(w, m->papers);
    lk_write_u8(w, m->dpis);
    for (size_t i = 0; i < m->dpis; i++)
        lk_write_u16(w, m->dpi_list[i]);
}

static void write_choices(struct lk_writer *w, const struct scanmsg *m,
                          unsigned has)
{
    if (has & M_STATE)
        lk_write_u8(w, (uint8_t)m->state);
    if (has & M_SOURCE)
        lk_write_u8(w, (uint8_t)m->source);
    if (has & M_MODE)
        lk_write_u8(w, (uint8_t)m->mode);
    if (has & M_PAPER)
        lk_write_u8(w, (uint8_t)m->paper);
    if (has & M_REASON)
        lk_write_u8(w, (uint8_t)m->reason);
    if (has & M_PREP) {
        lk_write_u8(w, m->prep);
        lk_write_u8(w, m->turn);
    }
    if (has & M_TRAITS)
        lk_write_u8(w, m->traits);
    if (has & M_CAN)
        write_can(w, m);
}

static void write_numbers(struct lk_writer *w, const struct scanmsg *m,
                          unsigned has)
{
    if (has & M_PERCENT)
        lk_write_u8(w, m->percent);
    if (has & M_PAGE)
        lk_write_u16(w, m->page);
    if (has & (M_PAGES | M_LIMIT))
        lk_write_u16(w, m->pages);
    if (has & M_DPI)
        lk_write_u16(w, m->dpi);
    if (has & M_SIZE) {
        lk_write_u16(w, m->width_px);
        lk_write_u16(w, m->height_px);
    }
    for (size_t i = 0; has & M_CROP && i < LK_ARRAY_LEN(m->crop); i++)
        lk_write_u16(w, m->crop[i]);
}

int scanmsg_encode(const struct scanmsg *m, void *ret, size_t cap)
{
    struct lk_writer w = lk_writer(ret, cap);
    unsigned has = members_of(m->type);
    if (has == 0 || !msg_good(m, has))
        return -EINVAL;
    if (has & M_JOB)
        lk_write_u32(&w, m->job);
    write_choices(&w, m, has);
    write_numbers(&w, m, has);
    if (has & M_NAME)
        lk_write_str(&w, m->name);
    if (has & M_WHY)
        lk_write_str(&w, m->why);
    return lk_writer_end(&w);
}

static void read_can(struct lk_reader *r, struct scanmsg *m)
{
    m->sources = lk_read_u8(r);
    m->modes = lk_read_u8(r);
    m->papers = lk_read_u8(r);
    m->dpis = lk_read_u8(r);
    if (m->dpis > SCANMSG_DPIS_MAX) {
        m->dpis = 0;
        r->bad = true;
    }
    for (size_t i = 0; i < m->dpis; i++)
        m->dpi_list[i] = lk_read_u16(r);
}

static void read_choices(struct lk_reader *r, struct scanmsg *m, unsigned has)
{
    if (has & M_STATE)
        m->state = (enum scanmsg_state)lk_read_u8(r);
    if (has & M_SOURCE)
        m->source = (enum scanmsg_source)lk_read_u8(r);
    if (has & M_MODE)
        m->mode = (enum scanmsg_mode)lk_read_u8(r);
    if (has & M_PAPER)
        m->paper = (enum scanmsg_paper)lk_read_u8(r);
    if (has & M_REASON)
        m->reason = (enum scanmsg_reason)lk_read_u8(r);
    if (has & M_PREP) {
        m->prep = lk_read_u8(r);
        m->turn = lk_read_u8(r);
    }
    if (has & M_TRAITS)
        m->traits = lk_read_u8(r);
    if (has & M_CAN)
        read_can(r, m);
}

static void read_numbers(struct lk_reader *r, struct scanmsg *m, unsigned has)
{
    if (has & M_PERCENT)
        m->percent = lk_read_u8(r);
    if (has & M_PAGE)
        m->page = lk_read_u16(r);
    if (has & (M_PAGES | M_LIMIT))
        m->pages = lk_read_u16(r);
    if (has & M_DPI)
        m->dpi = lk_read_u16(r);
    if (has & M_SIZE) {
        m->width_px = lk_read_u16(r);
        m->height_px = lk_read_u16(r);
    }
    for (size_t i = 0; has & M_CROP && i < LK_ARRAY_LEN(m->crop); i++)
        m->crop[i] = lk_read_u16(r);
}

int scanmsg_decode(uint16_t type, const void *payload, size_t len, size_t fds,
                   struct scanmsg *ret)
{
    struct lk_reader r = lk_reader(payload, len);
    struct scanmsg m = {.type = (enum scanmsg_type)type};
    unsigned has = members_of(type);
    if (has == 0 || !fds_good(type, fds))
        return -EBADMSG;
    if (has & M_JOB)
        m.job = lk_read_u32(&r);
    read_choices(&r, &m, has);
    read_numbers(&r, &m, has);
    if (has & M_NAME)
        lk_read_str(&r, m.name, sizeof(m.name));
    if (has & M_WHY)
        lk_read_str(&r, m.why, sizeof(m.why));
    if (lk_reader_end(&r) < 0 || !msg_good(&m, has))
        return -EBADMSG;
    *ret = m;
    return 0;
}

const char *scanmsg_reason_name(enum scanmsg_reason r)
{
    static const char *const names[] = {
        [SCANMSG_DONE] = "done",
        [SCANMSG_CANCELLED] = "cancelled",
        [SCANMSG_NO_SCANNER] = "no-scanner",
        [SCANMSG_BUSY] = "busy",
        [SCANMSG_EMPTY] = "empty",
        [SCANMSG_JAMMED] = "jammed",
        [SCANMSG_LID_OPEN] = "lid-open",
        [SCANMSG_UNSUPPORTED] = "unsupported",
        [SCANMSG_MISBEHAVED] = "misbehaved",
        [SCANMSG_UNPLUGGED] = "unplugged",
        [SCANMSG_SILENT] = "silent",
        [SCANMSG_UNKNOWN] = "unknown",
        [SCANMSG_MALFORMED] = "malformed",
        [SCANMSG_TOO_LARGE] = "too-large",
        [SCANMSG_TOO_COMPLEX] = "too-complex",
        [SCANMSG_LOCKED] = "locked",
        [SCANMSG_NO_MEMORY] = "no-memory",
        [SCANMSG_CRASHED] = "crashed",
    };
    return (unsigned)r < LK_ARRAY_LEN(names) ? names[r] : "?";
}

const char *scanmsg_state_name(enum scanmsg_state s)
{
    static const char *const names[] = {
        [SCANMSG_STATE_NONE] = "none",     [SCANMSG_STATE_OPENING] = "opening",
        [SCANMSG_STATE_READY] = "ready",   [SCANMSG_STATE_BUSY] = "busy",
        [SCANMSG_STATE_JAM] = "jam",       [SCANMSG_STATE_OPEN] = "open",
        [SCANMSG_STATE_FAILED] = "failed",
    };
    return (unsigned)s < LK_ARRAY_LEN(names) ? names[s] : "?";
}
