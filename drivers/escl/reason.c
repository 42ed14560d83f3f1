#include "escl/scanner.h"

const char *escl_reason_name(enum escl_reason why)
{
    static const char *const names[] = {
        [ESCL_DONE] = "done",
        [ESCL_CEILING] = "ceiling",
        [ESCL_CANCELLED] = "cancelled",
        [ESCL_FEEDER_EMPTY] = "feeder-empty",
        [ESCL_JAM] = "jam",
        [ESCL_COVER_OPEN] = "cover-open",
        [ESCL_BUSY] = "busy",
        [ESCL_REFUSED] = "refused",
        [ESCL_ABORTED] = "aborted",
        [ESCL_TRUNCATED] = "truncated",
        [ESCL_TOO_LARGE] = "too-large",
        [ESCL_GARBLED] = "garbled",
        [ESCL_SILENT] = "silent",
        [ESCL_GONE] = "gone",
        [ESCL_UNFIT] = "unfit",
        [ESCL_MEMORY] = "memory",
    };
    return (size_t)why < LK_ARRAY_LEN(names) ? names[why] : "unknown";
}
