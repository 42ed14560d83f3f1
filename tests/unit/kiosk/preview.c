/* kiosk-preview DIR: draws every sample in every language on every panel into
 * PNG files, for people to look at. */
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int save(const struct sample_stage *s, const char *dir,
                const char *panel, const char *name)
{
    char path[512];
    char block[65536];
    int fd = -1;
    size_t len;
    int r = kiosk_canvas_png(s->canvas, 64 << 20, &fd, &len);
    if (r < 0)
        return r;
    snprintf(path, sizeof(path), "%s/%s-%s-%s.png", dir, name,
             kiosk_lang_codes[s->tree.lang], panel);
    FILE *f = fopen(path, "wb");
    if (!f)
        return -1;
    for (ssize_t n; (n = read(fd, block, sizeof(block))) > 0;)
        fwrite(block, 1, (size_t)n, f);
    close(fd);
    return fclose(f);
}

static int draw_panel(const char *dir, const struct sample_panel *panel)
{
    static struct sample_stage s;
    struct kiosk_rect all = {0, 0, panel->size.w, panel->size.h};
    int r = 0;
    sample_stage_open(&s, panel);
    sample_stage_pictures(&s);
    for (size_t i = 0; i < samples_n; i++) {
        for (int lang = 0; lang < KIOSK_LANGS; lang++) {
            sample_build(&s, &samples[i], (enum kiosk_lang)lang);
            if (s.tree.spills)
                fprintf(stderr, "%s %s %s: does not fit\n", samples[i].name,
                        kiosk_lang_codes[lang], panel->name);
            kiosk_paint(&s.painter, s.canvas, &s.tree, all);
            r |= save(&s, dir, panel->name, samples[i].name);
        }
    }
    sample_stage_close(&s);
    return r;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: kiosk-preview DIR\n");
        return EXIT_FAILURE;
    }
    int r = 0;
    for (size_t i = 0; i < sample_panels_n; i++)
        r |= draw_panel(argv[1], &sample_panels[i]);
    return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
