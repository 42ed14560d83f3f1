/* The way out: cable, address, names, the broker, the relays. */
#include "app/super_test_impl.h"

#include <string.h>

static bool has_address(const json_t *interface)
{
    size_t i = 0;
    json_t *a = NULL;
    json_array_foreach(json_object_get(interface, "addresses"), i, a)
    {
        const char *s = json_string_value(a);
        if (s && strncmp(s, "fe80:", 5) != 0)
            return true;
    }
    return false;
}

static bool is_local(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
           strcmp(host, "localhost") == 0;
}

/* The checks of luukku-probe of this name and result; NULL after the last. */
static const json_t *found_next(const struct super_judge *j, const char *test,
                                const char *result, size_t *at)
{
    while (*at < json_array_size(j->facts->net)) {
        const json_t *one = json_array_get(j->facts->net, (*at)++);
        const char *name = super_judge_text(one, "test");
        if ((strcmp(name, test) == 0 || strcmp(name, "probe") == 0) &&
            strcmp(super_judge_text(one, "result"), result) == 0)
            return one;
    }
    return NULL;
}

/* Passes on what luukku-probe found so; false: nothing of that name. */
static bool tell_found(struct super_judge *j, const char *test,
                       const char *result)
{
    size_t at = 0;
    bool any = false;
    for (const json_t *one = found_next(j, test, result, &at); one;
         one = found_next(j, test, result, &at)) {
        super_judge_add(j, result, super_judge_text(one, "reason"),
                        super_judge_text(one, "next"));
        any = true;
    }
    return any;
}

/* Likewise all that speaks against it. */
static bool found_trouble(struct super_judge *j, const char *test)
{
    bool fails = tell_found(j, test, "FAIL");
    return tell_found(j, test, "SKIP") || fails;
}

/* Names that nobody could look up: every server's says the same. */
static bool names_trouble(struct super_judge *j)
{
    size_t at = 0;
    const json_t *one = found_next(j, "names", "FAIL", &at);
    if (one)
        super_judge_add(j, "FAIL", super_judge_text(one, "reason"),
                        super_judge_text(one, "next"));
    return one != NULL;
}

static bool found_good(const struct super_judge *j, const char *test)
{
    size_t at = 0;
    return found_next(j, test, "PASS", &at) != NULL;
}

/* Where the way out ends: no carrier, no address, no route, no names. */
void super_test_network(struct super_judge *j)
{
    json_t *net = super_machine_network(j->facts->machine);
    size_t i = 0;
    json_t *one = NULL;
    bool carrier = false;
    bool address = false;
    json_array_foreach(json_object_get(net, "interfaces"), i, one)
    {
        if (strcmp(super_judge_text(one, "name"), "lo") == 0)
            continue;
        bool up = json_is_true(json_object_get(one, "carrier"));
        carrier = carrier || up;
        address = address || (up && has_address(one));
    }
    bool route = json_array_size(json_object_get(net, "routes")) > 0;
    bool local = is_local(j->own->config->store->broker.host);
    if (!local && !carrier)
        super_judge_add(
            j, "FAIL", "no network cable is plugged in, or the switch is off",
            "Check the cable at both ends; does the socket's lamp shine?");
    else if (!local && !address)
        super_judge_add(j, "FAIL",
                        "the cable is in, but the kiosk got no address",
                        "Ask the site whether DHCP gives this kiosk an "
                        "address.");
    else if (!local && !route)
        super_judge_add(j, "FAIL",
                        "there is an address, but no way out of this network",
                        "Ask the site for the router's address.");
    else if (!names_trouble(j))
        super_judge_pass(j);
    json_decref(net);
}

static bool link_stands(const struct super_judge *j)
{
    const char *link = super_news_link_name(j->own->config->news);
    const json_t *v = super_judge_said(j, "broker");
    return (link && strcmp(link, "up") == 0) ||
           (v && strcmp(super_judge_text(v, "result"), "PASS") == 0);
}

/* The link that stands is proof enough; otherwise the look says why not. */
void super_test_broker(struct super_judge *j)
{
    if (link_stands(j))
        super_judge_pass(j);
    else if (found_trouble(j, "broker"))
        ; /* said */
    else if (!found_good(j, "broker"))
        super_judge_add(j, "FAIL", "the way to the broker was not looked at",
                        "Look why: show log program=luukku-probe");
    else if (!super_judge_skips_without(j, SUPER_RTC))
        super_judge_add(j, "FAIL",
                        "the broker answers, but does not let this kiosk in",
                        "First: test certs. Then ask the office whether the "
                        "broker knows this kiosk.");
}

/* What luukku-probe found of the servers of one kind. */
static void judge_servers(struct super_judge *j, const char *test,
                          size_t configured, const char *none,
                          const char *unseen)
{
    if (configured == 0)
        super_judge_add(j, "SKIP", none, "");
    else if (found_trouble(j, test))
        ; /* said */
    else if (found_good(j, test))
        super_judge_pass(j);
    else
        super_judge_add(j, "FAIL", unseen,
                        "Look why: show log program=luukku-probe");
}

void super_test_stun(struct super_judge *j)
{
    judge_servers(j, "stun", j->own->config->store->stuns,
                  "no STUN server is configured",
                  "the STUN servers were not looked at");
}

void super_test_turn(struct super_judge *j)
{
    judge_servers(j, "turn", j->own->config->store->turns,
                  "no TURN server is configured",
                  "the relays were not looked at");
}
