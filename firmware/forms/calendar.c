#include "forms/calendar.h"

#include <stdio.h>
#include <string.h>

#define YEAR_MIN 1900
#define YEAR_MAX 2199

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

bool forms_day_valid(const struct forms_day *day)
{
    return day->month >= 1 && day->month <= 12 && day->day >= 1 &&
           day->day <= month_days(day->year, day->month);
}

int forms_day_compare(const struct forms_day *a, const struct forms_day *b)
{
    if (a->year != b->year)
        return a->year < b->year ? -1 : 1;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    return (a->day > b->day) - (a->day < b->day);
}

/* min..max digits at *s; *s moves behind them. */
static bool digits(const char **s, const char *end, size_t min, size_t max,
                   int *ret)
{
    size_t n = 0;
    int value = 0;
    for (; *s < end && n < max && **s >= '0' && **s <= '9'; n++, (*s)++)
        value = value * 10 + (**s - '0');
    *ret = value;
    return n >= min;
}

static bool eat(const char **s, const char *end, char c)
{
    if (*s == end || **s != c)
        return false;
    (*s)++;
    return true;
}

static bool read_iso(const char *s, const char *end, struct forms_day *ret)
{
    return digits(&s, end, 4, 4, &ret->year) && eat(&s, end, '-') &&
           digits(&s, end, 2, 2, &ret->month) && eat(&s, end, '-') &&
           digits(&s, end, 2, 2, &ret->day) && s == end;
}

static bool read_point(const char **s, const char *end)
{
    if (!eat(s, end, '.'))
        return false;
    while (eat(s, end, ' '))
        continue;
    return true;
}

static bool read_finnish(const char *s, const char *end, struct forms_day *ret)
{
    return digits(&s, end, 1, 2, &ret->day) && read_point(&s, end) &&
           digits(&s, end, 1, 2, &ret->month) && read_point(&s, end) &&
           digits(&s, end, 4, 4, &ret->year) && s == end;
}

bool forms_day_read(const char *s, size_t len, struct forms_day *ret)
{
    struct forms_day day;
    if (!read_iso(s, s + len, &day) && !read_finnish(s, s + len, &day))
        return false;
    if (day.year < YEAR_MIN || day.year > YEAR_MAX || !forms_day_valid(&day))
        return false;
    *ret = day;
    return true;
}

/* `days` on from `day`, or back when it is below 0. */
static void day_move(struct forms_day *day, int days)
{
    for (; days > 0; days--) {
        if (++day->day <= month_days(day->year, day->month))
            continue;
        day->day = 1;
        day->year += day->month == 12;
        day->month = day->month % 12 + 1;
    }
    for (; days < 0; days++) {
        if (--day->day > 0)
            continue;
        day->year -= day->month == 1;
        day->month = (day->month + 10) % 12 + 1;
        day->day = month_days(day->year, day->month);
    }
}

bool forms_day_bound(const char *s, const struct forms_day *today,
                     struct forms_day *ret)
{
    int days = 0;
    const char *end = s + strlen(s);
    if (strncmp(s, "today", 5) != 0) {
        struct forms_day day;
        return read_iso(s, end, &day) && forms_day_read(s, strlen(s), ret);
    }
    s += 5;
    bool back = *s == '-';
    bool moved = back || *s == '+';
    s += moved;
    if (moved && (!digits(&s, end, 1, 5, &days) || days > FORMS_DAYS_MAX))
        return false;
    if (s != end)
        return false;
    *ret = *today;
    day_move(ret, back ? -days : days);
    return true;
}

void forms_day_write(const struct forms_day *day, char ret[FORMS_DAY_MAX])
{
    unsigned year = (unsigned)day->year % 10000;
    (void)snprintf(ret, FORMS_DAY_MAX, "%04u-%02u-%02u", year,
                   (unsigned)day->month % 100, (unsigned)day->day % 100);
}
