/* fuzz_superlog.c - a slot of the log's ring on the disk, the words of `log`,
 * and what programs tell luukku-super unasked. A slot that is believed holds a
 * line that may be shown, and makes the same slot again. */
#include "app/super_news.h"
#include "app/super_query.h"
#include "app/super_ring.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_slot(const uint8_t *data, size_t size)
{
    uint8_t slot[SUPER_RING_SLOT] = {0};
    uint8_t again[SUPER_RING_SLOT];
    struct super_log_line line;
    memcpy(slot, data, LK_MIN(size, sizeof(slot)));
    if (super_ring_decode(slot, &line) < 0)
        return;
    if (!lk_utf8_valid(line.text, strlen(line.text)) ||
        strlen(line.text) >= SUPER_LOG_TEXT_MAX || line.number < 1)
        abort();
    struct super_log_line same;
    super_ring_encode(&line, again);
    if (super_ring_decode(again, &same) < 0 || same.number != line.number ||
        strcmp(same.text, line.text) != 0)
        abort();
}

static void try_query(char *text)
{
    const char *word[8];
    size_t words = 0;
    struct super_query q;
    while (*text && words < LK_ARRAY_LEN(word)) {
        size_t len = strcspn(text, "\n");
        bool last = text[len] == 0;
        text[len] = 0;
        word[words++] = text;
        text += len + !last;
    }
    if (super_query_parse(word, words, &q) == 0 &&
        (q.lines < 1 || q.lines > SUPER_QUERY_LINES_MAX))
        abort();
}

static void try_news(const char *text)
{
    struct super_news n;
    super_news_init(&n);
    if (super_news_take(&n, SUPER_NEWS_RTC, text, 0) < 0 && n.calls > 0)
        abort();
    if (super_news_take(&n, SUPER_NEWS_LUUKKUD, text, 0) == 0 &&
        !super_news_session_name(&n))
        abort();
    json_t *v = super_news_answer(&n);
    if (json_array_size(v) != n.calls)
        abort();
    json_decref(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    try_slot(data, size);
    try_news(text);
    try_query(text);
    free(text);
    return 0;
}
