/* What people touch, look at and put their papers into. */
#include "app/super_test_impl.h"

#include <stdio.h>
#include <string.h>

static json_t *last_check(const struct super_judge *j)
{
    return json_array_get(j->checks, json_array_size(j->checks) - 1);
}

/* Works as the kiosk is configured, and no device is behind it. */
static void pass_simulated(const struct super_judge *j)
{
    super_judge_pass(j);
    (void)json_object_set_new(last_check(j), "simulated", json_true());
}

/* What a program says of `test`, with this advice; a device that it does not
 * find is `thing` to people. */
static void judge_said(struct super_judge *j, size_t program, const char *test,
                       const char *thing, const char *next)
{
    if (super_judge_skips_without(j, program))
        return;
    const json_t *v = super_judge_said(j, test);
    const char *result = v ? super_judge_text(v, "result") : "";
    const char *why = v ? super_judge_text(v, "why") : "";
    bool skip = strcmp(result, "SKIP") == 0;
    if (!v)
        super_judge_add(j, "FAIL", "its program does not answer",
                        "Ask again. If it stays so: restart");
    else if (strcmp(result, "PASS") == 0)
        super_judge_pass(j);
    else if (skip && strncmp(why, "simulated", strlen("simulated")) == 0)
        pass_simulated(j);
    else if (strncmp(why, "not found", strlen("not found")) == 0)
        super_judge_fail(j, next, "the %s is not there", thing);
    else
        super_judge_add(j, skip ? "SKIP" : "FAIL", why, skip ? "" : next);
}

void super_test_display(struct super_judge *j)
{
    int connected = 0;
    int all = 0;
    const json_t *v = super_judge_said(j, "screen answers");
    bool draws = v && strcmp(super_judge_text(v, "result"), "PASS") == 0;
    super_machine_panels(j->facts->machine, &connected, &all);
    if (!j->own->config->headless && all > 0 && connected == 0)
        super_judge_add(j, "FAIL", "no panel is connected to the machine",
                        "Check the panel's cable at both ends and its power.");
    else if (j->own->config->headless && draws)
        super_judge_add(j, "SKIP", "the kiosk draws into memory (--headless)",
                        "");
    else
        judge_said(j, SUPER_LUUKKUD, "screen answers", "screen",
                   "The screen's program hangs: restart");
}

void super_test_touch(struct super_judge *j)
{
    if (super_machine_has_touch(j->facts->machine))
        super_judge_pass(j);
    else if (j->own->config->headless)
        super_judge_add(j, "SKIP",
                        "the kiosk has no screen to touch (--headless)", "");
    else
        super_judge_add(
            j, "FAIL", "the machine sees no touch screen",
            "Check the panel's USB cable: it is apart from the picture's.");
}

void super_test_keypad(struct super_judge *j)
{
    if (super_machine_has_digits(j->facts->machine))
        super_judge_pass(j);
    else if (j->own->config->headless || !j->own->config->store->keypad[0])
        super_judge_add(j, "SKIP", "no keypad is configured", "");
    else
        super_judge_add(j, "FAIL", "the machine sees no keys with digits",
                        "Check the keypad's cable; plug it into another "
                        "socket.");
}

/* Words for a device whose role super knows by another name. */
struct device_words {
    const char *role;
    const char *name;   /* to people */
    const char *absent; /* what to do when it is not there */
};

static const struct device_words scanner_words = {
    "scanner", "scanner",
    "Is the scanner switched on? Check its USB cable at both ends."};
static const struct device_words reader_words = {
    "reader", "card reader",
    "Check the card reader's USB cable; plug it into another socket."};
static const struct device_words document_words = {
    "document", "document camera",
    "Check the document camera's USB cable; plug it into another socket."};

static void fail_device(const struct super_judge *j,
                        const struct device_words *w, const char *state,
                        const char *why)
{
    char next[160];
    if (strcmp(state, "absent") == 0 && !*why) {
        super_judge_fail(j, w->absent, "the %s is not there", w->name);
    } else if (strcmp(state, "absent") == 0) {
        super_judge_fail(j, w->absent, "the %s is not there; last time: %s",
                         w->name, why);
    } else if (strcmp(state, "starting") == 0) {
        super_judge_fail(j, "Wait ten seconds and ask again.",
                         "the %s is just being started%s%s", w->name,
                         *why ? "; last time: " : "", why);
    } else {
        (void)snprintf(next, sizeof(next),
                       "Switch the %s off and on, then: device again %s. If "
                       "it stays so, change it.",
                       w->name, w->role);
        super_judge_fail(j, next, "the %s is not used, it misbehaves: %s",
                         w->name, why);
    }
}

/* Whether that device works; what is to be said if not has been said. */
static bool device_works(struct super_judge *j, const struct device_words *w,
                         size_t program)
{
    json_t *list = super_devices_answer(j->own->devices);
    size_t i = 0;
    json_t *one = NULL;
    const json_t *found = NULL;
    bool works = false;
    json_array_foreach(list, i, one)
    {
        if (strcmp(super_judge_text(one, "device"), w->role) == 0)
            found = one;
    }
    const char *state = super_judge_text(found, "state");
    if (!found)
        super_judge_add(j, "SKIP", "this kiosk is configured without it", "");
    else if (!super_judge_skips_without(j, program)) {
        works = strcmp(state, "works") == 0;
        if (!works)
            fail_device(j, w, state, super_judge_text(found, "why"));
    }
    json_decref(list);
    return works;
}

/* It works, but its program may say that something hinders it. */
static void judge_hindered(struct super_judge *j, const char *test,
                           const char *next)
{
    const json_t *v = super_judge_said(j, test);
    if (v && strcmp(super_judge_text(v, "result"), "FAIL") == 0)
        super_judge_add(j, "FAIL", super_judge_text(v, "why"), next);
    else
        super_judge_pass(j);
}

void super_test_scanner(struct super_judge *j)
{
    if (device_works(j, &scanner_words, SUPER_SCAN))
        judge_hindered(j, "scanner is ready",
                       "Then ask again: test scanner. If it stays so: device "
                       "again scanner");
}

void super_test_card(struct super_judge *j)
{
    if (device_works(j, &reader_words, SUPER_CARD))
        judge_hindered(j, "card",
                       "Take the card out and wipe its chip; try another card. "
                       "If no card answers, change the reader.");
}

static bool has_document_camera(const struct super_judge *j)
{
    json_t *list = super_devices_answer(j->own->devices);
    size_t i = 0;
    json_t *one = NULL;
    bool has = false;
    json_array_foreach(list, i, one)
    {
        has = has ||
              strcmp(super_judge_text(one, "device"), document_words.role) == 0;
    }
    json_decref(list);
    return has;
}

/* What luukku-rtc saw when it opened its devices: the check of this test. */
static const json_t *looked(const struct super_judge *j)
{
    const char *name = super_test_name(j->test);
    size_t i = 0;
    json_t *one = NULL;
    json_array_foreach(j->facts->looked, i, one)
    {
        if (strcmp(super_judge_text(one, "test"), name) == 0 &&
            *super_judge_text(one, "result"))
            return one;
    }
    return NULL;
}

/* Opened and looked at; else what is known of it without that, and why it was
 * not opened. */
static void judge_opened(struct super_judge *j, const char *test,
                         const char *thing, const char *next)
{
    if (super_judge_skips_without(j, SUPER_RTC))
        return;
    const json_t *seen = looked(j);
    const json_t *said = super_judge_said(j, test);
    if (seen)
        (void)json_array_append_new(j->checks, json_deep_copy(seen));
    else if (!said || strcmp(super_judge_text(said, "result"), "FAIL") == 0)
        judge_said(j, SUPER_RTC, test, thing, next);
    else if (*j->facts->unlooked)
        super_judge_add(j, "SKIP", j->facts->unlooked, "");
    else
        super_judge_fail(j, "Ask again. If it stays so: restart",
                         "luukku-rtc did not say what it saw of the %s", thing);
}

void super_test_camera(struct super_judge *j)
{
    judge_opened(j, "camera", "camera",
                 "Check the camera's USB cable; plug it into another socket.");
    if (!super_has(j->own->super, SUPER_RTC) || !has_document_camera(j) ||
        !device_works(j, &document_words, SUPER_RTC))
        return;
    super_judge_pass(j);
    (void)json_object_set_new(last_check(j), "device",
                              json_string(document_words.name));
}

void super_test_microphone(struct super_judge *j)
{
    judge_opened(j, "microphone", "microphone",
                 "Check the sound device's cable. Then: restart");
}

void super_test_speaker(struct super_judge *j)
{
    judge_opened(j, "loudspeaker", "loudspeaker",
                 "Check the sound device's cable and its power. Then: restart");
}
