#include "control/message.h"

#include "base/text.h"
#include "base/wipe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static const char *const carries_name[] = {
    [CONTROL_NOTHING] = NULL, [CONTROL_JSON] = "json", [CONTROL_PNG] = "png"};

/* Writes a JSON value that is consumed, also when this fails. */
static int append_json(json_t *v, struct lk_buf *b)
{
    if (!v)
        return -ENOMEM;
    char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(v);
    if (!text)
        return -ENOMEM;
    size_t len = strlen(text);
    int r = len > CONTROL_TEXT_MAX ? -EMSGSIZE : lk_buf_append(b, text, len);
    lk_free_wiped(text);
    return r;
}

int control_request_encode(const struct control_request *req, struct lk_buf *b)
{
    if (req->args < 1 || req->args > CONTROL_ARGS_MAX)
        return -EINVAL;
    json_t *cmd = json_array();
    int r = cmd ? 0 : -ENOMEM;
    for (size_t i = 0; i < req->args && r == 0; i++) {
        const char *s = req->arg[i];
        size_t len = strlen(s);
        if (!lk_utf8_valid(s, len))
            r = -EINVAL;
        else if (len >= CONTROL_ARG_MAX)
            r = -EMSGSIZE;
        else if (json_array_append_new(cmd, json_string(s)) < 0)
            r = -ENOMEM;
    }
    if (r < 0) {
        json_decref(cmd);
        return r;
    }
    return append_json(json_pack("{s:i,s:I,s:o}", "v", CONTROL_VERSION, "id",
                                 (json_int_t)req->id, "cmd", cmd),
                       b);
}

/* The members that both messages have. */
static int take_head(const json_t *root, uint32_t *ret_id)
{
    const json_t *v = json_object_get(root, "v");
    const json_t *id = json_object_get(root, "id");
    if (!json_is_integer(v) || !json_is_integer(id))
        return -EBADMSG;
    if (json_integer_value(v) != CONTROL_VERSION)
        return -EPROTONOSUPPORT;
    json_int_t n = json_integer_value(id);
    if (n < 0 || n > UINT32_MAX)
        return -EBADMSG;
    *ret_id = (uint32_t)n;
    return 0;
}

static int load_object(const void *data, size_t len, json_t **ret)
{
    json_error_t e;
    if (len > CONTROL_TEXT_MAX)
        return -EBADMSG;
    json_t *root = json_loadb(data, len, JSON_REJECT_DUPLICATES, &e);
    if (!root)
        return json_error_code(&e) == json_error_out_of_memory ? -ENOMEM
                                                               : -EBADMSG;
    if (!json_is_object(root)) {
        json_decref(root);
        return -EBADMSG;
    }
    *ret = root;
    return 0;
}

static int take_words(const json_t *cmd, struct control_request *req)
{
    size_t n = json_array_size(cmd);
    if (!json_is_array(cmd) || n < 1 || n > CONTROL_ARGS_MAX)
        return -EBADMSG;
    for (size_t i = 0; i < n; i++) {
        const json_t *word = json_array_get(cmd, i);
        if (!json_is_string(word) ||
            json_string_length(word) >= CONTROL_ARG_MAX)
            return -EBADMSG;
        req->arg[i] = strdup(json_string_value(word));
        if (!req->arg[i])
            return -ENOMEM;
        req->args = i + 1;
    }
    return 0;
}

int control_request_decode(const void *data, size_t len,
                           struct control_request **ret)
{
    json_t *root = NULL;
    LK_AUTO(control_request) req = calloc(1, sizeof(*req));
    int r = req ? load_object(data, len, &root) : -ENOMEM;
    if (r < 0)
        return r;
    r = take_head(root, &req->id);
    if (r == 0)
        r = take_words(json_object_get(root, "cmd"), req);
    if (r == 0 && json_object_size(root) != 3)
        r = -EBADMSG;
    json_decref(root);
    if (r == 0)
        *ret = LK_TAKE(req);
    return r;
}

struct control_request *control_request_free(struct control_request *req)
{
    for (size_t i = 0; req && i < req->args; i++)
        lk_free_wiped(req->arg[i]);
    free(req);
    return NULL;
}

int control_reply_encode(const struct control_reply *reply, struct lk_buf *b)
{
    json_error_t e;
    json_t *result = NULL;
    if (reply->ok && reply->result) {
        result = json_loads(reply->result,
                            JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &e);
        if (!result)
            return json_error_code(&e) == json_error_out_of_memory ? -ENOMEM
                                                                   : -EBADMSG;
    }
    const char *error = reply->error ? reply->error : "";
    return append_json(
        json_pack("{s:i,s:I,s:b,s:o*,s:s*,s:s*}", "v", CONTROL_VERSION, "id",
                  (json_int_t)reply->id, "ok", reply->ok, "result", result,
                  "carries", reply->ok ? carries_name[reply->carries] : NULL,
                  "error", reply->ok ? NULL : error),
        b);
}

static int take_carries(const json_t *v, struct control_reply *reply)
{
    if (!v)
        return 0;
    for (size_t i = 1; json_is_string(v) && i < LK_ARRAY_LEN(carries_name);
         i++) {
        if (strcmp(json_string_value(v), carries_name[i]) == 0) {
            reply->carries = (enum control_carries)i;
            return 0;
        }
    }
    return -EBADMSG;
}

/* The members that depend on the verdict; returns how many there are. */
static int take_verdict(const json_t *root, struct control_reply *reply)
{
    const json_t *ok = json_object_get(root, "ok");
    const json_t *result = json_object_get(root, "result");
    const json_t *error = json_object_get(root, "error");
    const json_t *carries = json_object_get(root, "carries");
    if (!json_is_boolean(ok))
        return -EBADMSG;
    reply->ok = json_is_true(ok);
    if (reply->ok ? error != NULL : (!json_is_string(error) || result))
        return -EBADMSG;
    if (take_carries(carries, reply) < 0 || (carries && !reply->ok))
        return -EBADMSG;
    if (result)
        reply->result = json_dumps(result, JSON_COMPACT | JSON_ENCODE_ANY);
    if (error)
        reply->error = strdup(json_string_value(error));
    if ((result && !reply->result) || (error && !reply->error))
        return -ENOMEM;
    return 1 + (result != NULL) + (error != NULL) + (carries != NULL);
}

int control_reply_decode(const void *data, size_t len,
                         struct control_reply **ret)
{
    json_t *root = NULL;
    LK_AUTO(control_reply) reply = calloc(1, sizeof(*reply));
    int r = reply ? load_object(data, len, &root) : -ENOMEM;
    if (r < 0)
        return r;
    r = take_head(root, &reply->id);
    if (r == 0)
        r = take_verdict(root, reply);
    if (r > 0)
        r = json_object_size(root) == 2 + (size_t)r ? 0 : -EBADMSG;
    json_decref(root);
    if (r == 0)
        *ret = LK_TAKE(reply);
    return r;
}

struct control_reply *control_reply_free(struct control_reply *reply)
{
    if (reply) {
        lk_free_wiped(reply->result);
        lk_free_wiped(reply->error);
        free(reply);
    }
    return NULL;
}
