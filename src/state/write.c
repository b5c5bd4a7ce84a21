/* SPDX-License-Identifier: Apache-2.0 */
#include "state/document.h"
#include "state/file.h"

#include <stdlib.h>
#include <string.h>

enum {
	GONE_S = 7 * 24 *
	    3600, /* what is remembered of a host that is in no list is dropped after that */
	PIECE = 64 * 1024,
	OUT_MAX = STATE_FILE_MAX / 4 * 3, /* the oldest are dropped beyond that */
};

/* ---- where it goes ---- */

/* As document_write() has it. */
struct output {
	struct str *text;
	struct state_file *file;
};

static size_t output_len(const struct output *out)
{
	return out->text->len + (out->file ? out->file->written : 0);
}

/* The last byte stays: comma() looks at it. */
static void spill(const struct output *out)
{
	if (!out->file || out->text->len < PIECE)
		return;
	state_file_add(out->file, out->text->data, out->text->len - 1);
	str_consume(out->text, out->text->len - 1);
}

/* ---- hosts ---- */

struct hosts_writer {
	struct output out;
	struct news_index *index;
	size_t others; /* hosts of which there is nothing new: they stand after those */
	const struct host_list *list;
	double now;
	bool ok;
};

static void write_news(
    struct hosts_writer *writer, struct news_item *item, const struct json_part *before)
{
	struct news_host host;

	if (news_read_host(writer->index, item, &host))
		entry_write(writer->out.text, &host, before);
	else
		writer->ok = false;
	item->written = true;
	spill(&writer->out);
}

static void write_old(struct hosts_writer *writer, const struct json_part *member)
{
	char *name = part_name(member);
	struct news_item *item = news_find(&writer->index->hosts, name);

	if (item && !item->written)
		write_news(writer, item, member->type == JSON_OBJECT ? member : NULL);
	writer->others += !item;
	free(name);
}

static bool is_gone(
    const struct hosts_writer *writer, const struct json_part *member, const char *name)
{
	return writer->list && !hosts_find(writer->list, name) &&
	    state_age(host_last(member), writer->now) > GONE_S;
}

static void write_other(struct hosts_writer *writer, const struct json_part *member)
{
	char *name = part_name(member);

	if (member->type == JSON_OBJECT && !news_find(&writer->index->hosts, name) &&
	    !is_gone(writer, member, name) && output_len(&writer->out) + member->len < OUT_MAX) {
		copy_member(writer->out.text, member);
		spill(&writer->out);
	}
	free(name);
}

static void write_hosts(struct hosts_writer *writer, const struct json_part *hosts)
{
	const struct news_table *news = &writer->index->hosts;
	struct json_walk walk;
	struct json_part member;

	part_walk(&walk, hosts);
	while (json_walk_next(&walk, &member))
		write_old(writer, &member);
	for (size_t i = 0; i < news->count; i++)
		if (!news->items[i].written && output_len(&writer->out) < OUT_MAX)
			write_news(writer, &news->items[i], NULL);
	part_walk(&walk, hosts);
	while (writer->others > 0 && json_walk_next(&walk, &member))
		write_other(writer, &member);
}

static bool add_hosts(struct output out, const struct state *state, struct news_index *index,
    const struct host_list *list, double now)
{
	struct hosts_writer writer = {
		.out = out, .index = index, .list = list, .now = now, .ok = true
	};

	str_add(out.text, ",\n\"hosts\":{");
	write_hosts(&writer, &state->hosts);
	str_add_char(out.text, '}');
	return writer.ok;
}

/* ---- servers ---- */

static void add_call(struct str *out, struct news_item *call, struct known_server before)
{
	server_called(&before, call->called_at, call->unfinished);
	server_add(out, call->name, &before);
	call->written = true;
}

static void write_old_server(
    struct str *out, const struct json_part *member, const struct news_table *calls, double now)
{
	struct known_server server;
	char *name = part_name(member);
	struct news_item *call = news_find(calls, name);

	if (server_read(member, &server)) {
		if (call && !call->written)
			add_call(out, call, server);
		else if (!call && !server_is_old(&server, now))
			copy_member(out, member);
	}
	free(name);
}

static void add_servers(
    struct output out, const struct state *state, const struct news_table *calls, double now)
{
	struct json_walk walk;
	struct json_part member;

	str_add(out.text, ",\n\"servers\":{");
	part_walk(&walk, &state->servers);
	while (json_walk_next(&walk, &member)) {
		write_old_server(out.text, &member, calls, now);
		spill(&out);
	}
	for (size_t i = 0; i < calls->count; i++) {
		if (!calls->items[i].written)
			add_call(out.text, &calls->items[i], (struct known_server){ 0, 0 });
		spill(&out);
	}
	str_add_char(out.text, '}');
}

/* ---- the whole ---- */

bool document_write(struct str *out, struct state_file *file, const struct state *state,
    const struct state_news *news, const struct host_list *list, double now)
{
	const struct output output = { out, file };
	struct news_index index;

	bool ok = news_index_init(&index, news);
	str_add(out, "{\"version\":1");
	add_servers(output, state, &index.servers, now);
	ok = add_hosts(output, state, &index, list, now) && ok;
	if (state->others.len > 0) {
		comma(out);
		str_add_mem(out, state->others.data, state->others.len);
	}
	str_add(out, "}\n");
	news_index_done(&index);
	return ok;
}

/* The lock is held. */
static bool replace(struct state_file *file, const struct state *state,
    const struct state_news *news, const struct host_list *list, double now, struct err *err)
{
	struct str rest = STR_INIT;

	state_file_begin(file);
	bool ok = document_write(&rest, file, state, news, list, now) ||
	    err_set(err, ERR_IO, _("what was found cannot be read back from a temporary file"));
	state_file_add(file, rest.data, rest.len);
	str_done(&rest);
	return ok && state_file_replace(file, err);
}

/* The lock is held.  What is damaged is set aside; what is of a later version or cannot be read is left alone. */
static bool read_locked(const struct state_file *file, struct state *state, struct err *err)
{
	struct str text = STR_INIT;
	struct err why = ERR_INIT;
	bool ok = state_file_read(file, &text, err);

	if (ok && !document_init(state, &text, &why)) {
		ok = why.code == ERR_SYNTAX;
		if (ok)
			state_file_set_aside(file);
		else
			err_set(err, why.code, "%s: %s", file->path, why.text);
	}
	str_done(&text);
	return ok;
}

bool state_write(const struct state_news *news, const struct host_list *list, struct err *err)
{
	struct state_file file;
	struct state state = { .text = STR_INIT, .others = STR_INIT };
	bool ok = state_file_init(&file, err) && state_file_lock(&file, err) &&
	    read_locked(&file, &state, err) && replace(&file, &state, news, list, state_now(), err);

	document_done(&state);
	state_file_done(&file);
	return ok;
}

/* ---- automatic calls ---- */

/* Writes down that it is called now; unfinished as in state_news_called(). */
static enum state_call note_call(struct state_file *file, const struct state *state,
    const char *server, double unfinished, double now, enum state_call answer, struct err *err)
{
	struct state_news *news = state_news_new();

	state_news_called(news, server, now, unfinished);
	if (!replace(file, state, news, NULL, now, err))
		answer = STATE_CALL_UNKNOWN;
	state_news_free(news);
	return answer;
}

/*
 * A call that is to come: the clock was set back.  It may have been made just now; but the interval passes by the new
 * clock, and not when that gets there.
 */
static enum state_call call_locked(struct state_file *file, struct state *state, const char *server,
    double *ago_s, struct err *err)
{
	struct known_server known;
	double now = state_now();

	servers_sort(state);
	bool is_known = server_find(state, server, &known);
	*ago_s = state_age(known.called, now);
	if (!is_known || *ago_s >= STATE_INTERVAL_S)
		return note_call(file, state, server, 1, now, STATE_CALL_NOW, err);
	if (known.called > now)
		return note_call(file, state, server, 0, now, STATE_CALL_LATER, err);
	return STATE_CALL_LATER;
}

enum state_call state_call(const char *server, double *ago_s, struct err *err)
{
	struct state_file file;
	struct state state = { .text = STR_INIT, .others = STR_INIT };
	enum state_call answer = STATE_CALL_UNKNOWN;

	if (state_file_init(&file, err) && state_file_lock(&file, err) &&
	    read_locked(&file, &state, err))
		answer = call_locked(&file, &state, server, ago_s, err);
	document_done(&state);
	state_file_done(&file);
	return answer;
}
