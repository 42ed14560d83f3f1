#include "forms/record.h"

#include "base/bytes.h"

#include <errno.h>

#include <openssl/evp.h>

int form_record_init(struct form_record *r, const void *id, size_t len)
{
    *r = (struct form_record){0};
    if (EVP_Digest(id, len, r->head, NULL, EVP_sha256(), NULL) != 1)
        return -ENOMEM;
    return 0;
}

static bool chain(struct form_record *r, const uint8_t *who, size_t who_len,
                  const void *update, size_t len)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool done = c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1 &&
                EVP_DigestUpdate(c, r->head, sizeof(r->head)) == 1 &&
                EVP_DigestUpdate(c, who, who_len) == 1 &&
                EVP_DigestUpdate(c, update, len) == 1 &&
                EVP_DigestFinal_ex(c, r->head, NULL) == 1;
    EVP_MD_CTX_free(c);
    return done;
}

void form_record_add(struct form_record *r, uint32_t sender, int64_t now_us,
                     const void *update, size_t len)
{
    uint8_t who[12];
    struct lk_writer w = lk_writer(who, sizeof(who));
    lk_write_u32(&w, sender);
    lk_write_u64(&w, (uint64_t)now_us);
    if (!chain(r, who, sizeof(who), update, len))
        r->broken = true;
    r->updates++;
}
