#pragma once
/*
 * What answers are made of beside the handlers' own part.
 */

/** One sentence for the person who can act, for the statuses with which a broken request is refused. Static. */
const char *http_status_detail(unsigned status);
