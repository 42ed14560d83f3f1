#include "app/super_reset.h"

#include "app/super_provision.h"
#include "base/log.h"
#include "provision/reset.h"
#include "provision/state.h"
#include "store/outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_letter(const struct dirent *e)
{
    return store_outbox_name_valid(e->d_name);
}

/* Letters that wait; the outbox itself is super_post's. */
static int count_letters(const char *outbox)
{
    struct dirent **entry = NULL;
    int n = scandir(outbox, &entry, is_letter, NULL);
    for (int i = 0; i < n; i++)
        free(entry[i]);
    free((void *)entry);
    if (n < 0)
        return errno == ENOENT ? 0 : -errno;
    return n;
}

static int begin(const char *home)
{
    LK_AUTO_FD dir = provision_state_open(home);
    return dir < 0 ? dir : provision_reset_begin(dir);
}

/* What stands against it; NULL: nothing. */
static const char *objection(const struct super_own *o,
                             const struct control_request *req)
{
    char why[160];
    char name[LK_NAME_MAX];
    struct super_provision *p = o->config->provision;
    bool forced = req->args == 3 && strcmp(req->arg[2], "letters") == 0;
    if (!p)
        return "this kiosk has its configuration from a file (--config): there "
               "is nothing to reset";
    if (req->args < 2 || (req->args == 3 && !forced))
        return "usage: factory-reset KIOSK [letters]";
    if (strcmp(req->arg[1], o->config->kiosk) != 0)
        return "that is not this kiosk's name: nothing was done";
    if (super_news_somebody(o->config->news))
        return "a visit is going on: wait for its end";
    int n = count_letters(super_provision_own(p, name).outbox);
    if (n == 0 || (n > 0 && forced))
        return NULL;
    if (n < 0)
        (void)snprintf(why, sizeof(why), "the letters cannot be counted (%s)",
                       strerrordesc_np(-n));
    else
        (void)snprintf(why, sizeof(why),
                       "letters that were not sent yet would be lost (%d): "
                       "wait, or say factory-reset KIOSK letters",
                       n);
    return super_provision_refuse(p, why);
}

json_t *super_reset_answer(const struct super_own *o,
                           const struct control_request *req,
                           const char **ret_why)
{
    char why[160];
    const struct super_desk_config *c = o->config;
    *ret_why = objection(o, req);
    if (*ret_why)
        return NULL;
    int r = begin(super_provision_home(c->provision));
    if (r < 0) {
        (void)snprintf(why, sizeof(why), "it could not be begun (%s)",
                       strerrordesc_np(-r));
        *ret_why = super_provision_refuse(c->provision, why);
        return NULL;
    }
    LK_LOG(WARN, "reset", "asked");
    c->end(c->arg, SUPER_DESK_RESTART);
    return json_null();
}

/* The ring makes a file of another size anew. */
static int wipe_log(const char *path)
{
    LK_AUTO_FD fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    return fsync(fd) < 0 ? -errno : 0;
}

int super_reset_resume(const char *home, const char *log)
{
    LK_AUTO_FD dir = home ? provision_state_open(home) : -1;
    if (!home)
        return 0;
    int r = dir < 0 ? dir : provision_reset_due(dir);
    if (r > 0) {
        r = log ? wipe_log(log) : 0;
        if (r == 0)
            r = provision_reset_finish(dir);
        if (r == 0)
            LK_LOG(WARN, "reset", "done");
    }
    if (r < 0)
        LK_LOG(ERROR, "reset", "home=\"%s\" err=%s", home, strerrorname_np(-r));
    return r;
}
