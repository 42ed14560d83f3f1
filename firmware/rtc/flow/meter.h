/* meter.h - bytes over the last second. Fixed size; pure. */
#ifndef LUUKKU_RTC_FLOW_METER_H
#define LUUKKU_RTC_FLOW_METER_H

#include "base/defs.h"

#define FLOW_METER_BINS 10u
#define FLOW_METER_BIN_US 100000

struct flow_meter {
    int64_t at[FLOW_METER_BINS]; /* number of the bin */
    uint32_t bytes[FLOW_METER_BINS];
};

void flow_meter_add(struct flow_meter *m, size_t len, int64_t now_us);

/* Kilobits per second over the last second. */
int flow_meter_kbps(const struct flow_meter *m, int64_t now_us);

#endif
