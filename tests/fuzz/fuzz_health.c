/* Facts of a kiosk's health: what is taken is written again as the very same
 * bytes, and its report fits its ceiling. */
#include "health/report.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct health_report r;
    struct health_report again;
    LK_AUTO(lk_buf) facts = NULL;
    LK_AUTO(lk_buf) json = NULL;
    if (health_facts_read((const char *)data, size, &r) < 0)
        return 0;
    if (lk_buf_new(HEALTH_FACTS_MAX, &facts) < 0 ||
        lk_buf_new(HEALTH_JSON_MAX, &json) < 0)
        return 0;
    if (health_facts_write(&r, facts) < 0 || health_report_write(&r, json) < 0)
        abort();
    if (health_facts_read(lk_buf_str(facts), facts->len, &again) < 0 ||
        health_report_differs(&r, &again))
        abort();
    return 0;
}
