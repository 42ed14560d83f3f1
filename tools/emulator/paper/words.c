/* words.c - what stands on the pages: invented offices, people and matters. */
#include <stddef.h>
#include <stdio.h>

#include "paper.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct office {
    const char *name, *street, *post;
};

static const struct office offices[] = {
    {"Tuuliniemen kunta", "Satamatie 4", "09990 Tuuliniemi"},
    {"Koivulahden kaupunki", "Kirkkokatu 12 A", "07990 Koivulahti"},
    {"Järvenpohjan palvelupiste", "Työväenkatu 3", "05990 Järvenpohja"},
    {"Sandöns kommun", "Åsvägen 7", "02990 Sandön"},
};

static const char *const titles[] = {
    "Päätös asumistuesta",       "Selvitys opiskelusta",
    "Hakemus vammaispalvelusta", "Yhteenveto maksetuista eristä",
    "Vuokrasopimuksen liite",    "Beslut om hemvård",
};

static const char *const people[] = {
    "Väinö Öhman", "Åsa Järvi", "Aino Mäkelä", "Pekka Hyväri", "Sinikka Löf",
};

static const char *const sentences[] = {
    "Olemme käsitelleet hakemuksesi, joka saapui meille määräajassa. Päätös "
    "perustuu antamiisi tietoihin ja liitteisiin, jotka toimitit "
    "palvelupisteessä.",
    "Tuki maksetaan tilillesi kuukauden neljäntenä pankkipäivänä. Ilmoita "
    "meille, jos tulosi, asumismenosi tai perhetilanteesi muuttuvat.",
    "Jos et ole tyytyväinen päätökseen, voit hakea siihen muutosta 37 päivän "
    "kuluessa. Valitusosoitus on tämän päätöksen liitteenä.",
    "Säilytä alkuperäiset kuitit vuoden ajan. Voimme pyytää niitä nähtäväksi "
    "myöhemmin, vaikka niitä ei tarvitse lähettää nyt.",
    "Du kan sköta ärendet på svenska. Om något är oklart, ring oss på "
    "vardagar mellan klockan nio och femton, så hjälper vi dig vidare.",
    "Muutto samassa kunnassa ei vaikuta oikeuteesi saada palvelua. Uusi osoite "
    "päivittyy tietoihimme yleensä viikon kuluessa.",
    "Hakemuksen voi täydentää palvelupisteessä, verkossa tai postitse. "
    "Asiantuntija käy tarvittaessa kohdat läpi kanssasi etäyhteydellä.",
    "Matkakorvaus lasketaan halvimman kulkuneuvon mukaan. Omavastuu on 25 "
    "euroa yhdensuuntaiselta matkalta.",
};

static const char *const rows[] = {
    "Vuokra",        "Vesimaksu",  "Lämmitys",          "Sähkö",
    "Kotivakuutus",  "Hoitomaksu", "Matkakustannukset", "Opintomateriaali",
    "Ateriapalvelu",
};

/* Draws n different entries of `from`. */
static void choose(struct paper_dice *d, const char *const *from, unsigned have,
                   const char **to, unsigned n)
{
    unsigned first = paper_dice_below(d, have);
    for (unsigned i = 0; i < n; i++)
        to[i] = from[(first + i) % have];
}

void paper_words_choose(struct paper_dice *d, struct paper_words *ret)
{
    const struct office *o = &offices[paper_dice_below(d, COUNT(offices))];
    *ret = (struct paper_words){
        .office = o->name, .street = o->street, .post = o->post};
    ret->title = titles[paper_dice_below(d, COUNT(titles))];
    ret->person = people[paper_dice_below(d, COUNT(people))];
    ret->signer = people[paper_dice_below(d, COUNT(people))];
    ret->greeting = "Ystävällisin terveisin";
    choose(d, sentences, COUNT(sentences), ret->paragraphs, 6);
    choose(d, rows, COUNT(rows), ret->rows, 6);
    (void)snprintf(ret->number, sizeof(ret->number), "%u/%02u.%02u/%u",
                   100 + paper_dice_below(d, 900), paper_dice_below(d, 13),
                   paper_dice_below(d, 10), 2024 + paper_dice_below(d, 3));
    (void)snprintf(ret->date, sizeof(ret->date), "%u.%u.%u",
                   1 + paper_dice_below(d, 28), 1 + paper_dice_below(d, 12),
                   2024 + paper_dice_below(d, 3));
}

struct paper_dice paper_dice_new(unsigned seed, unsigned page, unsigned salt)
{
    return (struct paper_dice){((uint64_t)seed << 32) ^ ((uint64_t)page << 8) ^
                               salt ^ UINT64_C(0x9e3779b97f4a7c15)};
}

/* splitmix64 (Steele, Lea and Flood, 2014). */
uint32_t paper_dice_roll(struct paper_dice *d)
{
    d->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = d->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) >> 16);
}

unsigned paper_dice_below(struct paper_dice *d, unsigned n)
{
    return paper_dice_roll(d) % n;
}

double paper_dice_between(struct paper_dice *d, double a, double b)
{
    return a + (b - a) * (paper_dice_roll(d) / 4294967295.0);
}
