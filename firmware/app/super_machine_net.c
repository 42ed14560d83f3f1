/* Interfaces, routes and name servers. */
#include "app/super_machine_impl.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static json_t *number_of(const struct super_machine *m, const char *entry,
                         const char *name)
{
    int64_t n = machine_number(m, "/sys/class/net", entry, name, -1);
    return n < 0 ? json_null() : json_integer(n);
}

struct listing {
    json_t *list;
    const struct ifaddrs *addresses;
};

static int prefix_of(const struct sockaddr *mask)
{
    const uint8_t *at = NULL;
    size_t len = 0;
    int bits = 0;
    if (!mask)
        return -1;
    if (mask->sa_family == AF_INET) {
        at = (const void *)&((const struct sockaddr_in *)(const void *)mask)
                 ->sin_addr;
        len = 4;
    } else {
        at = (const void *)&((const struct sockaddr_in6 *)(const void *)mask)
                 ->sin6_addr;
        len = 16;
    }
    for (size_t i = 0; i < len; i++)
        bits += __builtin_popcount(at[i]);
    return bits;
}

static void add_address(json_t *list, const struct ifaddrs *a)
{
    char text[INET6_ADDRSTRLEN];
    char full[INET6_ADDRSTRLEN + 16];
    const void *raw = NULL;
    int family = a->ifa_addr->sa_family;
    if (family == AF_INET)
        raw =
            &((const struct sockaddr_in *)(const void *)a->ifa_addr)->sin_addr;
    else if (family == AF_INET6)
        raw = &((const struct sockaddr_in6 *)(const void *)a->ifa_addr)
                   ->sin6_addr;
    if (!raw || !inet_ntop(family, raw, text, sizeof(text)) ||
        json_array_size(list) >= SUPER_MACHINE_LIST_MAX)
        return;
    (void)snprintf(full, sizeof(full), "%s/%d", text,
                   prefix_of(a->ifa_netmask));
    (void)json_array_append_new(list, json_string(full));
}

static json_t *addresses_of(const struct ifaddrs *all, const char *name)
{
    json_t *list = json_array();
    for (const struct ifaddrs *a = all; list && a; a = a->ifa_next)
        if (a->ifa_addr && strcmp(a->ifa_name, name) == 0)
            add_address(list, a);
    return list;
}

static void add_interface(void *arg, const struct super_machine *m,
                          const char *entry)
{
    static const char dir[] = "/sys/class/net";
    struct listing *l = arg;
    char state[32];
    char address[64];
    int64_t carrier = machine_number(m, dir, entry, "carrier", -1);
    machine_line(m, dir, entry, "operstate", state, sizeof(state));
    machine_line(m, dir, entry, "address", address, sizeof(address));
    if (!state[0])
        return; /* no interface: another file of that folder */
    (void)json_array_append_new(
        l->list,
        json_pack("{s:s,s:s,s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "name",
                  entry, "state", state, "carrier",
                  carrier < 0 ? json_null() : json_boolean(carrier > 0),
                  "address", address, "mtu", number_of(m, entry, "mtu"),
                  "speed_mbps", number_of(m, entry, "speed"), "addresses",
                  addresses_of(l->addresses, entry), "rx_bytes",
                  number_of(m, entry, "statistics/rx_bytes"), "tx_bytes",
                  number_of(m, entry, "statistics/tx_bytes"), "rx_errors",
                  number_of(m, entry, "statistics/rx_errors"), "tx_errors",
                  number_of(m, entry, "statistics/tx_errors")));
}

static json_t *interfaces(const struct super_machine *m)
{
    struct ifaddrs *all = NULL;
    struct listing l = {.list = json_array()};
    if (!l.list)
        return NULL;
    if (getifaddrs(&all) == 0)
        l.addresses = all;
    machine_each(m, "/sys/class/net", "", add_interface, &l);
    if (all)
        freeifaddrs(all);
    return l.list;
}

static void add_route(json_t *list, const char *to, const char *via,
                      const char *interface)
{
    if (json_array_size(list) < SUPER_MACHINE_LIST_MAX)
        (void)json_array_append_new(list,
                                    json_pack("{s:s,s:s,s:s}", "to", to, "via",
                                              via, "interface", interface));
}

#define FIELDS_MAX 10
#define FIELD_MAX 33 /* the longest is an address of IPv6 */

/* The words of a line, at most FIELDS_MAX; returns how many. One that is too
 * long ends them. */
static size_t fields_of(const char *line, char ret[FIELDS_MAX][FIELD_MAX])
{
    size_t n = 0;
    for (line += strspn(line, " \t"); *line && n < FIELDS_MAX; n++) {
        size_t len = strcspn(line, " \t");
        if (len >= FIELD_MAX)
            break;
        (void)snprintf(ret[n], FIELD_MAX, "%.*s", (int)len, line);
        line += len;
        line += strspn(line, " \t");
    }
    return n;
}

static bool read_hex(const char *word, unsigned *ret)
{
    char *end = NULL;
    size_t len = strlen(word);
    if (len == 0 || len > 8 || strspn(word, "0123456789abcdefABCDEF") != len)
        return false;
    *ret = (unsigned)strtoul(word, &end, 16);
    return true;
}

/* /proc/net/route: name, to, via, flags, three numbers, mask; addresses as
 * hexadecimal words in the machine's order. */
static void add_route4(json_t *list, const char *line)
{
    char field[FIELDS_MAX][FIELD_MAX];
    unsigned to = 0;
    unsigned via = 0;
    unsigned mask = 0;
    char text[INET_ADDRSTRLEN];
    char target[INET_ADDRSTRLEN + 8];
    char gateway[INET_ADDRSTRLEN] = "";
    if (fields_of(line, field) < 8 || !read_hex(field[1], &to) ||
        !read_hex(field[2], &via) || !read_hex(field[7], &mask))
        return;
    if (!inet_ntop(AF_INET, &to, text, sizeof(text)) ||
        (via && !inet_ntop(AF_INET, &via, gateway, sizeof(gateway))))
        return;
    (void)snprintf(target, sizeof(target), "%s/%d", text,
                   __builtin_popcount(mask));
    add_route(list, mask ? target : "default", gateway, field[0]);
}

/* /proc/net/ipv6_route: to, its bits, from, its bits, via, four numbers, name;
 * only ways out are of interest. */
static void add_route6(json_t *list, const char *line)
{
    char field[FIELDS_MAX][FIELD_MAX];
    unsigned bits = 0;
    struct in6_addr a;
    char gateway[INET6_ADDRSTRLEN];
    if (fields_of(line, field) < 10 || !read_hex(field[1], &bits))
        return;
    const char *via = field[4];
    if (bits != 0 || strlen(via) != 2 * sizeof(a.s6_addr) ||
        strspn(via, "0") == strlen(via) ||
        lk_hex_decode(via, sizeof(a.s6_addr), a.s6_addr) < 0 ||
        !inet_ntop(AF_INET6, &a, gateway, sizeof(gateway)))
        return;
    add_route(list, "default", gateway, field[9]);
}

static void each_line(const struct super_machine *m, const char *file,
                      void (*fn)(json_t *list, const char *line), json_t *list)
{
    char path[MACHINE_PATH_MAX];
    char text[MACHINE_FILE_MAX];
    if (machine_path(m, path, sizeof(path), "%s", file) < 0 ||
        machine_read(path, text, sizeof(text)) < 0)
        return;
    for (char *at = text; *at;) {
        size_t len = strcspn(at, "\n");
        bool last = at[len] == 0;
        at[len] = 0;
        fn(list, at);
        at += len + !last;
    }
}

static void add_server(json_t *list, const char *line)
{
    char server[INET6_ADDRSTRLEN + 16];
    if (sscanf(line, " nameserver %61s", server) == 1 &&
        json_array_size(list) < SUPER_MACHINE_LIST_MAX)
        (void)json_array_append_new(list, json_string(server));
}

json_t *super_machine_network(const struct super_machine *m)
{
    json_t *routes = json_array();
    json_t *dns = json_array();
    if (routes) {
        each_line(m, "/proc/net/route", add_route4, routes);
        each_line(m, "/proc/net/ipv6_route", add_route6, routes);
    }
    if (dns)
        each_line(m, "/etc/resolv.conf", add_server, dns);
    return json_pack("{s:o,s:o,s:o}", "interfaces", interfaces(m), "routes",
                     routes, "dns", dns);
}
