/* SPDX-License-Identifier: Apache-2.0 */
/* Filling a list of hosts.  Private to hosts. */
#ifndef SALLYPORT_HOSTS_HOST_LIST_H
#define SALLYPORT_HOSTS_HOST_LIST_H

#include "sallyport/hosts.h"

/* Takes the host and gives it an id. */
void host_list_add(struct host_list *list, struct host *host);
/*
 * When all are there: makes hosts_find() work, and says of hosts with one name that they have it.  file is for
 * the messages.
 */
void host_list_index(struct host_list *list, const char *file);

#endif
