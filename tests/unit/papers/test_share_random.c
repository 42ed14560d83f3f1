/* Whatever both sides do in whatever order: of a page that the citizen does not
 * share nothing leaves, not a byte, not its id; what the page is given is what
 * was shared; and what the page says changes nothing of the citizen's own. */
#include "pages.h"

#include "base/bytes.h"
#include "papers/share.h"
#include "testing.h"

#include <unistd.h>

#define LOAD "00112233445566778899aabbccddeeff"
#define ROUNDS 40
#define STEPS 600

static struct papers *p;
static struct papers_share *s;
static uint64_t seed;
static int64_t now_us;
static uint32_t tags; /* given so far: a page's content */
static uint32_t docs;

static struct {
    uint32_t id;
    uint32_t at; /* bytes of its detail that came */
} page[PAPERS_PAGES_MAX];
static size_t pages; /* that are listed */

static uint32_t pick(uint32_t n)
{
    return (uint32_t)(test_random(&seed) % n);
}

/* An id: mostly of a page that there is. */
static uint32_t any_id(void)
{
    if (p->sheets == 0 || pick(8) == 0)
        return pick(p->last_id + 2);
    return p->sheet[pick((uint32_t)p->sheets)]->show.id;
}

/* --- the citizen ------------------------------------------------------ */

static void add(void)
{
    struct papers_given g = pages_given(++tags, 600 + pick(60000));
    uint32_t id = 0;
    (void)!papers_add(p, &g, pick(5), &id);
}

static void renew(void)
{
    struct papers_edit e = PAPERS_EDIT_NONE;
    struct papers_given g = pages_given(++tags, 600 + pick(60000));
    uint32_t id = 0;
    e.turn = (uint8_t)pick(4);
    e.straighten = pick(2);
    e.crop[0] = (uint16_t)pick(3000);
    (void)!papers_renew(p, any_id(), &g, pick(2) ? &e : NULL, &id);
}

static void citizen(void)
{
    const struct papers_look l = {.page = any_id(), .zoom = 100};
    const struct papers_mark m = {.kind = PAPERS_BOX, .mine = true};
    switch (pick(9)) {
    case 0:
        add();
        break;
    case 1:
        renew();
        break;
    case 2:
    case 3:
        papers_set_shared(p, any_id(), true);
        break;
    case 4:
        papers_set_shared(p, any_id(), false);
        break;
    case 5:
        papers_remove(p, pick(4) ? 0 : any_id());
        papers_move(p, any_id(), pick(2));
        break;
    case 6:
        (void)!papers_look_at(p, &l, true);
        break;
    case 7:
        (void)!papers_point_at(p, any_id(), 1, 2, true);
        break;
    default:
        (void)!papers_mark(p, any_id(), &m);
        papers_set_attached(p, any_id(), pick(2));
        break;
    }
}

/* --- the page --------------------------------------------------------- */

static void say(uint8_t kind, const char *json)
{
    uint8_t m[1024];
    size_t len = strlen(json);
    m[0] = kind;
    memcpy(m + 1, json, len + 1);
    papers_share_receive(s, m, len + 1, now_us);
}

static void join(void)
{
    char json[1024];
    int n = snprintf(json, sizeof(json),
                     "{\"v\":1,\"load\":\"" LOAD "\",\"have\":[");
    if (pick(8) == 0)
        n += snprintf(json + n, sizeof(json) - (size_t)n, "[%u,0],", any_id());
    for (size_t i = 0; i < pages; i++)
        n += snprintf(json + n, sizeof(json) - (size_t)n, "[%u,%u],",
                      page[i].id, page[i].at);
    n -= json[n - 1] == ',';
    snprintf(json + n, sizeof(json) - (size_t)n, "]}");
    say(1, json);
}

static const struct {
    uint8_t kind;
    const char *before, *behind; /* of an id */
} words[] = {
    {8, "{\"do\":\"mark\",\"page\":", ",\"what\":\"box\"}"},
    {8, "{\"do\":\"unmark\",\"page\":", ",\"mark\":1}"},
    {8, "{\"do\":\"saved\",\"page\":", "}"},
    {8, "{\"do\":\"ask\",\"sides\":1,\"kind\":\"k", "\"}"},
    {8, "{\"do\":\"offer-off\",\"n\":", "}"},
    {5, "{\"page\":", ",\"turn\":0,\"zoom\":100,\"x\":0,\"y\":0}"},
    {4, "{\"id\":", ",\"bytes\":9}"},
    {8, "{\"do\":\"offer\",\"bytes\":30,\"n\":", "}"}, /* of its own */
};

static void expert(void)
{
    char json[256];
    uint32_t what = pick(LK_ARRAY_LEN(words));
    bool offer = what == LK_ARRAY_LEN(words) - 1;
    snprintf(json, sizeof(json), "%s%u%s", words[what].before,
             offer ? ++docs : any_id(), words[what].behind);
    say(words[what].kind, json);
}

/* --- what leaves ------------------------------------------------------ */

static const struct papers_sheet *shared(uint32_t id)
{
    const struct papers_sheet *h = papers_find(p, id);
    if (!h || !h->show.shared)
        fail_msg("page %u is not shared", id);
    return h;
}

/* Each id that follows `key` in the text is of a shared page. */
static size_t ids(const char *text, const char *key, uint32_t *ret)
{
    size_t n = 0;
    for (const char *at = strstr(text, key); at; at = strstr(at + 1, key)) {
        uint32_t id = (uint32_t)strtoul(at + strlen(key), NULL, 10);
        if (id > 0)
            ret[n++] = shared(id)->show.id;
    }
    return n;
}

static void heard_list(const char *text)
{
    uint32_t id[PAPERS_PAGES_MAX];
    size_t n = ids(text, "\"id\":", id);
    uint32_t at[PAPERS_PAGES_MAX] = {0};
    size_t listed = 0;
    for (size_t i = 0; i < p->sheets; i++)
        listed += p->sheet[i]->show.shared;
    assert_int_equal(n, listed);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < pages; k++)
            at[i] = page[k].id == id[i] ? page[k].at : at[i];
    for (size_t i = 0; i < n; i++) {
        page[i].id = id[i];
        page[i].at = at[i];
    }
    pages = n;
}

static void heard_piece(const uint8_t *m, size_t len)
{
    uint32_t id = lk_get_u32(m + 2);
    uint32_t at = lk_get_u32(m + 6);
    const struct papers_sheet *h = shared(id);
    uint8_t all[8];
    assert_int_equal(pread(m[1] ? h->detail_fd : h->small_fd, all, 8, 0), 8);
    uint32_t tag = pages_tag(all, 8);
    for (size_t i = 10; i < len; i++)
        if (at + i - 10 >= 4)
            assert_int_equal(m[i],
                             (uint8_t)(tag >> 8 * (3 - ((at + i - 10) & 3))));
    for (size_t i = 0; i < pages && m[1] == 1; i++)
        if (page[i].id == id) {
            assert_int_equal(page[i].at, at);
            page[i].at += (uint32_t)(len - 10);
        }
}

static void drain(unsigned n)
{
    const void *bytes = NULL;
    size_t len = 0;
    for (; n > 0 && papers_share_poll(s, now_us, &bytes, &len); n--) {
        char text[PAPERS_MESSAGE_MAX + 1] = "";
        uint32_t id[PAPERS_MARKS_MAX];
        const uint8_t *m = bytes;
        memcpy(text, m + 1, len - 1);
        if (m[0] == 2)
            heard_list(text);
        else if (m[0] == 3)
            heard_piece(m, len);
        else if (m[0] == 5 || m[0] == 7)
            (void)ids(text, "\"page\":", id);
        else if (m[0] == 6 && lk_get_u32(m + 1) > 0)
            (void)shared(lk_get_u32(m + 1));
        else
            assert_true(m[0] == 6 || m[0] == 9 || m[0] == 10);
    }
}

/* --- rounds ----------------------------------------------------------- */

static void on_document(void *arg, uint32_t n, int fd)
{
    (void)arg;
    (void)n;
    (void)lk_fd_close(fd);
}

static void on_document_off(void *arg, uint32_t n)
{
    (void)arg;
    (void)n;
}

static void on_asked(void *arg)
{
    (void)arg;
}

/* What of the pages only the citizen may change, as one number. */
static uint64_t own(void)
{
    uint64_t sum = p->bytes;
    for (size_t i = 0; i < p->sheets; i++) {
        const struct papers_page *g = &p->sheet[i]->show;
        sum = sum * 31 + g->id;
        sum = sum * 31 + g->shared * 2U + g->attached;
    }
    return sum;
}

static void step(void)
{
    now_us += 20000;
    if (pick(40) == 0)
        papers_share_channel(s, pick(4) > 0, now_us);
    if (!papers_share_joined(s) && pick(4) == 0)
        join();
    if (pick(2))
        citizen();
    uint64_t before = own();
    if (pick(3) == 0)
        expert();
    assert_true(own() == before);
    drain(pick(4));
}

static void round_of(void)
{
    const struct papers_share_output out = {.document = on_document,
                                            .document_off = on_document_off,
                                            .asked = on_asked};
    pages = 0;
    docs = 0;
    assert_int_equal(papers_new(&p), 0);
    assert_int_equal(papers_share_new(p, &out, &s), 0);
    papers_share_channel(s, true, now_us);
    for (int i = 0; i < STEPS; i++)
        step();
    s = papers_share_free(s);
    p = papers_free(p);
}

static void test_nothing_leaves(void **state)
{
    (void)state;
    seed = test_seed();
    for (int i = 0; i < ROUNDS; i++)
        round_of();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing_leaves)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
