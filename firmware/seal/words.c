#include "seal/words.h"

#include "base/defs.h"

#include <string.h>

static const struct seal_words all[] = {
    {
        .lang = "en",
        .agency = "Authority",
        .form = "Form",
        .version = "version",
        .expert = "Expert",
        .kiosk = "Service point",
        .time = "Approved",
        .acting = "On behalf of",
        .stated = "as stated by the customer",
        .intro = "The customer read this form through at the service point and "
                 "approved it. The same content stands in the file form.json "
                 "for computers. The service point’s electronic signature "
                 "protects both.",
        .none = "No answer",
        .signed_ = "The customer approved the form at the service point.",
        .filled = "Filled in by:",
        .citizen = "customer",
        .expert_by = "expert",
        .both = "customer and expert",
        .accepted = "expert suggested, customer accepted",
        .row = "Item",
        .page = "Page",
        .of = " of ",
        .digest = "SHA-256 of form.json",
        .clock = "",
    },
    {
        .lang = "fi",
        .agency = "Viranomainen",
        .form = "Lomake",
        .version = "versio",
        .expert = "Asiantuntija",
        .kiosk = "Palvelupiste",
        .time = "Hyväksytty",
        .acting = "Kenen puolesta",
        .stated = "asiakkaan oma ilmoitus",
        .intro = "Asiakas luki lomakkeen palvelupisteellä ja hyväksyi sen. "
                 "Samat tiedot ovat tietokoneita varten tiedostossa form.json. "
                 "Palvelupisteen sähköinen allekirjoitus suojaa molempia.",
        .none = "Ei vastausta",
        .signed_ = "Asiakas hyväksyi lomakkeen palvelupisteellä.",
        .filled = "Täyttäjä:",
        .citizen = "asiakas",
        .expert_by = "asiantuntija",
        .both = "asiakas ja asiantuntija",
        .accepted = "asiantuntija ehdotti, asiakas hyväksyi",
        .row = "Kohta",
        .page = "Sivu",
        .of = "/",
        .digest = "Tiedoston form.json SHA-256",
        .clock = " klo ",
    },
    {
        .lang = "sv",
        .agency = "Myndighet",
        .form = "Blankett",
        .version = "version",
        .expert = "Expert",
        .kiosk = "Serviceställe",
        .time = "Godkänd",
        .acting = "För vems räkning",
        .stated = "enligt kundens egen uppgift",
        .intro = "Kunden läste blanketten på servicestället och godkände den. "
                 "Samma uppgifter finns för datorer i filen form.json. "
                 "Serviceställets elektroniska underskrift skyddar båda.",
        .none = "Inget svar",
        .signed_ = "Kunden godkände blanketten på servicestället.",
        .filled = "Ifylld av:",
        .citizen = "kunden",
        .expert_by = "experten",
        .both = "kunden och experten",
        .accepted = "experten föreslog, kunden godkände",
        .row = "Punkt",
        .page = "Sida",
        .of = " av ",
        .digest = "SHA-256 för form.json",
        .clock = " kl. ",
    },
};

const struct seal_words *seal_words(const char *lang)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(all); i++)
        if (strcmp(all[i].lang, lang) == 0)
            return &all[i];
    return &all[0];
}

const char *seal_words_by(const struct seal_words *w, const char *by)
{
    if (strcmp(by, "citizen") == 0)
        return w->citizen;
    if (strcmp(by, "expert") == 0)
        return w->expert_by;
    if (strcmp(by, "both") == 0)
        return w->both;
    return strcmp(by, "accepted") == 0 ? w->accepted : "";
}
