#include "ipc/rtcmsg.h"

#include <errno.h>
#include <string.h>

/* Members of a message, in the order in which they are written. */
enum member {
    M_CALL = 1 << 0,
    M_SESSION = 1 << 1,
    M_VERSION = 1 << 2,
    M_CHANNEL = 1 << 3,
    M_UP = 1 << 4,
    M_OPEN = 1 << 5,
    M_BINARY = 1 << 6,
    M_CONTROLS = 1 << 7,
    M_PEER = 1 << 8,
    M_DEVICES = 1 << 9,
    M_TOPIC = 1 << 10,
    M_TEXT = 1 << 11,
    M_WHY = 1 << 12,
    M_BYTES = 1 << 13,
    M_ID = 1 << 14,
    M_SAY = 1 << 15, /* lang, pace, closed, interrupt */
    M_HOW = 1 << 16,
    M_ROOM = 1 << 17,
    M_KNOWN = 1 << 30, /* nothing is written: descriptors alone */
};

/* 0 for a type that does not exist. */
static unsigned members_of(unsigned type)
{
    static const unsigned members[] = {
        [RTCMSG_PUBLISH] = M_TOPIC | M_BYTES,
        [RTCMSG_PREPARE] = M_CALL | M_SESSION | M_VERSION,
        [RTCMSG_OPEN] = M_CALL,
        [RTCMSG_ANSWER] = M_CALL | M_BYTES,
        [RTCMSG_CANDIDATE] = M_CALL | M_TEXT,
        [RTCMSG_RESTART] = M_CALL | M_VERSION,
        [RTCMSG_CLOSE] = M_CALL,
        [RTCMSG_CONTROLS] = M_CONTROLS,
        [RTCMSG_SEND] = M_CALL | M_CHANNEL | M_BINARY | M_BYTES,
        [RTCMSG_SAY] = M_ID | M_SAY | M_TEXT | M_BYTES,
        [RTCMSG_HUSH] = M_KNOWN,
        [RTCMSG_CAPTURE] = M_UP,
        [RTCMSG_WATCH] = M_TEXT,
        [RTCMSG_SHUT] = M_CALL | M_CHANNEL,
        [RTCMSG_PHOTO] = M_KNOWN,
        [RTCMSG_TRY] = M_ID | M_UP | M_TEXT,
        [RTCMSG_LINK] = M_UP | M_WHY,
        [RTCMSG_MESSAGE] = M_TOPIC | M_BYTES,
        [RTCMSG_OFFER] = M_CALL | M_VERSION | M_BYTES,
        [RTCMSG_PEER] = M_CALL | M_PEER | M_WHY,
        [RTCMSG_CHANNEL] = M_CALL | M_CHANNEL | M_OPEN | M_TEXT,
        [RTCMSG_DATA] = M_CALL | M_CHANNEL | M_BINARY | M_BYTES,
        [RTCMSG_RINGS] = M_KNOWN,
        [RTCMSG_DEVICES] = M_DEVICES,
        [RTCMSG_SPOKEN] = M_ID | M_HOW,
        [RTCMSG_HEADSET] = M_UP,
        [RTCMSG_ROOM] = M_CALL | M_CHANNEL | M_ROOM,
        [RTCMSG_VOICE] = M_CALL | M_UP,
        [RTCMSG_DOCUMENT] = M_UP,
        [RTCMSG_PHOTOED] = M_UP | M_WHY,
        [RTCMSG_TRIED] = M_ID | M_UP | M_BYTES,
    };
    return type < LK_ARRAY_LEN(members) ? members[type] : 0;
}

static void write_controls(struct lk_writer *w, const struct rtcmsg *m)
{
    lk_write_u8(w, m->mic);
    lk_write_u8(w, m->camera);
    lk_write_u8(w, m->volume);
    lk_write_str(w, m->lang);
}

static void write_say(struct lk_writer *w, const struct rtcmsg *m)
{
    lk_write_str(w, m->lang);
    lk_write_u8(w, m->pace);
    lk_write_u8(w, m->closed);
    lk_write_u8(w, m->interrupt);
}

static void write_numbers(struct lk_writer *w, const struct rtcmsg *m,
                          unsigned has)
{
    if (has & M_CALL)
        lk_write_u32(w, m->call);
    if (has & M_SESSION)
        lk_write_u64(w, m->session);
    if (has & M_VERSION)
        lk_write_u64(w, m->version);
    if (has & M_CHANNEL)
        lk_write_u16(w, m->channel);
    if (has & M_ROOM)
        lk_write_u64(w, m->room);
    if (has & M_UP)
        lk_write_u8(w, m->up);
    if (has & M_OPEN)
        lk_write_u8(w, m->open);
    if (has & M_BINARY)
        lk_write_u8(w, m->binary);
    if (has & M_ID)
        lk_write_u32(w, m->id);
    if (has & M_HOW)
        lk_write_u8(w, (uint8_t)m->how);
}

static size_t bytes_max(unsigned type)
{
    return type == RTCMSG_SAY ? RTCMSG_SAY_MAX : RTCMSG_BYTES_MAX;
}

int rtcmsg_encode(const struct rtcmsg *m, void *ret, size_t cap)
{
    struct lk_writer w = lk_writer(ret, cap);
    unsigned has = members_of(m->type);
    if (has == 0)
        return -EINVAL;
    if (m->len > bytes_max(m->type))
        return -EMSGSIZE;
    write_numbers(&w, m, has);
    if (has & M_CONTROLS)
        write_controls(&w, m);
    if (has & M_SAY)
        write_say(&w, m);
    if (has & M_PEER)
        lk_write_u8(&w, (uint8_t)m->peer);
    if (has & M_DEVICES) {
        lk_write_u8(&w, (uint8_t)m->camera_device);
        lk_write_u8(&w, (uint8_t)m->sound_device);
    }
    if (has & M_TOPIC)
        lk_write_str(&w, m->topic);
    if (has & M_TEXT)
        lk_write_str(&w, m->text);
    if (has & M_WHY)
        lk_write_str(&w, m->why);
    if (has & M_BYTES)
        lk_write_blob(&w, m->bytes, m->len);
    return lk_writer_end(&w);
}

static bool read_bool(struct lk_reader *r)
{
    uint8_t v = lk_read_u8(r);
    if (v > 1)
        r->bad = true;
    return v == 1;
}

/* One byte below `end`. */
static uint8_t read_below(struct lk_reader *r, unsigned end)
{
    uint8_t v = lk_read_u8(r);
    if (v >= end) {
        r->bad = true;
        return 0;
    }
    return v;
}

static void read_text(struct lk_reader *r, char *ret, size_t cap)
{
    lk_read_str(r, ret, cap);
    if (!lk_utf8_valid(ret, strlen(ret)))
        r->bad = true;
}

static void read_controls(struct lk_reader *r, struct rtcmsg *m)
{
    m->mic = read_bool(r);
    m->camera = read_bool(r);
    m->volume = read_below(r, 11);
    read_text(r, m->lang, sizeof(m->lang));
}

static void read_say(struct lk_reader *r, struct rtcmsg *m)
{
    read_text(r, m->lang, sizeof(m->lang));
    m->pace = read_below(r, RTCMSG_PACE_MAX + 1);
    m->closed = read_bool(r);
    m->interrupt = read_bool(r);
}

/* What is spoken is text, and not empty. */
static bool say_good(const struct rtcmsg *m)
{
    return m->len > 0 && memchr(m->bytes, 0, m->len) == NULL &&
           lk_utf8_valid((const char *)m->bytes, m->len);
}

static void read_numbers(struct lk_reader *r, struct rtcmsg *m, unsigned has)
{
    if (has & M_CALL)
        m->call = lk_read_u32(r);
    if (has & M_SESSION)
        m->session = lk_read_u64(r);
    if (has & M_VERSION)
        m->version = lk_read_u64(r);
    if (has & M_CHANNEL)
        m->channel = lk_read_u16(r);
    if (has & M_ROOM)
        m->room = lk_read_u64(r);
    if (has & M_UP)
        m->up = read_bool(r);
    if (has & M_OPEN)
        m->open = read_bool(r);
    if (has & M_BINARY)
        m->binary = read_bool(r);
    if (has & M_ID)
        m->id = lk_read_u32(r);
    if (has & M_HOW)
        m->how = (enum rtcmsg_spoken)read_below(r, RTCMSG_SPOKEN_STATES);
}

int rtcmsg_decode(uint16_t type, const void *payload, size_t len,
                  struct rtcmsg *ret)
{
    struct lk_reader r = lk_reader(payload, len);
    struct rtcmsg m = {.type = (enum rtcmsg_type)type};
    unsigned has = members_of(type);
    if (has == 0)
        return -EBADMSG;
    read_numbers(&r, &m, has);
    if (has & M_CONTROLS)
        read_controls(&r, &m);
    if (has & M_SAY)
        read_say(&r, &m);
    if (has & M_PEER)
        m.peer = (enum rtcmsg_peer)read_below(&r, RTCMSG_PEER_STATES);
    if (has & M_DEVICES) {
        m.camera_device =
            (enum rtcmsg_device)read_below(&r, RTCMSG_DEVICE_STATES);
        m.sound_device =
            (enum rtcmsg_device)read_below(&r, RTCMSG_DEVICE_STATES);
    }
    if (has & M_TOPIC)
        read_text(&r, m.topic, sizeof(m.topic));
    if (has & M_TEXT)
        read_text(&r, m.text, sizeof(m.text));
    if (has & M_WHY)
        read_text(&r, m.why, sizeof(m.why));
    if (has & M_BYTES)
        m.bytes = lk_read_blob(&r, bytes_max(type), &m.len);
    int end = lk_reader_end(&r);
    if (end < 0)
        return end;
    if (has & M_SAY && !say_good(&m))
        return -EBADMSG;
    *ret = m;
    return 0;
}
