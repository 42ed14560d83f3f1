/* kiosk-preview: draws samples into PNG files, for people to look at. */
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: kiosk-preview [--screen NAMES] [--lang CODES] [--size SIZES]\n"
    "                     [--theme THEMES] [--panel NAMES] DIR\n"
    "Draws every sample screen in every language, size of text (normal, "
    "large,\n"
    "largest) and theme (standard, inverse) on every panel, one file per "
    "page;\n"
    "with a filter, those of a list with commas.\n";

static const char *const size_names[] = {"normal", "large", "largest"};
static const char *const theme_names[] = {"standard", "inverse"};

/* What is drawn: lists with commas, NULL for all. */
struct filter {
    const char *screen, *lang, *size, *theme, *panel;
    const char *dir;
};

static bool in_list(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, len) == 0 && (at[len] == ',' || at[len] == '\0'))
            return true;
    }
    return !list;
}

static int save(const struct sample_stage *s, const char *path)
{
    char block[65536];
    int fd = -1;
    size_t len;
    int r = kiosk_canvas_png(s->canvas, 64 << 20, &fd, &len);
    if (r < 0)
        return r;
    FILE *f = fopen(path, "wb");
    if (!f)
        return -1;
    for (ssize_t n; (n = read(fd, block, sizeof(block))) > 0;)
        fwrite(block, 1, (size_t)n, f);
    close(fd);
    return fclose(f);
}

/* All pages of one sample in one look. */
static int draw_look(struct sample_stage *s, const struct filter *f,
                     const struct sample_panel *panel,
                     const struct sample *sample, struct sample_look look)
{
    char path[512];
    char page[24] = "";
    struct kiosk_rect all = {0, 0, panel->size.w, panel->size.h};
    int pages = 1;
    int r = 0;
    for (look.page = 0; look.page < pages; look.page++) {
        sample_build(s, sample, &look);
        pages = sample_pages(s);
        if (pages > 1)
            snprintf(page, sizeof(page), "-page%d", look.page + 1);
        snprintf(path, sizeof(path), "%s/%s-%s-%s-%s-%s%s.png", f->dir,
                 sample->name, kiosk_lang_codes[look.lang],
                 size_names[look.size], theme_names[look.contrast], panel->name,
                 page);
        if (s->tree.spills || s->tree.error < 0)
            fprintf(stderr, "%s: does not fit\n", path);
        kiosk_paint(&s->painter, s->canvas, &s->tree, all);
        r |= save(s, path);
    }
    return r;
}

static int draw_sample(struct sample_stage *s, const struct filter *f,
                       const struct sample_panel *panel,
                       const struct sample *sample)
{
    int r = 0;
    for (int k = 0; k < KIOSK_LANGS * SESSION_TEXT_SIZES * 2; k++) {
        struct sample_look look = {
            .lang = (enum kiosk_lang)(k / (SESSION_TEXT_SIZES * 2)),
            .size = (enum session_text_size)(k / 2 % SESSION_TEXT_SIZES),
            .contrast = k % 2 != 0,
        };
        if (in_list(f->lang, kiosk_lang_codes[look.lang]) &&
            in_list(f->size, size_names[look.size]) &&
            in_list(f->theme, theme_names[look.contrast]))
            r |= draw_look(s, f, panel, sample, look);
    }
    return r;
}

static int draw_panel(const struct filter *f, const struct sample_panel *panel)
{
    static struct sample_stage s;
    int r = 0;
    sample_stage_open(&s, panel);
    sample_stage_pictures(&s);
    const struct sample *one;
    for (size_t i = 0; (one = sample_get(i)) != NULL; i++)
        if (in_list(f->screen, one->name))
            r |= draw_sample(&s, f, panel, one);
    sample_stage_close(&s);
    return r;
}

static bool parse(int argc, char **argv, struct filter *f)
{
    struct {
        const char *name;
        const char **to;
    } options[] = {{"--screen", &f->screen},
                   {"--lang", &f->lang},
                   {"--size", &f->size},
                   {"--theme", &f->theme},
                   {"--panel", &f->panel}};
    int i = 1;
    for (; i + 2 < argc; i += 2) {
        size_t k = 0;
        while (k < LK_ARRAY_LEN(options) &&
               strcmp(argv[i], options[k].name) != 0)
            k++;
        if (k == LK_ARRAY_LEN(options))
            return false;
        *options[k].to = argv[i + 1];
    }
    f->dir = argv[argc - 1];
    return i == argc - 1;
}

int main(int argc, char **argv)
{
    struct filter f = {0};
    if (!parse(argc, argv, &f)) {
        fputs(usage, stderr);
        return EXIT_FAILURE;
    }
    int r = 0;
    for (size_t i = 0; i < sample_panels_n; i++)
        if (in_list(f.panel, sample_panels[i].name))
            r |= draw_panel(&f, &sample_panels[i]);
    return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
