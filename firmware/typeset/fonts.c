#include "typeset/fonts.h"

#include <errno.h>
#include <pthread.h>

#include <fontconfig/fontconfig.h>

#define FONT_DIR "/usr/share/fonts/"

/* The first three must be there. */
static const char *const font_files[] = {
    FONT_DIR "opentype/inter/Inter-Regular.otf",
    FONT_DIR "opentype/inter/Inter-SemiBold.otf",
    FONT_DIR "opentype/inter/Inter-Bold.otf",
    FONT_DIR "truetype/noto/NotoSans-Regular.ttf",
    FONT_DIR "truetype/noto/NotoSans-Bold.ttf",
    FONT_DIR "truetype/noto/NotoSansArabic-Regular.ttf",
    FONT_DIR "truetype/noto/NotoSansArabic-Bold.ttf",
};
#define FONT_FILES_NEEDED 3

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static FcConfig *loaded;

static int fonts_load(FcConfig **ret)
{
    FcConfig *c = FcConfigCreate();
    if (!c)
        return -ENOMEM;
    for (size_t i = 0; i < LK_ARRAY_LEN(font_files); i++) {
        const FcChar8 *path = (const FcChar8 *)font_files[i];
        if (!FcConfigAppFontAddFile(c, path) && i < FONT_FILES_NEEDED) {
            FcConfigDestroy(c);
            return -ENOENT;
        }
    }
    *ret = c;
    return 0;
}

int typeset_fonts(FcConfig **ret)
{
    pthread_mutex_lock(&lock);
    int r = loaded ? 0 : fonts_load(&loaded);
    if (r == 0)
        *ret = loaded;
    pthread_mutex_unlock(&lock);
    return r;
}
