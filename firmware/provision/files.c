#include "provision/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int provision_files_new(struct provision_files **ret)
{
    struct provision_files *f = calloc(1, sizeof(*f));
    if (!f)
        return -ENOMEM;
    *ret = f;
    return 0;
}

static void file_clear(struct provision_file *file)
{
    if (file->text)
        lk_buf_wipe(file->text);
    file->text = lk_buf_free(file->text);
}

struct provision_files *provision_files_free(struct provision_files *f)
{
    for (size_t i = 0; f && i < f->files; i++)
        file_clear(&f->file[i]);
    free(f);
    return NULL;
}

bool provision_files_name_valid(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len < PROVISION_FILE_NAME_MAX && name[0] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len;
}

static struct provision_file *find(const struct provision_files *f,
                                   const char *name)
{
    for (size_t i = 0; i < f->files; i++)
        if (strcmp(f->file[i].name, name) == 0)
            return (struct provision_file *)(uintptr_t)&f->file[i];
    return NULL;
}

int provision_files_put(struct provision_files *f, const char *name,
                        const void *data, size_t len)
{
    LK_AUTO(lk_buf) text = NULL;
    if (!provision_files_name_valid(name))
        return -EINVAL;
    struct provision_file *at = find(f, name);
    if (!at && f->files == PROVISION_FILES_MAX)
        return -ENOSPC;
    int r = lk_buf_new(PROVISION_TEXT_MAX, &text);
    if (r == 0)
        r = lk_buf_append(text, data, len);
    if (r < 0)
        return r;
    if (!at) {
        at = &f->file[f->files++];
        (void)snprintf(at->name, sizeof(at->name), "%s", name);
    }
    file_clear(at);
    at->text = LK_TAKE(text);
    return 0;
}

const struct lk_buf *provision_files_get(const struct provision_files *f,
                                         const char *name)
{
    const struct provision_file *at = find(f, name);
    return at ? at->text : NULL;
}

void provision_files_drop(struct provision_files *f, const char *name)
{
    struct provision_file *at = find(f, name);
    if (!at)
        return;
    file_clear(at);
    *at = f->file[--f->files];
    f->file[f->files] = (struct provision_file){.text = NULL};
}

int provision_files_copy(const struct provision_files *f,
                         struct provision_files **ret)
{
    LK_AUTO(provision_files) copy = NULL;
    int r = provision_files_new(&copy);
    for (size_t i = 0; r == 0 && i < f->files; i++)
        r = provision_files_put(copy, f->file[i].name, f->file[i].text->data,
                                f->file[i].text->len);
    if (r == 0)
        *ret = LK_TAKE(copy);
    return r;
}
