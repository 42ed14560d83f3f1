/* samples_request.h - what the screen of a new kiosk shows as a QR code. */
#ifndef LUUKKU_TESTS_KIOSK_SAMPLES_REQUEST_H
#define LUUKKU_TESTS_KIOSK_SAMPLES_REQUEST_H

/* Two requests, as a kiosk makes them. */
#define REQUEST                                                          \
    "-----BEGIN CERTIFICATE REQUEST-----\n"                              \
    "MIHjMIGKAgEAMCgxDzANBgNVBAsMBmRldmljZTEVMBMGA1UEAwwMbmV3LTFhMmIz\n" \
    "YzRkMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4GM4VuaPaeD8ueD5KRgRf55u\n" \
    "ilM+oUAiUv/fC10H9V6zMNqoLEI8/kzvJx0CFO71egcJ3LY0TgQHywK1WtOubqAA\n" \
    "MAoGCCqGSM49BAMCA0gAMEUCIBYVeB/vtmM9AY669AVGuUxiQN90LwrR4HD0q3Vi\n" \
    "0KD7AiEAhSQl2tQoJ6aqvgP270UNzd6Iy3n4wXyZLTyxxzNBf1Y=\n"             \
    "-----END CERTIFICATE REQUEST-----\n"                                \
    "-----BEGIN CERTIFICATE REQUEST-----\n"                              \
    "MIHfMIGHAgEAMCUxDDAKBgNVBAsMA3RsczEVMBMGA1UEAwwMbmV3LTFhMmIzYzRk\n" \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBGaJIXr5kwJts2CQTmrmq3AXi3ol\n" \
    "4Zv7l5x+t2CVYbdw3WifzY3Hk2FagvJH5FkVyrVa2B5PNDPxmTxKtZETMKAAMAoG\n" \
    "CCqGSM49BAMCA0cAMEQCIGHQU9k3JUdf9ThVyvFsI4r3GwjMDEfdRxzZeppEPp/L\n" \
    "AiBer5fvzTF28abCD/icL1u9ey719ruiVyDCKytVzbYCkw==\n"                 \
    "-----END CERTIFICATE REQUEST-----\n"

#endif
