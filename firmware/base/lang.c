#include "base/lang.h"

#include "base/defs.h"

#include <string.h>

bool lk_lang_known(const char *code)
{
    static const char *const langs[] = {"fi", "sv", "en", "se",
                                        "ru", "uk", "ar", "et"};
    for (size_t i = 0; i < LK_ARRAY_LEN(langs); i++)
        if (strcmp(langs[i], code) == 0)
            return true;
    return false;
}
