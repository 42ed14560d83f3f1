/* fuzz_signal.h - fixed keys of the signalling's fuzz targets, from
 * tests/vectors/signal/envelopes.json: keys for tests only. */
#ifndef LUUKKU_FUZZ_SIGNAL_H
#define LUUKKU_FUZZ_SIGNAL_H

#include "base/defs.h"

#include <stdlib.h>
#include <string.h>

static const char fuzz_key_pem[] LK_UNUSED =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfvzHb8TAWLaFGU7G\n"
    "l0nIvRmqJVdW9Nrf7DXLWBMyncehRANCAAQyjhpKgjXqNxN5bNhNLpf6VlbnGJBP\n"
    "hITgJ7zjRUTEPSlmupBqgwHzrVEbUVFCk08T9W04JclTlJcV5zUcNKRG\n"
    "-----END PRIVATE KEY-----\n";

static const char fuzz_ca_pem[] LK_UNUSED =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBlzCCAT2gAwIBAgIBATAKBggqhkjOPQQDAjAhMQ0wCwYDVQQKDARLZWxhMRAw\n"
    "DgYDVQQDDAdLZWxhIENBMB4XDTI2MDEwMTAwMDAwMFoXDTM2MDEwMTAwMDAwMFow\n"
    "ITENMAsGA1UECgwES2VsYTEQMA4GA1UEAwwHS2VsYSBDQTBZMBMGByqGSM49AgEG\n"
    "CCqGSM49AwEHA0IABO79szpbfDdFJ3Y0AmGdsdTyMtM/JSGzDLNNoRSfXIVHCE/j\n"
    "wPgTdT3+y5tSdoN3RFIZH7YjCM4tKRWfmfuMEnOjZjBkMBIGA1UdEwEB/wQIMAYB\n"
    "Af8CAQAwDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBScWaZ27ujBY8K193WV/Pkm\n"
    "PMDJdDAfBgNVHSMEGDAWgBScWaZ27ujBY8K193WV/PkmPMDJdDAKBggqhkjOPQQD\n"
    "AgNIADBFAiEAvve6C1bDWmKYWrtWcRl0+jMlaEN8rj5bO03raDaeN4ICIByl7ND1\n"
    "AUt8MDH5vzdppZczR2dxwm0zk9jJCGa+cpzS\n"
    "-----END CERTIFICATE-----\n";

static const char fuzz_crl_pem[] LK_UNUSED =
    "-----BEGIN X509 CRL-----\n"
    "MIHwMIGXAgEBMAoGCCqGSM49BAMCMCExDTALBgNVBAoMBEtlbGExEDAOBgNVBAMM\n"
    "B0tlbGEgQ0EXDTI2MDEwMTAwMDAwMFoXDTM2MDEwMTAwMDAwMFowFDASAgEJFw0y\n"
    "NjAxMDEwMDAwMDBaoC8wLTAfBgNVHSMEGDAWgBScWaZ27ujBY8K193WV/PkmPMDJ\n"
    "dDAKBgNVHRQEAwIBATAKBggqhkjOPQQDAgNIADBFAiEAjyXJL336RX1vXsDObA0c\n"
    "F3Ir5kqKkJAbWi8aEKOQXCwCID3wEFJc2TaIcZdLTVRbdXZbgyUyWHgZRcPzUcsv\n"
    "Pkd8\n"
    "-----END X509 CRL-----\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
