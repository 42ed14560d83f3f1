/* screens_receipt.h - a tracking code, on the receipt and at the end. */
#ifndef LUUKKU_KIOSK_SCREENS_RECEIPT_H
#define LUUKKU_KIOSK_SCREENS_RECEIPT_H

#include "kiosk/screen_parts.h"

/* The code in large figures beside its QR code; nothing without a code. */
void kiosk_page_code(struct kiosk_page *p, const char *code);

#endif
