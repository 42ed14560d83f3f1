/* What everything else stands on: the disk, the clock, programs, certificates.
 */
#include "app/super_test_impl.h"

#include "app/probe.h"
#include "app/super_answer.h"
#include "app/super_time.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DISK_LEAST_KB 16384 /* with less than this and ... */
#define DISK_LEAST_PART 50  /* ... this part of it free, a disk is full */
#define BREAKS_MAX 2        /* so many times in a row are no accident */
#define DATE_LEN 10         /* of "2026-01-31T..." */

/* --- storage -------------------------------------------------------------- */

static bool is_full(const json_t *disk)
{
    json_int_t total = json_integer_value(json_object_get(disk, "total_kb"));
    json_int_t left = json_integer_value(json_object_get(disk, "free_kb"));
    return !json_is_true(json_object_get(disk, "read_only")) &&
           left < DISK_LEAST_KB && left < total / DISK_LEAST_PART;
}

/* A full disk, and a log that its disk no longer takes. */
void super_test_storage(struct super_judge *j)
{
    static const char *const empty =
        "Look: show storage. Send the log to the office, then free the disk or "
        "change it, and: reboot";
    const struct super_desk_config *c = j->own->config;
    json_t *all = super_machine_hardware(j->facts->machine, c->floor_s);
    size_t before = json_array_size(j->checks);
    size_t i = 0;
    json_t *one = NULL;
    json_array_foreach(json_object_get(all, "storage"), i, one)
    {
        if (is_full(one))
            super_judge_fail(
                j, empty, "the disk at %.80s is full: %lld of %lld MB are free",
                super_judge_text(one, "path"),
                (long long)json_integer_value(json_object_get(one, "free_kb")) /
                    1024,
                (long long)json_integer_value(
                    json_object_get(one, "total_kb")) /
                    1024);
    }
    int error = c->log_error ? -*c->log_error : 0;
    if (error == ENOSPC)
        super_judge_fail(j, empty,
                         "the disk is full: the log can no longer be written");
    else if (error != 0)
        super_judge_fail(j,
                         "The disk may be broken or read-only: show storage. "
                         "Change it when a reboot does not help.",
                         "the log cannot be written to the disk: %s",
                         strerrordesc_np(error));
    if (json_array_size(j->checks) == before)
        super_judge_pass(j);
    json_decref(all);
}

/* --- clock ---------------------------------------------------------------- */

/* The first certificate in this state, or that of this role in it; NULL: none.
 */
static const json_t *cert_in(const struct super_judge *j, const char *role,
                             const char *state)
{
    size_t i = 0;
    json_t *one = NULL;
    json_array_foreach(j->facts->certs, i, one)
    {
        const char *is = super_judge_text(one, "role");
        if (probe_role_is_crl(is) || (role && strcmp(role, is) != 0))
            continue;
        if (strcmp(super_judge_text(one, "state"), state) == 0)
            return one;
    }
    return NULL;
}

static void clock_before_seen(const struct super_judge *j, const char *at,
                              char *ret, size_t cap)
{
    char seen[SUPER_TIME_MAX];
    super_time_text(j->facts->floor_s * 1000000, seen);
    (void)snprintf(ret, cap,
                   "the clock is behind: it says %.*s, but this kiosk has seen "
                   "%.*s",
                   DATE_LEN, at, DATE_LEN, seen);
}

/* Why the clock cannot be right; false: nothing speaks against it. A CA is made
 * for many years and changed long before its end: when even it has ended, or
 * does not begin yet, it is the clock. */
static bool clock_is_wrong(const struct super_judge *j, char *ret, size_t cap)
{
    char at[SUPER_TIME_MAX];
    const json_t *early = cert_in(j, NULL, "not-yet");
    const json_t *late = cert_in(j, "tls-ca", "expired");
    super_time_text(j->facts->wall_us, at);
    if (j->facts->wall_us / 1000000 < j->own->config->floor_s)
        (void)snprintf(
            ret, cap,
            "the clock is behind: it says %.*s, before this firmware "
            "was made",
            DATE_LEN, at);
    else if (j->facts->wall_us / 1000000 < j->facts->floor_s)
        clock_before_seen(j, at, ret, cap);
    else if (early)
        (void)snprintf(ret, cap,
                       "the clock is behind: it says %.*s, but the certificate "
                       "%.20s begins on %.*s",
                       DATE_LEN, at, super_judge_text(early, "role"), DATE_LEN,
                       super_judge_text(early, "not_before"));
    else if (late && cert_in(j, "tls", "expired"))
        (void)snprintf(ret, cap,
                       "the clock is ahead: it says %.*s, and even the fleet's "
                       "CA ended on %.*s",
                       DATE_LEN, at, DATE_LEN,
                       super_judge_text(late, "not_after"));
    else
        return false;
    return true;
}

void super_test_clock(struct super_judge *j)
{
    static const char *const untrusted =
        "The network sets the clock: test network. Until it has, the broker is "
        "let off the dates of its certificate. If the clock is wrong again "
        "after each power cut, change the machine's clock battery.";
    static const char *const trusted =
        "The network sets the clock: test network. If it is wrong again after "
        "each power cut, change the machine's clock battery.";
    char why[SUPER_TEST_SENTENCE_MAX];
    const struct super_test_facts *f = j->facts;
    bool judges = f->clock_set && f->wall_us / 1000000 >= f->floor_s;
    if (clock_is_wrong(j, why, sizeof(why)))
        super_judge_add(j, "FAIL", why, judges ? trusted : untrusted);
    else
        super_judge_pass(j);
}

/* --- programs ------------------------------------------------------------- */

static void fail_program(const struct super_judge *j, const json_t *program,
                         const char *how, const char *ended)
{
    char next[160];
    const char *name = super_judge_text(program, "name");
    (void)snprintf(next, sizeof(next),
                   "Look why: show log match=%.40s. Then: restart. If it "
                   "stays so, send the log to the office.",
                   name);
    super_judge_fail(j, next, "%s %s; its last end: %s", name, how,
                     *ended ? ended : "not known");
}

/* One that runs just now, but breaks down again and again. */
static bool breaks_again(const struct super_judge *j, const json_t *program)
{
    json_int_t times = json_integer_value(json_object_get(program, "restarts"));
    json_int_t up_s = json_integer_value(json_object_get(program, "uptime_s"));
    char how[64];
    const char *ended = super_judge_text(program, "last_end");
    bool runs = strcmp(super_judge_text(program, "state"), "running") == 0;
    bool asked = strcmp(ended, "signal TERM") == 0; /* with another's end */
    if (!runs || asked || times < BREAKS_MAX ||
        up_s >= super_timing_usual.healthy_us / 1000000)
        return false;
    (void)snprintf(how, sizeof(how), "breaks down again and again (%lld times)",
                   (long long)times);
    fail_program(j, program, how, ended);
    return true;
}

void super_test_programs(struct super_judge *j)
{
    json_t *all = super_answer_programs(j->own->super, j->own->now_us);
    size_t before = json_array_size(j->checks);
    size_t i = 0;
    json_t *one = NULL;
    json_array_foreach(json_object_get(all, "dead"), i, one)
    {
        fail_program(j, one, "does not run", super_judge_text(one, "why"));
    }
    json_array_foreach(json_object_get(all, "programs"), i, one)
    {
        (void)breaks_again(j, one);
    }
    if (json_array_size(j->checks) == before)
        super_judge_pass(j);
    json_decref(all);
}

/* --- certificates --------------------------------------------------------- */

/* What a role is to people. */
static void role_words(const char *role, char *ret, size_t cap)
{
    static const struct {
        const char *begins;
        const char *words;
    } known[] = {
        {"device", "the kiosk's own certificate for signing"},
        {"tls-ca", "the CA of the broker"},
        {"tls", "the kiosk's own certificate for the broker"},
        {"ca-", "the CA of the agency"},
        {"crl-", "the list of withdrawn certificates of the agency"},
        {"post-ca-", "the CA of the address of the agency"},
        {"post-", "the certificate for letters to the agency"},
        {"card-ca", "the CA of identity cards"},
        {"card-crl", "the list of withdrawn identity cards"},
        {"help-ca", "the CA of technicians"},
        {"help-crl", "the list of withdrawn technicians"},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(known); i++) {
        size_t len = strlen(known[i].begins);
        if (strncmp(role, known[i].begins, len) != 0)
            continue;
        bool of = known[i].begins[len - 1] == '-';
        (void)snprintf(ret, cap, "%s%s%.33s (%.40s)", known[i].words,
                       of ? " " : "", of ? role + len : "", role);
        return;
    }
    (void)snprintf(ret, cap, "the certificate %.40s", role);
}

static bool is_own(const char *role)
{
    return strcmp(role, "device") == 0 || strcmp(role, "tls") == 0;
}

static void fail_cert(const struct super_judge *j, const json_t *cert)
{
    static const char *const renew =
        "Is the kiosk's date right (show hardware)? Then make a request "
        "(provision csr), have it signed, and bring the certificate back "
        "(provision certificate).";
    static const char *const office =
        "Is the kiosk's date right (show hardware)? Then ask the office for "
        "the present file, and provision the site anew.";
    char what[128];
    const char *role = super_judge_text(cert, "role");
    const char *state = super_judge_text(cert, "state");
    role_words(role, what, sizeof(what));
    if (strcmp(state, "expired") == 0)
        super_judge_fail(j, is_own(role) ? renew : office, "%s ended on %.*s",
                         what, DATE_LEN, super_judge_text(cert, "not_after"));
    else if (strcmp(state, "not-yet") == 0)
        super_judge_fail(j, is_own(role) ? renew : office, "%s begins on %.*s",
                         what, DATE_LEN, super_judge_text(cert, "not_before"));
    else
        super_judge_fail(j, is_own(role) ? renew : office,
                         "%s cannot be read: %.60s", what,
                         super_judge_text(cert, "why"));
}

/* A CRL whose next issue is late is still used: an old list is better than
 * none. */
static bool cert_is_good(const json_t *cert)
{
    const char *state = super_judge_text(cert, "state");
    bool crl = probe_role_is_crl(super_judge_text(cert, "role"));
    return strcmp(state, "ok") == 0 || strcmp(state, "soon") == 0 ||
           (crl && strcmp(state, "expired") == 0);
}

static void judge_cert(const struct super_judge *j, const json_t *cert)
{
    const char *role = super_judge_text(cert, "role");
    const char *key = super_judge_text(cert, "key");
    char what[128];
    if (!*role) { /* luukku-probe about itself */
        super_judge_add(j, "FAIL", super_judge_text(cert, "reason"),
                        super_judge_text(cert, "next"));
    } else if (!cert_is_good(cert)) {
        fail_cert(j, cert);
    } else if (*key && strcmp(key, "fits") != 0) {
        role_words(role, what, sizeof(what));
        super_judge_fail(
            j,
            "Make a request with the kiosk's key (provision csr), have it "
            "signed, and bring the certificate back.",
            strcmp(key, "differs") == 0 ? "%s belongs to another key"
                                        : "the key of %s cannot be read",
            what);
    }
}

void super_test_certs(struct super_judge *j)
{
    char why[SUPER_TEST_SENTENCE_MAX];
    size_t before = json_array_size(j->checks);
    size_t i = 0;
    json_t *one = NULL;
    if (clock_is_wrong(j, why, sizeof(why))) {
        super_judge_add(j, "SKIP",
                        "certificates are judged by the clock, and it is wrong",
                        "Mend that first: test clock");
        return;
    }
    json_array_foreach(j->facts->certs, i, one)
    {
        judge_cert(j, one);
    }
    if (i == 0)
        super_judge_add(j, "FAIL", "no certificate could be looked at",
                        "Look why: show log program=luukku-probe");
    else if (json_array_size(j->checks) == before)
        super_judge_pass(j);
}
