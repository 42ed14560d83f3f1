#include "forms/calendar.h"
#include "forms/decimal.h"
#include "forms/def_impl.h"

#include <stdio.h>
#include <string.h>

/* A whole number in a double is exact up to 2^53: 10^10 with four decimals. */
#define REAL_MAX 1e10
#define INTEGER_MAX INT64_C(99999999999999)

/* The member as text in the definition's memory; "" when it is not there. */
static const char *keep(struct def_parse *p, const char *s)
{
    size_t size = strlen(s) + 1;
    char *copy = def_take(p, size, 1);
    if (!copy)
        return "";
    memcpy(copy, s, size);
    return copy;
}

/* A JSON number in ten-thousandths; false: it is none, is too large, or has
 * more decimals than that. */
static bool number_scaled(const json_t *v, int64_t *ret)
{
    json_int_t n = json_integer_value(v);
    double x = json_real_value(v);
    if (json_is_integer(v)) {
        *ret = n * FORMS_DECIMAL_ONE;
        return n >= -INTEGER_MAX && n <= INTEGER_MAX;
    }
    if (!json_is_real(v) || x < -REAL_MAX || x > REAL_MAX)
        return false;
    *ret = (int64_t)(x * FORMS_DECIMAL_ONE + (x < 0 ? -0.5 : 0.5));
    double back = (double)*ret / FORMS_DECIMAL_ONE;
    return back >= x && back <= x;
}

static const char *number_bound(struct def_parse *p, const json_t *v,
                                const char *key, uint32_t decimals,
                                int64_t *ret)
{
    char text[FORMS_DECIMAL_MAX];
    const json_t *m = json_object_get(v, key);
    if (!m)
        return "";
    if (number_scaled(m, ret)) {
        int64_t again = 0;
        forms_decimal_write(*ret, text);
        if (forms_decimal_read(text, strlen(text), decimals, &again))
            return keep(p, text);
    }
    def_refuse_at(p, key,
                  "is not a number with at most as many decimals as "
                  "the field's");
    return "";
}

static void number_range(struct def_parse *p, const json_t *v,
                         struct forms_field *f)
{
    int64_t least = 0;
    int64_t most = 0;
    if (json_object_get(v, "decimals"))
        f->decimals = def_uint(p, v, "decimals", 0, FORMS_DECIMALS_MAX);
    f->min = number_bound(p, v, "min", f->decimals, &least);
    f->max = number_bound(p, v, "max", f->decimals, &most);
    if (*f->min && *f->max && least > most)
        def_refuse_at(p, "max", "is less than min");
}

static const char *date_bound(struct def_parse *p, const json_t *v,
                              const char *key)
{
    static const struct forms_day any = {2026, 1, 1};
    struct forms_day day;
    const char *s = def_string(p, v, key, false);
    if (!s)
        return "";
    if (forms_day_bound(s, &any, &day))
        return s;
    def_refuse_at(p, key, "is not YYYY-MM-DD, today, today+N or today-N");
    return "";
}

static void date_range(struct def_parse *p, const json_t *v,
                       struct forms_field *f)
{
    static const struct forms_day any = {2026, 1, 1};
    struct forms_day least;
    struct forms_day most;
    f->min = date_bound(p, v, "min");
    f->max = date_bound(p, v, "max");
    /* A day and a distance from today cannot be compared. */
    bool alike = *f->min && *f->max && (*f->min == 't') == (*f->max == 't');
    if (alike && forms_day_bound(f->min, &any, &least) &&
        forms_day_bound(f->max, &any, &most) &&
        forms_day_compare(&least, &most) > 0)
        def_refuse_at(p, "max", "is before min");
}

static const char *rows_bound(struct def_parse *p, const json_t *v,
                              const char *key, uint32_t least, uint32_t *ret)
{
    char text[16];
    if (!json_object_get(v, key))
        return "";
    *ret = def_uint(p, v, key, least, FORMS_ROWS_MAX);
    (void)snprintf(text, sizeof(text), "%u", *ret);
    return keep(p, text);
}

static void rows_range(struct def_parse *p, const json_t *v,
                       struct forms_field *f)
{
    uint32_t least = 0;
    uint32_t most = FORMS_ROWS_MAX;
    f->min = rows_bound(p, v, "min", 0, &least);
    f->max = rows_bound(p, v, "max", 1, &most);
    if (least > most)
        def_refuse_at(p, "max", "is less than min");
}

void def_range(struct def_parse *p, const json_t *object, struct forms_field *f)
{
    if (f->type == FORMS_NUMBER)
        number_range(p, object, f);
    else if (f->type == FORMS_DATE)
        date_range(p, object, f);
    else
        rows_range(p, object, f);
}
