/* SPDX-License-Identifier: Apache-2.0 */
#include "hostile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lab/wire.h"
#include "bends.h"

#include "sallyport/loop.h"

enum {
	MSG_SERVICE_REQUEST = 5,
	MSG_SERVICE_ACCEPT = 6,
	MSG_EXT_INFO = 7,
	MSG_USERAUTH_REQUEST = 50,
	MSG_USERAUTH_FAILURE = 51,
	MSG_USERAUTH_SUCCESS = 52,
	MSG_USERAUTH_BANNER = 53,
	MSG_USERAUTH_60 = 60, /* PK_OK, PASSWD_CHANGEREQ or INFO_REQUEST, by method */
	MSG_INFO_RESPONSE = 61,
	MSG_GLOBAL_REQUEST = 80,
	MSG_REQUEST_SUCCESS = 81,
	MSG_REQUEST_FAILURE = 82,
	MSG_CHANNEL_OPEN = 90,
	MSG_CHANNEL_CONFIRM = 91,
	MSG_WINDOW_ADJUST = 93,
	MSG_CHANNEL_DATA = 94,
	MSG_EXTENDED_DATA = 95,
	MSG_CHANNEL_EOF = 96,
	MSG_CHANNEL_CLOSE = 97,
	MSG_CHANNEL_REQUEST = 98,
	MSG_CHANNEL_SUCCESS = 99,
};

/* Bytes that go one by one: to somewhere in the session. */
enum { SLOW = 3000 };

enum { SMALL_WINDOW = 1000, WINDOW = 1 << 20, PACKET = 1 << 15, CHUNK = 8000 };

/* Our numbers of channels. */
enum { SESSION = 7, FIRST_VISITOR = 100, VISITORS = 8 };

struct hostile {
	struct loop *loop;
	struct loop_watch *watch;
	int fd; /* -1: hung up */
	struct wire *wire;
	struct bends bends;
	struct packet in, out;
	uint8_t settings[HOSTILE_SETTINGS];
	bool is_partial; /* the first method was right */
	unsigned refusals;
	uint32_t channel; /* the client's number of it */
	bool holds_end; /* until nothing else moves */
	char *address; /* that the client wants to be forwarded */
	uint32_t port;
	uint32_t visitors[VISITORS]; /* the client's numbers of connections through it */
	uint32_t opened;
	uint64_t moved, output;
};

static unsigned setting(const struct hostile *h, unsigned byte, unsigned shift, unsigned bits)
{
	return h->settings[byte] >> shift & ((1u << bits) - 1);
}

static void begin(struct hostile *h, unsigned message)
{
	packet_begin(&h->out, message);
}

static void send_out(struct hostile *h)
{
	wire_send(h->wire, &h->out);
}

/* ---- login ---- */

static const char *const methods[] = { "none", "password", "keyboard-interactive", "publickey" };

static void fail_login(struct hostile *h, bool is_partial)
{
	begin(h, MSG_USERAUTH_FAILURE);
	put_text(&h->out, is_partial ? "password" : methods[setting(h, 0, 0, 2)]);
	put_u8(&h->out, is_partial);
	send_out(h);
	h->is_partial |= is_partial;
}

static void succeed(struct hostile *h)
{
	if (setting(h, 0, 2, 1) && h->refusals++ == 0) {
		fail_login(h, false);
	} else if (setting(h, 0, 3, 1) && !h->is_partial) {
		fail_login(h, true);
	} else {
		begin(h, MSG_USERAUTH_SUCCESS);
		send_out(h);
	}
}

static void ask(struct hostile *h)
{
	static const unsigned counts[] = { 0, 1, 2, 100 };
	unsigned count = counts[setting(h, 0, 6, 2)];

	begin(h, MSG_USERAUTH_60);
	put_text(&h->out, "name");
	put_text(&h->out, "instruction");
	put_text(&h->out, "");
	put_u32(&h->out, count);
	for (unsigned i = 0; i < count; i++) {
		put_text(&h->out, "Question: ");
		put_u8(&h->out, i % 2);
	}
	send_out(h);
}

static void try_publickey(struct hostile *h)
{
	bool is_signed = get_u8(&h->in);
	char *algorithm = get_text(&h->in);
	size_t n;
	const unsigned char *blob = get_string(&h->in, &n);

	if (is_signed) {
		succeed(h);
	} else {
		begin(h, MSG_USERAUTH_60);
		put_text(&h->out, algorithm);
		put_string(&h->out, blob, n);
		send_out(h);
	}
	free(algorithm);
}

static void handle_login(struct hostile *h)
{
	char *user = get_text(&h->in), *service = get_text(&h->in), *method = get_text(&h->in);
	const char *wanted = h->is_partial ? "password" : methods[setting(h, 0, 0, 2)];

	if (strcmp(method, wanted) != 0)
		fail_login(h, false);
	else if (strcmp(method, "keyboard-interactive") == 0)
		ask(h);
	else if (strcmp(method, "publickey") == 0)
		try_publickey(h);
	else
		succeed(h);
	free(user);
	free(service);
	free(method);
}

static void accept_service(struct hostile *h)
{
	if (setting(h, 0, 4, 1)) {
		begin(h, MSG_EXT_INFO);
		put_u32(&h->out, 1);
		put_text(&h->out, "server-sig-algs");
		put_text(&h->out, "ssh-ed25519,rsa-sha2-512");
		send_out(h);
	}
	begin(h, MSG_SERVICE_ACCEPT);
	put_text(&h->out, "ssh-userauth");
	send_out(h);
	if (setting(h, 0, 5, 1)) {
		begin(h, MSG_USERAUTH_BANNER);
		put_text(&h->out, "Authorised users only\r\n");
		put_text(&h->out, "");
		send_out(h);
	}
}

/* ---- session ---- */

static void send_channel(struct hostile *h, unsigned message)
{
	begin(h, message);
	put_u32(&h->out, h->channel);
	send_out(h);
}

static void send_data(struct hostile *h, size_t n, bool is_stderr)
{
	static char text[CHUNK];

	memset(text, is_stderr ? 'y' : 'x', sizeof text);
	begin(h, is_stderr ? MSG_EXTENDED_DATA : MSG_CHANNEL_DATA);
	put_u32(&h->out, h->channel);
	if (is_stderr)
		put_u32(&h->out, 1);
	put_string(&h->out, text, n);
	send_out(h);
	h->output += n;
}

static void send_output(struct hostile *h)
{
	static const size_t sizes[] = { 0, 100, 40000, 400000 };

	for (size_t n, left = sizes[setting(h, 2, 0, 2)], half = left / 2; left > 0; left -= n) {
		n = left < CHUNK ? left : CHUNK;
		send_data(h, n, false);
		if (setting(h, 2, 2, 1))
			send_data(h, n / 3, true);
		if (setting(h, 1, 7, 1) && left > half && left - n <= half)
			wire_rekey(h->wire);
	}
}

static void begin_request(struct hostile *h, const char *type)
{
	begin(h, MSG_CHANNEL_REQUEST);
	put_u32(&h->out, h->channel);
	put_text(&h->out, type);
	put_u8(&h->out, 0);
}

static void send_end(struct hostile *h)
{
	if (setting(h, 2, 3, 1)) {
		begin_request(h, "exit-signal");
		put_text(&h->out, "SEGV");
		put_u8(&h->out, 0);
		put_text(&h->out, "");
		put_text(&h->out, "");
		send_out(h);
	} else if (!setting(h, 2, 5, 1)) {
		begin_request(h, "exit-status");
		put_u32(&h->out, 3);
		send_out(h);
	}
	if (!setting(h, 2, 4, 1))
		send_channel(h, MSG_CHANNEL_EOF);
	send_channel(h, MSG_CHANNEL_CLOSE);
}

/* Connections to the port that the client wants forwarded. */
static void open_visitors(struct hostile *h)
{
	unsigned count = h->address ? setting(h, 4, 2, 2) << setting(h, 4, 6, 1) : 0;

	for (; h->opened < count; h->opened++) {
		begin(h, MSG_CHANNEL_OPEN);
		put_text(&h->out, "forwarded-tcpip");
		put_u32(&h->out, FIRST_VISITOR + h->opened);
		put_u32(&h->out, WINDOW);
		put_u32(&h->out, PACKET);
		put_text(&h->out, h->address);
		put_u32(&h->out, h->port);
		put_text(&h->out, "192.0.2.1");
		put_u32(&h->out, 4000 + h->opened);
		send_out(h);
	}
}

static void visitor_speak(struct hostile *h, uint32_t number)
{
	uint32_t session = h->channel, at = number - FIRST_VISITOR;
	uint64_t output = h->output;

	if (number < FIRST_VISITOR || at >= VISITORS)
		return;
	h->channel = h->visitors[at] = get_u32(&h->in);
	if (setting(h, 4, 4, 1))
		send_data(h, 3000, false);
	if (setting(h, 4, 5, 1)) {
		send_channel(h, MSG_CHANNEL_EOF);
		send_channel(h, MSG_CHANNEL_CLOSE);
	}
	h->channel = session;
	h->output = output;
}

static void forward_port(struct hostile *h)
{
	char *type = get_text(&h->in);
	bool wants_reply = get_u8(&h->in);
	bool is_forward = strcmp(type, "tcpip-forward") == 0;

	if (is_forward) {
		free(h->address);
		h->address = get_text(&h->in);
		h->port = get_u32(&h->in);
	}
	free(type);
	begin(h, is_forward ? MSG_REQUEST_SUCCESS : MSG_REQUEST_FAILURE);
	if (is_forward && h->port == 0)
		put_u32(&h->out, h->port = 7000);
	if (wants_reply)
		send_out(h);
}

static void run_session(struct hostile *h)
{
	open_visitors(h);
	send_output(h);
	h->holds_end = setting(h, 2, 7, 1) || h->opened;
	if (!h->holds_end)
		send_end(h);
}

static void open_channel(struct hostile *h)
{
	char *type = get_text(&h->in);

	h->channel = get_u32(&h->in);
	begin(h, MSG_CHANNEL_CONFIRM);
	put_u32(&h->out, h->channel);
	put_u32(&h->out, SESSION);
	put_u32(&h->out, setting(h, 2, 6, 1) ? SMALL_WINDOW : WINDOW);
	put_u32(&h->out, PACKET);
	send_out(h);
	if (strcmp(type, "direct-tcpip") == 0)
		run_session(h);
	free(type);
}

static void handle_request(struct hostile *h)
{
	get_u32(&h->in);
	char *type = get_text(&h->in);

	if (get_u8(&h->in))
		send_channel(h, MSG_CHANNEL_SUCCESS);
	if (strcmp(type, "shell") == 0 || strcmp(type, "exec") == 0)
		run_session(h);
	free(type);
}

static void take_data(struct hostile *h)
{
	uint32_t number = get_u32(&h->in), at = number - FIRST_VISITOR;
	size_t n;

	get_string(&h->in, &n);
	begin(h, MSG_WINDOW_ADJUST);
	put_u32(&h->out, number >= FIRST_VISITOR && at < VISITORS ? h->visitors[at] : h->channel);
	put_u32(&h->out, (uint32_t)n);
	send_out(h);
}

static void handle(struct hostile *h, unsigned message)
{
	switch (message) {
	case MSG_SERVICE_REQUEST:
		accept_service(h);
		break;
	case MSG_USERAUTH_REQUEST:
		handle_login(h);
		break;
	case MSG_INFO_RESPONSE:
		succeed(h);
		break;
	case MSG_GLOBAL_REQUEST:
		forward_port(h);
		break;
	case MSG_CHANNEL_CONFIRM:
		visitor_speak(h, get_u32(&h->in));
		break;
	case MSG_CHANNEL_OPEN:
		open_channel(h);
		break;
	case MSG_CHANNEL_REQUEST:
		handle_request(h);
		break;
	case MSG_CHANNEL_DATA:
		take_data(h);
		break;
	case MSG_CHANNEL_EOF:
		if (h->holds_end && !h->opened && get_u32(&h->in) == SESSION) {
			h->holds_end = false;
			send_end(h);
		}
		break;
	}
}

/* ---- the socket ---- */

static void hang_up(struct hostile *h)
{
	loop_watch_cancel(h->watch);
	h->watch = NULL;
	if (h->fd != -1)
		close(h->fd);
	h->fd = -1;
}

static void flush(struct hostile *h)
{
	struct packet *out = &h->wire->out;
	bool is_slow = setting(h, 1, 6, 1) && h->moved < SLOW;
	ssize_t n = 0;

	if (out->len > 0)
		n = send(h->fd, out->data, is_slow ? 1 : out->len, MSG_NOSIGNAL);
	if (n == -1 && errno != EAGAIN) {
		hang_up(h);
		return;
	}
	if (n > 0) {
		packet_drop(out, (size_t)n);
		h->moved += (uint64_t)n;
	}
	if (out->len > 0)
		loop_watch_set(h->watch, LOOP_READ | LOOP_WRITE);
	else if (h->bends.closes)
		hang_up(h);
	else
		loop_watch_set(h->watch, LOOP_READ);
}

static void on_ready(void *ctx, unsigned events)
{
	static unsigned char bytes[65536];
	struct hostile *h = ctx;
	unsigned message;
	ssize_t n = 0;

	if (events & LOOP_READ) {
		n = recv(h->fd, bytes, sizeof bytes, 0);
		if (n == 0 || (n == -1 && errno != EAGAIN)) {
			hang_up(h);
			return;
		}
	}
	if (n > 0) {
		h->moved += (uint64_t)n;
		wire_feed(h->wire, bytes, (size_t)n);
	}
	while (!h->bends.closes && (message = wire_next(h->wire, &h->in))) {
		handle(h, message);
		if (h->bends.rekeys)
			wire_rekey(h->wire);
		h->bends.rekeys = false;
	}
	h->bends.closes |= h->wire->broken;
	if (h->bends.resets)
		hang_up(h);
	else
		flush(h);
}

void hostile_nudge(struct hostile *h)
{
	bool held = h->holds_end && h->fd != -1;

	if (!held) {
		hang_up(h);
		return;
	}
	h->holds_end = false;
	send_end(h);
	flush(h);
}

/* ---- life ---- */

struct hostile *hostile_new(struct loop *loop, int fd, const uint8_t *script, size_t size)
{
	static const char *const ciphers[] = { NULL, NULL, "aes128-gcm@openssh.com", NULL };
	static const char *const macs[] = { NULL, "hmac-sha2-256-etm@openssh.com", NULL, NULL };
	static const char *const kexes[] = { NULL, NULL, NULL, "diffie-hellman-group14-sha256" };
	struct hostile *h = calloc(1, sizeof *h);
	size_t head = size < HOSTILE_SETTINGS ? size : HOSTILE_SETTINGS;
	struct wire_how how = { .send = bend, .ctx = &h->bends };
	unsigned kind;

	if (!h)
		abort();
	if (head)
		memcpy(h->settings, script, head);
	h->bends = (struct bends){ .script = script + head, .size = size - head };
	h->loop = loop;
	h->fd = fd;
	kind = setting(h, 1, 4, 2);
	how.fault = (enum kex_fault)(setting(h, 1, 0, 3) % (KEX_MINUS_ONE + 1));
	how.is_strict = setting(h, 1, 3, 1);
	how.cipher = ciphers[kind];
	how.mac = macs[kind];
	how.kex = kexes[kind];
	h->bends.channel = &h->channel;
	h->wire = wire_new(&how);
	h->watch = loop_watch_start(loop, fd, LOOP_READ | LOOP_WRITE, on_ready, h);
	return h;
}

void hostile_free(struct hostile *h)
{
	if (!h)
		return;
	hang_up(h);
	wire_free(h->wire);
	packet_done(&h->in);
	packet_done(&h->out);
	free(h->address);
	free(h);
}

uint64_t hostile_moved(const struct hostile *h)
{
	return h->moved;
}

/* A key or "none" is offered once; passwords and answers again. */
bool hostile_is_good(const struct hostile *h, uint64_t *output)
{
	unsigned method = setting(h, 0, 0, 2);
	bool asks_again = method == 1 || method == 2;

	*output = h->output;
	return h->bends.size == 0 && h->wire->how.fault == KEX_GOOD && !setting(h, 2, 3, 1) &&
	    !setting(h, 2, 5, 1) && (asks_again || !setting(h, 0, 2, 1));
}
