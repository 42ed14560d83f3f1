#include "remove_tree.h"

#include <ftw.h>
#include <stdio.h>

#define FOLDERS_MAX 8 /* open at once */

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

int test_remove_tree(const char *path)
{
    return nftw(path, remove_one, FOLDERS_MAX, FTW_DEPTH | FTW_PHYS);
}
