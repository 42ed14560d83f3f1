#include "app/super_answer.h"

#include "app/super_machine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct super_machine machine = {.root = ""};

static const char *const state_name[] = {
    [SUPER_WAITING] = "waiting to start",
    [SUPER_STARTING] = "starting",
    [SUPER_RUNNING] = "running",
    [SUPER_STOPPING] = "stopping",
    [SUPER_ENDED] = "ended",
};

static json_t *program_status(const struct super *s, size_t i, int64_t now_us)
{
    struct super_info info;
    super_info(s, i, &info);
    int64_t up_us = info.pid ? now_us - info.started_us : 0;
    int64_t kb = info.pid ? super_machine_memory_kb(&machine, info.pid) : -1;
    return json_pack("{s:s,s:s,s:i,s:i,s:I,s:s,s:s,s:o}", "name", info.name,
                     "state", state_name[info.state], "pid", (int)info.pid,
                     "restarts", (int)info.restarts, "uptime_s",
                     (json_int_t)(up_us / 1000000), "walls", info.walls,
                     "last_end", info.ended, "memory_kb",
                     kb < 0 ? json_null() : json_integer(kb));
}

/* How it is that a program does not run. */
static json_t *dead_answer(const struct super_info *info)
{
    const char *why = info->ended[0] ? info->ended : "never started";
    return json_pack("{s:s,s:s,s:s,s:i}", "name", info->name, "state",
                     state_name[info->state], "why", why, "restarts",
                     (int)info->restarts);
}

/* One that is starting for the first time, or anew after a visit, is not
 * dead. */
static bool is_dead(const struct super_info *info)
{
    bool starts =
        info->state == SUPER_STARTING || info->state == SUPER_STOPPING;
    return info->state != SUPER_RUNNING && !(starts && info->restarts == 0);
}

/* With this program not running, too. */
static const char *worse(const char *health, size_t program, bool dead)
{
    if (strcmp(health, "down") == 0 || (dead && program == SUPER_LUUKKUD))
        return "down";
    if (strcmp(health, "degraded") == 0 || dead)
        return "degraded";
    return "starting";
}

json_t *super_answer_programs(const struct super *s, int64_t now_us)
{
    json_t *programs = json_array();
    json_t *dead = json_array();
    const char *health = "ok";
    for (size_t i = 0; i < super_programs(s); i++) {
        struct super_info info;
        if (!super_has(s, i))
            continue;
        super_info(s, i, &info);
        (void)json_array_append_new(programs, program_status(s, i, now_us));
        if (info.state != SUPER_RUNNING)
            health = worse(health, i, is_dead(&info));
        if (is_dead(&info))
            (void)json_array_append_new(dead, dead_answer(&info));
    }
    return json_pack("{s:s,s:o,s:o}", "health", health, "dead", dead,
                     "programs", programs);
}

json_t *super_answer_status(const struct super_desk_config *config,
                            const struct super *s, int64_t up_us,
                            int64_t now_us)
{
    json_t *all = super_answer_programs(s, now_us);
    json_t *more = json_pack("{s:s,s:s,s:I,s:b,s:o}", "kiosk", config->kiosk,
                             "version", config->version, "uptime_s",
                             (json_int_t)(up_us / 1000000), "ui_control",
                             config->allow_ui_control, "errors", json_object());
    int r = all && more ? json_object_update(all, more) : -1;
    json_decref(more);
    if (r == 0)
        return all;
    json_decref(all);
    return NULL;
}

json_t *super_answer_check(const char *program, const char *what,
                           const char *result, const char *why)
{
    char text[96];
    (void)snprintf(text, sizeof(text), "%s %s", program, what);
    return json_pack("{s:s,s:s,s:s}", "test", text, "result", result, "why",
                     why);
}

/* A device that is not there fails as one that is set aside: the kiosk is
 * configured to have it. */
static int check_devices(json_t *checks, const struct super_devices *d)
{
    json_t *list = super_devices_answer(d);
    size_t i = 0;
    json_t *one = NULL;
    int r = list ? 0 : -ENOMEM;
    json_array_foreach(list, i, one)
    {
        const char *state = json_string_value(json_object_get(one, "state"));
        const char *why = json_string_value(json_object_get(one, "why"));
        bool works = strcmp(state, "works") == 0;
        char text[SUPER_DEVICE_WHY_MAX + 32];
        (void)snprintf(text, sizeof(text), "%s%s%s", works ? "" : state,
                       works || !*why ? "" : ": ", works ? "" : why);
        r |= json_array_append_new(
            checks, super_answer_check(
                        json_string_value(json_object_get(one, "device")),
                        "works", works ? "PASS" : "FAIL", text));
    }
    json_decref(list);
    return r;
}

json_t *super_answer_selftest(const struct super *s,
                              const struct super_devices *d)
{
    json_t *checks = json_array();
    int r = 0;
    for (size_t i = 0; i < super_programs(s); i++) {
        struct super_info info;
        if (!super_has(s, i))
            continue;
        super_info(s, i, &info);
        bool runs = info.state == SUPER_RUNNING;
        bool confined = runs && !strchr(info.walls, '-');
        r |= json_array_append_new(
            checks,
            super_answer_check(info.name, "runs", runs ? "PASS" : "FAIL",
                               runs ? "" : state_name[info.state]));
        r |= json_array_append_new(
            checks, super_answer_check(info.name, "is confined",
                                       confined ? "PASS" : "FAIL",
                                       confined ? "" : info.walls));
    }
    r |= check_devices(checks, d);
    if (r < 0) {
        json_decref(checks);
        return NULL;
    }
    return checks;
}
