#include "serve/session_cookie.h"

#include "proto/cookie.h"

static const char *name_of(const struct policy *policy)
{
    return policy->secure ? "__Host-hubbub_session" : "hubbub_session";
}

int session_cookie_get(const struct policy *policy, const struct http_head *head,
                       struct slice *ret_token)
{
    return cookie_find(head, name_of(policy), ret_token);
}

void session_cookie_write(const struct policy *policy, const char *token, uint32_t age_s,
                          struct buffer *out)
{
    buffer_printf(out, "Set-Cookie: %s=%s; Path=/; Max-Age=%u; HttpOnly; SameSite=Lax%s\r\n",
                  name_of(policy), token, age_s, policy->secure ? "; Secure" : "");
}
