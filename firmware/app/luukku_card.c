/* luukku_card.c - one card reader, the card in it, and the PIN. The descriptors
 * that luukku-super gives; no network, no files, no other devices. */
#include "app/card_desk.h"
#include "app/confine.h"
#include "app/setup.h"
#include "base/log.h"

#include <errno.h>

/* CAs and revocation lists; none is fine, and said by `selftest`. */
static int load_trust(struct inherit *in, struct card_trust **ret)
{
    LK_AUTO(lk_buf) ca = NULL;
    LK_AUTO(lk_buf) crl = NULL;
    int r = inherit_read(in, "card-ca", &ca);
    if (r == -ENOENT)
        return 0;
    if (r == 0)
        r = inherit_read(in, "card-crl", &crl);
    if (r < 0 && r != -ENOENT)
        return r;
    /* Where a list is configured it must be there and valid. */
    const struct card_trust_config config = {.ca = ca->data,
                                             .ca_len = ca->len,
                                             .crl = crl ? crl->data : NULL,
                                             .crl_len = crl ? crl->len : 0,
                                             .crl_needed = crl != NULL};
    return card_trust_new(&config, ret);
}

/* All that reads files, loads libraries or locks memory, before the walls go
 * up. */
static int load(struct inherit *in, struct card_desk_config *c,
                struct card_vault **vault, struct card_trust **trust)
{
    int r = card_vault_new(vault);
    if (r < 0)
        return setup_fail("memory for the PIN", r);
    r = card_crypto_init();
    if (r < 0)
        return setup_fail("OpenSSL", r);
    r = load_trust(in, trust);
    if (r < 0)
        return setup_fail("the CAs of cards", r);
    c->vault = *vault;
    c->trust = *trust;
    c->super_fd = inherit_take(in, "super");
    return c->super_fd < 0 ? setup_fail("channel to luukku-super", c->super_fd)
                           : 0;
}

static int run(const struct card_desk_config *c)
{
    struct confine_report walls;
    LK_AUTO(card_desk) desk = NULL;
    int r = confine_apply(&confine_card, &walls);
    if (r < 0)
        return setup_fail("confinement", r);
    r = card_desk_new(c, &desk);
    if (r < 0)
        return setup_fail("start", r);
    r = card_desk_run(desk, walls.text);
    return r < 0 ? setup_fail("loop", r) : 0;
}

int main(void)
{
    LK_AUTO(card_vault) vault = NULL;
    LK_AUTO(card_trust) trust = NULL;
    struct card_desk_config c = {.super_fd = -1};
    struct inherit in;
    lk_log_init("luukku-card", LK_LOG_INFO);
    int r = inherit_init(&in);
    if (r < 0)
        return setup_fail("not started by luukku-super", r) < 0;
    r = load(&in, &c, &vault, &trust);
    inherit_close(&in);
    if (r == 0)
        r = run(&c);
    return r < 0;
}
