#include "catalog/builtin.h"

#include <string.h>

static const struct catalog_card cards[] = {
    {
        .id = "parental-allowance",
        .agency = "kela",
        .icon = "baby",
        .agency_name = {"Kela", "FPA", "Kela"},
        .title = {"Vanhempainpäiväraha", "Föräldradagpenning",
                  "Parental allowance"},
        .text = {"Hae tukea, kun perheeseen syntyy tai tulee lapsi.",
                 "Ansök om stöd när familjen får ett barn.",
                 "Apply for support when a child joins your family."},
    },
    {
        .id = "housing-allowance",
        .agency = "kela",
        .icon = "house",
        .agency_name = {"Kela", "FPA", "Kela"},
        .title = {"Yleinen asumistuki", "Allmänt bostadsbidrag",
                  "Housing allowance"},
        .text = {"Hae tukea vuokraan tai muihin asumisen kuluihin.",
                 "Ansök om stöd för hyra eller andra boendekostnader.",
                 "Apply for help with rent or other housing costs."},
    },
    {
        .id = "tax-card",
        .agency = "vero",
        .icon = "receipt",
        .agency_name = {"Verohallinto", "Skatteförvaltningen",
                        "Tax Administration"},
        .title = {"Verokortti", "Skattekort", "Tax card"},
        .text = {"Tilaa verokortti tai muuta veroprosenttia.",
                 "Beställ ett skattekort eller ändra din skatteprocent.",
                 "Order a tax card or change your tax rate."},
    },
    {
        .id = "estate-inventory",
        .agency = "vero",
        .icon = "file-text",
        .agency_name = {"Verohallinto", "Skatteförvaltningen",
                        "Tax Administration"},
        .title = {"Perukirja", "Bouppteckning", "Estate inventory"},
        .text = {"Kysy neuvoa, kun läheinen on kuollut.",
                 "Få råd när en närstående har avlidit.",
                 "Get advice when someone close to you has died."},
    },
};

const struct catalog_card *catalog_builtin(size_t *ret_n)
{
    *ret_n = sizeof(cards) / sizeof(cards[0]);
    return cards;
}

const struct catalog_card *catalog_builtin_find(const char *id)
{
    for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++)
        if (strcmp(cards[i].id, id) == 0)
            return &cards[i];
    return NULL;
}

enum catalog_lang catalog_lang(const char *code)
{
    if (strcmp(code, "fi") == 0)
        return CATALOG_FI;
    return strcmp(code, "sv") == 0 ? CATALOG_SV : CATALOG_EN;
}
