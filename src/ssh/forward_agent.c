/* SPDX-License-Identifier: Apache-2.0 */
/* The agent for the server's use (-A; draft-miller-ssh-agent section 4). */
#include "agent.h"
#include "forward.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Called while libssh2 reads: only keeps the channel. */
static void on_channel(LIBSSH2_SESSION *lib, LIBSSH2_CHANNEL *channel, void **abstract)
{
	struct conn *conn = ((struct session *)*abstract)->conn;
	struct forwards *forwards = conn->forwards;

	(void)lib;
	/* It may come behind what broke the session, which libssh2 still reads while it is freed; it frees this too. */
	if (!forwards)
		return;
	forwards->agent =
	    mem_realloc(forwards->agent, forwards->agent_count + 1, sizeof *forwards->agent);
	forwards->agent[forwards->agent_count++] = channel;
	conn_wake(conn);
}

/* A server that was not offered the agent, and asks all the same, is refused by libssh2. */
static bool wanted(struct conn *conn)
{
	struct err err = ERR_INIT;
	char *path;

	if (!conn->host->forward_agent || conn->options.stdio_host)
		return false;
	if (!(path = agent_socket(conn->host->identity_agent, &err))) {
		result_detail(conn->result, "agent forwarding", "%s", err.text);
		return false;
	}
	free(path);
	return true;
}

bool agent_offer(struct conn *conn, LIBSSH2_CHANNEL *channel)
{
	int rc;

	if (!channel || !wanted(conn))
		return true;
	conn->session->conn = conn;
	forwards_of(conn);
	libssh2_session_callback_set2(
	    conn->session->lib, LIBSSH2_CALLBACK_AUTHAGENT, (libssh2_cb_generic *)on_channel);
	rc = libssh2_channel_request_auth_agent(channel);
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return false;
	conn->forwards->agent_on = rc == 0;
	result_detail(
	    conn->result, "agent forwarding", "%s", rc == 0 ? _("on") : _("the server says no"));
	if (rc != 0) {
		libssh2_session_callback_set2(conn->session->lib, LIBSSH2_CALLBACK_AUTHAGENT, NULL);
		conn_remark(conn, _("the server does not take the agent"));
	}
	return true;
}

/* The agent's socket, or -1. */
static int call_agent(const struct conn *conn)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char *path = agent_socket(conn->host->identity_agent, NULL);
	size_t len = path ? strlen(path) : 0;
	int fd = -1;

	if (len > 0 && len < sizeof to.sun_path) {
		memcpy(to.sun_path, path, len);
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	}
	if (fd != -1 && connect(fd, (struct sockaddr *)&to, sizeof to) == -1) {
		close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}

void agent_step(struct conn *conn)
{
	struct forwards *forwards = conn->forwards;

	for (size_t i = 0; i < forwards->agent_count; i++) {
		int fd = call_agent(conn);

		if (fd == -1)
			conn_remark(
			    conn, _("the server asks for the agent, which cannot be reached"));
		tunnel_accept(conn, forwards->agent[i], _("agent"), fd, NULL, NULL);
	}
	forwards->agent_count = 0;
}
