#include "store/config_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ICE_PORT 3478 /* RFC 8489 section 18.6, RFC 8656 section 7 */

#define HOST_CHARS                                                    \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789." \
    "-_"
#define ADDRESS_CHARS "0123456789abcdefABCDEF:."

static const char *take_host(const char *s, size_t len, char *ret, size_t cap)
{
    if (len == 0)
        return "has no host";
    if (len >= cap)
        return "host is too long";
    bool name = strspn(s, HOST_CHARS) >= len && s[0] != '-';
    bool address = strspn(s, ADDRESS_CHARS) >= len;
    if (!name && !address)
        return "host has a character that no host has";
    memcpy(ret, s, len);
    ret[len] = 0;
    return NULL;
}

const char *config_host(const char *s, char *ret, size_t cap)
{
    return take_host(s, strlen(s), ret, cap);
}

/* ":port" or nothing; *s moves behind it. */
static const char *take_port(const char **s, uint16_t *ret)
{
    uint32_t port = 0;
    const char *at = *s;
    if (*at != ':') {
        *ret = ICE_PORT;
        return NULL;
    }
    for (at++; *at >= '0' && *at <= '9' && port < 65536; at++)
        port = port * 10 + (uint32_t)(*at - '0');
    if (port < 1 || port > 65535)
        return "port is not 1..65535";
    *ret = (uint16_t)port;
    *s = at;
    return NULL;
}

/* "host", "host:port", "[v6]:port"; *s moves behind it. */
static const char *take_host_port(const char **s, struct store_config_host *ret)
{
    const char *from = *s;
    size_t len = strcspn(from, ":?");
    if (*from == '[') {
        from++;
        len = strcspn(from, "]");
        if (from[len] == 0)
            return "has no ]";
        *s = from + len + 1;
    } else {
        *s = from + len;
    }
    const char *wrong = take_host(from, len, ret->host, sizeof(ret->host));
    return wrong ? wrong : take_port(s, &ret->port);
}

const char *config_stun(const char *s, struct store_config_host *ret)
{
    if (strncmp(s, "stun:", 5) != 0)
        return "does not start with stun:";
    s += 5;
    const char *wrong = take_host_port(&s, ret);
    if (!wrong && *s)
        wrong = "is not stun:host:port";
    return wrong;
}

const char *config_turn(const char *s, struct store_config_turn *ret)
{
    if (strncmp(s, "turn:", 5) != 0)
        return "does not start with turn:";
    s += 5;
    const char *wrong = take_host_port(&s, &ret->at);
    if (wrong)
        return wrong;
    ret->tcp = strcmp(s, "?transport=tcp") == 0;
    if (*s && !ret->tcp && strcmp(s, "?transport=udp") != 0)
        return "is not turn:host:port?transport=udp or =tcp";
    return NULL;
}

static bool has_control_character(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return true;
    return false;
}

const char *config_text(const char *s, char *ret, size_t cap)
{
    size_t len = strlen(s);
    if (len == 0)
        return "is empty";
    if (len >= cap)
        return "is too long";
    if (has_control_character(s))
        return "has a control character";
    memcpy(ret, s, len + 1);
    return NULL;
}

const char *config_language(const char *s, char ret[LK_LANG_MAX])
{
    if (!lk_lang_known(s))
        return "is not " LK_LANGS_TEXT;
    (void)snprintf(ret, LK_LANG_MAX, "%s", s);
    return NULL;
}

const char *config_path(const char *s, const char *dir, char *ret, size_t cap)
{
    const char *wrong = config_text(s, ret, cap);
    if (wrong || *s == '/' || !dir || !*dir)
        return wrong;
    int n = snprintf(ret, cap, "%s/%s", dir, s);
    return n < 0 || (size_t)n >= cap ? "is too long" : NULL;
}

/* Without a '/' at its end, a query or a fragment: paths are put behind it. */
const char *config_url(const char *s, char *ret, size_t cap)
{
    size_t n = strlen(s);
    if (strncmp(s, "https://", 8) != 0 || n == 8)
        return "is not an https:// address";
    if (n >= cap)
        return "is too long";
    if (s[n - 1] == '/' || strpbrk(s, "?#@ \\\"<>"))
        return "has a character at its end or inside that no address of an "
               "agency has";
    for (size_t i = 0; i < n; i++)
        if (s[i] <= ' ' || s[i] > '~')
            return "has a character that is not ASCII";
    memcpy(ret, s, n + 1);
    return NULL;
}

/* As sysfs names ports: "1-1", "3-1.4.2"; no path leaves its directory so. */
const char *config_port(const char *s, char *ret, size_t cap)
{
    static const char wrong[] = "has a port that is not like 1-1.4";
    size_t len = strlen(s);
    size_t bus = strspn(s, "0123456789");
    if (len >= cap || bus == 0 || s[bus] != '-')
        return wrong;
    for (size_t at = bus; s[at];) {
        size_t digits = strspn(s + at + 1, "0123456789");
        if (digits == 0)
            return wrong;
        at += digits + 1;
        if (s[at] && s[at] != '.')
            return wrong;
    }
    memcpy(ret, s, len + 1);
    return NULL;
}

/* Four hexadecimal digits as lsusb writes them, or "*" for any (-1). Moves *s
 * behind them. */
static bool take_usb_id(const char **s, int32_t *ret)
{
    uint8_t id[2];
    if (**s == '*') {
        (*s)++;
        *ret = -1;
        return true;
    }
    if (strlen(*s) < 4 || lk_hex_decode(*s, sizeof(id), id) < 0)
        return false;
    *s += 4;
    *ret = id[0] << 8 | id[1];
    return true;
}

const char *config_usb(const char *s, struct usb_rule *ret)
{
    static const char wrong[] = "is not VVVV:PPPP or VVVV:PPPP@PORT";
    if (!take_usb_id(&s, &ret->vendor) || *s++ != ':' ||
        !take_usb_id(&s, &ret->product))
        return wrong;
    if (ret->vendor < 0 && ret->product >= 0)
        return "has a product without its vendor";
    if (*s == '@')
        return config_port(s + 1, ret->port, sizeof(ret->port));
    return *s ? wrong : NULL;
}
