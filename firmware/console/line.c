#include "console/line.h"

#include "console/put.h"

#include <string.h>

#define CTRL(c) ((c)-64)
#define BACKSPACE 8
#define BELL 7
#define ESCAPE 27
#define DELETE 127

enum { NO_ESCAPE, AFTER_ESCAPE, IN_CSI, AFTER_SS3 };

static void put_many(struct lk_buf *to, char c, size_t n)
{
    while (n-- > 0)
        console_put_bytes(to, &c, 1);
}

static bool is_shown(const struct console_line *l)
{
    return l->kind != CONSOLE_SECRET;
}

/* Draws the line anew, which stood with its cursor at `old_at` and had
 * `old_len` bytes. */
static void redraw(const struct console_line *l, size_t old_at, size_t old_len,
                   struct lk_buf *echo)
{
    size_t gone = old_len > l->len ? old_len - l->len : 0;
    if (!is_shown(l))
        return;
    put_many(echo, BACKSPACE, old_at);
    console_put_bytes(echo, l->text, l->len);
    put_many(echo, ' ', gone);
    put_many(echo, BACKSPACE, gone + l->len - l->at);
}

void console_line_begin(struct console_line *l, enum console_line_kind kind)
{
    explicit_bzero(l->text, sizeof(l->text));
    l->len = l->at = 0;
    l->kind = kind;
    l->noisy = l->over = false;
    l->escape = NO_ESCAPE;
    l->recall = l->old;
}

void console_line_forget(struct console_line *l)
{
    uint8_t ended = l->ended;
    explicit_bzero(l, sizeof(*l));
    l->ended = ended;
}

static void insert_byte(struct console_line *l, char c, struct lk_buf *echo)
{
    size_t old_at = l->at;
    if (l->len + 1 >= sizeof(l->text)) {
        l->over = true;
        put_many(echo, BELL, is_shown(l));
        return;
    }
    memmove(l->text + l->at + 1, l->text + l->at, l->len - l->at + 1);
    l->text[l->at++] = c;
    l->len++;
    if (l->at < l->len)
        redraw(l, old_at, l->len - 1, echo);
    else if (is_shown(l))
        console_put_bytes(echo, &c, 1);
}

void console_line_insert(struct console_line *l, const char *text,
                         struct lk_buf *echo)
{
    for (; *text; text++)
        insert_byte(l, *text, echo);
}

void console_line_show(const struct console_line *l, struct lk_buf *echo)
{
    if (!is_shown(l))
        return;
    console_put_bytes(echo, l->text, l->len);
    put_many(echo, BACKSPACE, l->len - l->at);
}

/* Removes the `n` bytes before the cursor. */
static void erase_before(struct console_line *l, size_t n, struct lk_buf *echo)
{
    size_t old_at = l->at;
    size_t old_len = l->len;
    if (n == 0)
        return;
    memmove(l->text + l->at - n, l->text + l->at, l->len - l->at + 1);
    l->at -= n;
    l->len -= n;
    if (n == 1 && l->at == l->len && is_shown(l))
        console_put(echo, "\b \b");
    else
        redraw(l, old_at, old_len, echo);
}

static void erase_after(struct console_line *l, size_t n, struct lk_buf *echo)
{
    size_t old_len = l->len;
    memmove(l->text + l->at, l->text + l->at + n, l->len - l->at - n + 1);
    l->len -= n;
    redraw(l, l->at, old_len, echo);
}

static void move_to(struct console_line *l, size_t at, struct lk_buf *echo)
{
    if (is_shown(l) && at < l->at)
        put_many(echo, BACKSPACE, l->at - at);
    else if (is_shown(l))
        console_put_bytes(echo, l->text + l->at, at - l->at);
    l->at = at;
}

/* Bytes of the word before the cursor, with the spaces behind it. */
static size_t word_before(const struct console_line *l)
{
    size_t from = l->at;
    while (from > 0 && l->text[from - 1] == ' ')
        from--;
    while (from > 0 && l->text[from - 1] != ' ')
        from--;
    return l->at - from;
}

static void recall(struct console_line *l, size_t which, struct lk_buf *echo)
{
    size_t old_at = l->at;
    size_t old_len = l->len;
    if (l->kind != CONSOLE_COMMAND || which > l->old)
        return;
    l->recall = which;
    const char *from = which < l->old ? l->history[which] : "";
    l->len = l->at = strlen(from);
    memcpy(l->text, from, l->len + 1);
    redraw(l, old_at, old_len, echo);
}

void console_line_keep(struct console_line *l)
{
    if (l->len == 0 ||
        (l->old > 0 && strcmp(l->history[l->old - 1], l->text) == 0))
        return;
    if (l->old == CONSOLE_HISTORY_MAX) {
        memmove(l->history[0], l->history[1],
                sizeof(l->history) - sizeof(l->history[0]));
        l->old--;
    }
    memcpy(l->history[l->old++], l->text, sizeof(l->text));
}

int console_line_ends(struct console_line *l, uint8_t byte)
{
    uint8_t before = l->ended;
    bool is_end = byte == '\r' || byte == '\n';
    l->ended = 0;
    if (before && ((is_end && byte != before) || (byte == 0 && before == '\r')))
        return -1;
    if (is_end)
        l->ended = byte;
    return is_end;
}

/* The keys of the cursor, by a sequence's last byte. */
static void on_sequence(struct console_line *l, uint8_t last,
                        struct lk_buf *echo)
{
    char p = l->parameter;
    if (last == 'A')
        recall(l, l->recall - 1, echo);
    else if (last == 'B')
        recall(l, l->recall + 1, echo);
    else if (last == 'C' && l->at < l->len)
        move_to(l, l->at + 1, echo);
    else if (last == 'D' && l->at > 0)
        move_to(l, l->at - 1, echo);
    else if (last == 'H' || (last == '~' && (p == '1' || p == '7')))
        move_to(l, 0, echo);
    else if (last == 'F' || (last == '~' && (p == '4' || p == '8')))
        move_to(l, l->len, echo);
    else if (last == '~' && p == '3' && l->at < l->len)
        erase_after(l, 1, echo);
}

/* A byte inside an escape sequence. False: it ends the sequence and is to be
 * looked at by itself. */
static bool on_escape(struct console_line *l, uint8_t byte, struct lk_buf *echo)
{
    uint8_t state = l->escape;
    if (byte == ESCAPE) {
        l->escape = AFTER_ESCAPE;
        l->escape_len = 0;
        return true;
    }
    l->escape = NO_ESCAPE;
    if (byte < ' ' || byte >= DELETE)
        return false;
    if (state == AFTER_ESCAPE) {
        l->parameter = 0;
        l->escape_len = 0;
        if (byte == '[')
            l->escape = IN_CSI;
        else if (byte == 'O')
            l->escape = AFTER_SS3;
        return true;
    }
    if (state == AFTER_SS3 || byte >= '@') {
        on_sequence(l, byte, echo);
        return true;
    }
    if (++l->escape_len > CONSOLE_ESCAPE_MAX) {
        l->noisy = true;
        return true;
    }
    if (l->escape_len == 1)
        l->parameter = (char)byte;
    l->escape = IN_CSI;
    return true;
}

/* Keys that change the line; false when the byte is none. */
static bool on_editing(struct console_line *l, uint8_t byte,
                       struct lk_buf *echo)
{
    if (byte == BACKSPACE || byte == DELETE)
        erase_before(l, l->at > 0, echo);
    else if (byte == CTRL('U'))
        erase_before(l, l->at, echo);
    else if (byte == CTRL('W'))
        erase_before(l, word_before(l), echo);
    else if (byte == CTRL('K'))
        erase_after(l, l->len - l->at, echo);
    else if (byte == CTRL('D') && l->at < l->len)
        erase_after(l, 1, echo);
    else
        return false;
    return true;
}

static bool on_moving(struct console_line *l, uint8_t byte, struct lk_buf *echo)
{
    if (byte == CTRL('A'))
        move_to(l, 0, echo);
    else if (byte == CTRL('E'))
        move_to(l, l->len, echo);
    else if (byte == CTRL('B'))
        move_to(l, l->at - (l->at > 0), echo);
    else if (byte == CTRL('F'))
        move_to(l, l->at + (l->at < l->len), echo);
    else if (byte == CTRL('P'))
        recall(l, l->recall - 1, echo);
    else if (byte == CTRL('N'))
        recall(l, l->recall + 1, echo);
    else
        return false;
    return true;
}

enum console_event console_line_byte(struct console_line *l, uint8_t byte,
                                     struct lk_buf *echo)
{
    int end = console_line_ends(l, byte);
    if (end < 0)
        return CONSOLE_NOTHING;
    if (l->escape != NO_ESCAPE && on_escape(l, byte, echo))
        return CONSOLE_NOTHING;
    if (end > 0)
        return CONSOLE_LINE;
    if (byte == ESCAPE) {
        l->escape = AFTER_ESCAPE;
        return CONSOLE_NOTHING;
    }
    if (byte == CTRL('C'))
        return CONSOLE_BREAK;
    if (byte == CTRL('D') && l->len == 0)
        return CONSOLE_END;
    if (byte == '\t' && l->kind == CONSOLE_COMMAND)
        return CONSOLE_TAB;
    if (byte == '?' && l->kind == CONSOLE_COMMAND)
        return CONSOLE_HELP;
    if (byte >= ' ' && byte < DELETE)
        insert_byte(l, (char)byte, echo);
    else if (!on_editing(l, byte, echo) && !on_moving(l, byte, echo))
        l->noisy = true;
    return CONSOLE_NOTHING;
}
