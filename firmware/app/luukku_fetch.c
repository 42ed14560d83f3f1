/* luukku_fetch.c - HTTPS to agencies, and to the service that identifies
 * citizens. Network; no disk, no devices, no keys. */
#include "app/confine.h"
#include "app/fetch_desk.h"
#include "app/setup.h"
#include "base/log.h"
#include "base/wipe.h"
#include "post/http.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/crypto.h>

/* realloc(3) that leaves nothing behind where it was. */
static void *realloc_wiped(void *old, size_t size, const char *file, int line)
{
    void *p = size > 0 ? malloc(size) : NULL;
    (void)file;
    (void)line;
    if (p && old)
        memcpy(p, old, LK_MIN(size, malloc_usable_size(old)));
    if (p || size == 0)
        lk_free_wiped(old);
    return p;
}

static void *malloc_plain(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return malloc(size);
}

static void free_wiped(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    lk_free_wiped(p);
}

/* Who a citizen is comes through TLS, HTTP and JSON: none of them leaves it
 * behind in memory that it gave back. Before any of them allocates. */
static int wipe_libraries(void)
{
    json_set_alloc_funcs(malloc, lk_free_wiped);
    return CRYPTO_set_mem_functions(malloc_plain, realloc_wiped, free_wiped)
               ? 0
               : -EIO;
}

/* All that reads files or loads libraries, before the walls go up. */
static int load(struct inherit *in, struct store_config **config,
                struct fetch_desk_config *c)
{
    int r = setup_config_load(in, config);
    if (r < 0)
        return setup_fail("configuration", r);
    c->config = *config;
    for (size_t i = 0; i < c->config->agencies; i++) {
        char name[INHERIT_NAME_MAX];
        (void)snprintf(name, sizeof(name), "post-ca-%s",
                       c->config->agency[i].id);
        r = inherit_read(in, name, &c->ca[i]);
        if (r < 0 && r != -ENOENT)
            return setup_fail("an agency's CA", r);
    }
    r = inherit_read(in, "phone-ca", &c->phone_ca);
    if (r < 0 && r != -ENOENT)
        return setup_fail("the identification service's CA", r);
    r = post_http_init();
    if (r < 0)
        return setup_fail("HTTP library", r);
    c->super_fd = inherit_take(in, "super");
    return c->super_fd < 0 ? setup_fail("channel to luukku-super", c->super_fd)
                           : 0;
}

static int run(const struct fetch_desk_config *c)
{
    struct confine_report walls;
    LK_AUTO(fetch_desk) desk = NULL;
    int r = confine_apply(&confine_fetch, &walls);
    if (r < 0)
        return setup_fail("confinement", r);
    r = fetch_desk_new(c, &desk);
    if (r < 0)
        return setup_fail("start", r);
    r = fetch_desk_run(desk, walls.text);
    return r < 0 ? setup_fail("loop", r) : 0;
}

int main(void)
{
    struct fetch_desk_config c = {.super_fd = -1};
    struct store_config *config = NULL;
    struct inherit in;
    lk_log_init("luukku-fetch", LK_LOG_INFO);
    int r = wipe_libraries();
    if (r < 0)
        return setup_fail("memory", r), EXIT_FAILURE;
    r = inherit_init(&in);
    if (r < 0)
        r = setup_fail("not started by luukku-super", r);
    if (r == 0)
        r = load(&in, &config, &c);
    if (r == 0) {
        inherit_close(&in);
        r = run(&c);
    }
    for (size_t i = 0; i < STORE_CONFIG_AGENCIES_MAX; i++)
        lk_buf_free(c.ca[i]);
    lk_buf_free(c.phone_ca);
    store_config_free(config);
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
