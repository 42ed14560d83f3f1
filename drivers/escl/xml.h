/* xml.h - walks through one small XML document of a stranger.
 *
 * Room: elements by local name (whatever the prefix), their own text, with
 * ceilings on size, depth, number and text (limits.h). A document type
 * declaration is refused: no entities, nothing outside. Attributes are not
 * looked at. Pure: any thread. Spec: XML 1.0, Namespaces in XML 1.0.
 */
#ifndef LUUKKU_ESCL_XML_H
#define LUUKKU_ESCL_XML_H

#include "base/defs.h"

struct escl_xml_ops {
    /* An element begins; the root's depth is 1. */
    void (*open)(void *arg, unsigned depth, const char *name);
    /* It ends. `text` is its own characters since its last child ended, without
     * blanks around, cut at ESCL_XML_TEXT_MAX - 1 bytes. */
    void (*close)(void *arg, unsigned depth, const char *name,
                  const char *text);
};

/* Walks through `len` bytes.
 * Errors  -EBADMSG not well-formed, or a DTD; -EMSGSIZE a ceiling; -ENOMEM */
int escl_xml_walk(const void *xml, size_t len, const struct escl_xml_ops *ops,
                  void *arg) LK_MUST_CHECK;

/* A decimal number with nothing around it, at most `max`. Errors: -EBADMSG. */
int escl_xml_number(const char *text, uint32_t max,
                    uint32_t *ret) LK_MUST_CHECK;

#endif
