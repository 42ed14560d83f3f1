/* unit.h - cmocka with what it wants included first. */
#ifndef LUUKKU_TEST_RTC_FLOW_UNIT_H
#define LUUKKU_TEST_RTC_FLOW_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
