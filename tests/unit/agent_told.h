/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the agent's client share: a socket in a folder of its own, and what was told. */
#ifndef TEST_AGENT_TOLD_H
#define TEST_AGENT_TOLD_H

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sallyport/loop.h"
#include "sallyport/util.h"
#include "ssh/agent.h"

static char folder[] = "/tmp/sallyport-agent-XXXXXX";
static char *sock_path;

static inline struct sockaddr_un sun_of(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	assert_true(strlen(path) < sizeof sun.sun_path);
	memcpy(sun.sun_path, path, strlen(path));
	return sun;
}

static inline int folder_make(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return 1;
	sock_path = mem_printf("%s/sock", folder);
	return setenv("HOME", "/nonexistent", 1);
}

static inline int folder_remove(void **state)
{
	(void)state;
	free(sock_path);
	return rmdir(folder);
}

struct got {
	struct loop *loop;
	struct agent *agent;
	int calls;
	size_t count;
	struct strlist keys; /* "type comment" */
	struct pubkey first;
	struct str sig;
	struct err why;
	bool again, free_in_done;
};

static inline void told(struct got *got, const struct err *why)
{
	got->calls++;
	got->why = why != NULL ? *why : (struct err)ERR_INIT;
	if (got->free_in_done) {
		agent_free(got->agent);
		got->agent = NULL;
	}
	loop_stop(got->loop);
}

static inline void on_keys(
    void *ctx, const struct agent_key *keys, size_t count, const struct err *why)
{
	struct got *got = ctx;

	got->count = count;
	for (size_t i = 0; i < count; i++) {
		char *type = pubkey_type(keys[i].pub.blob, keys[i].pub.len);

		strlist_take(&got->keys, mem_printf("%s %s", type, keys[i].comment));
		free(type);
	}
	if (count > 0 && got->first.blob == NULL)
		pubkey_copy(&got->first, keys[0].pub.blob, keys[0].pub.len);
	if (got->again) {
		got->again = false;
		got->calls++;
		agent_list_start(got->agent, 5000, on_keys, got);
		return;
	}
	told(got, why);
}

static inline void on_sig(void *ctx, const unsigned char *sig, size_t len, const struct err *why)
{
	struct got *got = ctx;

	assert_true((sig == NULL) == (why != NULL));
	if (sig != NULL)
		str_add_mem(&got->sig, sig, len);
	told(got, why);
}

static inline void got_open(struct got *got)
{
	*got = (struct got){ .loop = loop_new() };
	got->agent = agent_new(got->loop, sock_path, NULL);
	assert_non_null(got->agent);
}

static inline void got_close(struct got *got)
{
	agent_free(got->agent);
	loop_free(got->loop);
	strlist_done(&got->keys);
	pubkey_done(&got->first);
	str_done(&got->sig);
}

static inline void list(struct got *got, double timeout_ms)
{
	agent_list_start(got->agent, timeout_ms, on_keys, got);
	assert_int_equal(got->calls, 0);
	loop_run(got->loop, NULL, NULL);
	assert_int_equal(got->calls, 1);
}

static inline void sign(struct got *got, const struct pubkey *key, const char *data, unsigned flags)
{
	agent_sign_start(got->agent, key, data, strlen(data), flags, on_sig, got);
	loop_run(got->loop, NULL, NULL);
	assert_int_equal(got->calls, 1);
}

static inline void assert_why(const struct got *got, enum err_code code, const char *says)
{
	assert_int_equal(got->count, 0);
	assert_int_equal(got->why.code, code);
	if (strstr(got->why.text, says) == NULL || strstr(got->why.text, sock_path) == NULL)
		fail_msg("\"%s\" or \"%s\" is not in \"%s\"", says, sock_path, got->why.text);
	assert_string_not_equal(got->why.hint, "");
}

#endif
