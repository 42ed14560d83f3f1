/* share_world.h - papers, their channel and a page of the expert's, as its
 * tests share them. */
#ifndef LUUKKU_TEST_SHARE_WORLD_H
#define LUUKKU_TEST_SHARE_WORLD_H

#include "papers/share.h"
#include "testing.h"

#include "pages.h"

#define LOAD "00112233445566778899aabbccddeeff"
#define SECOND INT64_C(1000000)

struct share_world {
    struct papers *p;
    struct papers_share *s;
    int64_t now_us;
    unsigned asks, documents, offs;
    uint32_t document_n; /* the newest of those two */
    int document_fd;     /* the newest document; -1 */
};
struct share_world *share_world(void);
#define world (*share_world())
extern const struct papers_share_output share_output;

/* No papers, and an open channel. */
int share_setup(void **state);
int share_teardown(void **state);
/* A page with a tag and a detail of that length, the citizen's own; shared. */
uint32_t share_add(uint32_t tag, size_t len);
uint32_t share_add_shared(uint32_t tag, size_t len);

/* What the page says. `have`: as JSON, without the outer brackets. */
void share_say(uint8_t kind, const char *json);
void share_join(const char *have);
void share_say_piece(uint8_t part, uint32_t n, uint32_t at, const void *bytes,
                     size_t len);
void share_say_point(uint32_t page, uint16_t x, uint16_t y);
void share_got(uint32_t id, uint32_t bytes);
void share_got_all(uint32_t id);
void share_offer(uint32_t n, uint32_t bytes);
/* Joins with nothing, and hears all there is. */
void share_joined(void);

/* The kiosk's next message, 0.1 s later; NULL: none. Must be none, or that. */
const uint8_t *share_hear(size_t *ret_len);
void share_hear_nothing(void);
void share_hear_json(uint8_t kind, const char *json);
void share_hear_piece(uint8_t part, uint32_t id, uint32_t at, uint32_t n);
/* Sharing is over for that reason. */
void share_expect_over(const char *why);

#define TOLD(ask, doc, own)                                                 \
    "{\"ask\":\"" ask "\",\"doc\":" doc ",\"scanner\":\"none\",\"camera\":" \
    "false,\"own\":" own "}"
#define NO_DOC "{\"n\":0,\"state\":\"none\",\"why\":\"\",\"pages\":0}"
#define NO_LOOK \
    "{\"page\":0,\"turn\":0,\"zoom\":100,\"x\":0,\"y\":0,\"by\":\"expert\"}"

#endif
