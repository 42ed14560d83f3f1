#include "seal/seal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted reads back as itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *typed = malloc(size + 1);
    char code[SEAL_CODE_MAX];
    char again[SEAL_CODE_MAX];
    if (!typed)
        return 0;
    memcpy(typed, data, size);
    typed[size] = '\0';
    if (seal_code_read(typed, code) == 0 &&
        (seal_code_read(code, again) < 0 || strcmp(code, again) != 0))
        abort();
    if (size == 2 && seal_code_new(typed, code) == 0 &&
        (seal_code_read(code, again) < 0 || strcmp(code, again) != 0))
        abort();
    free(typed);
    return 0;
}
