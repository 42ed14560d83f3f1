/* crc.h - two checksums of protocols and records.
 *
 * Room: sums that find damage, not malice. Pure, any thread.
 */
#ifndef LUUKKU_BASE_CRC_H
#define LUUKKU_BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 (ISO/IEC 3309, reflected, of Ethernet and ZIP) of `len` bytes that
 * follow those whose sum is `crc`; 0 begins. */
uint32_t lk_crc32(uint32_t crc, const void *data, size_t len);

/* The same with CRC-16 (polynomial 0x1021, not reflected, from 0: of XMODEM
 * and ZMODEM). */
uint16_t lk_crc16(uint16_t crc, const void *data, size_t len);

#endif
