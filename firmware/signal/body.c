#include "signal/body.h"
#include "signal/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SINCE_MAX_S 604800 /* a week */
#define TITLE_MAX 512
#define LANGS_MAX 16

static const char *const bye_names[SIGNAL_BYES] = {
    [SIGNAL_BYE_ENDED] = "ended",
    [SIGNAL_BYE_LEFT] = "left",
    [SIGNAL_BYE_SILENT] = "silent",
    [SIGNAL_BYE_FAILED] = "failed",
};

const char *signal_bye_name(enum signal_bye why)
{
    return (unsigned)why < SIGNAL_BYES ? bye_names[why] : "?";
}

static int b64_value(char c)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Canonical base64 with padding (RFC 4648 section 4); the length, -EBADMSG, or
 * -EMSGSIZE. */
static int b64_decode(const char *s, size_t len, uint8_t *ret, size_t cap)
{
    size_t pad = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    size_t o = 0;
    while (pad < 2 && pad < len && s[len - 1 - pad] == '=')
        pad++;
    if (len % 4 != 0)
        return -EBADMSG;
    if (len / 4 * 3 - pad > cap)
        return -EMSGSIZE;
    for (size_t i = 0; i < len - pad; i++) {
        int v = b64_value(s[i]);
        if (v < 0)
            return -EBADMSG;
        bits = bits << 6 | (uint32_t)v;
        have += 6;
        if (have >= 8) {
            have -= 8;
            ret[o++] = (uint8_t)(bits >> have);
        }
    }
    bool loose = (bits & ((1U << have) - 1)) != 0;
    return loose || have != pad * 2 ? -EBADMSG : (int)o;
}

/* Copies a base64url string of exactly `len` bytes when decoded. */
static bool body_copy_b64u(const json_t *v, size_t len, char *ret)
{
    uint8_t raw[SIGNAL_SIGNATURE_LEN];
    size_t n = json_string_length(v);
    if (!json_is_string(v) || n != LK_B64U_SIZE(len) - 1 ||
        lk_b64u_decode(json_string_value(v), n, raw, len) != (int)len)
        return false;
    memcpy(ret, json_string_value(v), n + 1);
    return true;
}

int signal_body_claim(const char *body, size_t len,
                      struct signal_body_claim *ret)
{
    SIGNAL_JSON_AUTO o = NULL;
    int r = signal_json_load(body, len, &o);
    if (r != SIGNAL_OK)
        return r;
    const json_t *cert = json_object_get(o, "cert");
    const json_t *resume = json_object_get(o, "resume");
    ret->resume[0] = '\0';
    if (!json_is_string(cert) ||
        (resume && !body_copy_b64u(resume, 16, ret->resume)))
        return SIGNAL_MALFORMED;
    int n = b64_decode(json_string_value(cert), json_string_length(cert),
                       ret->cert, sizeof(ret->cert));
    if (n < 0)
        return n == -EMSGSIZE ? SIGNAL_CERTIFICATE : SIGNAL_MALFORMED;
    ret->cert_len = (size_t)n;
    return SIGNAL_OK;
}

static bool body_has_n(const json_t *o)
{
    return signal_json_int(o, "n", 1, SIGNAL_VERSION_MAX) > 0;
}

/* One line that starts with "candidate:", or nothing. */
static bool candidate_line_ok(const char *line, size_t len)
{
    if (len == 0)
        return true;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            return false;
    return len <= SIGNAL_CANDIDATE_MAX && strncmp(line, "candidate:", 10) == 0;
}

int signal_body_candidate(const char *body, size_t len,
                          struct signal_body_candidate *ret)
{
    SIGNAL_JSON_AUTO o = NULL;
    int r = signal_json_load(body, len, &o);
    if (r != SIGNAL_OK)
        return r;
    const char *mid = signal_json_str(o, "mid", SIGNAL_MID_MAX - 1);
    const json_t *line = json_object_get(o, "candidate");
    int64_t version = signal_json_int(o, "offer", 1, SIGNAL_VERSION_MAX);
    if (!body_has_n(o) || version < 0 || !mid || !json_is_string(line) ||
        !candidate_line_ok(json_string_value(line), json_string_length(line)))
        return SIGNAL_MALFORMED;
    ret->version = (uint64_t)version;
    (void)snprintf(ret->mid, sizeof(ret->mid), "%s", mid);
    (void)snprintf(ret->candidate, sizeof(ret->candidate), "%s",
                   json_string_value(line));
    return SIGNAL_OK;
}

int signal_body_bye(const char *body, size_t len, enum signal_bye *ret)
{
    SIGNAL_JSON_AUTO o = NULL;
    int r = signal_json_load(body, len, &o);
    if (r != SIGNAL_OK)
        return r;
    const char *why = signal_json_str(o, "why", 16);
    for (int i = 0; why && body_has_n(o) && i < SIGNAL_BYES; i++) {
        if (strcmp(why, bye_names[i]) == 0) {
            *ret = (enum signal_bye)i;
            return SIGNAL_OK;
        }
    }
    return SIGNAL_MALFORMED;
}

int signal_body_ack(const char *body, size_t len, char *ret)
{
    SIGNAL_JSON_AUTO o = NULL;
    int r = signal_json_load(body, len, &o);
    if (r != SIGNAL_OK)
        return r;
    bool ok =
        body_copy_b64u(json_object_get(o, "of"), SIGNAL_SIGNATURE_LEN, ret);
    return ok ? SIGNAL_OK : SIGNAL_MALFORMED;
}

/* All three languages are there. */
static bool body_title_ok(const json_t *title)
{
    return signal_json_str(title, "fi", TITLE_MAX) &&
           signal_json_str(title, "sv", TITLE_MAX) &&
           signal_json_str(title, "en", TITLE_MAX);
}

int signal_body_announce(const char *body, size_t len,
                         struct signal_body_announce *ret)
{
    SIGNAL_JSON_AUTO o = NULL;
    int r = signal_json_load(body, len, &o);
    if (r != SIGNAL_OK)
        return r;
    const char *agency = signal_json_str(o, "agency", LK_NAME_MAX - 1);
    const char *card = signal_json_str(o, "card", LK_NAME_MAX - 1);
    const char *state = signal_json_str(o, "state", 16);
    int64_t since_s = signal_json_int(o, "since_s", 0, SINCE_MAX_S);
    bool gone = state && strcmp(state, "gone") == 0;
    if (!agency || !lk_name_valid(agency) || !card || !lk_name_valid(card) ||
        !state || (!gone && strcmp(state, "waiting") != 0) || since_s < 0 ||
        !signal_json_str(o, "lang", 3) ||
        !signal_json_str(o, "site", TITLE_MAX) ||
        !body_title_ok(json_object_get(o, "title")))
        return SIGNAL_MALFORMED;
    (void)snprintf(ret->agency, sizeof(ret->agency), "%s", agency);
    ret->since_s = since_s;
    ret->gone = gone;
    return SIGNAL_OK;
}

int signal_body_presence(const char *payload, size_t len,
                         struct signal_presence *ret)
{
    static const char *const states[] = {"free", "busy", "away", "gone"};
    SIGNAL_JSON_AUTO o = NULL;
    if (len > SIGNAL_PRESENCE_MAX)
        return SIGNAL_OVERSIZED;
    int r = signal_json_load(payload, len, &o);
    if (r != SIGNAL_OK)
        return r;
    const json_t *langs = json_object_get(o, "langs");
    const char *state = signal_json_str(o, "state", 8);
    if (!state || !json_is_array(langs) || json_array_size(langs) > LANGS_MAX)
        return SIGNAL_MALFORMED;
    for (size_t i = 0; i < LK_ARRAY_LEN(states); i++) {
        if (strcmp(state, states[i]) == 0) {
            ret->free = i == 0;
            ret->gone = i == 3;
            return SIGNAL_OK;
        }
    }
    return SIGNAL_MALFORMED;
}

int signal_body_write_announce(const struct signal_announce_draft *draft,
                               char **ret)
{
    const struct signal_wait *w = draft->wait;
    return signal_json_dump(
        json_pack("{ss ss ss s{ss ss ss} ss sI ss}", "agency", w->agency,
                  "card", w->card, "lang", w->lang, "title", "fi", w->title_fi,
                  "sv", w->title_sv, "en", w->title_en, "site", draft->site,
                  "since_s", (json_int_t)draft->since_s, "state",
                  draft->gone ? "gone" : "waiting"),
        ret);
}

int signal_body_write_grant(uint32_t n, const struct signal_wait *wait,
                            char **ret)
{
    return signal_json_dump(json_pack("{sI ss ss ss}", "n", (json_int_t)n,
                                      "agency", wait->agency, "card",
                                      wait->card, "lang", wait->lang),
                            ret);
}

int signal_body_write_refuse(enum signal_reason why, char **ret)
{
    return signal_json_dump(json_pack("{ss}", "why", signal_reason_name(why)),
                            ret);
}

int signal_body_write_candidate(uint32_t n,
                                const struct signal_candidate *candidate,
                                char **ret)
{
    return signal_json_dump(json_pack("{sI sI ss ss}", "n", (json_int_t)n,
                                      "offer", (json_int_t)candidate->version,
                                      "mid", candidate->mid, "candidate",
                                      candidate->candidate),
                            ret);
}

int signal_body_write_bye(uint32_t n, enum signal_bye why, char **ret)
{
    return signal_json_dump(
        json_pack("{sI ss}", "n", (json_int_t)n, "why", signal_bye_name(why)),
        ret);
}

int signal_body_write_ack(const char *sig, char **ret)
{
    return signal_json_dump(json_pack("{ss}", "of", sig), ret);
}
