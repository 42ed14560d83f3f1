#include "rtc/wire/candidate.h"

#include "rtc/wire/scan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const type_names[] = {"host", "srflx", "prflx", "relay"};
static const char *const tcp_names[] = {"", "active", "passive", "so"};

/* RFC 8839 section 5.1: foundation is 1..32 characters. */
static bool take_foundation(struct rtc_scan *s, struct rtc_candidate *c)
{
    struct rtc_token t;
    if (!rtc_scan_word(s, &t) || t.len > 32 || !rtc_token_is_ice_chars(t))
        return false;
    return rtc_token_copy(t, c->foundation, sizeof(c->foundation));
}

static bool is_local_name(const char *s)
{
    size_t len = strlen(s);
    if (len <= 6 || strcmp(s + len - 6, ".local") != 0)
        return false;
    for (size_t i = 0; i < len - 6; i++) {
        char ch = s[i];
        bool ok = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
                  (ch >= 'A' && ch <= 'Z') || ch == '-';
        if (!ok)
            return false;
    }
    return true;
}

/* 0, -EBADMSG too long, -EPROTONOSUPPORT a name that is not .local. */
static int take_address(struct rtc_token t, char *ret,
                        enum rtc_candidate_family *family)
{
    uint8_t bin[16];
    if (!rtc_token_copy(t, ret, RTC_CANDIDATE_ADDRESS_MAX))
        return -EBADMSG;
    if (inet_pton(AF_INET, ret, bin) == 1)
        *family = RTC_CANDIDATE_IP4;
    else if (inet_pton(AF_INET6, ret, bin) == 1)
        *family = RTC_CANDIDATE_IP6;
    else if (is_local_name(ret))
        *family = RTC_CANDIDATE_LOCAL;
    else
        return -EPROTONOSUPPORT;
    return 0;
}

static bool take_number(struct rtc_scan *s, uint64_t max, uint64_t *ret)
{
    struct rtc_token t;
    return rtc_scan_word(s, &t) && rtc_token_number(t, max, ret);
}

static int find_name(struct rtc_token t, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (rtc_token_is_nocase(t, names[i]))
            return (int)i;
    }
    return -EPROTONOSUPPORT;
}

/* One "name value" pair after the type. Unknown ones are skipped. */
static int take_extension(struct rtc_token name, struct rtc_token value,
                          struct rtc_candidate *c)
{
    uint64_t n = 0;
    if (rtc_token_is(name, "raddr")) {
        enum rtc_candidate_family unused;
        return take_address(value, c->related, &unused);
    }
    if (rtc_token_is(name, "rport")) {
        if (!rtc_token_number(value, 65535, &n))
            return -EBADMSG;
        c->related_port = (uint16_t)n;
    } else if (rtc_token_is(name, "tcptype")) {
        int i = find_name(value, tcp_names, LK_ARRAY_LEN(tcp_names));
        if (i <= 0)
            return -EPROTONOSUPPORT;
        c->transport = (enum rtc_candidate_transport)i;
    } else if (rtc_token_is(name, "ufrag")) {
        if (!rtc_token_is_ice_chars(value) ||
            !rtc_token_copy(value, c->ufrag, sizeof(c->ufrag)))
            return -EBADMSG;
    }
    return 0;
}

static int take_extensions(struct rtc_scan *s, struct rtc_candidate *c)
{
    struct rtc_token name;
    struct rtc_token value;
    while (rtc_scan_word(s, &name)) {
        if (!rtc_scan_word(s, &value))
            return -EBADMSG;
        int r = take_extension(name, value, c);
        if (r < 0)
            return r;
    }
    return 0;
}

/* The six fixed fields and "typ <type>"; *tcp: the transport is TCP. */
static int take_fixed(struct rtc_scan *s, struct rtc_candidate *c, bool *tcp)
{
    struct rtc_token transport;
    struct rtc_token address;
    struct rtc_token word;
    uint64_t component = 0;
    uint64_t priority = 0;
    uint64_t port = 0;
    if (!take_foundation(s, c) || !take_number(s, 256, &component) ||
        component == 0 || !rtc_scan_word(s, &transport) ||
        !take_number(s, INT32_MAX, &priority) || priority == 0 ||
        !rtc_scan_word(s, &address) || !take_number(s, 65535, &port) ||
        !rtc_scan_word(s, &word) || !rtc_token_is(word, "typ") ||
        !rtc_scan_word(s, &word))
        return -EBADMSG;
    *tcp = rtc_token_is_nocase(transport, "tcp");
    if (!*tcp && !rtc_token_is_nocase(transport, "udp"))
        return -EPROTONOSUPPORT;
    int type = find_name(word, type_names, LK_ARRAY_LEN(type_names));
    if (type < 0)
        return type;
    c->component = (uint16_t)component;
    c->priority = (uint32_t)priority;
    c->port = (uint16_t)port;
    c->type = (enum rtc_candidate_type)type;
    return take_address(address, c->address, &c->family);
}

int rtc_candidate_parse(const char *text, size_t len, struct rtc_candidate *ret)
{
    if (len > RTC_CANDIDATE_TEXT_MAX)
        return -EMSGSIZE;
    struct rtc_scan s = rtc_scan(text, len);
    (void)rtc_scan_prefix(&s, "a=");
    if (!rtc_scan_prefix(&s, "candidate:"))
        return -EBADMSG;
    struct rtc_candidate c = {0};
    bool tcp = false;
    int r = take_fixed(&s, &c, &tcp);
    if (r == 0)
        r = take_extensions(&s, &c);
    if (r < 0)
        return r;
    if (tcp != (c.transport != RTC_CANDIDATE_UDP))
        return -EBADMSG; /* RFC 6544: tcptype goes with tcp, always */
    if (c.port == 0)
        return -EPROTONOSUPPORT;
    *ret = c;
    return 0;
}

int rtc_candidate_format(const struct rtc_candidate *c, char *ret, size_t cap)
{
    char related[RTC_CANDIDATE_ADDRESS_MAX + 24] = "";
    char tcp[24] = "";
    if (c->related[0])
        (void)snprintf(related, sizeof(related), " raddr %s rport %u",
                       c->related, c->related_port);
    if (c->transport != RTC_CANDIDATE_UDP)
        (void)snprintf(tcp, sizeof(tcp), " tcptype %s",
                       tcp_names[c->transport]);
    int n = snprintf(ret, cap, "candidate:%s %u %s %u %s %u typ %s%s%s%s%s",
                     c->foundation, c->component,
                     c->transport == RTC_CANDIDATE_UDP ? "udp" : "tcp",
                     c->priority, c->address, c->port, type_names[c->type],
                     related, tcp, c->ufrag[0] ? " ufrag " : "", c->ufrag);
    return n < 0 || (size_t)n >= cap ? -EMSGSIZE : n;
}
