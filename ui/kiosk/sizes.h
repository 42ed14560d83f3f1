/* sizes.h - lengths that the screens share, in millimetres. */
#ifndef LUUKKU_KIOSK_SIZES_H
#define LUUKKU_KIOSK_SIZES_H

/* Least edge of what a finger must hit, and of the room between two keys. */
#define KIOSK_TARGET_MM 20.0f
#define KIOSK_KEY_GAP_MM 3.0f

/* Space between parts and at the edges. */
#define KIOSK_MARGIN_MM 12.0f
#define KIOSK_GAP_MM 6.5f

#endif
