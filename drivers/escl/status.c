#include "escl/status.h"

#include "escl/xml.h"

#include <errno.h>
#include <string.h>

struct decode {
    struct escl_status s;
    struct escl_job_info *job; /* being read */
    bool in_job;
    bool root;
};

/* A word and what it means. */
struct word {
    const char *text;
    int means;
};

static const struct word device_words[] = {
    {"Idle", ESCL_DEVICE_IDLE},          {"Processing", ESCL_DEVICE_PROCESSING},
    {"Testing", ESCL_DEVICE_PROCESSING}, {"Stopped", ESCL_DEVICE_STOPPED},
    {"Down", ESCL_DEVICE_STOPPED},
};

static const struct word adf_words[] = {
    {"ScannerAdfEmpty", ESCL_ADF_EMPTY},
    {"ScannerAdfLoaded", ESCL_ADF_LOADED},
    {"ScannerAdfProcessing", ESCL_ADF_WORKING},
    {"ScannerAdfJam", ESCL_ADF_JAM},
    {"ScannerAdfMispick", ESCL_ADF_JAM},
    {"ScannerAdfMultipickDetected", ESCL_ADF_JAM},
    {"ScannerAdfHatchOpen", ESCL_ADF_OPEN},
    {"ScannerAdfCoverOpen", ESCL_ADF_OPEN},
    {"ScannerAdfInputTrayFailed", ESCL_ADF_OPEN},
    {"ScannerAdfInputTrayOverloaded", ESCL_ADF_JAM},
    {"ScannerAdfDuplexPageTooShort", ESCL_ADF_JAM},
    {"ScannerAdfDuplexPageTooLong", ESCL_ADF_JAM},
};

static const struct word job_words[] = {
    {"Pending", ESCL_JOB_ACTIVE},  {"Processing", ESCL_JOB_ACTIVE},
    {"Completed", ESCL_JOB_ENDED}, {"Aborted", ESCL_JOB_BROKEN},
    {"Canceled", ESCL_JOB_BROKEN},
};

static int meaning(const struct word *words, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i].text, text) == 0)
            return words[i].means;
    return 0;
}

static void on_open(void *arg, unsigned depth, const char *name)
{
    struct decode *d = arg;
    if (depth == 1)
        d->root = strcmp(name, "ScannerStatus") == 0;
    if (strcmp(name, "JobInfo") != 0)
        return;
    d->in_job = true;
    d->job = NULL;
    if (d->s.jobs < ESCL_JOBS_MAX) {
        d->job = &d->s.job[d->s.jobs++];
        *d->job = (struct escl_job_info){.completed = -1, .waiting = -1};
    }
}

static void set_count(int32_t *ret, const char *text)
{
    uint32_t n = 0;
    if (escl_xml_number(text, 1000000, &n) == 0)
        *ret = (int32_t)n;
}

static void close_job(struct decode *d, const char *name, const char *text)
{
    struct escl_job_info *j = d->job;
    if (strcmp(name, "JobInfo") == 0) {
        d->in_job = false;
        return;
    }
    if (!j)
        return;
    if (strcmp(name, "JobUri") == 0) {
        size_t n = strlen(text); /* a cut one is of no use */
        if (n < ESCL_XML_TEXT_MAX - 1)
            memcpy(j->uri, text, n + 1);
    } else if (strcmp(name, "JobState") == 0) {
        j->state = (enum escl_job_state)meaning(job_words,
                                                LK_ARRAY_LEN(job_words), text);
    } else if (strcmp(name, "ImagesCompleted") == 0) {
        set_count(&j->completed, text);
    } else if (strcmp(name, "ImagesToTransfer") == 0) {
        set_count(&j->waiting, text);
    }
}

static void on_close(void *arg, unsigned depth, const char *name,
                     const char *text)
{
    struct decode *d = arg;
    if (d->in_job) {
        close_job(d, name, text);
        return;
    }
    if (depth != 2)
        return;
    if (strcmp(name, "State") == 0)
        d->s.device = (enum escl_device_state)meaning(
            device_words, LK_ARRAY_LEN(device_words), text);
    else if (strcmp(name, "AdfState") == 0)
        d->s.adf = (enum escl_adf_state)meaning(adf_words,
                                                LK_ARRAY_LEN(adf_words), text);
}

int escl_status_decode(const void *xml, size_t len, struct escl_status *ret)
{
    static const struct escl_xml_ops ops = {on_open, on_close};
    struct decode d = {.root = false};
    int r = escl_xml_walk(xml, len, &ops, &d);
    if (r < 0)
        return r;
    if (!d.root)
        return -EBADMSG;
    *ret = d.s;
    return 0;
}
