/* A card's answers, each with a length before it (u16): look, prepare, sign, as
 * far as they let it come. A PIN is asked for once at most in each signing, and
 * every job ends. */
#include "apdu/card.h"
#include "base/bytes.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Answers until the job has ended; what is missing is 6F00. */
static enum card_end run(struct card *c, struct lk_reader *r)
{
    static const uint8_t fault[] = {0x6f, 0x00};
    struct card_want w;
    unsigned asked = 0;
    for (unsigned n = 0;; n++) {
        card_next(c, &w);
        if (w.ask == CARD_ASK_END)
            return w.end;
        if (w.ask == CARD_ASK_PIN && asked++ > 0)
            abort();
        if (n > CARD_COMMANDS_MAX + 1)
            abort();
        size_t len = lk_read_u16(r);
        const uint8_t *bytes = lk_read_bytes(r, len);
        if (r->bad)
            card_answer(c, fault, sizeof(fault));
        else
            card_answer(c, bytes, len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t hash[CARD_HASH_MAX] = {1};
    struct lk_reader r = lk_reader(data, size);
    LK_AUTO(card) c = NULL;
    uint8_t how = lk_read_u8(&r);
    const struct card_config config = {.extended = (how & 1) != 0};
    enum card_usage use = how & 2 ? CARD_FOR_SIGNING : CARD_FOR_IDENTITY;
    if (card_new(&config, &c) < 0 || card_start_look(c) < 0 ||
        run(c, &r) != CARD_END_GOOD)
        return 0;
    if (card_start_prepare(c, use) < 0 || run(c, &r) != CARD_END_GOOD)
        return 0;
    if (card_start_sign(c, use, (enum card_hash)(how >> 2 & 1), hash) < 0)
        abort();
    /* No signature of ours can come by chance. */
    if (run(c, &r) == CARD_END_GOOD && how < 128)
        abort();
    return 0;
}
