/* SPDX-License-Identifier: Apache-2.0 */
/* JSON values into a host's fields: where hosts meets cJSON.  Private to hosts. */
#ifndef SALLYPORT_HOSTS_HOST_READ_H
#define SALLYPORT_HOSTS_HOST_READ_H

#include "json.h"

/* Reads one member's value; false with the reason in err, without the member's name. */
bool host_read_field(struct host *host, const struct host_field *field,
    const struct json_part *value, enum field_origin origin, struct err *err);
/*
 * A member's name with its escapes undone; as written when it holds what no text can.  Caller frees.
 */
char *json_key(const struct json_part *part);

#endif
