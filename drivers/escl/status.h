/* status.h - what an eSCL scanner says of itself: ScannerStatus, decoded.
 *
 * Spec: Mopria eSCL Technical Specification 2.97, 6.3. Pure: any thread. Total.
 */
#ifndef LUUKKU_ESCL_STATUS_H
#define LUUKKU_ESCL_STATUS_H

#include "escl/limits.h"

#include "base/defs.h"

#include <stdbool.h>

#define ESCL_JOBS_MAX 10 /* kept of a status: the first ones */

enum escl_device_state {
    ESCL_DEVICE_UNKNOWN, /* not said, or a word that is not known */
    ESCL_DEVICE_IDLE,
    ESCL_DEVICE_PROCESSING,
    ESCL_DEVICE_STOPPED, /* also "Down" */
};

enum escl_adf_state {
    ESCL_ADF_UNKNOWN, /* not said, or a word that is not known */
    ESCL_ADF_EMPTY,
    ESCL_ADF_LOADED,
    ESCL_ADF_WORKING, /* sheets move; whether more are there is not said */
    ESCL_ADF_JAM,     /* also a misfeed or several sheets at once */
    ESCL_ADF_OPEN,    /* hatch, cover or input tray */
};

enum escl_job_state {
    ESCL_JOB_UNKNOWN,
    ESCL_JOB_ACTIVE, /* pending or processing */
    ESCL_JOB_ENDED,  /* completed */
    ESCL_JOB_BROKEN, /* aborted or canceled */
};

struct escl_job_info {
    char uri[ESCL_PATH_MAX]; /* as it was sent; "" too long */
    enum escl_job_state state;
    int32_t completed; /* images; -1 not said */
    int32_t waiting;   /* images to transfer; -1 not said */
};

struct escl_status {
    enum escl_device_state device;
    enum escl_adf_state adf;
    size_t jobs;
    struct escl_job_info job[ESCL_JOBS_MAX];
};

/* Decodes a ScannerStatus document of `len` bytes.
 * Errors  -EBADMSG no such document, -EMSGSIZE a ceiling, -ENOMEM */
int escl_status_decode(const void *xml, size_t len,
                       struct escl_status *ret) LK_MUST_CHECK;

#endif
