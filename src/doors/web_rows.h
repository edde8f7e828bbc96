#pragma once
/*
 * What lists and the hits of searches look like: docs/PROTOCOL.md, section 1.
 */

#include "base/buffer.h"
#include "chat/listing.h"
#include "chat/search.h"

/** Appends ,"what":…,"rows":[…],"more":… */
void web_write_listing(struct buffer *out, const struct listing *listing);

/** Appends ,"hits":[…] and where the next page begins. */
void web_write_hits(struct buffer *out, const struct search *search);
