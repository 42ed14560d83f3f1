/* policy.h - what a page may change in the document.
 *
 * Spec: firmware/signal/PROTOCOL.md, "What a page may do". Private to this
 * room. Asked for each piece of an update, before the document is touched.
 */
#ifndef LUUKKU_FORMS_POLICY_H
#define LUUKKU_FORMS_POLICY_H

#include "forms/form_impl.h"

struct form_policy {
    const struct form *f;
    const char *why; /* the word for what was refused, or NULL */
    bool frozen;     /* it was refused as the form is frozen */
};

/* For struct coedit_policy; `arg` is a struct form_policy. */
int form_policy_ask(void *arg, const struct coedit_ask *ask);

#endif
