#include "share_world.h"

#include "base/bytes.h"
#include "base/text.h"

struct share_world *share_world(void)
{
    static struct share_world the;
    return &the;
}

static void on_document(void *arg, uint32_t n, int fd)
{
    (void)arg;
    world.document_n = n;
    (void)lk_fd_close(world.document_fd);
    world.document_fd = fd;
    world.documents++;
}

static void on_document_off(void *arg, uint32_t n)
{
    (void)arg;
    world.document_n = n;
    world.offs++;
}

static void on_asked(void *arg)
{
    (void)arg;
    world.asks++;
}

const struct papers_share_output share_output = {.document = on_document,
                                                 .document_off =
                                                     on_document_off,
                                                 .asked = on_asked};

int share_setup(void **state)
{
    (void)state;
    world = (struct share_world){.now_us = SECOND, .document_fd = -1};
    int r = papers_new(&world.p);
    if (r == 0)
        r = papers_share_new(world.p, &share_output, &world.s);
    if (r == 0)
        papers_share_channel(world.s, true, world.now_us);
    return r;
}

int share_teardown(void **state)
{
    (void)state;
    world.s = papers_share_free(world.s);
    world.p = papers_free(world.p);
    world.document_fd = lk_fd_close(world.document_fd);
    return 0;
}

uint32_t share_add(uint32_t tag, size_t len)
{
    struct papers_given g = pages_given(tag, len);
    uint32_t id = 0;
    assert_int_equal(papers_add(world.p, &g, PAPERS_LAST, &id), 0);
    return id;
}

uint32_t share_add_shared(uint32_t tag, size_t len)
{
    uint32_t id = share_add(tag, len);
    papers_set_shared(world.p, id, true);
    return id;
}

/* --- the page's side -------------------------------------------------- */

void share_say(uint8_t kind, const char *json)
{
    uint8_t m[PAPERS_MESSAGE_MAX];
    size_t len = strlen(json);
    m[0] = kind;
    memcpy(m + 1, json, len + 1);
    papers_share_receive(world.s, m, len + 1, world.now_us);
}

void share_join(const char *have)
{
    char json[512];
    snprintf(json, sizeof(json),
             "{\"v\":1,\"load\":\"" LOAD "\",\"have\":[%s]}", have);
    share_say(1, json);
}

void share_say_piece(uint8_t part, uint32_t n, uint32_t at, const void *bytes,
                     size_t len)
{
    uint8_t m[PAPERS_MESSAGE_MAX + 64] = {3, part};
    lk_put_u32(m + 2, n);
    lk_put_u32(m + 6, at);
    memcpy(m + 10, bytes, len);
    papers_share_receive(world.s, m, len + 10, world.now_us);
}

void share_say_point(uint32_t page, uint16_t x, uint16_t y)
{
    uint8_t m[9] = {6};
    lk_put_u32(m + 1, page);
    lk_put_u16(m + 5, x);
    lk_put_u16(m + 7, y);
    papers_share_receive(world.s, m, sizeof(m), world.now_us);
}

/* --- what the kiosk says ---------------------------------------------- */

const uint8_t *share_hear(size_t *ret_len)
{
    const void *bytes = NULL;
    world.now_us += SECOND / 10;
    if (!papers_share_poll(world.s, world.now_us, &bytes, ret_len))
        return NULL;
    assert_in_range(*ret_len, 1, PAPERS_MESSAGE_MAX);
    return bytes;
}

void share_hear_nothing(void)
{
    size_t len;
    assert_null(share_hear(&len));
    assert_int_equal(papers_share_next_us(world.s), INT64_MAX);
}

void share_hear_json(uint8_t kind, const char *json)
{
    size_t len = 0;
    const uint8_t *m = share_hear(&len);
    assert_non_null(m);
    assert_int_equal(m[0], kind);
    char text[PAPERS_MESSAGE_MAX + 1] = "";
    memcpy(text, m + 1, len - 1);
    if (strcmp(text, json) != 0)
        fail_msg("%s\n!= %s", text, json);
}

void share_hear_piece(uint8_t part, uint32_t id, uint32_t at, uint32_t n)
{
    size_t len = 0;
    const uint8_t *m = share_hear(&len);
    assert_non_null(m);
    assert_int_equal(m[0], 3);
    assert_int_equal(m[1], part);
    assert_int_equal(lk_get_u32(m + 2), id);
    assert_int_equal(lk_get_u32(m + 6), at);
    assert_int_equal(len, 10 + n);
}

/* Joins with what there is, and hears all of it. */
void share_joined(void)
{
    size_t len;
    share_join("");
    while (share_hear(&len))
        ;
    assert_true(papers_share_joined(world.s));
}

void share_expect_over(const char *why)
{
    char json[64];
    snprintf(json, sizeof(json), "{\"why\":\"%s\"}", why);
    assert_false(papers_share_joined(world.s));
    share_hear_json(10, json);
    share_hear_nothing();
}

void share_got(uint32_t id, uint32_t bytes)
{
    char json[64];
    snprintf(json, sizeof(json), "{\"id\":%u,\"bytes\":%u}", id, bytes);
    share_say(4, json);
}

void share_got_all(uint32_t id)
{
    char hex[65];
    char json[128];
    lk_hex_encode(papers_find(world.p, id)->sha256, 32, hex);
    snprintf(json, sizeof(json), "{\"id\":%u,\"sha256\":\"%s\"}", id, hex);
    share_say(4, json);
}

void share_offer(uint32_t n, uint32_t bytes)
{
    char json[64];
    snprintf(json, sizeof(json), "{\"do\":\"offer\",\"n\":%u,\"bytes\":%u}", n,
             bytes);
    share_say(8, json);
}
