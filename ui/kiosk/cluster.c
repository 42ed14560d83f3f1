#include "kiosk/cluster.h"

#include "base/defs.h"

#include <stdbool.h>

#define ZWJ 0x200D

struct range {
    uint32_t first, last;
};

/* Marks that belong to the character before them, in order. */
static const struct range marks[] = {
    {0x0300, 0x036F},   {0x0483, 0x0489},   {0x0591, 0x05BD},
    {0x05BF, 0x05BF},   {0x05C1, 0x05C2},   {0x05C4, 0x05C5},
    {0x05C7, 0x05C7},   {0x0610, 0x061A},   {0x064B, 0x065F},
    {0x0670, 0x0670},   {0x06D6, 0x06DC},   {0x06DF, 0x06E4},
    {0x06E7, 0x06E8},   {0x06EA, 0x06ED},   {0x0900, 0x0903},
    {0x093A, 0x093C},   {0x093E, 0x094F},   {0x0951, 0x0957},
    {0x0962, 0x0963},   {0x0E31, 0x0E31},   {0x0E33, 0x0E3A},
    {0x0E47, 0x0E4E},   {0x1AB0, 0x1ACE},   {0x1DC0, 0x1DFF},
    {0x200C, 0x200D},   {0x20D0, 0x20F0},   {0xFE00, 0xFE0F},
    {0xFE20, 0xFE2F},   {0x1F3FB, 0x1F3FF}, {0xE0020, 0xE007F},
    {0xE0100, 0xE01EF},
};

/* Pictures that a joiner puts together. */
static const struct range pictures[] = {
    {0x2190, 0x21FF},
    {0x2600, 0x27BF},
    {0x2B00, 0x2BFF},
    {0x1F000, 0x1FAFF},
};

static bool in_ranges(const struct range *r, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (c >= r[i].first && c <= r[i].last)
            return true;
    return false;
}

static bool is_mark(uint32_t c)
{
    return in_ranges(marks, LK_ARRAY_LEN(marks), c);
}

static bool is_picture(uint32_t c)
{
    return in_ranges(pictures, LK_ARRAY_LEN(pictures), c);
}

static bool is_flag_letter(uint32_t c)
{
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

/* The parts of a Korean syllable: leading, vowel, trailing; 0: none. */
static char hangul(uint32_t c)
{
    if (c >= 0x1100 && c <= 0x115F)
        return 'L';
    if (c >= 0x1160 && c <= 0x11A7)
        return 'V';
    if (c >= 0x11A8 && c <= 0x11FF)
        return 'T';
    if (c >= 0xAC00 && c <= 0xD7A3) /* ends as a vowel, or as a trailing one */
        return (c - 0xAC00) % 28 == 0 ? 'v' : 't';
    return 0;
}

static bool hangul_joins(uint32_t before, uint32_t c)
{
    char a = hangul(before);
    char b = hangul(c);
    if (a == 'L')
        return b == 'L' || b == 'V' || b == 'v' || b == 't';
    if (a == 'V' || a == 'v')
        return b == 'V' || b == 'T';
    return (a == 'T' || a == 't') && b == 'T';
}

/* The code point at byte `at` of valid UTF-8. */
static uint32_t decode(const char *s, size_t at, size_t *ret_next)
{
    unsigned char lead = (unsigned char)s[at];
    int more = (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0);
    uint32_t c = more ? lead & (0x3FU >> more) : lead;
    for (int i = 1; i <= more; i++)
        c = c << 6 | ((unsigned char)s[at + (size_t)i] & 0x3FU);
    *ret_next = at + (size_t)more + 1;
    return c;
}

size_t kiosk_cluster_next(const char *s, size_t len, size_t at)
{
    if (at >= len)
        return len;
    size_t next;
    uint32_t before = decode(s, at, &next);
    bool picture = is_picture(before);
    bool half_flag = is_flag_letter(before);
    while (next < len && !is_control(before)) {
        size_t behind;
        uint32_t c = decode(s, next, &behind);
        bool joined = picture && before == ZWJ && is_picture(c);
        bool flag = half_flag && is_flag_letter(c);
        if (!is_mark(c) && !joined && !flag && !hangul_joins(before, c))
            break;
        half_flag = false;
        before = c;
        next = behind;
    }
    return next;
}

size_t kiosk_cluster_previous(const char *s, size_t len, size_t at)
{
    size_t begin = 0;
    size_t end = kiosk_cluster_next(s, len, 0);
    while (end < at && end < len) {
        begin = end;
        end = kiosk_cluster_next(s, len, begin);
    }
    return begin;
}

size_t kiosk_cluster_snap(const char *s, size_t len, size_t at)
{
    size_t end = 0;
    while (end < at && end < len)
        end = kiosk_cluster_next(s, len, end);
    return end;
}
