/* session_same.c - whether two views show the same. */
#include "session/session_impl.h"

#include <string.h>

static bool manner_same(const struct session_manner *a,
                        const struct session_manner *b)
{
    return a->text_size == b->text_size && a->contrast == b->contrast &&
           a->speech == b->speech && a->pace == b->pace &&
           a->headset == b->headset && a->typing == b->typing;
}

static bool talk_same(const struct session_talk *a,
                      const struct session_talk *b)
{
    if (a->up != b->up || a->n != b->n)
        return false;
    for (uint32_t i = 0; i < a->n; i++) {
        const struct session_said *x = &a->said[i];
        const struct session_said *y = &b->said[i];
        if (x->id != y->id || x->open != y->open || x->mine != y->mine ||
            strcmp(x->text, y->text) != 0)
            return false;
    }
    return true;
}

static bool form_same(const struct session_view *a,
                      const struct session_view *b)
{
    return a->has_form == b->has_form && a->form_called == b->form_called &&
           strcmp(a->code, b->code) == 0;
}

static bool track_same(const struct session_view *a,
                       const struct session_view *b)
{
    return a->track == b->track && a->track_answered == b->track_answered &&
           strcmp(a->track_code, b->track_code) == 0 &&
           strcmp(a->track_title, b->track_title) == 0 &&
           strcmp(a->track_state, b->track_state) == 0 &&
           strcmp(a->track_asks, b->track_asks) == 0;
}

bool session_identity_same(const struct session_identity *a,
                           const struct session_identity *b)
{
    return a->phase == b->phase && a->how == b->how && a->why == b->why &&
           a->tries == b->tries && a->digits == b->digits &&
           a->least == b->least && a->most == b->most && a->pad == b->pad &&
           memcmp(a->order, b->order, sizeof(a->order)) == 0 &&
           a->reader == b->reader && a->card_in == b->card_in &&
           strcmp(a->qr, b->qr) == 0 && strcmp(a->code, b->code) == 0 &&
           a->code_until_us == b->code_until_us &&
           strcmp(a->hash, b->hash) == 0 && strcmp(a->name, b->name) == 0;
}

static bool beside_same(const struct session_view *a,
                        const struct session_view *b)
{
    return a->has_papers == b->has_papers &&
           a->paper_called == b->paper_called &&
           a->identity_called == b->identity_called && a->role == b->role &&
           strcmp(a->role_name, b->role_name) == 0 &&
           strcmp(a->role_id, b->role_id) == 0 &&
           a->card_left == b->card_left && a->paper_left == b->paper_left &&
           session_identity_same(&a->identity, &b->identity);
}

/* Of everything but the version and what only
 * intents change: a new member belongs here too. */
bool session_view_same(const struct session_view *a,
                       const struct session_view *b)
{
    return a->screen == b->screen && a->notices == b->notices &&
           a->place == b->place && a->free_experts == b->free_experts &&
           a->waiting_since_us == b->waiting_since_us && a->line == b->line &&
           a->speaks == b->speaks && a->mic_on == b->mic_on &&
           a->camera_on == b->camera_on && a->volume == b->volume &&
           a->call_since_us == b->call_since_us && a->end == b->end &&
           a->trial == b->trial && a->helping == b->helping &&
           strcmp(a->helper, b->helper) == 0 && a->idle == b->idle &&
           a->help == b->help && manner_same(&a->manner, &b->manner) &&
           talk_same(&a->talk, &b->talk) && form_same(a, b) &&
           beside_same(a, b) && track_same(a, b) &&
           strcmp(a->lang, b->lang) == 0 && strcmp(a->site, b->site) == 0 &&
           strcmp(a->site_notice, b->site_notice) == 0 &&
           strcmp(a->card, b->card) == 0 &&
           strcmp(a->expert_name, b->expert_name) == 0 &&
           strcmp(a->agency_name, b->agency_name) == 0;
}
