#include "app/console_json.h"
#include "app/console_show.h"
#include "console/put.h"
#include "console/table.h"

#include <errno.h>
#include <stdio.h>

#define CONSOLE_SHOW(name, fn)                                    \
    int console_show_##name(const char *json, struct lk_buf *out) \
    {                                                             \
        json_t *v = NULL;                                         \
        int r = console_json_load(json, &v);                      \
        if (r == 0)                                               \
            r = fn(v, out);                                       \
        json_decref(v);                                           \
        return r;                                                 \
    }

/* Further members of an object inside, under a heading. */
static int show_part(const json_t *object, const char *key, const char *heading,
                     struct lk_buf *out)
{
    const json_t *part = json_object_get(object, key);
    if (json_object_size(part) == 0)
        return 0;
    console_putf(out, "\n%s\n", heading);
    return console_json_all(part, out);
}

static int show_version(const json_t *v, struct lk_buf *out)
{
    return console_json_all(v, out);
}

static int show_hardware(const json_t *v, struct lk_buf *out)
{
    static const struct console_column own[] = {
        {"machine", "machine"},
        {"kernel", "kernel"},
        {"uptime_s", "up (seconds)"},
    };
    static const struct console_column clock[] = {
        {"at", "time (UTC)"},
        {"synchronised", "set by the network"},
        {"sane", "can be right"},
    };
    static const struct console_column cpu[] = {
        {"model", "processor"},
        {"cores", "cores"},
        {"load", "load of 1, 5, 15 minutes"},
    };
    static const struct console_column memory[] = {
        {"total_kb", "memory (KB)"},
        {"available_kb", "free of it (KB)"},
    };
    const struct {
        const char *key; /* NULL: the object itself */
        const struct console_column *member;
        size_t n;
    } parts[] = {
        {NULL, own, LK_ARRAY_LEN(own)},
        {"clock", clock, LK_ARRAY_LEN(clock)},
        {"cpu", cpu, LK_ARRAY_LEN(cpu)},
        {"memory", memory, LK_ARRAY_LEN(memory)},
    };
    int r = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(parts) && r == 0; i++) {
        const json_t *part =
            parts[i].key ? json_object_get(v, parts[i].key) : v;
        if (i > 0)
            console_put(out, "\n");
        r = console_json_members(part, parts[i].member, parts[i].n, out);
    }
    return r;
}

/* Kilobytes as megabytes, which people read; "-" when it is unknown. */
static void megabytes(const json_t *kb, char *ret, size_t cap)
{
    if (json_is_integer(kb))
        (void)snprintf(ret, cap, "%lld",
                       (long long)json_integer_value(kb) / 1024);
    else
        (void)snprintf(ret, cap, "-");
}

static int show_storage(const json_t *v, struct lk_buf *out)
{
    static const char *const heading[] = {"PLACE", "TYPE",      "MB",
                                          "FREE",  "READ ONLY", "DEVICE"};
    const json_t *list = json_object_get(v, "storage");
    LK_AUTO(console_table) t = NULL;
    int r = console_table_new(heading, LK_ARRAY_LEN(heading), &t);
    for (size_t i = 0; i < json_array_size(list) && r == 0; i++) {
        const json_t *one = json_array_get(list, i);
        char total[24];
        char left[24];
        char only[8];
        megabytes(json_object_get(one, "total_kb"), total, sizeof(total));
        megabytes(json_object_get(one, "free_kb"), left, sizeof(left));
        console_json_value(json_object_get(one, "read_only"), only,
                           sizeof(only));
        const char *const cell[] = {console_json_text(one, "path"),
                                    console_json_text(one, "type"),
                                    total,
                                    left,
                                    only,
                                    console_json_text(one, "device")};
        r = console_table_add(t, cell);
    }
    return r < 0 ? r : console_table_draw(t, out);
}

static int show_temperature(const json_t *v, struct lk_buf *out)
{
    static const struct console_column columns[] = {
        {"name", "SENSOR"},
        {"celsius", "CELSIUS"},
    };
    const json_t *list = json_object_get(v, "temperature");
    if (json_array_size(list) == 0)
        return lk_buf_printf(out, "This machine tells no temperatures.\n");
    return console_json_list(list, columns, LK_ARRAY_LEN(columns), out);
}

/* The lists of "network". */
static int show_servers(const json_t *v, struct lk_buf *out)
{
    static const struct console_column route[] = {
        {"to", "ROUTE TO"},
        {"via", "VIA"},
        {"interface", "INTERFACE"},
    };
    static const struct console_column stun[] = {
        {"host", "STUN"},
        {"port", "PORT"},
    };
    static const struct console_column turn[] = {
        {"host", "TURN"},
        {"port", "PORT"},
        {"transport", "BY"},
    };
    const struct {
        const char *key;
        const struct console_column *column;
        size_t n;
    } lists[] = {
        {"routes", route, LK_ARRAY_LEN(route)},
        {"stun", stun, LK_ARRAY_LEN(stun)},
        {"turn", turn, LK_ARRAY_LEN(turn)},
    };
    int r = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(lists) && r == 0; i++) {
        const json_t *list = json_object_get(v, lists[i].key);
        if (json_array_size(list) == 0)
            continue;
        console_put(out, "\n");
        r = console_json_list(list, lists[i].column, lists[i].n, out);
    }
    return r;
}

static int show_network(const json_t *v, struct lk_buf *out)
{
    static const struct console_column columns[] = {
        {"name", "INTERFACE"},      {"state", "STATE"},
        {"carrier", "CABLE"},       {"speed_mbps", "MBPS"},
        {"rx_errors", "RX ERR"},    {"tx_errors", "TX ERR"},
        {"addresses", "ADDRESSES"},
    };
    static const struct console_column names[] = {{"dns", "name servers"}};
    int r = console_json_list(json_object_get(v, "interfaces"), columns,
                              LK_ARRAY_LEN(columns), out);
    if (r == 0)
        r = show_servers(v, out);
    if (r == 0)
        r = lk_buf_append(out, "\n", 1);
    if (r == 0)
        r = console_json_members(v, names, LK_ARRAY_LEN(names), out);
    return r < 0 ? r : show_part(v, "broker", "Broker", out);
}

#define DAY_LEN 10 /* of "2026-01-31T09:05:07.123Z" */

static int show_certs(const json_t *v, struct lk_buf *out)
{
    static const struct console_column columns[] = {
        {"role", "ROLE"},       {"state", "STATE"}, {"days_left", "DAYS"},
        {"not_after", "UNTIL"}, {"key", "KEY"},     {"subject", "SUBJECT"},
    };
    size_t n = json_array_size(v);
    for (size_t i = 0; i < n; i++) { /* the day is enough */
        json_t *until = json_object_get(json_array_get(v, i), "not_after");
        size_t len = LK_MIN(json_string_length(until), (size_t)DAY_LEN);
        if (len > 0 &&
            json_string_setn(until, json_string_value(until), len) < 0)
            return -ENOMEM;
    }
    int r = console_json_list(v, columns, LK_ARRAY_LEN(columns), out);
    for (size_t i = 0; i < n && r == 0; i++) {
        const json_t *one = json_array_get(v, i);
        const char *why = console_json_text(one, "why");
        if (*why)
            console_putf(out, "%s: %s\n", console_json_text(one, "role"), why);
    }
    return r;
}

static int show_calls(const json_t *v, struct lk_buf *out)
{
    static const struct console_column columns[] = {
        {"at", "BEGAN"},
        {"duration_s", "S"},
        {"rtt_ms", "RTT MS"},
        {"loss_sent_permille", "LOST OUT"},
        {"loss_received_permille", "LOST IN"},
        {"fps_sent", "FPS OUT"},
        {"fps_received", "FPS IN"},
        {"send_kbps", "KBPS OUT"},
    };
    if (json_array_size(v) == 0)
        return lk_buf_printf(out, "No calls since the start.\n");
    console_put(out, "Times are UTC; losses in packets of a thousand.\n");
    return console_json_list(v, columns, LK_ARRAY_LEN(columns), out);
}

CONSOLE_SHOW(version, show_version)
CONSOLE_SHOW(hardware, show_hardware)
CONSOLE_SHOW(storage, show_storage)
CONSOLE_SHOW(temperature, show_temperature)
CONSOLE_SHOW(network, show_network)
CONSOLE_SHOW(certs, show_certs)
CONSOLE_SHOW(calls, show_calls)
