#include "doors/account.h"

#include "base/assert.h"
#include "doors/account_step.h"

static const struct {
    const char *path;
    enum http_method method;
    const struct rest_route *route;
} table[] = {
    {"/api/v1/accounts", HTTP_POST, &account_sign_up_route},
    {"/api/v1/session", HTTP_POST, &account_sign_in_route},
    {"/api/v1/session", HTTP_DELETE, &account_sign_out_route},
    {"/api/v1/links/look", HTTP_POST, &account_look_route},
    {"/api/v1/reset", HTTP_POST, &account_reset_route},
    {"/api/v1/owner-link", HTTP_POST, &account_owner_link_route},
    {"/api/v1/me", HTTP_GET, &account_me_route},
    {"/api/v1/me", HTTP_PATCH, &account_profile_route},
    {"/api/v1/me/password", HTTP_POST, &account_password_route},
    {"/api/v1/me/totp", HTTP_POST, &account_totp_begin_route},
    {"/api/v1/me/totp", HTTP_PUT, &account_totp_on_route},
    {"/api/v1/me/totp", HTTP_DELETE, &account_totp_off_route},
    {"/api/v1/me/leave", HTTP_POST, &account_leave_route},
    {"/api/v1/people/{person}", HTTP_DELETE, &account_delete_route},
};

enum {
    TABLE_COUNT = sizeof(table) / sizeof(table[0]),
    /* No field of these is long; a name and two passwords with escapes are 4 KB. */
    BODY_BYTES_MAX = 8 * 1024,
};

_Static_assert((int)TABLE_COUNT <= (int)ACCOUNT_ROUTES_MAX, "room for all routes");

size_t account_routes(struct rest *rest, struct http_route ret_routes[ACCOUNT_ROUTES_MAX])
{
    ASSERT(rest->accounts);
    for (size_t i = 0; i < TABLE_COUNT; i++)
        ret_routes[i] = (struct http_route){
            .path = table[i].path,
            .methods = 1u << table[i].method,
            .ctx = rest,
            .handle = rest_handle,
            .body = HTTP_BODY_WHOLE,
            .body_bytes_max = BODY_BYTES_MAX,
            .data = table[i].route,
        };
    return TABLE_COUNT;
}
