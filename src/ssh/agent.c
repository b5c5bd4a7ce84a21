/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/agent.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sallyport/loop.h"
#include "sallyport/util.h"
#include "ssh/agentmsg.h"

enum request { IDLE, LIST, SIGN, ADD };

struct agent {
	struct loop *loop;
	char *path;
	enum request request;
	agent_keys_done *keys_done;
	agent_sign_done *sign_done;
	agent_add_done *add_done;
	void *ctx;
	int fd; /* -1: not connected */
	struct loop_watch *watch;
	struct loop_timer *timer; /* NULL: none */
	double timeout_ms;
	struct loop_task open;
	struct str out, in;
};

/* ---- the end of a request ---- */

void agent_cancel(struct agent *agent)
{
	loop_task_done(&agent->open);
	loop_watch_cancel(agent->watch);
	loop_timer_cancel(agent->timer);
	agent->watch = NULL;
	agent->timer = NULL;
	if (agent->fd != -1)
		close(agent->fd);
	agent->fd = -1;
	if (agent->request == ADD && agent->out.cap > 0)
		secret_wipe(agent->out.data, agent->out.cap);
	agent->request = IDLE;
	str_reset(&agent->out);
	str_reset(&agent->in);
}

/* Puts the agent's name before the sentence. */
static void name_agent(const struct agent *agent, struct err *err)
{
	char *shown = path_show(agent->path);

	err_context(err, _("SSH agent %s"), shown);
	if (err->hint[0] == '\0')
		err_hint(err,
		    _("\"ssh-add -l\" tells whether it works at all; to do without it, set "
		      "identity_agent to \"none\"."));
	free(shown);
}

/* Each of these calls done last: it may free the agent. */

static void fail(struct agent *agent, struct err *why)
{
	struct agent was = *agent;

	name_agent(agent, why);
	agent_cancel(agent);
	if (was.request == LIST)
		was.keys_done(was.ctx, NULL, 0, why);
	else if (was.request == SIGN)
		was.sign_done(was.ctx, NULL, 0, why);
	else
		was.add_done(was.ctx, why);
}

static void give_keys(struct agent *agent, struct wire body)
{
	agent_keys_done *done = agent->keys_done;
	void *ctx = agent->ctx;
	struct agent_key *keys;
	size_t count;
	struct err err = ERR_INIT;

	if (!agentmsg_read_keys(body, &keys, &count, &err)) {
		fail(agent, &err);
		return;
	}
	agent_cancel(agent);
	done(ctx, keys, count, NULL);
	agentmsg_free_keys(keys, count);
}

static void give_signature(struct agent *agent, struct wire body)
{
	agent_sign_done *done = agent->sign_done;
	void *ctx = agent->ctx;
	const unsigned char *sig;
	unsigned char *copy;
	size_t len;
	struct err err = ERR_INIT;

	if (!agentmsg_read_signature(body, &sig, &len, &err)) {
		if (err.code == ERR_REFUSED)
			err_hint(&err,
			    _("The agent may be locked (ssh-add -X), the key may be gone, or a "
			      "confirmation or touch was missing."));
		fail(agent, &err);
		return;
	}
	copy = mem_dup(sig, len);
	agent_cancel(agent);
	done(ctx, copy, len, NULL);
	free(copy);
}

static void give_success(struct agent *agent, struct wire body)
{
	agent_add_done *done = agent->add_done;
	void *ctx = agent->ctx;
	struct err err = ERR_INIT;

	if (!agentmsg_read_success(body, _("it would not take the key"), &err)) {
		fail(agent, &err);
		return;
	}
	agent_cancel(agent);
	done(ctx, NULL);
}

/* ---- the connection ---- */

static const struct {
	int errnum;
	enum err_code code;
	const char *what;
	const char *hint;
} refusals[] = {
	{ ENOENT, ERR_NOTFOUND, N_("there is no such socket"),
	    N_("The agent has ended, or the variable is left over from an earlier login (tmux, "
	       "screen): start ssh-agent anew, or set identity_agent to \"none\".") },
	{ ECONNREFUSED, ERR_NOTFOUND, N_("nobody listens on this socket any more"),
	    N_("The agent has ended: start ssh-agent anew, or set identity_agent to \"none\".") },
	{ EACCES, ERR_IO, N_("you may not use this socket"),
	    N_("It belongs to another user: sudo keeps SSH_AUTH_SOCK of the user before.") },
	{ EAGAIN, ERR_TIMEOUT, N_("too many programs wait for it already"),
	    N_("The agent hangs: end it and start ssh-agent anew.") },
	{ ENAMETOOLONG, ERR_INVALID, N_("the name is too long for a socket"),
	    N_("Linux allows 107 bytes.") },
};

static void refused(struct agent *agent, int errnum)
{
	struct err err = ERR_INIT;
	struct stat st;

	/* connect() says "refused" for a plain file too. */
	if (errnum == ECONNREFUSED && stat(agent->path, &st) == 0 && !S_ISSOCK(st.st_mode)) {
		err_set(&err, ERR_INVALID, _("it is no socket"));
		err_hint(&err, _("Check identity_agent and SSH_AUTH_SOCK."));
		fail(agent, &err);
		return;
	}
	err_set(&err, ERR_LOCAL, "%s", strerror(errnum));
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (refusals[i].errnum == errnum) {
			err_set(&err, refusals[i].code, "%s", _(refusals[i].what));
			err_hint(&err, "%s", _(refusals[i].hint));
		}
	}
	fail(agent, &err);
}

static void broke(struct agent *agent, int errnum)
{
	struct err err = ERR_INIT;

	if (errnum != 0 && errnum != ECONNRESET && errnum != EPIPE)
		err_set(&err, ERR_IO, "%s", strerror(errnum));
	else if (agent->in.len > 0)
		err_set(
		    &err, ERR_PROTOCOL, _("it ended the connection in the middle of its answer"));
	else
		err_set(&err, ERR_PROTOCOL, _("it ended the connection without an answer"));
	fail(agent, &err);
}

static bool is_passing(int errnum)
{
	return errnum == EAGAIN || errnum == EINTR;
}

/* False: the request is over. */
static bool flush(struct agent *agent)
{
	ssize_t sent = send(agent->fd, agent->out.data, agent->out.len, MSG_NOSIGNAL);

	if (sent >= 0)
		str_consume(&agent->out, (size_t)sent);
	else if (!is_passing(errno)) {
		broke(agent, errno);
		return false;
	}
	if (agent->out.len == 0)
		loop_watch_set(agent->watch, LOOP_READ);
	return true;
}

static void receive(struct agent *agent)
{
	char buf[16 * 1024];
	ssize_t got = recv(agent->fd, buf, sizeof buf, 0);
	struct wire body;
	struct err err = ERR_INIT;

	if (got <= 0) {
		if (got == 0 || !is_passing(errno))
			broke(agent, got == 0 ? 0 : errno);
		return;
	}
	str_add_mem(&agent->in, buf, (size_t)got);
	switch (agentmsg_frame((const unsigned char *)agent->in.data, agent->in.len, &body, &err)) {
	case AGENTMSG_MORE:
		break;
	case AGENTMSG_BROKEN:
		fail(agent, &err);
		break;
	case AGENTMSG_WHOLE:
		if (agent->request == LIST)
			give_keys(agent, body);
		else if (agent->request == ADD)
			give_success(agent, body);
		else
			give_signature(agent, body);
		break;
	}
}

static void on_ready(void *ctx, unsigned events)
{
	struct agent *agent = ctx;

	if ((events & LOOP_WRITE) && agent->out.len > 0 && !flush(agent))
		return;
	if (events & LOOP_READ)
		receive(agent);
}

static void on_timeout(void *ctx)
{
	struct agent *agent = ctx;
	struct err err = ERR_INIT;

	err_set(&err, ERR_TIMEOUT, _("no answer within %g s"), agent->timeout_ms / 1000);
	fail(agent, &err);
}

/* 0 or an errno. */
static int connect_to(struct agent *agent)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	size_t len = strlen(agent->path);

	if (len >= sizeof sun.sun_path)
		return ENAMETOOLONG;
	memcpy(sun.sun_path, agent->path, len);
	agent->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (agent->fd == -1)
		return errno;
	if (connect(agent->fd, (struct sockaddr *)&sun, sizeof sun) == -1 && errno != EINPROGRESS)
		return errno;
	agent->watch =
	    loop_watch_start(agent->loop, agent->fd, LOOP_READ | LOOP_WRITE, on_ready, agent);
	return agent->watch == NULL ? ENOMEM : 0;
}

static void open_task(void *ctx)
{
	struct agent *agent = ctx;
	int errnum = connect_to(agent);

	if (errnum != 0)
		refused(agent, errnum);
	else if (agent->timeout_ms > 0)
		agent->timer = loop_timer_start(agent->loop, agent->timeout_ms, on_timeout, agent);
}

/* ---- requests ---- */

char *agent_socket(const char *path, struct err *err)
{
	const char *name = "SSH_AUTH_SOCK", *value;

	if (str_eq(path, "none")) {
		err_set(err, ERR_NOTFOUND, _("no SSH agent is used: identity_agent is \"none\""));
		return NULL;
	}
	if (path != NULL && !str_eq(path, name) && path[0] != '$')
		return path_expand(path, err);
	if (path != NULL && path[0] == '$')
		name = path + 1;
	value = getenv(name);
	if (value != NULL && value[0] != '\0')
		return mem_strdup(value);
	err_set(err, ERR_NOTFOUND, _("no SSH agent: %s is not set"), name);
	return NULL;
}

struct agent *agent_new(struct loop *loop, const char *path, struct err *err)
{
	char *found = agent_socket(path, err);
	struct agent *agent;

	if (found == NULL)
		return NULL;
	agent = mem_zalloc(1, sizeof *agent);
	agent->loop = loop;
	agent->path = found;
	agent->fd = -1;
	loop_task_init(&agent->open, loop, open_task, agent);
	return agent;
}

void agent_free(struct agent *agent)
{
	if (agent == NULL)
		return;
	agent_cancel(agent);
	str_done(&agent->out);
	str_done(&agent->in);
	free(agent->path);
	free(agent);
}

static void begin(struct agent *agent, enum request request, double timeout_ms, void *ctx)
{
	assert(agent->request == IDLE);
	agent->request = request;
	agent->timeout_ms = timeout_ms;
	agent->ctx = ctx;
	loop_task_init(&agent->open, agent->loop, open_task, agent); /* ended by every cancel */
	loop_task_queue(&agent->open);
}

void agent_list_start(struct agent *agent, double timeout_ms, agent_keys_done *done, void *ctx)
{
	begin(agent, LIST, timeout_ms, ctx);
	agent->keys_done = done;
	agentmsg_add_list(&agent->out);
}

void agent_sign_start(struct agent *agent, const struct pubkey *key, const void *data, size_t len,
    unsigned flags, agent_sign_done *done, void *ctx)
{
	begin(agent, SIGN, 0, ctx);
	agent->sign_done = done;
	agentmsg_add_sign(&agent->out, key, data, len, flags);
}

void agent_add_start(struct agent *agent, const struct secret *key, const char *comment,
    long seconds, bool confirm, double timeout_ms, agent_add_done *done, void *ctx)
{
	begin(agent, ADD, timeout_ms, ctx);
	agent->add_done = done;
	agentmsg_add_key(&agent->out, key, comment, seconds, confirm);
}
