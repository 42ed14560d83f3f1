/* Once warm, no file is needed: with no descriptor to be had, every screen
 * looks the same as with all of them. */
#include "kiosk/ui_priv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>

#include <cmocka.h>

#define SCREENS (SESSION_OUT_OF_SERVICE + 1)

struct looks {
    uint64_t sum[KIOSK_LANGS][SCREENS];
};

static void on_intent(void *arg, const struct session_intent *intent)
{
    (void)arg;
    (void)intent;
}

static struct kiosk_ui *ui_new(void)
{
    struct kiosk_config config = {.headless = true, .intent = on_intent};
    struct kiosk_ui *ui;
    assert_int_equal(kiosk_ui_new(&config, &ui), 0);
    return ui;
}

static uint64_t canvas_sum(const struct kiosk_canvas *c)
{
    uint64_t sum = 14695981039346656037u;
    /* Not the title bar: its clock goes on. */
    size_t from = (size_t)c->size.w * 100;
    size_t n = (size_t)c->size.w * (size_t)c->size.h;
    for (size_t i = from; i < n; i++)
        sum = (sum ^ (c->pixels[i] & 0xffffff)) * 1099511628211u;
    return sum;
}

static void draw_all(struct kiosk_ui *ui, struct looks *ret)
{
    for (int lang = 0; lang < KIOSK_LANGS; lang++) {
        for (int screen = 0; screen < SCREENS; screen++) {
            ui->view = (struct session_view){
                .screen = (enum session_screen)screen,
                .card = "housing-allowance",
                .expert_name = "Þórður Київ ليلى",
                .agency_name = "Ελλάδα نور",
                .volume = 7,
                /* Minutes that pass between both must not be seen. */
                .waiting_since_us = INT64_MAX,
            };
            snprintf(ui->view.lang, sizeof(ui->view.lang), "%s",
                     kiosk_lang_codes[lang]);
            ui->stale = true;
            kiosk_ui_draw(ui);
            ret->sum[lang][screen] = canvas_sum(ui->canvas);
        }
    }
}

static void test_warm_needs_no_files(void **state)
{
    (void)state;
    static struct looks closed;
    static struct looks open;
    struct rlimit was;
    struct kiosk_ui *ui = ui_new();
    assert_int_equal(kiosk_ui_warm(ui), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
    struct rlimit none = {0, was.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    draw_all(ui, &closed);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
    kiosk_ui_free(ui);

    ui = ui_new();
    draw_all(ui, &open);
    kiosk_ui_free(ui);
    assert_memory_equal(&closed, &open, sizeof(open));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_warm_needs_no_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
