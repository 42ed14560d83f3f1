#include "app/rtc_captions.h"

#include <string.h>

static const struct {
    const char *lang;
    const char *text[MEDIA_CAPTIONS];
} captions[] = {
    {"en",
     {[MEDIA_CAPTION_SIMULATED] = "SIMULATED CAMERA",
      [MEDIA_CAPTION_CAMERA_OFF] = "THE CAMERA IS OFF",
      [MEDIA_CAPTION_NO_CAMERA] = "NO CAMERA",
      [MEDIA_CAPTION_SHUT] = "THE CAMERA IS COVERED"}},
    {"fi",
     {[MEDIA_CAPTION_SIMULATED] = "SIMULOITU KAMERA",
      [MEDIA_CAPTION_CAMERA_OFF] = "KAMERA ON POIS PÄÄLTÄ",
      [MEDIA_CAPTION_NO_CAMERA] = "KAMERA EI TOIMI",
      [MEDIA_CAPTION_SHUT] = "KAMERA ON PEITETTY"}},
    {"sv",
     {[MEDIA_CAPTION_SIMULATED] = "SIMULERAD KAMERA",
      [MEDIA_CAPTION_CAMERA_OFF] = "KAMERAN ÄR AVSTÄNGD",
      [MEDIA_CAPTION_NO_CAMERA] = "KAMERAN FUNGERAR INTE",
      [MEDIA_CAPTION_SHUT] = "KAMERAN ÄR ÖVERTÄCKT"}},
};

const char *rtc_caption(const char *lang, enum media_caption which)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(captions); i++)
        if (strcmp(captions[i].lang, lang) == 0)
            return captions[i].text[which];
    return captions[0].text[which];
}
