/* What a hostile page sends into a form that is being filled in. The input is
 * cut into steps: a byte for what it is, two for the length of what follows.
 * Whatever comes, the citizen goes on. */
#include "forms/chunk.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECOND INT64_C(1000000)

static const char join[] =
    "{\"v\":1,\"load\":\"00112233445566778899aabbccddeeff\",\"doc\":\"\","
    "\"client\":0}";

static struct forms_def *definition(void)
{
    static struct forms_def *def;
    struct forms_def_error e;
    size_t len = 0;
    const char *json = forms_builtin("parental-allowance", &len);
    if (!def && (!json || forms_def_parse(json, len, &def, &e) < 0))
        abort();
    return def;
}

static void must(int r)
{
    if (r < 0)
        abort();
}

static void drain(struct form *f)
{
    const void *chunk = NULL;
    size_t len = 0;
    while (form_poll(f, &chunk, &len))
        if (len == 0 || len > FORM_CHUNK_MAX)
            abort();
}

static void message(struct form *f, uint8_t kind, const void *data, size_t len,
                    int64_t now_us)
{
    uint8_t chunk[FORM_CHUNK_MAX];
    size_t at = 0;
    do {
        size_t n = form_chunk_write(kind, data, len, &at, chunk);
        form_receive(f, chunk, n, now_us);
    } while (at < len);
}

static void citizen(struct form *f, uint8_t what)
{
    struct form_edit e = {.path = "name", .version = 1, .insert = "x"};
    if (what % 6 == 0)
        (void)!form_edit(f, &e);
    else if (what % 6 == 1)
        (void)!form_row_add(f, "periods");
    else if (what % 6 == 2)
        (void)!form_accept(f, "name");
    else if (what % 6 == 3)
        (void)!form_review(f);
    else if (what % 6 == 4)
        form_reopen(f);
    else
        (void)!form_undo(f);
}

static void step(struct form *f, const uint8_t *p, size_t len, int64_t *now_us)
{
    uint8_t what = p[-3];
    *now_us += SECOND / 50;
    if (what < 16)
        message(f, what, p, len, *now_us);
    else if (what < 32)
        form_receive(f, p, len, *now_us);
    else if (what < 64)
        citizen(f, what);
    else if (what < 96)
        form_tick(f, *now_us += SECOND * (what - 63));
    else if (what < 128)
        form_channel(f, what & 1, *now_us);
    else
        drain(f);
}

/* It is whole: it can be written and shown. */
static void check(struct form *f)
{
    struct form_view *v = NULL;
    form_reopen(f);
    must(form_set(f, "situation", "born"));
    must(form_view_new(f, &v));
    form_view_free(v);
    drain(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct form *f = NULL;
    int64_t now_us = SECOND;
    struct form_config c = {.def = definition(),
                            .lang = "fi",
                            .kiosk = "oulu-1",
                            .expert_user = "anna",
                            .expert_name = "Anna",
                            .today = {2026, 11, 22}};
    must(form_new(&c, &f));
    form_channel(f, true, now_us);
    message(f, FORM_JOIN, join, sizeof(join) - 1, now_us);
    message(f, FORM_SYNC, "\0\x01\0", 3, now_us);
    while (size >= 3) {
        size_t len = LK_MIN((size_t)data[1] << 8 | data[2], size - 3);
        data += 3;
        step(f, data, len, &now_us);
        data += len;
        size -= 3 + len;
    }
    check(f);
    form_free(f);
    return 0;
}
