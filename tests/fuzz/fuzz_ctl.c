/* Messages of the `ctl` data channel, as the expert's page may send them. */
#include "session/ctl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool mic;
    bool camera;
    (void)!ctl_read_bye((const char *)data, size);
    (void)!ctl_read_state((const char *)data, size, &mic, &camera);
    return 0;
}
