#include "post/matter.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted is short, and in one line each. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct post_matter m;
    if (post_matter_parse((const char *)data, size, &m) < 0)
        return 0;
    if (!m.title[0] || !m.state[0] || m.asks > POST_MATTER_ASKS_MAX)
        abort();
    for (size_t i = 0; i < m.asks; i++)
        if (!m.ask[i][0] || strpbrk(m.ask[i], "\r\n\t\x1b"))
            abort();
    return 0;
}
