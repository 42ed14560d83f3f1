#include "base/wipe.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void lk_free_wiped(void *p)
{
    if (!p)
        return;
    explicit_bzero(p, malloc_usable_size(p));
    free(p);
}
