#include "app/super_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

static const char usage[] =
    "usage: luukku-super --config FILE | --home DIR --control SOCKET\n"
    "                    [--headless] [--allow-ui-control] [--keep-programs]\n"
    "                    [--log FILE] [--audit FILE] [--may-reboot] [--slow]\n"
    "                    [--black-screen] [--short-idle] "
    "[--quick-renewal]\n"
    "\n"
    "  --config FILE       the kiosk's configuration (JSON)\n"
    "  --home DIR          where a kiosk keeps its keys, certificates and "
    "site\n"
    "                      file (luukkuctl provision); made when missing\n"
    "  --control SOCKET    its control socket\n"
    "  --headless          draw into memory, on no display\n"
    "  --allow-ui-control  let luukkuctl ui and emu act, for tests and demos\n"
    "  --keep-programs     do not start the programs anew after each session\n"
    "  --log FILE          keep the last lines of the log in FILE as well\n"
    "  --audit FILE        where remote help writes who typed what; without "
    "it\n"
    "                      there is none\n"
    "  --may-reboot        let luukkuctl reboot the machine\n"
    "  --slow              wait ten times as long for a program before it\n"
    "                      counts as hanging: for emulated machines\n"
    "With --allow-ui-control alone, for tests:\n"
    "  --black-screen      show nothing: every pixel is black\n"
    "  --short-idle        ask after 10 s whether anybody is there\n"
    "  --quick-renewal     ask for new certificates within seconds\n";

/* Whether these go together. */
static bool fits(const struct super_options *o)
{
    if (!o->config == !o->home || !o->home != !o->control)
        return false;
    if (o->home && (*o->home != '/' || *o->control != '/'))
        return false;
    return o->allow_ui_control ||
           !(o->black_screen || o->short_idle || o->quick_renewal);
}

static int parse(int argc, char **argv, struct super_options *ret)
{
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'},
        {"home", required_argument, NULL, 'H'},
        {"control", required_argument, NULL, 'C'},
        {"log", required_argument, NULL, 'l'},
        {"audit", required_argument, NULL, 'a'},
        {"headless", no_argument, NULL, 'h'},
        {"allow-ui-control", no_argument, NULL, 'u'},
        {"keep-programs", no_argument, NULL, 'k'},
        {"black-screen", no_argument, NULL, 'b'},
        {"short-idle", no_argument, NULL, 's'},
        {"quick-renewal", no_argument, NULL, 'q'},
        {"may-reboot", no_argument, NULL, 'r'},
        {"slow", no_argument, NULL, 'w'},
        {"help", no_argument, NULL, '?'},
        {NULL, 0, NULL, 0},
    };
    struct super_options o = {.config = NULL};
    int c = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (c == 'c')
            o.config = optarg;
        else if (c == 'H')
            o.home = optarg;
        else if (c == 'C')
            o.control = optarg;
        else if (c == 'l')
            o.log = optarg;
        else if (c == 'a')
            o.audit = optarg;
        else if (c == 'h')
            o.headless = true;
        else if (c == 'u')
            o.allow_ui_control = true;
        else if (c == 'k')
            o.keep_programs = true;
        else if (c == 'b')
            o.black_screen = true;
        else if (c == 's')
            o.short_idle = true;
        else if (c == 'q')
            o.quick_renewal = true;
        else if (c == 'r')
            o.may_reboot = true;
        else if (c == 'w')
            o.slow = true;
        else
            return -EINVAL;
    }
    if (optind != argc || !fits(&o))
        return -EINVAL;
    *ret = o;
    return 0;
}

int super_options_parse(int argc, char **argv, struct super_options *ret)
{
    int r = parse(argc, argv, ret);
    if (r < 0)
        (void)fputs(usage, stderr);
    return r;
}
