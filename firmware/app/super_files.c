#include "app/super_files.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int add_file(struct inherit *in, const char *name, const char *path)
{
    struct stat st;
    if (!*path)
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int r = fd < 0 ? -errno : 0;
    if (r == 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)))
        r = -EINVAL;
    if (r == 0)
        r = inherit_add(in, name, fd);
    if (r < 0) {
        LK_LOG(ERROR, "super", "file=\"%s\" for=%s err=%s", path, name,
               strerrorname_np(-r));
        (void)lk_fd_close(fd);
    }
    return r;
}

static int add_copy(struct inherit *in, const char *name, int of)
{
    int fd = fcntl(of, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int r = inherit_add(in, name, fd);
    if (r < 0)
        (void)lk_fd_close(fd);
    return r;
}

static int add_text(struct inherit *in, const struct super_files *f)
{
    return add_copy(in, "config", f->text);
}

static int add_agency(struct inherit *in, const struct store_config_agency *a)
{
    char name[INHERIT_NAME_MAX];
    (void)snprintf(name, sizeof(name), "ca-%s", a->id);
    int r = add_file(in, name, a->ca);
    (void)snprintf(name, sizeof(name), "crl-%s", a->id);
    if (r == 0)
        r = add_file(in, name, a->crl);
    (void)snprintf(name, sizeof(name), "post-%s", a->id);
    return r < 0 ? r : add_file(in, name, a->post_cert);
}

int super_files_open_luukkud(void *arg, struct inherit *in)
{
    const struct super_files *f = arg;
    int r = add_text(in, f);
    if (f->request >= 0)
        return r < 0 ? r : add_copy(in, "request", f->request);
    if (r == 0)
        r = add_file(in, "device-cert", f->config->device_cert);
    if (r == 0)
        r = add_file(in, "device-key", f->config->device_key);
    if (r == 0)
        r = add_file(in, "keypad", f->config->keypad);
    if (r == 0)
        r = add_file(in, "help-ca", f->config->help.ca);
    if (r == 0)
        r = add_file(in, "help-crl", f->config->help.crl);
    for (size_t i = 0; i < f->config->agencies && r == 0; i++)
        r = add_agency(in, &f->config->agency[i]);
    return r;
}

int super_files_open_rtc(void *arg, struct inherit *in)
{
    const struct super_files *f = arg;
    int r = add_text(in, f);
    if (r == 0)
        r = add_file(in, "tls-ca", f->config->tls_ca);
    if (r == 0)
        r = add_file(in, "tls-cert", f->config->tls_cert);
    return r < 0 ? r : add_file(in, "tls-key", f->config->tls_key);
}

bool super_files_have_post(const struct store_config *c)
{
    for (size_t i = 0; i < c->agencies; i++)
        if (c->agency[i].post_url[0])
            return true;
    return false;
}

bool super_files_have_fetch(const struct store_config *c)
{
    return super_files_have_post(c) || c->phone.device_url[0];
}

int super_files_open_fetch(void *arg, struct inherit *in)
{
    const struct super_files *f = arg;
    char name[INHERIT_NAME_MAX];
    int r = add_text(in, f);
    for (size_t i = 0; i < f->config->agencies && r == 0; i++) {
        const struct store_config_agency *a = &f->config->agency[i];
        (void)snprintf(name, sizeof(name), "post-ca-%s", a->id);
        r = add_file(in, name, a->post_ca);
    }
    return r < 0 ? r : add_file(in, "phone-ca", f->config->phone.ca);
}

bool super_files_have_device(const struct store_config_device *d)
{
    return d->usbs > 0 || d->usbip[0];
}

int super_files_open_scan(void *arg, struct inherit *in)
{
    return add_text(in, arg);
}

int super_files_open_card(void *arg, struct inherit *in)
{
    const struct super_files *f = arg;
    int r = add_text(in, f);
    if (r == 0)
        r = add_file(in, "card-ca", f->config->card_ca);
    return r < 0 ? r : add_file(in, "card-crl", f->config->card_crl);
}

int super_files_open_probe(void *arg, struct inherit *in)
{
    const struct super_files *f = arg;
    int r = add_text(in, f);
    return r < 0 ? r : add_file(in, "tls-ca", f->config->tls_ca);
}

int super_files_open_probe_certs(void *arg, struct inherit *in)
{
    const struct super_files *f = arg;
    const struct store_config *c = f->config;
    const struct {
        const char *name;
        const char *path;
    } own[] = {{"device-cert", c->device_cert}, {"device-key", c->device_key},
               {"tls-cert", c->tls_cert},       {"tls-key", c->tls_key},
               {"tls-ca", c->tls_ca},           {"card-ca", c->card_ca},
               {"card-crl", c->card_crl},       {"help-ca", c->help.ca},
               {"help-crl", c->help.crl}};
    for (size_t i = 0; i < LK_ARRAY_LEN(own); i++)
        (void)add_file(in, own[i].name, own[i].path);
    for (size_t i = 0; i < c->agencies; i++) {
        char name[INHERIT_NAME_MAX];
        (void)add_agency(in, &c->agency[i]);
        (void)snprintf(name, sizeof(name), "post-ca-%s", c->agency[i].id);
        (void)add_file(in, name, c->agency[i].post_ca);
    }
    return 0;
}

/* The text as it was read now: every start of a program sees the same. */
static int keep_text(int file, int *ret)
{
    char data[4096];
    LK_AUTO_FD fd = memfd_create("config", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    for (size_t at = 0; at <= STORE_CONFIG_LEN_MAX;) {
        ssize_t n = pread(file, data, sizeof(data), (off_t)at);
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        if (write(fd, data, (size_t)n) != n)
            return -EIO;
        at += (size_t)n;
    }
    if (fcntl(fd, F_ADD_SEALS,
              F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
        return -errno;
    *ret = lk_fd_take(&fd);
    return 0;
}

static int parse_text(int text, const char *path, struct store_config **ret)
{
    struct store_config_error e;
    char full[PATH_MAX];
    if (!realpath(path, full))
        return -errno;
    char *slash = strrchr(full, '/');
    slash[slash == full ? 1 : 0] = '\0'; /* its directory */
    int r = store_config_read(text, full, ret, &e);
    if (r == -EBADMSG)
        LK_LOG(ERROR, "super", "config=\"%s\" line=%d %s", path, e.line,
               e.reason);
    return r;
}

/* Once before the start: a mistake is told at once, not at each restart. */
static int try_files(struct super_files *f)
{
    static int (*const open_files[])(void *arg, struct inherit *in) = {
        super_files_open_luukkud, super_files_open_rtc, super_files_open_fetch,
        super_files_open_scan, super_files_open_card};
    int r = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(open_files) && r == 0; i++) {
        struct inherit in = {.count = 0};
        r = open_files[i](f, &in);
        inherit_close(&in);
    }
    return r;
}

int super_files_load(const char *path, struct store_config **ret_config,
                     struct super_files *ret_files)
{
    LK_AUTO(store_config) config = NULL;
    LK_AUTO_FD file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    LK_AUTO_FD text = -1;
    int r = file < 0 ? -errno : keep_text(file, &text);
    if (r < 0) {
        LK_LOG(ERROR, "super", "config=\"%s\" err=%s", path,
               strerrorname_np(-r));
        return r;
    }
    r = parse_text(text, path, &config);
    if (!config) /* untouched on failure */
        return r;
    struct super_files files = {.config = config, .text = text, .request = -1};
    r = try_files(&files);
    if (r < 0)
        return r;
    files.text = lk_fd_take(&text);
    *ret_config = LK_TAKE(config);
    *ret_files = files;
    return 0;
}

int super_files_none(int text, int request, struct store_config **ret_config,
                     struct super_files *ret_files)
{
    struct store_config_error e = {.line = 0};
    struct store_config *config = NULL;
    int r = store_config_read(text, "/", &config, &e);
    if (r < 0)
        return r;
    *ret_config = config;
    *ret_files = (struct super_files){
        .config = config, .text = text, .request = request};
    return 0;
}

void super_files_close(struct super_files *f)
{
    f->text = lk_fd_close(f->text);
    f->request = lk_fd_close(f->request);
}
