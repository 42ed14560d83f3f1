/* world.h - a form with a page at its far end, without a channel: messages are
 * carried by hand. The page is made of coedit itself. */
#ifndef LUUKKU_TESTS_FORMS_WORLD_H
#define LUUKKU_TESTS_FORMS_WORLD_H

#include "coedit/sync.h"
#include "forms/chunk.h"
#include "forms/form.h"
#include "testing.h"

#define WORLD_TEXT_MAX 65536

/* What a page holds and was told. */
struct page {
    char load[33];
    char doc_id[33];
    struct coedit *doc;
    uint32_t client;
    bool fresh;
    struct form_chunks in;
    unsigned hellos, definitions, snapshots;
    uint32_t acked;
    uint32_t most_acked; /* clocks that were ever acknowledged to this client */
    char state[WORLD_TEXT_MAX];
    char snapshot[WORLD_TEXT_MAX];
    char over[64];
    size_t package;
};

struct world {
    struct forms_def *def;
    struct form *form;
    struct page page;
    int64_t now_us;
};

/* A definition with one field of each kind. */
extern const char world_definition[];

void world_open(struct world *w);
void world_close(struct world *w);

/* A channel, `join` and all that follows. */
void world_join(struct world *w, const char *load);
/* The page takes what the form has for it, and what it says to that goes back.
 */
void world_settle(struct world *w);
/* Only what the form has for it. */
void world_deliver(struct world *w);
/* A message of the page. */
void world_send(struct world *w, uint8_t kind, const void *data, size_t len);
void world_do(struct world *w, const char *json);
/* The page's edits: an update each. */
void page_type(struct world *w, const char *path, uint32_t at,
               const char *insert, uint32_t remove);
void page_set(struct world *w, const char *path, const char *value);
/* Its update, made by hand. */
void page_update(struct world *w, const void *update, size_t len);
/* A cell's value as the page holds it. Heap. */
char *page_value(const struct world *w, const char *path);

/* The present view's item of that path. */
struct form_view *world_view(const struct world *w);
const struct form_item *view_item(const struct form_view *v, const char *path);
/* The value as a view has it. */
void assert_value(const struct world *w, const char *path, const char *value);
int world_edit(struct world *w, const char *path, uint32_t at, uint32_t remove,
               const char *insert);
/* Everything that must be there, so that a review passes. */
void world_fill(struct world *w);

#endif
