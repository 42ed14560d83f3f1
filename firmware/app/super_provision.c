#include "app/super_provision_impl.h"

#include "app/super_time.h"
#include "base/clock.h"
#include "base/log.h"
#include "provision/cert.h"
#include "provision/crl.h"
#include "provision/floor.h"
#include "provision/site.h"
#include "provision/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_S 86400

/* --- life ------------------------------------------------------------------
 */

static int fail(const char *home, const char *what, int r)
{
    LK_LOG(ERROR, "provision", "home=\"%s\" what=%s err=%s", home, what,
           strerrorname_np(-r));
    return r;
}

static int join(char *ret, size_t cap, const char *dir, const char *name)
{
    int n = snprintf(ret, cap, "%s/%s", dir, name);
    return n < 0 || (size_t)n >= cap ? -ENAMETOOLONG : 0;
}

static int make_paths(struct super_provision *p)
{
    const char *home = p->config.home;
    int r = join(p->path, sizeof(p->path), home,
                 PROVISION_CURRENT "/" PROVISION_CONFIG);
    if (r == 0)
        r = join(p->outbox, sizeof(p->outbox), home, "outbox");
    if (r == 0 && mkdirat(p->dir, "outbox", 0700) < 0 && errno != EEXIST)
        r = -errno;
    return r;
}

/* Writes a set that differs from the one that stands. */
static int save(struct super_provision *p, const struct provision_files *files)
{
    unsigned generation = p->generation;
    int r = provision_state_save(p->dir, files, p->generation, &generation);
    p->generation = generation;
    return r;
}

static int make_keys(struct super_provision *p)
{
    int r = provision_keys_make(p->files);
    if (r <= 0)
        return r;
    LK_LOG(INFO, "provision", "keys made=%d", r);
    return save(p, p->files);
}

/* The end of the kiosk's own certificate; 0: it has none. */
static int64_t own_end_s(const struct super_provision *p)
{
    int64_t from = 0;
    int64_t until = 0;
    return provision_cert_times(p->files, &from, &until) < 0 ? 0 : until;
}

int super_provision_new(const struct super_provision_config *config,
                        struct super_provision **ret)
{
    LK_AUTO(super_provision) p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->config = *config;
    p->dir = provision_state_open(config->home);
    if (p->dir < 0)
        return fail(config->home, "open", p->dir);
    int r = make_paths(p);
    if (r == 0)
        r = lk_buf_new(PROVISION_TEXT_MAX, &p->put);
    if (r == 0)
        r = provision_state_load(p->dir, &p->files, &p->generation);
    if (r < 0)
        return fail(config->home, "load", r);
    r = make_keys(p);
    if (r < 0)
        return fail(config->home, "keys", r);
    p->config.floor_s =
        provision_floor_read(p->dir, config->floor_s, own_end_s(p));
    *ret = LK_TAKE(p);
    return 0;
}

struct super_provision *super_provision_free(struct super_provision *p)
{
    if (!p)
        return NULL;
    if (p->put)
        lk_buf_wipe(p->put);
    p->put = lk_buf_free(p->put);
    p->files = provision_files_free(p->files);
    p->dir = lk_fd_close(p->dir);
    free(p);
    return NULL;
}

/* --- what there is ---------------------------------------------------------
 */

static bool has_cert(const struct super_provision *p)
{
    return provision_files_get(p->files, PROVISION_DEVICE_CERT) != NULL;
}

static bool has_site(const struct super_provision *p)
{
    return provision_files_get(p->files, PROVISION_CONFIG) != NULL;
}

bool super_provision_in_use(const struct super_provision *p)
{
    return has_cert(p) && has_site(p) && !p->broken;
}

/* Its certificate's name, or the one it has by its key. */
static int kiosk_name(const struct super_provision *p, char ret[LK_NAME_MAX])
{
    int r = provision_cert_name(p->files, ret);
    return r < 0 ? provision_keys_name(p->files, ret) : r;
}

static int sealed(const char *name, const void *data, size_t len)
{
    LK_AUTO_FD fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    if (write(fd, data, len) != (ssize_t)len)
        return -EIO;
    if (fcntl(fd, F_ADD_SEALS,
              F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
        return -errno;
    return lk_fd_take(&fd);
}

/* What luukkud gets while the kiosk is not in use: a configuration, and the
 * screen's text: the name on the first line, the request behind it. */
static int make_none(const struct super_provision *p, int *ret_config,
                     int *ret_request)
{
    LK_AUTO(lk_buf) config = NULL;
    char text[LK_NAME_MAX + PROVISION_REQUEST_MAX];
    char name[LK_NAME_MAX];
    int r = kiosk_name(p, name);
    if (r == 0)
        r = provision_site_none(name, p->config.control, &config);
    size_t at = r == 0 ? strlen(name) + 1 : 0;
    if (r == 0) {
        (void)snprintf(text, sizeof(text), "%s\n", name);
        r = provision_request_make(p->files, name, text + at);
    }
    if (r < 0 || !config)
        return r < 0 ? r : -ENOMEM;
    LK_AUTO_FD request = sealed("request", text, strlen(text));
    if (request < 0)
        return request;
    int fd = sealed("config", config->data, config->len);
    if (fd < 0)
        return fd;
    *ret_config = fd;
    *ret_request = lk_fd_take(&request);
    return 0;
}

int super_provision_begin(const struct super_provision_config *config,
                          struct super_provision **ret,
                          struct store_config **ret_config,
                          struct super_files *ret_files)
{
    LK_AUTO_FD text = -1;
    LK_AUTO_FD request = -1;
    int r = super_provision_new(config, ret);
    if (r < 0)
        return r;
    struct super_provision *p = *ret;
    if (super_provision_in_use(p)) {
        if (super_files_load(p->path, ret_config, ret_files) == 0)
            return 0;
        p->broken = true; /* somebody can give it something better */
    }
    r = make_none(p, &text, &request);
    if (r == 0)
        r = super_files_none(text, request, ret_config, ret_files);
    if (r < 0)
        return r;
    (void)lk_fd_take(&text); /* they are its own now */
    (void)lk_fd_take(&request);
    return 0;
}

/* --- time ------------------------------------------------------------------
 */

struct provision_time super_provision_time(const struct super_provision *p)
{
    return (struct provision_time){.now_s = lk_clock_wall_us() / 1000000,
                                   .clock_set = lk_clock_set(),
                                   .floor_s = p->config.floor_s};
}

int64_t super_provision_floor(const struct super_provision *p)
{
    return p->config.floor_s;
}

void super_provision_note_time(struct super_provision *p, int64_t now_us)
{
    const struct provision_time t = super_provision_time(p);
    if (now_us < p->noted_us || !t.clock_set ||
        !provision_floor_due(t.floor_s, t.now_s, own_end_s(p)))
        return;
    p->noted_us = now_us + PROVISION_FLOOR_STEP_S * INT64_C(1000000);
    int r = provision_floor_write(p->dir, t.now_s);
    if (r < 0)
        (void)fail(p->config.home, "time", r);
    else
        p->config.floor_s = t.now_s;
}

/* --- requests --------------------------------------------------------------
 */

static json_t *time_text(int64_t s)
{
    char text[SUPER_TIME_MAX];
    super_time_text(s * 1000000, text);
    return json_string(text);
}

static json_t *certificate_answer(const struct super_provision *p,
                                  const struct provision_time *t)
{
    int64_t from = 0;
    int64_t until = 0;
    if (provision_cert_times(p->files, &from, &until) < 0)
        return json_null();
    return json_pack("{s:o,s:o,s:I}", "not_before", time_text(from),
                     "not_after", time_text(until), "days_left",
                     (json_int_t)((until - t->now_s) / DAY_S));
}

void super_provision_renewal(const struct super_provision *p,
                             const char **ret_state,
                             char ret_why[PROVISION_RENEW_WHY_MAX])
{
    const struct provision_time t = super_provision_time(p);
    enum provision_renew_stage stage = provision_renew_stage(p->files);
    *ret_state = stage == PROVISION_RENEW_TRIAL      ? "trial"
                 : stage == PROVISION_RENEW_ASKED    ? "asked"
                 : provision_renew_due(p->files, &t) ? "due"
                                                     : "idle";
    provision_renew_why(p->files, ret_why);
    if (p->renew_why[0])
        memcpy(ret_why, p->renew_why, sizeof(p->renew_why));
}

static json_t *renewal_answer(const struct super_provision *p)
{
    char why[PROVISION_RENEW_WHY_MAX];
    const char *state = NULL;
    super_provision_renewal(p, &state, why);
    return json_pack("{s:s,s:s}", "state", state, "why", why);
}

const char *super_provision_next(const struct super_provision *p)
{
    if (p->broken)
        return "The site file or a certificate cannot be used; the log says "
               "why. Give a right one: provision site";
    if (!has_cert(p))
        return "Send the fleet's office this kiosk's request: provision csr. "
               "Then: provision certificate";
    return has_site(p) ? "" : "Give it its site file: provision site";
}

static json_t *status_answer(struct super_provision *p, const char **ret_why)
{
    char name[LK_NAME_MAX] = "";
    const struct provision_time t = super_provision_time(p);
    const char *state = super_provision_in_use(p) ? "in-use"
                        : p->broken               ? "broken"
                                                  : "new";
    int r = kiosk_name(p, name);
    if (r < 0) {
        *ret_why = "the kiosk's own keys are broken";
        return NULL;
    }
    return json_pack(
        "{s:s,s:s,s:b,s:b,s:I,s:o,s:o,s:{s:o,s:b,s:o},s:s}", "state", state,
        "kiosk", name, "certified", has_cert(p), "site", has_site(p),
        "generation", (json_int_t)p->generation, "certificate",
        certificate_answer(p, &t), "renewal", renewal_answer(p), "clock", "at",
        time_text(t.now_s), "set", t.clock_set, "floor", time_text(t.floor_s),
        "next", super_provision_next(p));
}

static json_t *csr_answer(struct super_provision *p, const char **ret_why)
{
    char name[LK_NAME_MAX];
    char pem[PROVISION_REQUEST_MAX];
    int r = kiosk_name(p, name);
    if (r == 0)
        r = provision_request_make(p->files, name, pem);
    if (r == 0)
        return json_pack("{s:s,s:s}", "kiosk", name, "pem", pem);
    *ret_why = "the kiosk's own keys are broken";
    return NULL;
}

static json_t *put_answer(struct super_provision *p,
                          const struct control_request *req,
                          const char **ret_why)
{
    char *end = NULL;
    unsigned long long at =
        req->args == 4 ? strtoull(req->arg[2], &end, 10) : 0;
    if (!end || *end || end == req->arg[2]) {
        *ret_why = "usage: provision put OFFSET TEXT";
        return NULL;
    }
    if (at == 0)
        lk_buf_wipe(p->put);
    if (at != p->put->len) {
        *ret_why = "the text was begun anew by somebody else, or a piece of it "
                   "is missing";
        return NULL;
    }
    if (lk_buf_append(p->put, req->arg[3], strlen(req->arg[3])) < 0) {
        *ret_why = "the text is too long";
        return NULL;
    }
    return json_integer((json_int_t)p->put->len);
}

const struct provision_files *super_provision_files(
    const struct super_provision *p)
{
    return p->files;
}

struct provision_own super_provision_own(const struct super_provision *p,
                                         char name[LK_NAME_MAX])
{
    if (provision_cert_name(p->files, name) < 0)
        name[0] = 0; /* it has none yet */
    return (struct provision_own){
        .control = p->config.control, .outbox = p->outbox, .kiosk = name};
}

int super_provision_replace(struct super_provision *p,
                            struct provision_files *files)
{
    int r = save(p, files);
    if (r < 0)
        return r;
    (void)provision_files_free(p->files);
    p->files = files;
    p->broken = false;
    return 0;
}

const char *super_provision_home(const struct super_provision *p)
{
    return p->config.home;
}

const char *super_provision_refuse(struct super_provision *p, const char *why)
{
    (void)snprintf(p->why, sizeof(p->why), "%s", why);
    return p->why;
}

/* Checks what was put as `kind`, and changes `files` by it. */
static int take(struct super_provision *p, const char *kind,
                struct provision_files *files, struct store_config_error *e)
{
    char name[LK_NAME_MAX] = "";
    const char *text = lk_buf_str(p->put);
    const struct provision_time t = super_provision_time(p);
    if (strcmp(kind, "certificate") != 0) {
        const struct provision_own own = super_provision_own(p, name);
        if (strcmp(kind, "crl") == 0)
            return provision_crl_put(files, text, p->put->len, &own, &t, e);
        int r = provision_site_put(files, text, p->put->len, &own, e);
        return r < 0 ? r : provision_crl_keep(files, p->files, &own, e);
    }
    LK_AUTO(store_config) config = NULL;
    struct store_config_error unused;
    const struct lk_buf *is = provision_files_get(files, PROVISION_CONFIG);
    if (is && store_config_parse(lk_buf_str(is), is->len, NULL, &config,
                                 &unused) == 0)
        (void)snprintf(name, sizeof(name), "%s", config->kiosk);
    return provision_cert_take(files, text, p->put->len, name, &t, e);
}

static const char *say(struct super_provision *p, const char *kind,
                       const struct store_config_error *e)
{
    const char *what = strcmp(kind, "site") == 0  ? "the site file"
                       : strcmp(kind, "crl") == 0 ? "the list"
                                                  : "the certificate";
    if (e->line > 0)
        (void)snprintf(p->why, sizeof(p->why), "%s is refused, line %d: %s",
                       what, e->line, e->reason);
    else
        (void)snprintf(p->why, sizeof(p->why), "%s is refused: %s", what,
                       e->reason);
    return p->why;
}

static json_t *apply(struct super_provision *p, const char *kind, bool check,
                     bool *ret_restart, const char **ret_why)
{
    LK_AUTO(provision_files) files = NULL;
    struct store_config_error e = {.line = 0};
    int r = provision_files_copy(p->files, &files);
    if (r == 0 && p->put->len == 0) {
        *ret_why = "nothing was put: provision put OFFSET TEXT comes first";
        return NULL;
    }
    if (r == 0)
        r = take(p, kind, files, &e);
    if (r == -EBADMSG) {
        *ret_why = say(p, kind, &e);
        return NULL;
    }
    if (r == 0 && !check)
        r = super_provision_replace(p, files);
    if (!files || r < 0) { /* NULL on failure alone */
        (void)snprintf(p->why, sizeof(p->why),
                       "it could not be kept (%s): nothing was changed",
                       strerrordesc_np(-r));
        *ret_why = p->why;
        return NULL;
    }
    if (!check) {
        (void)LK_TAKE(files); /* they are its own now */
        lk_buf_wipe(p->put);
        *ret_restart = super_provision_in_use(p);
        LK_LOG(WARN, "provision", "applied=%s generation=%u", kind,
               p->generation);
    }
    return status_answer(p, ret_why);
}

json_t *super_provision_answer(struct super_provision *p,
                               const struct control_request *req, bool somebody,
                               bool *ret_restart, const char **ret_why)
{
    const char *what = req->args > 1 ? req->arg[1] : "";
    const char *how = req->args > 2 ? req->arg[2] : "";
    bool known = strcmp(what, "site") == 0 || strcmp(what, "crl") == 0 ||
                 strcmp(what, "certificate") == 0;
    bool check = strcmp(how, "check") == 0;
    bool now = strcmp(how, "now") == 0;
    if (strcmp(what, "put") == 0)
        return put_answer(p, req, ret_why);
    if (strcmp(what, "status") == 0 && req->args == 2)
        return status_answer(p, ret_why);
    if (strcmp(what, "csr") == 0 && req->args == 2)
        return csr_answer(p, ret_why);
    if (!known || req->args > 3 || (*how && !check && !now)) {
        *ret_why = "usage: provision status|csr, provision put OFFSET TEXT, "
                   "provision certificate|site|crl [check|now]";
        return NULL;
    }
    if (somebody && !now && !check) {
        *ret_why = "a visit is going on: wait for its end, or say now";
        return NULL;
    }
    return apply(p, what, check, ret_restart, ret_why);
}
