/* SPDX-License-Identifier: Apache-2.0 */
#include "transport.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sallyport/loop.h"

/* A question may be open while a server floods us: from here on, TCP holds it back. */
enum { IN_LIMIT = 1024 * 1024, FIRST_CHUNK = 4096, LITTLE_CHUNK = 512 };

/* Small packets cost libssh2 most: of these it takes a few 10,000 in a turn. */
enum { TURN_LIMIT = 512 * 1024 };

void transport_init(struct transport *net, struct loop_task *task)
{
	*net = (struct transport){
		.fd = -1, .task = task, .chunk = FIRST_CHUNK, .gate = SIZE_MAX, .quick = true
	};
	transport_turn(net);
}

void transport_expect_little(struct transport *net)
{
	net->chunk = LITTLE_CHUNK;
	net->quick = false;
}

void transport_done(struct transport *net)
{
	loop_watch_cancel(net->watch);
	net->watch = NULL;
	if (net->fd != -1)
		close(net->fd);
	net->fd = -1;
	queue_done(&net->in);
	queue_done(&net->out);
}

static void on_ready(void *ctx, unsigned events)
{
	struct transport *net = ctx;

	/*
	 * Read at once: libuv asks up to 48 times again when 1,024 descriptors are ready, and would be told the same
	 * as long as nobody reads.
	 */
	if (events & LOOP_READ) {
		net->ready = true;
		transport_fill(net);
	}
	loop_task_queue(net->task);
}

void transport_open(struct transport *net, int fd, struct loop_watch *watch, bool keepalive)
{
	int on = 1;

	net->fd = fd;
	net->ready = true; /* who has just been connected to may have sent its greeting already */
	if (watch)
		loop_watch_hand(watch, on_ready, net);
	else
		watch = loop_watch_start(net->task->loop, fd, 0, on_ready, net);
	net->watch = watch;
	if (net->quick)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (keepalive)
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	if (!net->watch) {
		net->eof = true;
		net->errnum = ENOMEM;
	}
}

bool transport_fill(struct transport *net)
{
	ssize_t got;

	if (!net->ready || net->eof || queue_len(&net->in) >= IN_LIMIT)
		return false;
	do
		got = recv(net->fd, queue_room(&net->in, net->chunk), net->chunk, 0);
	while (got == -1 && errno == EINTR);
	if (got > 0) {
		queue_filled(&net->in, (size_t)got);
		net->bytes_in += (uint64_t)got;
		net->ready = (size_t)got == net->chunk;
		return true;
	}
	net->ready = false;
	if (got == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	net->eof = true;
	net->errnum = got == -1 ? errno : 0;
	return false;
}

ssize_t transport_recv(struct transport *net, void *buf, size_t len)
{
	if (net->dead)
		return -ECONNRESET;
	if (queue_len(&net->in) == 0 && net->gate == SIZE_MAX && net->turn > 0)
		transport_fill(net);
	if (len > queue_len(&net->in))
		len = queue_len(&net->in);
	if (len > net->gate)
		len = net->gate;
	if (len > net->turn)
		len = net->turn;
	if (len == 0)
		return -EAGAIN;
	memcpy(buf, queue_head(&net->in), len);
	queue_drop(&net->in, len);
	net->taken += len;
	net->turn -= len;
	if (net->gate != SIZE_MAX)
		net->gate -= len;
	return (ssize_t)len;
}

ssize_t transport_send(struct transport *net, const void *data, size_t len)
{
	size_t done = len < net->sent_before ? len : net->sent_before;

	net->sent_before -= done;
	if (!net->dead && !net->send_errnum)
		queue_add(&net->out, (const char *)data + done, len - done);
	return (ssize_t)len;
}

void transport_flush(struct transport *net)
{
	while (net->fd != -1 && queue_len(&net->out) > 0) {
		ssize_t sent =
		    send(net->fd, queue_head(&net->out), queue_len(&net->out), MSG_NOSIGNAL);

		if (sent >= 0) {
			queue_drop(&net->out, (size_t)sent);
			net->bytes_out += (uint64_t)sent;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			return;
		} else if (errno != EINTR) {
			net->send_errnum = errno;
			queue_drop(&net->out, queue_len(&net->out));
		}
	}
}

void transport_turn(struct transport *net)
{
	net->turn = TURN_LIMIT;
}

bool transport_spent(const struct transport *net)
{
	return net->turn == 0;
}

void transport_wait(struct transport *net)
{
	unsigned events = 0;
	int on = 1;

	if (!net->watch)
		return;
	transport_flush(net);
	if (!net->eof && queue_len(&net->in) < IN_LIMIT)
		events |= LOOP_READ;
	if (queue_len(&net->out) > 0)
		events |= LOOP_WRITE;
	if (net->quick)
		setsockopt(net->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
	loop_watch_set(net->watch, events);
}

bool transport_over(const struct transport *net)
{
	return net->eof && queue_len(&net->in) == 0;
}

void transport_kill(struct transport *net)
{
	transport_flush(net);
	net->dead = true;
}
