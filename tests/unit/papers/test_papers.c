/* The pages of a visit: coming, going, edits, who sees them, what is drawn. */
#include "pages.h"

#include "ipc/scanmsg.h"

#include "oom.h"

#include <fcntl.h>
#include <unistd.h>

static struct papers *p;

static int setup(void **state)
{
    (void)state;
    return papers_new(&p);
}

static int teardown(void **state)
{
    (void)state;
    p = papers_free(p);
    return 0;
}

static uint32_t add(uint32_t tag)
{
    struct papers_given g = pages_given(tag, 1000);
    uint32_t id = 0;
    assert_int_equal(papers_add(p, &g, PAPERS_LAST, &id), 0);
    return id;
}

static uint32_t add_shared(uint32_t tag)
{
    uint32_t id = add(tag);
    papers_set_shared(p, id, true);
    return id;
}

static void check_order(const char *expect)
{
    char order[PAPERS_PAGES_MAX + 1] = "";
    for (size_t i = 0; i < p->sheets; i++)
        order[i] = (char)('0' + p->sheet[i]->show.id);
    assert_string_equal(order, expect);
}

/* How many descriptors this program has. */
static int open_fds(void)
{
    int n = 0;
    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void test_order(void **state)
{
    (void)state;
    struct papers_given g = pages_given(9, 1000);
    uint32_t id = 0;
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(add(i), i + 1);
    assert_int_equal(papers_add(p, &g, 1, &id), 0);
    check_order("1423");
    papers_move(p, 4, true);
    check_order("1243");
    papers_move(p, 1, false);
    papers_move(p, 3, true);
    papers_move(p, 77, true);
    check_order("1243");
    papers_remove(p, 2);
    papers_remove(p, 2);
    check_order("143");
    assert_int_equal(p->bytes, 3 * 1500);
    assert_null(papers_find(p, 2));
    assert_int_equal(papers_place(p, 3), 2);
}

static void test_ceilings(void **state)
{
    (void)state;
    uint32_t id = 0;
    int before = open_fds();
    for (uint32_t i = 0; i < PAPERS_PAGES_MAX; i++)
        (void)add(i);
    struct papers_given g = pages_given(1, 1000);
    assert_int_equal(papers_add(p, &g, PAPERS_LAST, &id), -ENOSPC);
    papers_wipe(p);
    assert_int_equal(p->bytes, 0);
    assert_int_equal(open_fds(), before);
    for (uint32_t i = 0; i < 5; i++) {
        g = pages_given(i, PAPERS_DETAIL_MAX - 1000);
        assert_int_equal(papers_add(p, &g, PAPERS_LAST, &id), 0);
    }
    g = pages_given(5, 10000);
    assert_int_equal(papers_add(p, &g, PAPERS_LAST, &id), -ENOSPC);
    g = pages_given(5, 1000);
    assert_int_equal(papers_add(p, &g, PAPERS_LAST, &id), 0);
    g = pages_given(5, PAPERS_DETAIL_MAX + 1);
    assert_int_equal(papers_renew(p, 1, &g, NULL, &id), -ENOSPC);
    papers_wipe(p);
    assert_int_equal(open_fds(), before);
}

/* What is no page is refused, and nothing of it stays. */
static void test_bad_pages(void **state)
{
    (void)state;
    int before = open_fds();
    for (int i = 0; i < 6; i++) {
        struct papers_given g = pages_given(1, 1000);
        int *fd = i < 2 ? &g.detail_fd : i < 4 ? &g.small_fd : &g.preview_fd;
        uint32_t id = 0;
        (void)lk_fd_close(*fd);
        *fd = i & 1 ? -1 : i == 4 ? pages_jpeg(1, 100) : pages_pixels(2, 2);
        int r = papers_add(p, &g, PAPERS_LAST, &id);
        assert_true(r == -EBADMSG || r == -EBADF);
        assert_int_equal(p->sheets, 0);
        assert_int_equal(open_fds(), before);
    }
}

static void test_edits(void **state)
{
    (void)state;
    static const struct papers_edit left_half = {.crop = {0, 0, 5000, 10000}};
    static const struct papers_edit turn = {.turn = 1,
                                            .crop = {0, 0, 10000, 10000}};
    struct papers_edit e = PAPERS_EDIT_NONE;
    e = papers_edit_add(&e, &left_half);
    e = papers_edit_add(&e, &left_half);
    assert_int_equal(e.crop[2], 2500);
    e = papers_edit_add(&e, &turn); /* the left quarter is now the upper one */
    assert_memory_equal(e.crop, ((uint16_t[]){0, 0, 10000, 2500}), 8);
    e = papers_edit_add(&e, &left_half);
    assert_memory_equal(e.crop, ((uint16_t[]){0, 0, 5000, 2500}), 8);
    for (int i = 0; i < 3; i++)
        e = papers_edit_add(&e, &turn);
    assert_int_equal(e.turn, 0);
    assert_memory_equal(e.crop, ((uint16_t[]){0, 5000, 2500, 10000}), 8);
    assert_true(papers_edit_fits(&e));
    for (int i = 0; i < 8; i++)
        e = papers_edit_add(&e, &left_half);
    assert_false(papers_edit_fits(&e));
    e = PAPERS_EDIT_NONE;
    e.crop[2] = 10001;
    assert_false(papers_edit_fits(&e));
}

/* Another content is another id, made of the first JPEG. */
static void test_renew(void **state)
{
    (void)state;
    const struct papers_edit turn = {.turn = 1, .crop = {0, 0, 10000, 10000}};
    uint32_t a = add_shared(1);
    uint32_t b = 0;
    uint32_t c = 0;
    const struct papers_look look = {.page = a, .zoom = 100};
    const struct papers_mark m = {.kind = PAPERS_BOX};
    assert_int_equal(papers_look_at(p, &look, false), 0);
    assert_int_equal(papers_mark(p, a, &m), 0);
    papers_set_attached(p, a, true);
    papers_set_busy(p, a, true);
    struct papers_given g = pages_given(2, 2000);
    assert_int_equal(papers_renew(p, a, &g, &turn, &b), 0);
    const struct papers_sheet *s = papers_find(p, b);
    assert_true(b > a && s->show.shared && s->show.attached && !s->show.busy);
    assert_int_equal(s->marks, 0);
    assert_int_equal(s->edit.turn, 1);
    assert_int_equal(s->first_len, 1000);
    assert_int_equal(p->bytes, 1000 + 2000 + 500);
    assert_int_equal(p->look.page, b);
    assert_null(papers_find(p, a));
    g = pages_given(3, 500);
    assert_int_equal(papers_renew(p, b, &g, &turn, &c), 0);
    assert_int_equal(papers_find(p, c)->first_len, 1000);
    assert_int_equal(p->bytes, 1000 + 500 + 500);
    g = pages_given(4, 700);
    assert_int_equal(papers_renew(p, c, &g, NULL, &a), 0);
    s = papers_find(p, a);
    assert_true(!s->show.shared && !s->show.attached && s->first_fd < 0);
    assert_int_equal(p->look.page, 0);
    assert_int_equal(p->bytes, 700 + 500);
    g = pages_given(4, 700);
    assert_int_equal(papers_renew(p, c, &g, NULL, &a), -ENOENT);
}

/* To straighten what was cut would show a little of what was cut away. */
static void test_cut_stays_cut(void **state)
{
    (void)state;
    struct papers_edit e = {.crop = {0, 0, 5000, 10000}};
    uint32_t id = add_shared(1);
    struct papers_given g = pages_given(2, 1000);
    assert_int_equal(papers_renew(p, id, &g, &e, &id), 0);
    assert_true(papers_find(p, id)->show.shared);
    e.straighten = true;
    g = pages_given(3, 1000);
    assert_int_equal(papers_renew(p, id, &g, &e, &id), 0);
    assert_false(papers_find(p, id)->show.shared);
}

static void test_sharing(void **state)
{
    (void)state;
    uint32_t id = add(1);
    uint32_t list = p->list_version;
    papers_set_sent(p, id, 500, false);
    papers_set_saved(p, id);
    papers_set_attached(p, id, true);
    papers_set_busy(p, id, true);
    papers_move(p, id, true);
    assert_int_equal(p->list_version, list); /* not the expert's to know */
    papers_set_shared(p, id, true);
    assert_true(p->list_version != list);
    papers_set_sent(p, id, 500, false);
    assert_int_equal(papers_find(p, id)->show.sent, 50);
    papers_set_sent(p, id, 1000, true);
    papers_set_saved(p, id);
    assert_true(papers_find(p, id)->show.whole);
    assert_true(papers_find(p, id)->show.saved);
    papers_set_shared(p, id, false);
    assert_false(papers_find(p, id)->show.whole);
    struct papers_given g = pages_given(2, 1000);
    g.from = PAPERS_FROM_EXPERT;
    g.document = 3;
    assert_int_equal(papers_add(p, &g, 0, &id), 0);
    assert_true(papers_find(p, id)->show.shared);
    papers_set_shared(p, id, false);
    assert_true(papers_find(p, id)->show.shared);
    papers_remove_document(p, 2);
    assert_int_equal(p->sheets, 2);
    papers_remove_document(p, 3);
    assert_int_equal(p->sheets, 1);
}

/* --- together --------------------------------------------------------- */

static void test_look(void **state)
{
    (void)state;
    uint32_t mine = add(1);
    uint32_t ours = add_shared(2);
    const struct {
        struct papers_look l;
        int r;
    } t[] = {
        {{.page = ours, .zoom = 100}, 0},
        {{.page = ours, .turn = 3, .zoom = 800, .x = 10000, .y = 10000}, 0},
        {{.page = 0, .zoom = 100}, 0},
        {{.page = mine, .zoom = 100}, -ENOENT},
        {{.page = 99, .zoom = 100}, -ENOENT},
        {{.page = ours, .zoom = 99}, -EINVAL},
        {{.page = ours, .zoom = 801}, -EINVAL},
        {{.page = ours, .turn = 4, .zoom = 100}, -EINVAL},
        {{.page = ours, .zoom = 100, .x = 10001}, -EINVAL},
        {{.page = ours, .zoom = 100, .y = 10001}, -EINVAL},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(t); i++)
        assert_int_equal(papers_look_at(p, &t[i].l, i & 1), t[i].r);
    assert_int_equal(papers_look_at(p, &t[0].l, true), 0);
    assert_int_equal(papers_point_at(p, ours, 10000, 0, true), 0);
    assert_int_equal(papers_point_at(p, ours, 10001, 0, true), -EINVAL);
    assert_int_equal(papers_point_at(p, mine, 0, 0, false), -ENOENT);
    papers_set_shared(p, ours, false);
    assert_int_equal(p->look.page, 0);
    assert_int_equal(p->mine_page, 0);
}

static void test_marks(void **state)
{
    (void)state;
    uint32_t mine = add(1);
    uint32_t ours = add_shared(2);
    const struct {
        struct papers_mark m;
        int r;
    } t[] = {
        {{.kind = PAPERS_LINE, .to_x = 10000}, 0},
        {{.kind = PAPERS_TEXT, .text = "t\xc3\xa4h\xc3\xa4n \"n\""}, 0},
        {{.kind = PAPERS_TEXT}, -EINVAL},
        {{.kind = PAPERS_BOX, .text = "x"}, -EINVAL},
        {{.kind = PAPERS_TEXT, .text = "a\nb"}, -EINVAL},
        {{.kind = PAPERS_TEXT, .text = "a\x7f"}, -EINVAL},
        {{.kind = PAPERS_TEXT, .text = "a\xc2\x85z"}, -EINVAL},
        {{.kind = PAPERS_TEXT, .text = "\xff"}, -EINVAL},
        {{.kind = PAPERS_BOX, .x = 10001}, -EINVAL},
        {{.kind = PAPERS_BOX, .to_y = 10001}, -EINVAL},
        {{.kind = (enum papers_mark_kind)3}, -EINVAL},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(t); i++)
        assert_int_equal(papers_mark(p, ours, &t[i].m), t[i].r);
    assert_int_equal(papers_mark(p, mine, &t[0].m), -ENOENT);
    const struct papers_mark own = {.kind = PAPERS_BOX, .mine = true};
    assert_int_equal(papers_mark(p, ours, &own), 0);
    papers_unmark(p, ours, 3, false); /* not the expert's to take away */
    assert_int_equal(papers_find(p, ours)->marks, 3);
    papers_unmark(p, ours, 1, false);
    papers_unmark(p, ours, 1, false);
    papers_unmark(p, mine, 2, false);
    assert_int_equal(papers_find(p, ours)->marks, 2);
    papers_unmark(p, ours, 2, true);
    papers_unmark(p, ours, 3, true);
    assert_int_equal(papers_find(p, ours)->marks, 0);
    for (int i = 0; i < PAPERS_MARKS_MAX; i++)
        assert_int_equal(papers_mark(p, ours, &own), 0);
    assert_int_equal(papers_mark(p, ours, &own), -ENOSPC);
}

static void test_view(void **state)
{
    (void)state;
    struct papers_view *v = NULL;
    uint32_t a = add_shared(1);
    uint32_t b = add_shared(2);
    const struct papers_look look = {.page = b, .zoom = 100};
    const struct papers_mark m = {.kind = PAPERS_LINE};
    assert_int_equal(papers_mark(p, a, &m), 0);
    assert_int_equal(papers_look_at(p, &look, true), 0);
    assert_int_equal(papers_point_at(p, a, 1, 2, false), 0);
    assert_int_equal(papers_point_at(p, b, 3, 4, true), 0);
    assert_int_equal(papers_view_new(p, &v), 0);
    assert_int_equal(v->pages, 2);
    assert_int_equal(v->look.page, b);
    assert_int_equal(v->marks, 0); /* those are of the other one */
    assert_false(v->theirs.here);
    assert_true(v->mine.here && v->mine.y == 4);
    papers_wipe(p);
    assert_int_equal(papers_picture_info(v->page[1].preview)->width_px, 9);
    assert_int_equal(papers_picture_rows(v->page[0].preview)[0], 0);
    papers_view_free(v);
}

/* --- memory ----------------------------------------------------------- */

static void test_memory(void **state)
{
    (void)state;
    int before = open_fds();
    int r = 0;
    /* The pages of the test are made with memory, too. */
    for (long n = 0; n < 200; n++) {
        struct papers_given g = pages_given(1, 1000);
        uint32_t id = 0;
        oom_left = n;
        r = papers_add(p, &g, PAPERS_LAST, &id);
        oom_left = -1;
        assert_true(r == 0 || r == -ENOMEM);
        assert_int_equal(p->sheets, r == 0 ? 1 : 0);
        papers_wipe(p);
        assert_int_equal(open_fds(), before);
    }
    assert_int_equal(r, 0);
    (void)add(1);
    struct papers_view *v = NULL;
    OOM_SWEEP(r, papers_view_new(p, &v));
    papers_view_free(v);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_order),   CASE(test_ceilings), CASE(test_bad_pages),
        CASE(test_edits),   CASE(test_renew),    CASE(test_cut_stays_cut),
        CASE(test_sharing), CASE(test_look),     CASE(test_marks),
        CASE(test_view),    CASE(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
