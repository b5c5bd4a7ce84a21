/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives one connection from the command line, for tests: prints every call that the owner gets, one a
 * line on descriptor 3 (or standard error), answers questions from a list, and copies standard
 * input and output.
 *
 *   conn_drive [-d reach|auth|session] [-t] [-s] [-N] [-b] [-C CONNECT_MS] [-T TOTAL_MS] [-a ANSWER]...
 *       [-e NAME=VALUE]... [-x STAGE] [-f] [-l] [USER@]HOST[:PORT] [FIELD=VALUE]... [-- COMMAND]
 *
 * -a: the next answer ("-": none); -x: cancels when that stage starts, or at "ask" or "open"; -f: frees
 * instead of cancelling; -l: cancels and answers a little later, from the loop.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "sallyport/hosts.h"
#include "sallyport/loop.h"
#include "sallyport/ssh.h"

struct drive {
	struct loop *loop;
	struct conn *conn;
	struct loop_watch *input, *output;
	struct strlist answers;
	size_t next_answer;
	const char *cancel_at;
	bool free_then;
	bool later; /* cancels and answers from a timer, as a person would */
	struct loop_timer *timer;
	enum question_kind kind; /* asked last */
	bool input_over;
	char in[65536];
	size_t in_head, in_tail;
	char out[2][262144];
	size_t out_head[2], out_tail[2];
	FILE *log;
	int status;
};

static void leave(struct drive *d, int status)
{
	d->status = status;
	loop_stop(d->loop);
}

static void cancel(void *ctx)
{
	struct drive *d = ctx;

	if (!d->free_then) {
		conn_cancel(d->conn, END_CANCELLED, "cancelled by the test");
		return;
	}
	fprintf(d->log, "freed\n");
	conn_free(d->conn);
	d->conn = NULL;
	leave(d, 0);
}

static void now_or_later(struct drive *d, loop_fn *fn)
{
	if (!d->later) {
		fn(d);
		return;
	}
	loop_timer_cancel(d->timer);
	d->timer = loop_timer_start(d->loop, 2, fn, d);
}

static bool cancel_if(struct drive *d, const char *id)
{
	if (!str_eq(d->cancel_at, id))
		return false;
	now_or_later(d, cancel);
	return true;
}

static void on_stage_start(void *ctx, const char *id)
{
	struct drive *d = ctx;

	fprintf(d->log, "start %s\n", id);
	cancel_if(d, id);
}

static void on_stage_end(void *ctx, struct result *result)
{
	struct drive *d = ctx;
	struct str text = STR_INIT;

	clean_text(&text, result->summary, strlen(result->summary), 0);
	fprintf(d->log, "%s %s: %s\n", verdict_name(result->verdict), result->id, str_text(&text));
	str_done(&text);
	if (result->hint)
		fprintf(d->log, "  hint: %s\n", result->hint);
	for (size_t i = 0; i < result->detail_count; i++) {
		str_reset(&text);
		clean_text(&text, result->details[i].value, strlen(result->details[i].value), 0);
		fprintf(d->log, "  %s=%s\n", result->details[i].key, str_text(&text));
	}
	str_done(&text);
}

static void answer(void *ctx)
{
	struct drive *d = ctx;
	const char *text = "-";
	struct secret *secret = NULL;

	if (d->next_answer < d->answers.len)
		text = d->answers.items[d->next_answer++];
	if (d->kind == ASK_HOSTKEY || d->kind == ASK_YES) {
		conn_answer_yes(d->conn, str_eq(text, "yes"));
		return;
	}
	if (!str_eq(text, "-")) {
		secret = secret_new();
		for (const char *p = text; *p; p++)
			secret_add(secret, *p);
	}
	conn_answer_secret(d->conn, secret);
}

static void on_ask(void *ctx, const struct question *q)
{
	static const char *const kinds[] = { "hostkey", "yes", "passphrase", "password", "prompt" };
	struct drive *d = ctx;
	char *text = clean_dup(q->text), *name = clean_dup(q->name);

	fprintf(d->log, "ask %s echo=%d name=%s: %s\n", kinds[q->kind], q->echo, name, text);
	free(text);
	free(name);
	d->kind = q->kind;
	if (!cancel_if(d, "ask"))
		now_or_later(d, answer);
}

static void on_notice(void *ctx, const char *text, size_t len)
{
	struct drive *d = ctx;
	struct str clean = STR_INIT;

	clean_text(&clean, text, len, 0);
	fprintf(d->log, "notice: %s\n", str_text(&clean));
	str_done(&clean);
}

static void on_remark(void *ctx, const char *text)
{
	struct drive *d = ctx;

	fprintf(d->log, "remark: %s\n", text);
}

/* ---- the two byte streams ---- */

static void set_blocking(int fd, bool blocking)
{
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

static bool flush_out(struct drive *d, int i)
{
	while (d->out_head[i] < d->out_tail[i]) {
		ssize_t n = write(i == CONN_STDERR ? 2 : 1, d->out[i] + d->out_head[i],
		    d->out_tail[i] - d->out_head[i]);

		if (n < 0 && errno == EAGAIN)
			return false;
		if (n < 0)
			exit(99);
		d->out_head[i] += (size_t)n;
	}
	return true;
}

static void on_readable(void *ctx)
{
	struct drive *d = ctx;

	for (int i = CONN_STDOUT; i <= CONN_STDERR; i++) {
		for (;;) {
			long n;

			if (!flush_out(d, i)) {
				if (d->output)
					loop_watch_set(d->output, LOOP_WRITE);
				return;
			}
			n = conn_read(d->conn, i, d->out[i], sizeof d->out[i]);
			if (n <= 0)
				break;
			d->out_head[i] = 0;
			d->out_tail[i] = (size_t)n;
		}
	}
}

static void on_output(void *ctx, unsigned events)
{
	struct drive *d = ctx;

	(void)events;
	loop_watch_set(d->output, 0);
	on_readable(d);
}

static void feed(struct drive *d)
{
	while (!d->input_over) {
		ssize_t n;

		d->in_head += conn_write(d->conn, d->in + d->in_head, d->in_tail - d->in_head);
		if (d->in_head < d->in_tail) {
			loop_watch_set(d->input, 0);
			return;
		}
		n = read(0, d->in, sizeof d->in);
		if (n < 0 && errno == EAGAIN) {
			loop_watch_set(d->input, LOOP_READ);
			return;
		}
		d->in_head = 0;
		d->in_tail = n > 0 ? (size_t)n : 0;
		if (n <= 0) {
			d->input_over = true;
			loop_watch_set(d->input, 0);
			conn_write_eof(d->conn);
		}
	}
}

static void on_input(void *ctx, unsigned events)
{
	(void)events;
	feed(ctx);
}

static void on_writable(void *ctx)
{
	feed(ctx);
}

static void on_opened(void *ctx)
{
	struct drive *d = ctx;

	fprintf(d->log, "open\n");
	if (cancel_if(d, "open"))
		return;
	/* A regular file cannot be watched; it is as good as none here. */
	d->input = loop_watch_start(d->loop, 0, LOOP_READ, on_input, d);
	d->output = loop_watch_start(d->loop, 1, 0, on_output, d);
	if (d->input)
		return;
	d->input_over = true;
	conn_write_eof(d->conn);
}

static void on_ended(void *ctx, const struct conn_end *end)
{
	struct drive *d = ctx;
	char *reason = clean_dup(end->reason);

	fprintf(d->log, "end %s status=%d signal=%s failed=%s reason=%s\n",
	    end_cause_name(end->cause), end->status, end->signal ? end->signal : "-",
	    end->failed_id ? end->failed_id : "-", reason);
	if (end->hint)
		fprintf(d->log, "  hint: %s\n", end->hint);
	free(reason);
	/* What was read is still to be written. */
	set_blocking(1, true);
	flush_out(d, CONN_STDOUT);
	flush_out(d, CONN_STDERR);
	conn_free(d->conn);
	d->conn = NULL;
	leave(d, end->cause == END_EXIT ? end->status : 255);
}

static void set_field(struct host *host, const char *arg)
{
	char *name = mem_strdup(arg);
	char *equals = strchr(name, '=');
	const struct host_field *field;
	struct err err = ERR_INIT;

	if (equals)
		*equals = '\0';
	field = host_field_find(name);
	if (!field || !equals ||
	    !host_set(host, field, equals + 1, true, ORIGIN_COMMAND_LINE, &err)) {
		fprintf(stderr, "conn_drive: %s: %s\n", arg, err.text);
		exit(98);
	}
	free(name);
}

static enum conn_depth depth_of(const char *name)
{
	if (str_eq(name, "reach"))
		return CONN_REACH;
	return str_eq(name, "auth") ? CONN_AUTH : CONN_SESSION;
}

static bool parse(
    struct drive *d, struct conn_options *options, struct strlist *env, int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "+d:tsNbC:T:a:x:fle:")) != -1) {
		if (opt == 'd')
			options->depth = depth_of(optarg);
		else if (opt == 't')
			options->pty = true;
		else if (opt == 's')
			options->subsystem = true;
		else if (opt == 'N')
			options->no_command = true;
		else if (opt == 'b')
			options->batch = true;
		else if (opt == 'C')
			options->connect_timeout_ms = atof(optarg);
		else if (opt == 'T')
			options->total_timeout_ms = atof(optarg);
		else if (opt == 'a')
			strlist_add(&d->answers, optarg);
		else if (opt == 'x')
			d->cancel_at = optarg;
		else if (opt == 'f')
			d->free_then = true;
		else if (opt == 'l')
			d->later = true;
		else if (opt == 'e')
			strlist_add(env, optarg);
		else
			return false;
	}
	return optind < argc;
}

static int drive(struct drive *d, const struct host *host, const struct conn_options *options)
{
	static const struct conn_owner owner = {
		.stage_start = on_stage_start,
		.stage_end = on_stage_end,
		.ask = on_ask,
		.notice = on_notice,
		.remark = on_remark,
		.opened = on_opened,
		.readable = on_readable,
		.writable = on_writable,
		.ended = on_ended,
	};
	int status;

	set_blocking(0, false);
	set_blocking(1, false);
	d->loop = loop_new();
	d->conn = conn_start(d->loop, host, options, &owner, d);
	loop_run(d->loop, NULL, NULL);
	status = d->status;
	conn_free(d->conn);
	loop_timer_cancel(d->timer);
	loop_watch_cancel(d->input);
	loop_watch_cancel(d->output);
	loop_free(d->loop);
	set_blocking(0, true);
	set_blocking(1, true);
	return status;
}

int main(int argc, char **argv)
{
	struct conn_options options = {
		.depth = CONN_SESSION, .term = "xterm", .cols = 80, .rows = 24
	};
	struct drive *d = mem_zalloc(1, sizeof *d);
	struct host_list list = { 0 };
	struct strlist env = { 0 };
	struct err err = ERR_INIT;
	struct termios modes;
	struct host *host;
	int status;

	signal(SIGPIPE, SIG_IGN);
	d->log = fcntl(3, F_GETFD) != -1 ? fdopen(3, "w") : stderr;
	setvbuf(d->log, NULL, _IOLBF, 0);
	if (!parse(d, &options, &env, argc, argv) || !hosts_parse(&list, "{}", 2, "test", &err))
		return 97;
	host = hosts_resolve(&list, argv[optind++], &err);
	if (!host) {
		fprintf(stderr, "conn_drive: %s\n", err.text);
		return 98;
	}
	for (; optind < argc && strcmp(argv[optind], "--") != 0; optind++)
		set_field(host, argv[optind]);
	if (optind + 1 < argc)
		options.command = argv[optind + 1];
	if (tcgetattr(0, &modes) == 0)
		options.modes = &modes;
	options.env = &env;
	status = drive(d, host, &options);
	host_free(host);
	hosts_done(&list);
	strlist_done(&d->answers);
	strlist_done(&env);
	free(d);
	return status;
}
