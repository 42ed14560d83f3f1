#include "catalog/builtin.h"

#include <string.h>

static const char *const codes[CATALOG_LANGS] = {
    [CATALOG_FI] = "fi", [CATALOG_SV] = "sv", [CATALOG_EN] = "en",
    [CATALOG_SE] = "se", [CATALOG_RU] = "ru", [CATALOG_UK] = "uk",
    [CATALOG_AR] = "ar", [CATALOG_ET] = "et",
};

/* Kela goes by that name wherever it does not use the Swedish one. */
static const char *const kela[CATALOG_LANGS] = {
    [CATALOG_FI] = "Kela", [CATALOG_SV] = "FPA",  [CATALOG_EN] = "Kela",
    [CATALOG_SE] = "Kela", [CATALOG_RU] = "Kela", [CATALOG_UK] = "Kela",
    [CATALOG_AR] = "Kela", [CATALOG_ET] = "Kela",
};

static const char *const vero[CATALOG_LANGS] = {
    [CATALOG_FI] = "Verohallinto",
    [CATALOG_SV] = "Skatteförvaltningen",
    [CATALOG_EN] = "Tax Administration",
    [CATALOG_SE] = "Vearrohálddahus",
    [CATALOG_RU] = "Налоговое управление",
    [CATALOG_UK] = "Податкове управління",
    [CATALOG_AR] = "مصلحة الضرائب",
    [CATALOG_ET] = "Maksuamet",
};

/* The Digital and Population Data Services Agency, as it is called daily. */
static const char *const dvv[CATALOG_LANGS] = {
    [CATALOG_FI] = "DVV", [CATALOG_SV] = "MDB", [CATALOG_EN] = "DVV",
    [CATALOG_SE] = "DVV", [CATALOG_RU] = "DVV", [CATALOG_UK] = "DVV",
    [CATALOG_AR] = "DVV", [CATALOG_ET] = "DVV",
};

static const char *const tyo[CATALOG_LANGS] = {
    [CATALOG_FI] = "Työllisyyspalvelut",
    [CATALOG_SV] = "Sysselsättningstjänster",
    [CATALOG_EN] = "Employment services",
    [CATALOG_SE] = "Barggolašvuođabálvalusat",
    [CATALOG_RU] = "Служба занятости",
    [CATALOG_UK] = "Служба зайнятості",
    [CATALOG_AR] = "خدمات التوظيف",
    [CATALOG_ET] = "Tööhõiveteenused",
};

static const struct catalog_card cards[] = {
    {
        .id = "parental-allowance",
        .agency = "kela",
        .icon = "baby",
        .form = "parental-allowance",
        .agency_name = kela,
        .title =
            {
                [CATALOG_FI] = "Vanhempainpäiväraha",
                [CATALOG_SV] = "Föräldradagpenning",
                [CATALOG_EN] = "Parental allowance",
                [CATALOG_SE] = "Váhnenbeaiveruhta",
                [CATALOG_RU] = "Родительское пособие",
                [CATALOG_UK] = "Батьківська допомога",
                [CATALOG_AR] = "بدل الوالدين",
                [CATALOG_ET] = "Vanemapäevaraha",
            },
        .text =
            {
                [CATALOG_FI] =
                    "Hae tukea, kun perheeseen syntyy tai tulee lapsi.",
                [CATALOG_SV] = "Ansök om stöd när familjen får ett barn.",
                [CATALOG_EN] =
                    "Apply for support when a child joins your family.",
                [CATALOG_SE] =
                    "Oza doarjaga go bearrašii riegáda dahje boahtá mánná.",
                [CATALOG_RU] =
                    "Подайте на пособие, когда в семье появляется ребёнок.",
                [CATALOG_UK] =
                    "Подайте на допомогу, коли в сім’ї з’являється дитина.",
                [CATALOG_AR] = "قدّم طلب الدعم عندما يأتي طفل إلى الأسرة.",
                [CATALOG_ET] =
                    "Taotle toetust, kui perre sünnib või tuleb laps.",
            },
    },
    {
        .id = "housing-allowance",
        .agency = "kela",
        .icon = "house",
        .agency_name = kela,
        .title =
            {
                [CATALOG_FI] = "Yleinen asumistuki",
                [CATALOG_SV] = "Allmänt bostadsbidrag",
                [CATALOG_EN] = "Housing allowance",
                [CATALOG_SE] = "Almmolaš ássandoarjja",
                [CATALOG_RU] = "Жилищное пособие",
                [CATALOG_UK] = "Допомога на житло",
                [CATALOG_AR] = "بدل السكن",
                [CATALOG_ET] = "Eluasemetoetus",
            },
        .text =
            {
                [CATALOG_FI] =
                    "Hae tukea vuokraan tai muihin asumisen kuluihin.",
                [CATALOG_SV] =
                    "Ansök om stöd för hyra eller andra boendekostnader.",
                [CATALOG_EN] =
                    "Apply for help with rent or other housing costs.",
                [CATALOG_SE] = "Oza doarjaga láigui dahje eará ássangoluide.",
                [CATALOG_RU] = "Подайте на помощь с оплатой жилья.",
                [CATALOG_UK] = "Подайте на допомогу з оплатою житла.",
                [CATALOG_AR] =
                    "قدّم طلب مساعدة في الإيجار أو تكاليف السكن الأخرى.",
                [CATALOG_ET] =
                    "Taotle toetust üüri või muude eluasemekulude jaoks.",
            },
    },
    {
        .id = "tax-card",
        .agency = "vero",
        .icon = "receipt",
        .form = "tax-card",
        .agency_name = vero,
        .title =
            {
                [CATALOG_FI] = "Verokortti",
                [CATALOG_SV] = "Skattekort",
                [CATALOG_EN] = "Tax card",
                [CATALOG_SE] = "Vearrokoarta",
                [CATALOG_RU] = "Налоговая карта",
                [CATALOG_UK] = "Податкова картка",
                [CATALOG_AR] = "البطاقة الضريبية",
                [CATALOG_ET] = "Maksukaart",
            },
        .text =
            {
                [CATALOG_FI] = "Tilaa verokortti tai muuta veroprosenttia.",
                [CATALOG_SV] =
                    "Beställ ett skattekort eller ändra din skatteprocent.",
                [CATALOG_EN] = "Order a tax card or change your tax rate.",
                [CATALOG_SE] =
                    "Diŋgo vearrokoartta dahje rievdat vearroproseantta.",
                [CATALOG_RU] =
                    "Закажите налоговую карту или измените налоговый процент.",
                [CATALOG_UK] =
                    "Замовте податкову картку або змініть податковий відсоток.",
                [CATALOG_AR] = "اطلب بطاقة ضريبية أو غيّر نسبة الضريبة.",
                [CATALOG_ET] = "Telli maksukaart või muuda maksuprotsenti.",
            },
    },
    {
        .id = "estate-inventory",
        .agency = "vero",
        .icon = "file-text",
        .agency_name = vero,
        .title =
            {
                [CATALOG_FI] = "Perukirja",
                [CATALOG_SV] = "Bouppteckning",
                [CATALOG_EN] = "Estate inventory",
                [CATALOG_SE] = "Árbelogahallan",
                [CATALOG_RU] = "Опись наследства",
                [CATALOG_UK] = "Опис спадщини",
                [CATALOG_AR] = "جرد التركة",
                [CATALOG_ET] = "Pärandvara loend",
            },
        .text =
            {
                [CATALOG_FI] = "Kysy neuvoa, kun läheinen on kuollut.",
                [CATALOG_SV] = "Få råd när en närstående har avlidit.",
                [CATALOG_EN] = "Get advice when someone close to you has died.",
                [CATALOG_SE] = "Jeara ráđi go du lagamuš olmmoš lea jápmán.",
                [CATALOG_RU] = "Получите совет, если умер близкий человек.",
                [CATALOG_UK] = "Отримайте пораду, якщо померла близька людина.",
                [CATALOG_AR] = "اطلب النصيحة عند وفاة شخص قريب منك.",
                [CATALOG_ET] = "Küsi nõu, kui lähedane on surnud.",
            },
    },
    {
        .id = "move-notification",
        .agency = "dvv",
        .icon = "truck",
        .form = "move-notification",
        .agency_name = dvv,
        .title =
            {
                [CATALOG_FI] = "Muuttoilmoitus",
                [CATALOG_SV] = "Flyttanmälan",
                [CATALOG_EN] = "Notification of move",
                [CATALOG_SE] = "Fárrendieđáhus",
                [CATALOG_RU] = "Уведомление о переезде",
                [CATALOG_UK] = "Повідомлення про переїзд",
                [CATALOG_AR] = "إشعار الانتقال",
                [CATALOG_ET] = "Kolimisteade",
            },
        .text =
            {
                [CATALOG_FI] = "Ilmoita uusi osoitteesi, kun muutat.",
                [CATALOG_SV] = "Anmäl din nya adress när du flyttar.",
                [CATALOG_EN] = "Tell us your new address when you move.",
                [CATALOG_SE] = "Almmut ođđa čujuhusat go fárret.",
                [CATALOG_RU] = "Сообщите новый адрес при переезде.",
                [CATALOG_UK] = "Повідомте нову адресу, коли переїжджаєте.",
                [CATALOG_AR] = "أبلغ عن عنوانك الجديد عند الانتقال.",
                [CATALOG_ET] = "Teata oma uus aadress, kui kolid.",
            },
    },
    {
        .id = "jobseeker",
        .agency = "tyo",
        .icon = "briefcase",
        .form = "jobseeker",
        .agency_name = tyo,
        .title =
            {
                [CATALOG_FI] = "Työnhaku",
                [CATALOG_SV] = "Arbetssökande",
                [CATALOG_EN] = "Looking for work",
                [CATALOG_SE] = "Barggu ohcan",
                [CATALOG_RU] = "Поиск работы",
                [CATALOG_UK] = "Пошук роботи",
                [CATALOG_AR] = "البحث عن عمل",
                [CATALOG_ET] = "Tööotsing",
            },
        .text =
            {
                [CATALOG_FI] = "Ilmoittaudu työnhakijaksi, kun työ loppuu.",
                [CATALOG_SV] =
                    "Anmäl dig som arbetssökande när jobbet tar slut.",
                [CATALOG_EN] = "Register as a jobseeker when your work ends.",
                [CATALOG_SE] = "Almmut iežat bargoohccin go bargu nohká.",
                [CATALOG_RU] =
                    ("Зарегистрируйтесь как соискатель, когда работа "
                     "заканчивается."),
                [CATALOG_UK] =
                    "Зареєструйтеся як шукач роботи, коли робота закінчується.",
                [CATALOG_AR] = "سجّل كباحث عن عمل عندما ينتهي عملك.",
                [CATALOG_ET] = "Registreeru tööotsijaks, kui töö lõpeb.",
            },
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
    for (int i = 0; i < CATALOG_LANGS; i++)
        if (strcmp(codes[i], code) == 0)
            return (enum catalog_lang)i;
    return CATALOG_EN;
}
