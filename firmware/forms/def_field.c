#include "forms/chars.h"
#include "forms/def_impl.h"
#include "forms/pattern.h"

#include <stdio.h>
#include <string.h>

/* Members that only some types have. */
enum {
    M_HELP = 1 << 0,
    M_HINT = 1 << 1,
    M_REQUIRED = 1 << 2,
    M_WHO = 1 << 3,
    M_PRIVATE = 1 << 4,
    M_ERROR = 1 << 5,
    M_LENGTH = 1 << 6,
    M_PATTERN = 1 << 7,
    M_RANGE = 1 << 8,
    M_DECIMALS = 1 << 9,
    M_OPTIONS = 1 << 10,
    M_FIELDS = 1 << 11,
    M_ITEM = 1 << 12,
    M_ASK = M_HELP | M_REQUIRED | M_WHO | M_PRIVATE | M_ERROR,
    M_TYPED = M_ASK | M_HINT,
};

static const struct {
    const char *name; /* NULL: definitions do not name it */
    unsigned members;
} types[FORMS_TYPES] = {
    [FORMS_TEXT] = {"text", M_TYPED | M_LENGTH | M_PATTERN},
    [FORMS_LINES] = {"lines", M_TYPED | M_LENGTH},
    [FORMS_NUMBER] = {"number", M_TYPED | M_RANGE | M_DECIMALS},
    [FORMS_DATE] = {"date", M_TYPED | M_RANGE},
    [FORMS_CHOICE] = {"choice", M_ASK | M_OPTIONS},
    [FORMS_CHOICES] = {"choices", M_ASK | M_OPTIONS},
    [FORMS_YESNO] = {"yesno", M_ASK},
    [FORMS_EMAIL] = {"email", M_TYPED},
    [FORMS_PHONE] = {"phone", M_TYPED},
    [FORMS_ADDRESS] = {"address", M_ASK},
    [FORMS_IBAN] = {"iban", M_TYPED},
    [FORMS_PERSON_ID] = {"person-id", M_TYPED},
    [FORMS_POSTCODE] = {NULL, 0},
    [FORMS_ROWS] = {"rows", M_HELP | M_REQUIRED | M_WHO | M_ERROR | M_RANGE |
                                M_FIELDS | M_ITEM},
    [FORMS_ATTACHMENT] = {"attachment", M_HELP | M_REQUIRED},
    [FORMS_SIGNATURE] = {"signature", M_HELP},
    [FORMS_INFO] = {"info", 0},
};

static const struct {
    const char *name;
    unsigned bit; /* 0: every type has it */
} members[] = {
    {"id", 0},
    {"type", 0},
    {"label", 0},
    {"when", 0},
    {"help", M_HELP},
    {"hint", M_HINT},
    {"required", M_REQUIRED},
    {"who", M_WHO},
    {"private", M_PRIVATE},
    {"error", M_ERROR},
    {"max_length", M_LENGTH},
    {"pattern", M_PATTERN},
    {"min", M_RANGE},
    {"max", M_RANGE},
    {"decimals", M_DECIMALS},
    {"options", M_OPTIONS},
    {"fields", M_FIELDS},
    {"item", M_ITEM},
};

const char *forms_type_name(enum forms_type type)
{
    return type == FORMS_POSTCODE ? "postcode" : types[type].name;
}

/* Tells members that no field has from those that this type has not. */
static void check_members(struct def_parse *p, const json_t *v,
                          enum forms_type type)
{
    char why[64];
    const char *known[LK_ARRAY_LEN(members)];
    for (size_t i = 0; i < LK_ARRAY_LEN(members); i++)
        known[i] = members[i].name;
    (void)def_members(p, v, known, LK_ARRAY_LEN(known));
    for (size_t i = 0; i < LK_ARRAY_LEN(members); i++) {
        bool has = !members[i].bit || types[type].members & members[i].bit;
        if (has || !json_object_get(v, members[i].name))
            continue;
        (void)snprintf(why, sizeof(why),
                       "is not a member of a field of type %s",
                       types[type].name);
        def_refuse_at(p, members[i].name, why);
    }
}

static const struct def_id *find(const struct def_parse *p, const char *id)
{
    for (size_t i = 0; i < p->ids; i++)
        if (strcmp(p->id[i].id, id) == 0)
            return &p->id[i];
    return NULL;
}

void def_id_add(struct def_parse *p, const char *key, const struct def_id *id)
{
    char why[96];
    if (!id->id)
        return;
    if (find(p, id->id)) {
        (void)snprintf(why, sizeof(why), "%s stands for something before",
                       id->id);
        def_refuse_at(p, key, why);
    } else if (p->ids < DEF_IDS_MAX) {
        p->id[p->ids++] = *id;
    }
}

static enum forms_type take_type(struct def_parse *p, const json_t *v)
{
    const char *s = def_string(p, v, "type", true);
    for (int i = 0; s && i < FORMS_TYPES; i++)
        if (types[i].name && strcmp(types[i].name, s) == 0)
            return (enum forms_type)i;
    if (s)
        def_refuse_at(p, "type", "is not a type that is known");
    return FORMS_TYPES;
}

static enum forms_who take_who(struct def_parse *p, const json_t *v)
{
    static const char *const name[] = {"both", "citizen", "expert"};
    const char *s = def_string(p, v, "who", false);
    for (size_t i = 0; s && i < LK_ARRAY_LEN(name); i++)
        if (strcmp(name[i], s) == 0)
            return (enum forms_who)i;
    if (s)
        def_refuse_at(p, "who", "is not both, citizen or expert");
    return FORMS_BOTH;
}

static void take_private(struct def_parse *p, const json_t *v,
                         struct forms_field *f)
{
    bool always = f->type == FORMS_IBAN || f->type == FORMS_PERSON_ID;
    f->is_private = def_bool(p, v, "private") || always;
    if (always && json_is_false(json_object_get(v, "private")))
        def_refuse_at(p, "private", "is always true of this type");
}

static void take_option(struct def_parse *p, const json_t *v,
                        struct forms_option *o,
                        const struct forms_option *first)
{
    static const char *const known[] = {"id", "label"};
    if (!def_members(p, v, known, LK_ARRAY_LEN(known)))
        return;
    o->id = def_id(p, v, "id");
    for (const struct forms_option *b = first; b < o; b++)
        if (o->id && b->id && strcmp(o->id, b->id) == 0)
            def_refuse_at(p, "id", "is that of an option before it");
    def_text(p, v, "label", DEF_LABEL_MAX, &o->label);
}

static void take_options(struct def_parse *p, const json_t *v,
                         struct forms_field *f)
{
    const json_t *list = def_list(p, v, "options", 2, FORMS_OPTIONS_MAX);
    size_t n = list ? json_array_size(list) : 0;
    struct forms_option *o = def_take(p, n, sizeof(*o));
    if (!o)
        return;
    def_enter(p, "options");
    for (size_t i = 0; i < n; i++) {
        def_enter_at(p, i);
        take_option(p, json_array_get(list, i), &o[i], o);
        def_leave(p);
    }
    def_leave(p);
    f->option = o;
    f->options = n;
}

static void take_length(struct def_parse *p, const json_t *v,
                        struct forms_field *f)
{
    f->max_length = f->type == FORMS_TEXT ? 200 : 2000;
    if (json_object_get(v, "max_length"))
        f->max_length = def_uint(p, v, "max_length", 1, 4000);
}

/* What is wrong with a pattern, or NULL. */
static const char *pattern_wrong(struct def_parse *p, const char *s)
{
    size_t len = strlen(s);
    if (forms_chars_points(s, len) > FORMS_PATTERN_MAX)
        return "is longer than 60 characters";
    if (!forms_chars_good(s, len, false))
        return "has a character that belongs into no text";
    for (size_t i = 0; i < len; i++)
        if (s[i] == '*' && (i == 0 || !strchr("A9X", s[i - 1])))
            return "has a * that is not behind A, 9 or X";
    int r = forms_chars_nfc(s, len);
    p->no_memory |= r < 0;
    return r == 0 ? "is not in Unicode's form NFC" : NULL;
}

static void take_pattern(struct def_parse *p, const json_t *v,
                         struct forms_field *f)
{
    const char *s = def_string(p, v, "pattern", false);
    const char *wrong = s ? pattern_wrong(p, s) : NULL;
    if (wrong)
        def_refuse_at(p, "pattern", wrong);
    if (s)
        f->pattern = s;
}

/* The words for the parts of an address: they are the same everywhere. */
static const struct {
    const char *lang, *street, *postcode, *town;
} parts[] = {
    {"fi", "Katuosoite", "Postinumero", "Postitoimipaikka"},
    {"sv", "Gatuadress", "Postnummer", "Postort"},
    {"en", "Street address", "Postcode", "Town"},
    {"se", "Gáhtačujuhus", "Poastanummir", "Poastabáiki"},
    {"ru", "Улица и дом", "Почтовый индекс", "Город"},
    {"uk", "Вулиця і будинок", "Поштовий індекс", "Місто"},
    {"ar", "الشارع ورقم المبنى", "الرمز البريدي", "المدينة"},
    {"et", "Tänav ja maja", "Sihtnumber", "Linn"},
};

static void say_parts(const struct forms_def *d, struct forms_field *cell)
{
    for (size_t i = 0; i < d->langs; i++) {
        size_t at = 2;
        for (size_t j = 0; j < LK_ARRAY_LEN(parts); j++)
            if (strcmp(parts[j].lang, d->lang[i]) == 0)
                at = j;
        cell[0].label.in[i] = parts[at].street;
        cell[1].label.in[i] = parts[at].postcode;
        cell[2].label.in[i] = parts[at].town;
    }
}

/* An address is three cells. */
static void take_address(struct def_parse *p, struct forms_field *f)
{
    static const char *const part[] = {"street", "postcode", "town"};
    struct forms_field *cell = def_take(p, 3, sizeof(*cell));
    if (!cell || !f->id)
        return;
    for (size_t i = 0; i < LK_ARRAY_LEN(part); i++) {
        size_t size = strlen(f->id) + strlen(part[i]) + 2;
        char *id = def_take(p, size, 1);
        if (!id)
            return;
        (void)snprintf(id, size, "%s-%s", f->id, part[i]);
        bool code = i == 1;
        cell[i] =
            (struct forms_field){.id = id,
                                 .type = code ? FORMS_POSTCODE : FORMS_TEXT,
                                 .who = f->who,
                                 .required = f->required,
                                 .is_private = f->is_private,
                                 .error = f->error,
                                 .max_length = code ? 0 : 200,
                                 .pattern = "",
                                 .min = "",
                                 .max = ""};
        def_id_add(p, "id", &(struct def_id){.id = id});
    }
    say_parts(&p->def->pub, cell);
    f->field = cell;
    f->fields = LK_ARRAY_LEN(part);
}

static void take_rows(struct def_parse *p, const json_t *v,
                      struct forms_field *f)
{
    if (p->rows)
        return; /* noted as a type that is not for rows */
    p->rows = f;
    f->field = def_fields(p, v, &f->fields);
    p->rows = NULL;
    if (json_object_get(v, "item"))
        def_text(p, v, "item", DEF_ITEM_MAX, &f->item);
}

static void check_place(struct def_parse *p, const struct forms_field *f)
{
    bool once = f->type == FORMS_SIGNATURE;
    bool not_in_rows =
        once || f->type == FORMS_ROWS || f->type == FORMS_ATTACHMENT;
    if (p->rows && not_in_rows)
        def_refuse_at(p, "type", "is not for a row");
    if (once && p->signature)
        def_refuse_at(p, "type", "is a second signature");
    p->signature |= once;
}

static void take_texts(struct def_parse *p, const json_t *v,
                       struct forms_field *f)
{
    bool info = f->type == FORMS_INFO;
    def_text(p, v, "label", info ? DEF_INFO_MAX : DEF_LABEL_MAX, &f->label);
    if (json_object_get(v, "help"))
        def_text(p, v, "help", DEF_HELP_MAX, &f->help);
    if (json_object_get(v, "hint"))
        def_text(p, v, "hint", DEF_HINT_MAX, &f->hint);
    if (json_object_get(v, "error"))
        def_text(p, v, "error", DEF_ERROR_MAX, &f->error);
}

static void take_field(struct def_parse *p, const json_t *v,
                       struct forms_field *f)
{
    f->pattern = f->min = f->max = "";
    if (!json_is_object(v)) {
        def_refuse(p, "is not an object");
        return;
    }
    f->id = def_id(p, v, "id");
    enum forms_type type = take_type(p, v);
    if (type == FORMS_TYPES) {
        def_id_add(p, "id", &(struct def_id){.id = f->id, .wrong = true});
        return;
    }
    f->type = type;
    check_members(p, v, type);
    check_place(p, f);
    take_texts(p, v, f);
    bool by_citizen = type == FORMS_SIGNATURE || type == FORMS_ATTACHMENT;
    f->who = by_citizen ? FORMS_CITIZEN : take_who(p, v);
    f->required = def_bool(p, v, "required");
    take_private(p, v, f);
    f->when = def_when(p, v);
    def_id_add(p, "id",
               &(struct def_id){.id = f->id, .field = f, .rows = p->rows});
    unsigned has = types[type].members;
    if (has & M_LENGTH)
        take_length(p, v, f);
    if (has & M_PATTERN)
        take_pattern(p, v, f);
    if (has & M_RANGE)
        def_range(p, v, f);
    if (has & M_OPTIONS)
        take_options(p, v, f);
    if (type == FORMS_ADDRESS)
        take_address(p, f);
    if (has & M_FIELDS)
        take_rows(p, v, f);
}

const struct forms_field *def_fields(struct def_parse *p, const json_t *object,
                                     size_t *ret_n)
{
    const json_t *list = def_list(p, object, "fields", 1, FORMS_FIELDS_MAX);
    size_t n = list ? json_array_size(list) : 0;
    if (p->fields <= FORMS_FIELDS_MAX && p->fields + n > FORMS_FIELDS_MAX)
        def_refuse_at(p, "fields", "makes more than 60 fields in all");
    p->fields += n;
    if (p->fields > FORMS_FIELDS_MAX)
        return NULL;
    struct forms_field *f = def_take(p, n, sizeof(*f));
    if (!f)
        return NULL;
    def_enter(p, "fields");
    for (size_t i = 0; i < n; i++) {
        def_enter_at(p, i);
        take_field(p, json_array_get(list, i), &f[i]);
        def_leave(p);
    }
    def_leave(p);
    *ret_n = n;
    return f;
}
