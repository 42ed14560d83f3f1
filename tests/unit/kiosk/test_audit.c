/* Every screen in every language, size of text and theme on every panel: no
 * text is cut, sticks out or is broken, nothing lies on anything else or
 * outside, contrasts and targets are large enough. Each finding is printed. */
#include "audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PRINTED_MAX 400 /* findings that are printed; all are counted */

static struct sample_stage s;
static char where[160];
static int findings;

static void on_found(void *arg, const char *what, int node, double is,
                     double least)
{
    (void)arg;
    if (findings++ >= PRINTED_MAX)
        return;
    const struct kiosk_node *n = node < 0 ? NULL : &s.tree.node[node];
    fprintf(stderr, "%s: %s: %.1f, least %.1f", where, what, is, least);
    if (n)
        fprintf(stderr, ": #%d %s \"%.60s\" at %d %d %d %d", node, n->id,
                kiosk_node_text(n), n->rect.x, n->rect.y, n->rect.w, n->rect.h);
    fprintf(stderr, "\n");
}

static const struct audit audit = {.found = on_found};

static void audit_look(const struct sample_panel *panel,
                       const struct sample *sample, struct sample_look look)
{
    static const char *const sizes[] = {"normal", "large", "largest"};
    int pages = 1;
    for (look.page = 0; look.page < pages; look.page++) {
        snprintf(where, sizeof(where), "%s %s %s %s page %d", sample->name,
                 kiosk_lang_codes[look.lang], sizes[look.size], panel->name,
                 look.page + 1);
        sample_build(&s, sample, &look);
        pages = sample_pages(&s);
        audit_places(&audit, &s);
        audit_colours(&audit, &s);
        /* Only colours differ. */
        s.tree.contrast = true;
        snprintf(where, sizeof(where), "%s %s inverse %s page %d", sample->name,
                 kiosk_lang_codes[look.lang], panel->name, look.page + 1);
        audit_colours(&audit, &s);
    }
}

static void audit_panel(const struct sample_panel *panel)
{
    const struct sample *one;
    sample_stage_open(&s, panel);
    for (size_t k = 0; (one = sample_get(k)) != NULL; k++) {
        for (int l = 0; l < KIOSK_LANGS * SESSION_TEXT_SIZES; l++) {
            struct sample_look look = {
                .lang = (enum kiosk_lang)(l / SESSION_TEXT_SIZES),
                .size = (enum session_text_size)(l % SESSION_TEXT_SIZES),
            };
            audit_look(panel, one, look);
        }
    }
    sample_stage_close(&s);
    assert_int_equal(findings, 0);
}

static void test_portrait(void **state)
{
    (void)state;
    findings = 0;
    audit_panel(&sample_panels[0]);
}

static void test_landscape(void **state)
{
    (void)state;
    findings = 0;
    audit_panel(&sample_panels[1]);
}

static void test_least(void **state)
{
    (void)state;
    findings = 0;
    audit_panel(&sample_panels[2]);
}

static void test_dense(void **state)
{
    (void)state;
    findings = 0;
    audit_panel(&sample_panels[3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_portrait),
        cmocka_unit_test(test_landscape),
        cmocka_unit_test(test_least),
        cmocka_unit_test(test_dense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
