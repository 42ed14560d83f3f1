#include "console/zmodem.h"

#include <stdio.h>
#include <string.h>

#define CTRL_C 3
#define AGAIN_US                                                          \
    2000000LL          /* the same question later is no echo of the first \
                        */
#define FIN_SILENCES 2 /* the file is there: no reason to insist */
#define MODE_OCTAL "100644"

static void enter(struct zmodem *z, enum zmodem_state state)
{
    z->state = state;
    z->due = true;
    z->begun_us = z->now_us;
    z->timer_us = z->now_us + ZMODEM_WAIT_US;
    z->silences = 0;
}

/* Ends without success; the receiver is told unless it said so itself. */
static void stop(struct zmodem *z, enum zmodem_result why)
{
    z->result = why;
    z->flush = true;
    z->answer_due = false;
    enter(z, ZMODEM_AT_BYE);
    z->due = why != ZMODEM_CANCELLED;
    if (!z->due)
        enter(z, ZMODEM_AT_QUIET);
}

/* The file is done with, one way or the other. */
static void finish(struct zmodem *z, enum zmodem_result how)
{
    z->result = how;
    enter(z, ZMODEM_AT_FIN);
}

void zmodem_begin(struct zmodem *z, const struct zmodem_file *file,
                  int64_t now_us)
{
    *z = (struct zmodem){.file = file, .now_us = now_us};
    z->block = ZMODEM_BLOCK_MAX;
    enter(z, ZMODEM_AT_INIT);
}

/* The receiver has all bytes before `at`. */
static void gain(struct zmodem *z, size_t at)
{
    z->acked = at;
    if (at <= z->best)
        return;
    z->best = at;
    z->silences = 0;
    z->timer_us = z->now_us + ZMODEM_WAIT_US;
    if (at - z->gained >= ZMODEM_GAIN || at == z->file->len) {
        z->gained = at;
        z->errors = 0;
    }
    if (at - z->calm >= (size_t)4 * z->block) {
        z->calm = at;
        z->block = LK_MIN(z->block * 2, (size_t)ZMODEM_BLOCK_MAX);
    }
}

/* Sends again from where the receiver is. */
static void go_back(struct zmodem *z, size_t at)
{
    if (z->state != ZMODEM_AT_DATA)
        enter(z, ZMODEM_AT_DATA);
    gain(z, at);
    z->at = at;
    z->open = z->waits = false;
    z->careful = true;
    z->settled_us = z->now_us + ZMODEM_SETTLE_US;
    z->timer_us = z->now_us + ZMODEM_WAIT_US;
}

/* Counts one. False: that was too many, and it has ended. */
static bool bear_error(struct zmodem *z)
{
    size_t most = ZMODEM_ERRORS_ALL + z->file->len / 1024;
    bool bears = ++z->errors <= ZMODEM_ERRORS && ++z->errors_all <= most;
    if (!bears)
        stop(z, ZMODEM_NOISY);
    return bears;
}

/* Something came damaged: smaller pieces get through more often. */
static void on_error(struct zmodem *z, size_t at)
{
    if (!bear_error(z))
        return;
    z->block = LK_MAX(z->block / 2, (size_t)ZMODEM_BLOCK_MIN);
    z->calm = z->best;
    z->flush = true;
    go_back(z, at);
}

static void on_zrpos(struct zmodem *z, uint32_t at)
{
    if (at > z->file->len) {
        stop(z, ZMODEM_ODD);
    } else if (z->state == ZMODEM_AT_FILE) {
        gain(z, at);
        z->gained = z->calm = z->asked = z->at = at;
        enter(z, ZMODEM_AT_DATA);
    } else if (z->state == ZMODEM_AT_DATA && z->waits && at == z->at) {
        gain(z, at); /* what was sent twice: as good as ZACK */
        z->waits = false;
    } else {
        on_error(z, at);
    }
}

static void on_zack(struct zmodem *z, uint32_t at)
{
    if (z->state != ZMODEM_AT_DATA || at > z->at || at < z->acked)
        return;
    gain(z, at);
    if (at == z->at)
        z->waits = false;
}

/* The state's message came damaged, or not at all. */
static void say_again(struct zmodem *z)
{
    if (bear_error(z))
        z->due = true;
}

static void on_zrinit(struct zmodem *z, uint32_t value)
{
    uint8_t flags = (uint8_t)(value >> 24);
    size_t room = value & 0xffff;
    bool again = !z->due && z->now_us - z->said_us >= AGAIN_US;
    if (z->state == ZMODEM_AT_EOF) {
        gain(z, z->file->len);
        finish(z, ZMODEM_SENT);
        return;
    }
    if (z->state != ZMODEM_AT_INIT) {
        bool asks = z->state == ZMODEM_AT_FILE || z->state == ZMODEM_AT_FIN;
        if (asks && again)
            say_again(z);
        return;
    }
    if (flags & ZMODEM_ESC8) {
        stop(z, ZMODEM_SEVEN_BITS);
        return;
    }
    z->style.crc32 = flags & ZMODEM_CANFC32;
    z->style.escctl = flags & ZMODEM_ESCCTL;
    z->streams = room == 0 && flags & ZMODEM_CANFDX && flags & ZMODEM_CANOVIO;
    z->window = room ? LK_MIN(room, (size_t)ZMODEM_WINDOW) : ZMODEM_WINDOW;
    enter(z, ZMODEM_AT_FILE);
}

/* What it got was damaged. */
static void on_znak(struct zmodem *z)
{
    if (z->state == ZMODEM_AT_DATA)
        on_error(z, z->acked);
    else
        say_again(z);
}

/* Whether a type can be meant for the present state. */
static bool is_fitting(const struct zmodem *z, unsigned type)
{
    bool running = z->state == ZMODEM_AT_FILE || z->state == ZMODEM_AT_DATA ||
                   z->state == ZMODEM_AT_EOF;
    switch (type) {
    case ZMODEM_ZRPOS:
    case ZMODEM_ZSKIP:
    case ZMODEM_ZFERR:
        return running;
    case ZMODEM_ZFIN:
        return running || z->state == ZMODEM_AT_FIN;
    case ZMODEM_ZABORT:
    case ZMODEM_ZCAN:
        return z->state < ZMODEM_AT_FIN;
    case ZMODEM_ZCHALLENGE:
        return z->state == ZMODEM_AT_INIT || z->state == ZMODEM_AT_FILE;
    default:
        return true;
    }
}

static void on_zfin(struct zmodem *z)
{
    if (z->state == ZMODEM_AT_FIN)
        enter(z, ZMODEM_AT_BYE);
    else
        stop(z, ZMODEM_CANCELLED);
}

static void on_header(struct zmodem *z, struct zmodem_header h)
{
    if (!is_fitting(z, h.type))
        return;
    switch (h.type) {
    case ZMODEM_ZRINIT:
        on_zrinit(z, h.value);
        break;
    case ZMODEM_ZRPOS:
        on_zrpos(z, h.value);
        break;
    case ZMODEM_ZACK:
        on_zack(z, h.value);
        break;
    case ZMODEM_ZNAK:
        on_znak(z);
        break;
    case ZMODEM_ZSKIP:
        finish(z, ZMODEM_SKIPPED);
        break;
    case ZMODEM_ZCHALLENGE: /* section 11.15: the same bytes, as ZACK */
        z->answer = (struct zmodem_header){ZMODEM_ZACK, h.value};
        z->answer_due = true;
        break;
    case ZMODEM_ZFERR:
        stop(z, ZMODEM_REFUSED);
        break;
    case ZMODEM_ZFIN:
        on_zfin(z);
        break;
    case ZMODEM_ZABORT:
    case ZMODEM_ZCAN:
        stop(z, ZMODEM_CANCELLED);
        break;
    default: /* an echo of what was sent, or nothing of a receiver's */
        break;
    }
}

static void on_byte(struct zmodem *z, uint8_t byte)
{
    enum zmodem_heard heard = ZMODEM_HEARD_NOTHING;
    z->heard_us = z->now_us;
    if (z->state >= ZMODEM_AT_BYE)
        return;
    if (z->state == ZMODEM_AT_INIT && byte == CTRL_C) {
        stop(z, ZMODEM_GIVEN_UP);
        return;
    }
    heard = zmodem_read(&z->reader, byte);
    if (heard == ZMODEM_HEARD_CANCEL && z->state == ZMODEM_AT_FIN)
        enter(z, ZMODEM_AT_QUIET);
    else if (heard == ZMODEM_HEARD_CANCEL)
        stop(z, ZMODEM_CANCELLED);
    else if (heard == ZMODEM_HEARD_HEADER)
        on_header(z, z->reader.header);
}

void zmodem_input(struct zmodem *z, const uint8_t *data, size_t len,
                  int64_t now_us)
{
    z->now_us = now_us;
    for (size_t i = 0; i < len; i++)
        on_byte(z, data[i]);
}

/* No answer to the data: asks in what frame there is, then begins one anew. */
static void ask_again(struct zmodem *z)
{
    if (z->open)
        z->due = true;
    else
        go_back(z, z->acked);
}

static void on_silence(struct zmodem *z)
{
    unsigned most = z->state == ZMODEM_AT_FIN ? FIN_SILENCES : ZMODEM_SILENCES;
    z->timer_us = z->now_us + ZMODEM_WAIT_US;
    if (z->state == ZMODEM_AT_INIT) {
        z->due = true;
        return;
    }
    if (++z->silences >= most && z->state == ZMODEM_AT_FIN)
        enter(z, ZMODEM_AT_QUIET);
    else if (z->silences >= most)
        stop(z, ZMODEM_SILENT);
    else if (z->state == ZMODEM_AT_DATA)
        ask_again(z);
    else
        z->due = true;
}

/* At the end: until nothing comes any more, or for long enough. */
static void linger(struct zmodem *z)
{
    int64_t since_us = LK_MAX(z->heard_us, z->begun_us);
    bool quiet =
        z->state == ZMODEM_AT_QUIET && z->now_us - since_us >= ZMODEM_QUIET_US;
    if (quiet || z->now_us - z->begun_us >= ZMODEM_LINGER_US)
        z->state = ZMODEM_AT_END;
}

void zmodem_tick(struct zmodem *z, int64_t now_us)
{
    z->now_us = now_us;
    if (z->state >= ZMODEM_AT_BYE)
        linger(z);
    else if (z->state == ZMODEM_AT_INIT &&
             now_us - z->begun_us >= ZMODEM_START_US)
        stop(z, ZMODEM_NOBODY);
    else if (now_us >= z->timer_us)
        on_silence(z);
}

/* Section 13: name, then length, time, mode and how many files are left. */
static void write_file(struct zmodem *z, struct lk_writer *w)
{
    char info[ZMODEM_NAME_MAX + 80];
    const struct zmodem_file *f = z->file;
    int n = snprintf(
        info, sizeof(info), "%s%c%zu %llo " MODE_OCTAL " 0 1 %zu", f->name, 0,
        f->len, (unsigned long long)LK_MAX(f->mtime_s, (int64_t)0), f->len);
    struct zmodem_header h = {ZMODEM_ZFILE, ZMODEM_BINARY};
    zmodem_write_binary(w, &z->style, h);
    zmodem_write_data(w, &z->style, info, (size_t)n + 1, ZMODEM_ZCRCW);
}

static enum zmodem_end_byte end_of(const struct zmodem *z, size_t len)
{
    size_t end = z->at + len;
    if (end == z->file->len)
        return ZMODEM_ZCRCE;
    if (!z->streams || z->careful)
        return ZMODEM_ZCRCW;
    return end - z->asked >= ZMODEM_ASK ? ZMODEM_ZCRCQ : ZMODEM_ZCRCG;
}

static void write_data(struct zmodem *z, struct lk_writer *w)
{
    size_t open = z->window - LK_MIN(z->window, z->at - z->acked);
    size_t len = LK_MIN(LK_MIN(z->block, open), z->file->len - z->at);
    if (len == 0)
        return;
    enum zmodem_end_byte end = end_of(z, len);
    if (!z->open) {
        struct zmodem_header h = {ZMODEM_ZDATA, (uint32_t)z->at};
        zmodem_write_binary(w, &z->style, h);
        z->asked = z->at;
    }
    zmodem_write_data(w, &z->style, z->file->data + z->at, len, end);
    z->at += len;
    z->open = end == ZMODEM_ZCRCG || end == ZMODEM_ZCRCQ;
    z->waits = end == ZMODEM_ZCRCW;
    z->careful = false;
    if (end != ZMODEM_ZCRCG)
        z->asked = z->at;
    z->timer_us = z->now_us + ZMODEM_WAIT_US;
}

/* The next of the data, or what comes after the last. */
static void write_next(struct zmodem *z, struct lk_writer *w)
{
    if (z->open && z->due) {
        /* An empty subpacket that wants an answer; it also ends the frame. */
        zmodem_write_data(w, &z->style, NULL, 0, ZMODEM_ZCRCW);
        z->open = false;
        z->waits = true;
        z->due = false;
        return;
    }
    z->due = false;
    if (z->waits || z->now_us < z->settled_us)
        return;
    if (z->at < z->file->len)
        write_data(z, w);
    else
        enter(z, ZMODEM_AT_EOF);
}

/* Section 8.4; the backspaces take what a terminal may have shown of it. */
static void write_cancel(struct lk_writer *w)
{
    for (int i = 0; i < 8; i++)
        lk_write_u8(w, ZMODEM_DLE);
    for (int i = 0; i < 10; i++)
        lk_write_u8(w, '\b');
}

static void write_bye(struct zmodem *z, struct lk_writer *w)
{
    bool good = z->result == ZMODEM_SENT || z->result == ZMODEM_SKIPPED;
    if (good)
        lk_write_bytes(w, "OO", 2);
    else
        write_cancel(w);
    enter(z, ZMODEM_AT_QUIET);
}

/* The state's message. */
static void write_due(struct zmodem *z, struct lk_writer *w)
{
    z->due = false;
    z->said_us = z->now_us;
    z->timer_us = z->now_us + ZMODEM_WAIT_US;
    if (z->state == ZMODEM_AT_INIT)
        zmodem_write_hex(w, (struct zmodem_header){ZMODEM_ZRQINIT, 0});
    else if (z->state == ZMODEM_AT_FILE)
        write_file(z, w);
    else if (z->state == ZMODEM_AT_EOF)
        zmodem_write_binary(
            w, &z->style,
            (struct zmodem_header){ZMODEM_ZEOF, (uint32_t)z->file->len});
    else if (z->state == ZMODEM_AT_FIN)
        zmodem_write_hex(w, (struct zmodem_header){ZMODEM_ZFIN, 0});
    else if (z->state == ZMODEM_AT_BYE)
        write_bye(z, w);
}

size_t zmodem_output(struct zmodem *z, uint8_t ret[ZMODEM_OUT_MAX],
                     int64_t now_us)
{
    struct lk_writer w = lk_writer(ret, ZMODEM_OUT_MAX);
    z->now_us = now_us;
    if (z->answer_due) {
        zmodem_write_hex(&w, z->answer);
        z->answer_due = false;
    }
    if (z->state == ZMODEM_AT_DATA)
        write_next(z, &w);
    if (z->state != ZMODEM_AT_DATA && z->due)
        write_due(z, &w);
    return w.bad ? 0 : w.len;
}

bool zmodem_flush(struct zmodem *z)
{
    bool flush = z->flush;
    z->flush = false;
    return flush;
}

void zmodem_cancel(struct zmodem *z, int64_t now_us)
{
    z->now_us = now_us;
    if (z->state < ZMODEM_AT_FIN)
        stop(z, ZMODEM_GIVEN_UP);
}

bool zmodem_over(const struct zmodem *z)
{
    return z->state == ZMODEM_AT_END;
}

enum zmodem_result zmodem_result(const struct zmodem *z)
{
    return zmodem_over(z) ? z->result : ZMODEM_UNDER_WAY;
}

size_t zmodem_there(const struct zmodem *z)
{
    return z->best;
}
