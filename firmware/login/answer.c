#include "login/answer.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define DEPTH_MAX 8 /* of brackets */

/* RFC 8628 section 3.4. */
#define GRANT "urn:ietf:params:oauth:grant-type:device_code"

static json_t *parse(const char *json, size_t len)
{
    json_error_t error;
    if (len > LOGIN_ANSWER_MAX || !lk_json_is_shallow(json, len, DEPTH_MAX))
        return NULL;
    json_t *o = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(o))
        return o;
    json_decref(o);
    return NULL;
}

/* Printable ASCII without spaces at the ends, not empty. */
static int take_text(const json_t *v, char *ret, size_t cap)
{
    const char *s = json_string_value(v);
    size_t n = s ? strlen(s) : 0;
    if (n == 0 || s[0] == ' ' || s[n - 1] == ' ')
        return -EBADMSG;
    if (n >= cap)
        return -EMSGSIZE;
    for (size_t i = 0; i < n; i++)
        if (s[i] < ' ' || s[i] > '~')
            return -EBADMSG;
    memcpy(ret, s, n + 1);
    return 0;
}

/* Where a telephone may be sent to. A user name in it would hide the host. */
static int take_url(const json_t *v, char ret[LOGIN_URL_MAX])
{
    char url[LOGIN_URL_MAX];
    int r = take_text(v, url, sizeof(url));
    if (r < 0)
        return r;
    size_t host =
        strncmp(url, "https://", 8) == 0 ? strcspn(url + 8, "/?#") : 0;
    if (host == 0 || memchr(url + 8, '@', host) || strpbrk(url, " \"<>\\^`{|}"))
        return -EBADMSG;
    memcpy(ret, url, sizeof(url));
    return 0;
}

/* A whole number of seconds, at least one; more than `max` counts as that. */
static int take_seconds(const json_t *v, uint32_t max, uint32_t *ret)
{
    if (!json_is_integer(v) || json_integer_value(v) < 1)
        return -EBADMSG;
    *ret = (uint32_t)LK_MIN(json_integer_value(v), (json_int_t)max);
    return 0;
}

static int start_read(const json_t *o, struct login_start *s)
{
    const json_t *whole = json_object_get(o, "verification_uri_complete");
    const json_t *interval = json_object_get(o, "interval");
    int r = take_text(json_object_get(o, "device_code"), s->device,
                      sizeof(s->device));
    if (r == 0)
        r = take_text(json_object_get(o, "user_code"), s->code,
                      sizeof(s->code));
    if (r == 0)
        r = take_url(json_object_get(o, "verification_uri"), s->url);
    if (r == 0 && whole)
        r = take_url(whole, s->url);
    if (r == 0)
        r = take_seconds(json_object_get(o, "expires_in"), LOGIN_LASTS_MAX_S,
                         &s->lasts_s);
    s->interval_s = LOGIN_INTERVAL_S;
    /* 0 is what some say who do not mind; once a second is enough. */
    if (json_is_integer(interval) && json_integer_value(interval) == 0)
        s->interval_s = 1;
    else if (r == 0 && interval)
        r = take_seconds(interval, LOGIN_INTERVAL_MAX_S, &s->interval_s);
    return r;
}

int login_parse_start(const char *json, size_t len, struct login_start *ret)
{
    struct login_start s = {.lasts_s = 0};
    json_t *o = parse(json, len);
    int r = o ? start_read(o, &s) : -EBADMSG;
    json_decref(o);
    if (r == 0)
        memcpy(ret, &s, sizeof(s));
    explicit_bzero(&s, sizeof(s));
    return r;
}

/* RFC 7515 section 3.1: three parts of base64url, none empty. */
static bool is_jws(const char *s, size_t len)
{
    size_t dots = 0;
    size_t part = 0;
    for (size_t i = 0; i < len; i++) {
        const char c = s[i];
        bool good = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                    (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (c == '.' && part > 0) {
            dots++;
            part = 0;
        } else if (!good) {
            return false;
        } else {
            part++;
        }
    }
    return dots == 2 && part > 0;
}

static int token_read(const json_t *o, struct login_poll *p)
{
    const json_t *v = json_object_get(o, "id_token");
    const char *s = json_string_value(v);
    size_t len = json_string_length(v);
    if (!s || len > LOGIN_TOKEN_MAX || !is_jws(s, len))
        return 0; /* BROKEN */
    int r = lk_buf_new(LOGIN_TOKEN_MAX, &p->token);
    if (r == 0)
        r = lk_buf_append(p->token, s, len);
    if (r == 0)
        p->verdict = LOGIN_TOKEN;
    else
        p->token = lk_buf_free(p->token);
    return r;
}

static enum login_verdict error_read(const json_t *o)
{
    static const struct {
        const char *word;
        enum login_verdict verdict;
    } words[] = {{"authorization_pending", LOGIN_PENDING},
                 {"slow_down", LOGIN_SLOW_DOWN},
                 {"access_denied", LOGIN_DENIED},
                 {"expired_token", LOGIN_EXPIRED}};
    const char *s = json_string_value(json_object_get(o, "error"));
    for (size_t i = 0; s && i < LK_ARRAY_LEN(words); i++)
        if (strcmp(s, words[i].word) == 0)
            return words[i].verdict;
    return LOGIN_BROKEN;
}

/* RFC 6749 section 5.2 has 400; some answer 401 or 403 with the same words. */
int login_parse_poll(long status, const char *json, size_t len,
                     struct login_poll *ret)
{
    struct login_poll p = {.verdict = LOGIN_BROKEN};
    int r = 0;
    if (status == 0 || status == 408 || status == 429 || status >= 500) {
        p.verdict = status == 429 ? LOGIN_SLOW_DOWN : LOGIN_AWAY;
    } else {
        json_t *o = parse(json, len);
        if (o && status == 200)
            r = token_read(o, &p);
        else if (o && status >= 400)
            p.verdict = error_read(o);
        json_decref(o);
    }
    if (r == 0)
        *ret = p;
    return r;
}

/* --- what is asked ------------------------------------------------------ */

/* application/x-www-form-urlencoded, as RFC 6749 appendix B has it. */
static int put(struct lk_buf *b, const char *name, const char *value)
{
    int r = lk_buf_printf(b, "%s%s=", b->len > 0 ? "&" : "", name);
    for (; r == 0 && *value; value++) {
        const unsigned char c = (unsigned char)*value;
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     (c >= '0' && c <= '9') || strchr("-._", c);
        r = plain ? lk_buf_append(b, value, 1) : lk_buf_printf(b, "%%%02X", c);
    }
    return r;
}

int login_write_start(struct lk_buf *b, const char *client, const char *scope,
                      const char *nonce)
{
    int r = put(b, "client_id", client);
    if (r == 0)
        r = put(b, "scope", scope);
    return r < 0 ? r : put(b, "nonce", nonce);
}

int login_write_poll(struct lk_buf *b, const char *client, const char *device)
{
    int r = put(b, "grant_type", GRANT);
    if (r == 0)
        r = put(b, "client_id", client);
    return r < 0 ? r : put(b, "device_code", device);
}
