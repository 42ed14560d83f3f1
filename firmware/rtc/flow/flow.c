#include "rtc/flow/flow.h"
