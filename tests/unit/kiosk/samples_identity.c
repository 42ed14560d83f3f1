/* Who the citizen is, in every phase; the signature by card; a card left
 * behind. */
#include "samples.h"

#define CALL                                                          \
    .site = "Yhteispalvelupiste · Kuopio", .line = SESSION_LINE_GOOD, \
    .expert_name = "Maija Virtanen", .agency_name = "Verohallinto",   \
    .mic_on = true, .camera_on = true, .volume = 6

#define IDENTIFY .screen = SESSION_IDENTIFY, CALL

#define ORDER                        \
    {                                \
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9 \
    }

#define HASH                                                           \
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" \
    "a3bf4f1b2b0b822cd15d6c15b0f00a08"

const struct sample samples_identity[] = {
    {
        .name = "helper",
        .view = {.screen = SESSION_START,
                 .site = "Yhteispalvelupiste · Kuopio",
                 .helping = SESSION_HELPING,
                 .helper = "Maija Meikäläinen"},
    },
    {
        .name = "trial",
        .view = {.screen = SESSION_TRIAL,
                 .site = "Yhteispalvelupiste · Kuopio",
                 .trial = SESSION_TRIAL_DEVICES},
    },
    {
        .name = "trial-picture",
        .view = {.screen = SESSION_TRIAL,
                 .site = "Yhteispalvelupiste · Kuopio",
                 .trial = SESSION_TRIAL_PICTURE},
    },
    {
        .name = "call-identity",
        .view = {.screen = SESSION_CALL,
                 CALL,
                 .has_form = true,
                 .identity_called = true},
        .live = true,
    },
    {
        .name = "call-identity-muted",
        .view = {.screen = SESSION_CALL,
                 CALL,
                 .has_form = true,
                 .form_called = true,
                 .has_papers = true,
                 .paper_called = true,
                 .identity_called = true,
                 .notices = SESSION_NOTICE_EXPERT_MUTED},
        .live = true,
    },
    {
        .name = "form-identity",
        .view = {.screen = SESSION_FORM, CALL, .identity_called = true},
        .live = true,
        .form = SAMPLE_FORM_PLAIN,
    },
    {
        .name = "identify-none",
        .view = {IDENTIFY},
        .live = true,
    },
    {
        .name = "identify-asked",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_ASKED,
                                        .how = SESSION_BY_CARD}},
        .live = true,
    },
    {
        .name = "identify-asked-phone",
        .view = {IDENTIFY, .role = SESSION_COMPANY,
                 .role_name = "Kuopion leipomo Oy",
                 .identity = {.phase = SESSION_IDENTITY_ASKED,
                              .how = SESSION_BY_PHONE}},
        .live = true,
    },
    {
        .name = "identify-asked-document",
        .view = {IDENTIFY, .role = SESSION_PERSON,
                 .role_name = "Aino Kaarina Korhonen",
                 .identity = {.phase = SESSION_IDENTITY_ASKED,
                              .how = SESSION_BY_DOCUMENT}},
        .live = true,
    },
    {
        .name = "identify-card",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_CARD}},
        .live = true,
    },
    {
        .name = "identify-pin",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_PIN,
                                        .tries = 3,
                                        .digits = 2,
                                        .least = 4,
                                        .most = 8,
                                        .order = ORDER,
                                        .card_in = true}},
        .live = true,
        .focused = "pin-6",
    },
    {
        .name = "identify-pin-shuffled",
        .view = {IDENTIFY,
                 .manner = {.speech = true, .pace = SESSION_PACE_DEFAULT},
                 .identity = {.phase = SESSION_IDENTITY_PIN,
                              .tries = SESSION_TRIES_UNKNOWN,
                              .digits = 12,
                              .least = 4,
                              .most = 12,
                              .order = {7, 3, 0, 9, 1, 5, 8, 2, 6, 4},
                              .card_in = true}},
        .live = true,
    },
    {
        .name = "identify-pin-sign",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_PIN,
                                        .how = SESSION_BY_SIGNATURE,
                                        .tries = 2,
                                        .digits = 0,
                                        .least = 6,
                                        .most = 8,
                                        .order = ORDER,
                                        .hash = HASH,
                                        .card_in = true}},
        .live = true,
    },
    {
        .name = "identify-pin-pad",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_PIN,
                                        .pad = true,
                                        .tries = 4,
                                        .digits = 3,
                                        .least = 4,
                                        .most = 8,
                                        .order = ORDER,
                                        .card_in = true}},
        .live = true,
    },
    {
        .name = "identify-working",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_WORKING,
                                        .card_in = true}},
        .live = true,
    },
    {
        .name = "identify-working-phone",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_WORKING,
                                        .how = SESSION_BY_PHONE}},
        .live = true,
    },
    {
        .name = "identify-phone",
        .view = {IDENTIFY,
                 .identity = {.phase = SESSION_IDENTITY_PHONE,
                              .how = SESSION_BY_PHONE,
                              .qr = "https://tunnistus.example.fi/device?"
                                    "user_code=WDJB-MJHT",
                              .code = "WDJB-MJHT",
                              .code_until_us =
                                  SAMPLE_NOW_US + 272 * INT64_C(1000000)}},
        .live = true,
    },
    {
        .name = "identify-document",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_DOCUMENT,
                                        .how = SESSION_BY_DOCUMENT}},
        .live = true,
    },
    {
        .name = "identify-document-held",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_DOCUMENT,
                                        .how = SESSION_BY_DOCUMENT}},
        .live = true,
        .paper = SAMPLE_PAPER_HELD,
    },
    {
        .name = "identify-done",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_DONE,
                                        .card_in = true,
                                        .name = "Korhonen Aino Kaarina"}},
        .live = true,
    },
    {
        .name = "identify-done-document",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_DONE,
                                        .how = SESSION_BY_DOCUMENT}},
        .live = true,
    },
    {
        .name = "identify-done-sign",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_DONE,
                                        .how = SESSION_BY_SIGNATURE,
                                        .name = "Korhonen Aino Kaarina"}},
        .live = true,
    },
    {
        .name = "identify-wrong",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_FAILED,
                                        .why = SESSION_WHY_WRONG_PIN,
                                        .tries = 2,
                                        .card_in = true}},
        .live = true,
    },
    {
        .name = "identify-last",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_FAILED,
                                        .why = SESSION_WHY_LAST_TRY,
                                        .tries = 1,
                                        .card_in = true}},
        .live = true,
    },
    {
        .name = "identify-blocked-sign",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_FAILED,
                                        .how = SESSION_BY_SIGNATURE,
                                        .why = SESSION_WHY_BLOCKED,
                                        .tries = 0}},
        .live = true,
    },
    {
        .name = "identify-not-eid",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_FAILED,
                                        .why = SESSION_WHY_NOT_EID,
                                        .tries = SESSION_TRIES_UNKNOWN}},
        .live = true,
    },
    {
        .name = "identify-reader",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_FAILED,
                                        .why = SESSION_WHY_READER,
                                        .tries = SESSION_TRIES_UNKNOWN}},
        .live = true,
    },
    {
        .name = "identify-help",
        .view = {IDENTIFY, .help = true,
                 .identity = {.phase = SESSION_IDENTITY_ASKED}},
        .live = true,
    },
    {
        .name = "role",
        .view = {IDENTIFY, .identity = {.phase = SESSION_IDENTITY_ASKED}},
        .live = true,
        .acting = {true, SESSION_PERSON},
    },
    {
        .name = "role-self",
        .view = {.screen = SESSION_CALL, CALL},
        .live = true,
        .acting = {true, SESSION_SELF},
    },
    {
        .name = "role-name",
        .view = {.screen = SESSION_CALL, CALL},
        .live = true,
        .acting = {true, SESSION_PERSON},
        .typed = "Aino Kaarina",
        .field = "role-name",
    },
    {
        .name = "role-id",
        .view = {.screen = SESSION_CALL, CALL},
        .live = true,
        .acting = {true, SESSION_COMPANY},
        .typed = "1234567-8",
        .field = "role-id",
        .keys = KIOSK_KEYS_CODE,
    },
    {
        .name = "end-card",
        .view = {.screen = SESSION_END,
                 .site = "Yhteispalvelupiste · Kuopio",
                 .end = SESSION_END_BY_CITIZEN,
                 .code = "7K3M-Q9XF-2HTC",
                 .card_left = true},
    },
};
const size_t samples_identity_n = LK_ARRAY_LEN(samples_identity);
