/* SPDX-License-Identifier: Apache-2.0 */
/* Rules for the values of fields, as pure functions: true, or false with the reason in err. */
#ifndef SALLYPORT_HOSTS_VALUE_H
#define SALLYPORT_HOSTS_VALUE_H

#include "sallyport/hosts.h"

/* A host's own name: not empty, no "-" first, at most 255 bytes, no control characters. */
bool value_name(const char *value, struct err *err);
/* As host_name_valid(), and a name or an address alone: no link, user or port with it. */
bool value_hostname(const char *value, struct err *err);
/* Not empty, no control characters. */
bool value_plain(const char *value, struct err *err);
/* No control characters; may be empty. */
bool value_line(const char *value, struct err *err);
/* yes, no, ask, confirm, or a time (ssh_config(5), AddKeysToAgent). */
bool value_add_keys(const char *value, struct err *err);
/* Jump hosts with commas between them, "none" or nothing. */
bool value_jumps(const char *value, struct err *err);
/* As forward_parse() takes them (forward.c). */
bool value_local_forward(const char *value, struct err *err);
bool value_remote_forward(const char *value, struct err *err);
bool value_dynamic_forward(const char *value, struct err *err);
/* As host_log_path() takes it. */
bool value_log(const char *value, struct err *err);
/* "NAME=value", with a name. */
bool value_env(const char *value, struct err *err);

#endif
