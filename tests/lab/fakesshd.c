/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An SSH server that does after the key exchange what no good server does.
 * Started by inetd, one process a connection; a table of behaviours.  What it
 * got from the client (methods, answers) is what its sessions print.
 *
 * usage: fakesshd BEHAVIOUR | --list | --hostkey
 */
#include "lab.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	MSG_DISCONNECT = 1,
	MSG_IGNORE = 2,
	MSG_SERVICE_REQUEST = 5,
	MSG_SERVICE_ACCEPT = 6,
	MSG_EXT_INFO = 7,
	MSG_USERAUTH_REQUEST = 50,
	MSG_USERAUTH_FAILURE = 51,
	MSG_USERAUTH_SUCCESS = 52,
	MSG_USERAUTH_BANNER = 53,
	MSG_USERAUTH_60 = 60, /* PASSWD_CHANGEREQ or INFO_REQUEST, by method */
	MSG_INFO_RESPONSE = 61,
	MSG_GLOBAL_REQUEST = 80,
	MSG_REQUEST_FAILURE = 82,
	MSG_CHANNEL_OPEN = 90,
	MSG_CHANNEL_CONFIRM = 91,
	MSG_CHANNEL_OPEN_FAILURE = 92,
	MSG_CHANNEL_DATA = 94,
	MSG_EXTENDED_DATA = 95,
	MSG_CHANNEL_EOF = 96,
	MSG_CHANNEL_CLOSE = 97,
	MSG_CHANNEL_REQUEST = 98,
	MSG_CHANNEL_SUCCESS = 99,
};

#define HOSTILE "\033]0;owned\007\033[2J\033[31m"
#define PASSWORD "drawbridge"

struct fake {
	const char *name, *what;
	const char *methods; /* offered; "" accepts "none" */
	const char *text; /* before every prompt, and the name and instruction */
	unsigned prompts; /* of keyboard-interactive */
	size_t instruction; /* bytes, made up; 0: text */
	unsigned banners; /* before the first answer to a request */
	bool late_banner; /* after the login, where RFC 4252 has none */
	size_t banner_size;
	struct wire_how how; /* the key exchange */
	bool asks_for_change; /* of the password */
	unsigned bad_changes; /* new passwords that it does not like */
	unsigned rounds; /* of keyboard-interactive, the second without a question; 0: one */
	bool floods; /* SSH_MSG_IGNORE, and an EXT_INFO that promises 2^32-1 */
	bool resets; /* RST after the login */
	bool has_frame; /* of the first output, in the encrypted packet */
	struct wire_frame frame;
	bool sends_strange; /* data of an unknown kind, and messages without any */
	bool hides_status; /* no exit-status, no EOF */
	uint32_t status; /* of every command */
	bool says_goodbye; /* a disconnect in the session, with terminal codes as the reason */
	bool talks_on; /* data after the end of the data */
	bool ends_on_resize; /* closes the session without EOF as the window changes */
	bool refuses_channel; /* with terminal codes as the reason */
	bool breaks_and_calls; /* a wrong MAC, and behind it a call for the agent */
	unsigned tries; /* then it hangs up; 0: never */
	bool denies, is_deaf; /* when the client wants to log in: a disconnect, silence */
	bool takes_any_key; /* without a signature */
};

#define FRAME(has_, field_, value_) .has_frame = true, .frame = { .has_ = true, .field_ = (value_) }
#define GROUP14 "diffie-hellman-group14-sha256"
#define KBDINT .methods = "keyboard-interactive"

static const struct fake fakes[] = {
	{ "kbdint-0", "keyboard-interactive without a question", KBDINT },
	{ "kbdint-1", "one question", KBDINT, .prompts = 1 },
	{ "kbdint-100", "a hundred questions at once, every other one shown", KBDINT,
	    .prompts = 100 },
	{ "kbdint-escape", "questions with terminal codes", KBDINT, .prompts = 2, .text = HOSTILE },
	{ "kbdint-big", "an instruction of 200 kB", KBDINT, .prompts = 1, .instruction = 200000 },
	{ "kbdint-huge", "an instruction of 1 MiB", KBDINT, .prompts = 1, .instruction = 1 << 20 },
	{ "kbdint-rounds", "three rounds of questions", KBDINT, .prompts = 2, .rounds = 3 },
	{ "password-change", "wants a new password", .methods = "password",
	    .asks_for_change = true },
	{ "password-change-twice", "wants a new password, and does not like the first",
	    .methods = "password", .asks_for_change = true, .bad_changes = 1 },
	{ "three-tries", "hangs up after the third password", .methods = "password", .tries = 3 },
	{ "none", "lets everybody in", .methods = "" },
	{ "deny", "ends the connection as the client wants to log in", .denies = true },
	{ "deaf", "says nothing as the client wants to log in", .is_deaf = true },
	{ "one-try", "hangs up at the first key", .methods = "publickey", .tries = 1 },
	{ "any-key", "takes a key without a signature", .methods = "publickey",
	    .takes_any_key = true },
	{ "gssapi", "offers gssapi-with-mic only", .methods = "gssapi-with-mic" },
	{ "banner-big", "a banner of 30 kB", .methods = "", .banners = 1, .banner_size = 30000 },
	{ "banner-many", "a thousand banners", .methods = "", .banners = 1000, .banner_size = 60 },
	{ "banner-empty", "an empty banner", .methods = "", .banners = 1 },
	{ "banner-late", "a banner with terminal codes after the login", .methods = "",
	    .late_banner = true },
	{ "zero-point", "an all-zero curve25519 point", .methods = "",
	    .how = { .fault = KEX_ZERO_POINT } },
	{ "bad-signature", "a host key signature that is wrong", .methods = "",
	    .how = { .fault = KEX_BAD_SIGNATURE } },
	{ "other-key",
	    "another host key when the keys are exchanged anew, before a command's output",
	    .methods = "", .how = { .fault = KEX_OTHER_KEY } },
	{ "dh-zero", "a Diffie-Hellman value of 0", .methods = "",
	    .how = { .kex = GROUP14, .fault = KEX_ZERO } },
	{ "dh-one", "a Diffie-Hellman value of 1", .methods = "",
	    .how = { .kex = GROUP14, .fault = KEX_ONE } },
	{ "dh-minus-one", "a Diffie-Hellman value of p-1", .methods = "",
	    .how = { .kex = GROUP14, .fault = KEX_MINUS_ONE } },
	{ "flood", "messages to ignore, many", .methods = "", .floods = true },
	{ "reset-auth", "RST after the login", .methods = "", .resets = true },
	{ "length-0", "packet_length 0, encrypted", .methods = "", FRAME(has_length, length, 0) },
	{ "length-1", "packet_length 1, encrypted", .methods = "", FRAME(has_length, length, 1) },
	{ "length-2g", "packet_length 2^31, encrypted", .methods = "",
	    FRAME(has_length, length, 0x80000000) },
	{ "length-4g", "packet_length 2^32-1, encrypted", .methods = "",
	    FRAME(has_length, length, 0xffffffff) },
	{ "padding-255", "padding longer than its packet, encrypted", .methods = "",
	    FRAME(has_padding, padding, 255) },
	{ "strange-data", "sends data of a kind that nobody knows, and empty messages",
	    .methods = "", .sends_strange = true },
	{ "no-status", "closes the session without a status", .methods = "", .hides_status = true },
	{ "ntstatus", "a status of 32 bits, as Windows has: 0xC000013A is ^C", .methods = "",
	    .status = 0xc000013a },
	{ "goodbye", "ends the connection in the session, with terminal codes as the reason",
	    .methods = "", .says_goodbye = true },
	{ "talks-on", "data after the end of the data", .methods = "", .talks_on = true },
	{ "resize-ends", "closes the session as the window changes", .methods = "",
	    .ends_on_resize = true, .status = 7 },
	{ "late-agent", "a packet with a wrong MAC, and behind it a call for the agent",
	    .methods = "", .breaks_and_calls = true },
	{ "no-channel", "refuses every session", .methods = "", .refuses_channel = true },
};

struct server {
	const struct fake *fake;
	struct wire *wire;
	struct packet in, out;
	struct packet log; /* what a session prints */
	uint32_t channel; /* the client's number of it */
	unsigned tries;
	unsigned changes; /* of the password, so far */
};

static void note(struct server *s, const char *what, const char *text)
{
	put_bytes(&s->log, what, strlen(what));
	put_bytes(&s->log, text, strlen(text));
	put_bytes(&s->log, "\n", 1);
}

static void begin(struct server *s, unsigned message)
{
	packet_begin(&s->out, message);
}

static void put_made_up(struct packet *p, size_t n)
{
	static const char line[] = "This line is one of many. ";
	char *text = malloc(n + 1);

	if (!text)
		lab_die("memory");
	for (size_t i = 0; i < n; i++)
		text[i] = line[i % (sizeof line - 1)];
	put_string(p, text, n);
	free(text);
}

static void flush(struct server *s)
{
	struct packet *out = &s->wire->out;

	for (ssize_t sent; out->len > 0; packet_drop(out, (size_t)sent))
		if ((sent = send(0, out->data, out->len, MSG_NOSIGNAL)) == -1)
			exit(0);
}

static void send_out(struct server *s)
{
	wire_send(s->wire, &s->out);
	flush(s);
}

/* Waits for the client's next message. */
static unsigned receive(struct server *s)
{
	unsigned char bytes[4096];
	unsigned message;
	ssize_t n;

	for (;;) {
		message = s->in.bad ? 0 : wire_next(s->wire, &s->in);
		flush(s);
		if (message)
			return message;
		if (s->in.bad || s->wire->broken || (n = recv(0, bytes, sizeof bytes, 0)) <= 0)
			exit(0);
		wire_feed(s->wire, bytes, (size_t)n);
	}
}

/* ---- login ---- */

static void send_banners(struct server *s)
{
	for (unsigned i = 0; i < s->fake->banners; i++) {
		begin(s, MSG_USERAUTH_BANNER);
		put_made_up(&s->out, s->fake->banner_size);
		put_text(&s->out, "");
		send_out(s);
	}
}

static void send_flood(struct server *s)
{
	enum { MESSAGES = 20000 };

	begin(s, MSG_EXT_INFO);
	put_u32(&s->out, UINT32_MAX);
	send_out(s);
	for (unsigned i = 0; i < MESSAGES; i++) {
		begin(s, MSG_IGNORE);
		put_text(&s->out, "nothing");
		send_out(s);
	}
}

static bool refuse(struct server *s)
{
	if (s->fake->tries > 0 && ++s->tries > s->fake->tries) {
		begin(s, MSG_DISCONNECT);
		put_u32(&s->out, 2);
		put_text(&s->out, "Too many authentication failures");
		put_text(&s->out, "");
		send_out(s);
		exit(0);
	}
	begin(s, MSG_USERAUTH_FAILURE);
	put_text(&s->out, s->fake->methods);
	put_u8(&s->out, 0);
	send_out(s);
	return false;
}

static bool try_none(struct server *s)
{
	return *s->fake->methods == '\0' || refuse(s);
}

static bool try_publickey(struct server *s)
{
	return s->fake->takes_any_key || refuse(s);
}

static bool try_password(struct server *s)
{
	bool is_change = get_u8(&s->in);
	char *password = get_text(&s->in);
	bool is_right = strcmp(password, PASSWORD) == 0;

	free(password);
	if (!is_right)
		return refuse(s);
	if (!s->fake->asks_for_change)
		return true;
	if (is_change) {
		password = get_text(&s->in);
		note(s, "new password: ", password);
		free(password);
		if (++s->changes > s->fake->bad_changes)
			return true;
	}
	begin(s, MSG_USERAUTH_60);
	put_text(&s->out, is_change ? HOSTILE "Too simple." : HOSTILE "Your password has expired.");
	put_text(&s->out, "");
	send_out(s);
	return false;
}

static void ask(struct server *s, unsigned prompts)
{
	const char *text = s->fake->text ? s->fake->text : "";
	char prompt[128];

	begin(s, MSG_USERAUTH_60);
	put_text(&s->out, text);
	if (s->fake->instruction)
		put_made_up(&s->out, s->fake->instruction);
	else
		put_text(&s->out, text);
	put_text(&s->out, "");
	put_u32(&s->out, prompts);
	for (unsigned i = 0; i < prompts; i++) {
		snprintf(prompt, sizeof prompt, "%sQuestion %u: ", text, i + 1);
		put_text(&s->out, prompt);
		put_u8(&s->out, i % 2);
	}
	send_out(s);
}

static bool ask_round(struct server *s, unsigned prompts)
{
	ask(s, prompts);
	if (receive(s) != MSG_INFO_RESPONSE || get_u32(&s->in) != prompts)
		return false;
	for (unsigned i = 0; i < prompts; i++) {
		char *answer = get_text(&s->in);
		note(s, "answer: ", answer);
		free(answer);
	}
	return true;
}

static bool try_keyboard_interactive(struct server *s)
{
	unsigned rounds = s->fake->rounds ? s->fake->rounds : 1;

	for (unsigned i = 0; i < rounds; i++)
		if (!ask_round(s, i == 1 ? 0 : s->fake->prompts))
			return refuse(s);
	return true;
}

static bool try_method(struct server *s, const char *method)
{
	static const struct {
		const char *name;
		bool (*play)(struct server *);
	} methods[] = {
		{ "none", try_none },
		{ "publickey", try_publickey },
		{ "password", try_password },
		{ "keyboard-interactive", try_keyboard_interactive },
	};

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(method, methods[i].name) == 0 &&
		    (i == 0 || strcmp(method, s->fake->methods) == 0))
			return methods[i].play(s);
	return refuse(s);
}

static bool handle_login(struct server *s)
{
	char *user = get_text(&s->in), *service = get_text(&s->in), *method = get_text(&s->in);

	note(s, "method: ", method);
	bool is_in = try_method(s, method);
	free(user);
	free(service);
	free(method);
	return is_in;
}

static void say_goodbye(struct server *s)
{
	begin(s, MSG_DISCONNECT);
	put_u32(&s->out, 11);
	put_text(&s->out, HOSTILE "maintenance\r\ngood\xc2\x9b night");
	put_text(&s->out, "");
	send_out(s);
	exit(0);
}

static void log_in(struct server *s)
{
	bool is_in = false;

	if (s->fake->floods)
		send_flood(s);
	while (!is_in)
		switch (receive(s)) {
		case MSG_SERVICE_REQUEST:
			begin(s, MSG_SERVICE_ACCEPT);
			put_text(&s->out, "ssh-userauth");
			send_out(s);
			send_banners(s);
			break;
		case MSG_USERAUTH_REQUEST:
			if (s->fake->denies)
				say_goodbye(s);
			is_in = !s->fake->is_deaf && handle_login(s);
			break;
		}
	begin(s, MSG_USERAUTH_SUCCESS);
	send_out(s);
	if (s->fake->late_banner) {
		begin(s, MSG_USERAUTH_BANNER);
		put_text(&s->out, HOSTILE "too late");
		put_text(&s->out, "");
		send_out(s);
	}
}

/* ---- session ---- */

static void open_channel(struct server *s)
{
	free(get_text(&s->in));
	s->channel = get_u32(&s->in);
	begin(s, s->fake->refuses_channel ? MSG_CHANNEL_OPEN_FAILURE : MSG_CHANNEL_CONFIRM);
	put_u32(&s->out, s->channel);
	if (s->fake->refuses_channel) {
		put_u32(&s->out, 1);
		put_text(&s->out, HOSTILE "not today");
		put_text(&s->out, "");
	} else {
		put_u32(&s->out, 0);
		put_u32(&s->out, 1 << 20);
		put_u32(&s->out, 1 << 15);
	}
	send_out(s);
}

static void send_channel(struct server *s, unsigned message)
{
	begin(s, message);
	put_u32(&s->out, s->channel);
	send_out(s);
}

static void send_data(struct server *s, const void *data, size_t len)
{
	begin(s, MSG_CHANNEL_DATA);
	put_u32(&s->out, s->channel);
	put_string(&s->out, data, len);
	send_out(s);
}

static void send_extended(struct server *s, uint32_t kind, const char *text)
{
	begin(s, MSG_EXTENDED_DATA);
	put_u32(&s->out, s->channel);
	put_u32(&s->out, kind);
	put_text(&s->out, text);
	send_out(s);
}

static void send_strange(struct server *s)
{
	send_data(s, "", 0);
	send_extended(s, 1, "");
	send_extended(s, 2, "strange");
	send_extended(s, 1, "known\n");
	send_extended(s, 0, "zero");
	send_extended(s, UINT32_MAX, "");
}

static void break_and_call(struct server *s)
{
	begin(s, MSG_IGNORE);
	put_text(&s->out, "nothing");
	wire_send(s->wire, &s->out);
	s->wire->out.data[s->wire->out.len - 1] ^= 1;
	begin(s, MSG_CHANNEL_OPEN);
	put_text(&s->out, "auth-agent@openssh.com");
	put_u32(&s->out, 7);
	put_u32(&s->out, 1 << 20);
	put_u32(&s->out, 1 << 15);
	send_out(s);
}

static void send_status(struct server *s)
{
	begin(s, MSG_CHANNEL_REQUEST);
	put_u32(&s->out, s->channel);
	put_text(&s->out, "exit-status");
	put_u8(&s->out, 0);
	put_u32(&s->out, s->fake->status);
	send_out(s);
}

/* A message in a packet whose head lies. */
static void send_framed(struct server *s)
{
	begin(s, MSG_CHANNEL_DATA);
	put_u32(&s->out, s->channel);
	put_text(&s->out, "never");
	wire_put(s->wire, &s->out, &s->fake->frame);
	flush(s);
}

static void run_command(struct server *s)
{
	if (s->fake->has_frame)
		send_framed(s);
	if (s->fake->breaks_and_calls)
		break_and_call(s);
	if (s->fake->how.fault == KEX_OTHER_KEY)
		wire_rekey(s->wire);
	send_data(s, s->log.data, s->log.len);
	if (s->fake->sends_strange)
		send_strange(s);
	if (s->fake->says_goodbye)
		say_goodbye(s);
	if (s->fake->ends_on_resize)
		return;
	if (!s->fake->hides_status) {
		send_status(s);
		send_channel(s, MSG_CHANNEL_EOF);
	}
	if (s->fake->talks_on)
		send_data(s, "too late\n", 9);
	send_channel(s, MSG_CHANNEL_CLOSE);
}

static void handle_request(struct server *s)
{
	get_u32(&s->in);
	char *type = get_text(&s->in);

	if (get_u8(&s->in))
		send_channel(s, MSG_CHANNEL_SUCCESS);
	if (strcmp(type, "shell") == 0 || strcmp(type, "exec") == 0)
		run_command(s);
	/* More of them may be on their way to a channel that is closed by then. */
	if (s->fake->ends_on_resize && strcmp(type, "window-change") == 0) {
		send_status(s);
		send_channel(s, MSG_CHANNEL_CLOSE);
	}
	free(type);
}

static void serve(struct server *s)
{
	for (;;)
		switch (receive(s)) {
		case MSG_GLOBAL_REQUEST:
			free(get_text(&s->in));
			if (get_u8(&s->in)) {
				begin(s, MSG_REQUEST_FAILURE);
				send_out(s);
			}
			break;
		case MSG_CHANNEL_OPEN:
			open_channel(s);
			break;
		case MSG_CHANNEL_REQUEST:
			handle_request(s);
			break;
		}
}

static void reset(int fd)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	exit(0);
}

static int list(void)
{
	for (size_t i = 0; i < sizeof fakes / sizeof *fakes; i++)
		printf("%-16s %s\n", fakes[i].name, fakes[i].what);
	return 0;
}

static const struct fake *find(const char *name)
{
	for (size_t i = 0; i < sizeof fakes / sizeof *fakes; i++)
		if (strcmp(fakes[i].name, name) == 0)
			return &fakes[i];
	return NULL;
}

int main(int argc, char **argv)
{
	struct server server = { 0 };

	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list();
	if (argc == 2 && strcmp(argv[1], "--hostkey") == 0) {
		wire_print_hostkey();
		return 0;
	}
	if (argc != 2 || !(server.fake = find(argv[1]))) {
		fprintf(stderr, "usage: fakesshd BEHAVIOUR | --list | --hostkey\n");
		return 2;
	}
	server.wire = wire_new(&server.fake->how);
	log_in(&server);
	if (server.fake->resets)
		reset(0);
	serve(&server);
}
