#include "rtc/flow/meter.h"

void flow_meter_add(struct flow_meter *m, size_t len, int64_t now_us)
{
    int64_t bin = now_us / FLOW_METER_BIN_US;
    size_t i = (size_t)((uint64_t)bin % FLOW_METER_BINS);
    if (m->at[i] != bin) {
        m->at[i] = bin;
        m->bytes[i] = 0;
    }
    m->bytes[i] += (uint32_t)len;
}

int flow_meter_kbps(const struct flow_meter *m, int64_t now_us)
{
    int64_t bin = now_us / FLOW_METER_BIN_US;
    uint64_t bytes = 0;
    for (size_t i = 0; i < FLOW_METER_BINS; i++) {
        if (m->at[i] > bin - (int64_t)FLOW_METER_BINS && m->at[i] <= bin)
            bytes += m->bytes[i];
    }
    return (int)(bytes * 8 / 1000);
}
