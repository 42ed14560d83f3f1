#include "escl/xml.h"

#include "escl/limits.h"

#include <expat.h>

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct walk {
    XML_Parser parser;
    const struct escl_xml_ops *ops;
    void *arg;
    unsigned depth;
    unsigned elements;
    int error;
    size_t len;
    char text[ESCL_XML_TEXT_MAX];
};

static void fail(struct walk *w, int error)
{
    if (w->error == 0)
        w->error = error;
    (void)XML_StopParser(w->parser, XML_FALSE);
}

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static void XMLCALL on_open(void *arg, const XML_Char *name,
                            const XML_Char **attributes)
{
    struct walk *w = arg;
    (void)attributes;
    if (w->error < 0)
        return;
    if (++w->depth > ESCL_XML_DEPTH_MAX ||
        ++w->elements > ESCL_XML_ELEMENTS_MAX) {
        fail(w, -EMSGSIZE);
        return;
    }
    w->len = 0;
    w->ops->open(w->arg, w->depth, local(name));
}

static void XMLCALL on_close(void *arg, const XML_Char *name)
{
    struct walk *w = arg;
    if (w->error < 0)
        return;
    size_t from = 0;
    while (w->len > 0 && isspace((unsigned char)w->text[w->len - 1]))
        w->len--;
    while (from < w->len && isspace((unsigned char)w->text[from]))
        from++;
    w->text[w->len] = '\0';
    w->ops->close(w->arg, w->depth, local(name), w->text + from);
    w->len = 0;
    w->depth--;
}

static void XMLCALL on_text(void *arg, const XML_Char *s, int len)
{
    struct walk *w = arg;
    size_t n = LK_MIN((size_t)len, sizeof(w->text) - 1 - w->len);
    memcpy(w->text + w->len, s, n);
    w->len += n;
}

static void XMLCALL on_doctype(void *arg, const XML_Char *name,
                               const XML_Char *system, const XML_Char *public,
                               int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    fail(arg, -EBADMSG);
}

int escl_xml_walk(const void *xml, size_t len, const struct escl_xml_ops *ops,
                  void *arg)
{
    static const XML_Memory_Handling_Suite memory = {malloc, realloc, free};
    struct walk w = {.ops = ops, .arg = arg};
    const char *s = xml;
    if (len > ESCL_XML_BYTES_MAX)
        return -EMSGSIZE;
    /* Some send an empty line before the declaration, which may have none. */
    while (len > 0 && isspace((unsigned char)*s)) {
        s++;
        len--;
    }
    w.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    if (!w.parser)
        return -ENOMEM;
    XML_SetUserData(w.parser, &w);
    XML_SetElementHandler(w.parser, on_open, on_close);
    XML_SetCharacterDataHandler(w.parser, on_text);
    XML_SetStartDoctypeDeclHandler(w.parser, on_doctype);
    if (XML_Parse(w.parser, s, (int)len, XML_TRUE) != XML_STATUS_OK &&
        w.error == 0)
        w.error = XML_GetErrorCode(w.parser) == XML_ERROR_NO_MEMORY ? -ENOMEM
                                                                    : -EBADMSG;
    XML_ParserFree(w.parser);
    return w.error;
}

int escl_xml_number(const char *text, uint32_t max, uint32_t *ret)
{
    uint64_t n = 0;
    if (!*text)
        return -EBADMSG;
    for (; *text; text++) {
        if (!isdigit((unsigned char)*text))
            return -EBADMSG;
        n = n * 10 + (uint64_t)(*text - '0');
        if (n > max)
            return -EBADMSG;
    }
    *ret = (uint32_t)n;
    return 0;
}
