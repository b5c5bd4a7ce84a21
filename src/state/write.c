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

static int name_order(const void *name, const void *item)
{
	const struct sorted *one = item;

	return strcmp(name, one->name);
}

static bool is_gone(
    const struct json_part *member, const char *name, const struct host_list *list, double now)
{
	struct json_part part;

	if (!list || hosts_find(list, name))
		return false;
	double checked = part_get(member, "checked_at", &part) ? part_number(&part) : 0;
	double used = part_get(member, "used_at", &part) ? part_number(&part) : 0;
	return state_age(checked > used ? checked : used, now) > GONE_S;
}

struct hosts_writer {
	struct output out;
	const struct state_news *news;
	const struct subjects *subjects;
	size_t others; /* hosts of which there is nothing new: they stand after those */
	const struct host_list *list;
	double now;
	bool ok;
};

/* The one with the name; NULL: none.  Of several with one name the first found is as good as another. */
static struct sorted *find(const struct hosts_writer *writer, const char *name)
{
	return bsearch(name, writer->subjects->hosts, writer->subjects->host_count,
	    sizeof(struct sorted), name_order);
}

static void write_news(
    struct hosts_writer *writer, struct sorted *one, const struct json_part *before)
{
	struct news_host host;

	if (news_read_host(writer->news, one->place, &host))
		entry_write(writer->out.text, &host, before);
	else
		writer->ok = false;
	free(host.name);
	one->written = true;
	spill(&writer->out);
}

static void write_old(struct hosts_writer *writer, const struct json_part *member)
{
	char *name = part_name(member);
	struct sorted *found = find(writer, name);

	if (found && !found->written)
		write_news(writer, found, member);
	writer->others += !found;
	free(name);
}

static void write_other(struct hosts_writer *writer, const struct json_part *member)
{
	char *name = part_name(member);

	if (member->type == JSON_OBJECT && !find(writer, name) &&
	    !is_gone(member, name, writer->list, writer->now) &&
	    output_len(&writer->out) + member->len < OUT_MAX) {
		copy_member(writer->out.text, member);
		spill(&writer->out);
	}
	free(name);
}

static void write_hosts(struct hosts_writer *writer, const struct json_part *hosts)
{
	struct json_walk walk;
	struct json_part member;

	part_walk(&walk, hosts);
	while (json_walk_next(&walk, &member))
		write_old(writer, &member);
	for (size_t i = 0; i < writer->subjects->host_count; i++)
		if (!writer->subjects->hosts[i].written && output_len(&writer->out) < OUT_MAX)
			write_news(writer, &writer->subjects->hosts[i], NULL);
	part_walk(&walk, hosts);
	while (writer->others > 0 && json_walk_next(&walk, &member))
		write_other(writer, &member);
}

static bool add_hosts(struct output out, const struct state *state, const struct state_news *news,
    const struct subjects *subjects, const struct host_list *list, double now)
{
	struct hosts_writer writer = {
		.out = out, .news = news, .subjects = subjects, .list = list, .now = now, .ok = true
	};

	str_add(out.text, ",\n\"hosts\":{");
	write_hosts(&writer, &state->hosts);
	str_add_char(out.text, '}');
	return writer.ok;
}

/* ---- servers ---- */

static int by_server(const void *left, const void *right)
{
	const struct news_server *a = left, *b = right;

	return strcmp(a->name, b->name);
}

/* One for each server, sorted: its last call, and what all of them left.  The names are borrowed; returns how many. */
static size_t sort_calls(struct news_server *calls, const struct subjects *subjects)
{
	size_t count = 0;

	for (size_t i = 0; i < subjects->server_count; i++)
		calls[i] = subjects->servers[i];
	qsort(calls, subjects->server_count, sizeof *calls, by_server);
	for (size_t i = 0; i < subjects->server_count; i++) {
		if (count > 0 && str_eq(calls[count - 1].name, calls[i].name)) {
			calls[count - 1].unfinished += calls[i].unfinished;
			if (calls[i].at > calls[count - 1].at)
				calls[count - 1].at = calls[i].at;
		} else {
			calls[count++] = calls[i];
		}
	}
	return count;
}

static void add_call(struct str *out, const struct news_server *call, struct known_server before)
{
	server_called(&before, call->at, call->unfinished);
	server_add(out, call->name, &before);
}

static void write_old_server(struct str *out, const struct json_part *member,
    struct news_server *calls, size_t count, double now)
{
	struct known_server server;
	struct news_server key = { .name = part_name(member) };
	struct news_server *call = bsearch(&key, calls, count, sizeof *calls, by_server);

	if (server_read(member, &server)) {
		if (call && call->at > 0) {
			add_call(out, call, server);
			call->at = 0;
		} else if (!call && !server_is_old(&server, now)) {
			copy_member(out, member);
		}
	}
	free(key.name);
}

static void add_servers(
    struct output out, const struct state *state, const struct subjects *subjects, double now)
{
	struct news_server *calls = mem_zalloc(subjects->server_count + 1, sizeof *calls);
	size_t count = sort_calls(calls, subjects);
	struct json_walk walk;
	struct json_part member;

	str_add(out.text, ",\n\"servers\":{");
	part_walk(&walk, &state->servers);
	while (json_walk_next(&walk, &member)) {
		write_old_server(out.text, &member, calls, count, now);
		spill(&out);
	}
	for (size_t i = 0; i < count; i++) {
		if (calls[i].at > 0)
			add_call(out.text, &calls[i], (struct known_server){ 0, 0 });
		spill(&out);
	}
	str_add_char(out.text, '}');
	free(calls);
}

/* ---- the whole ---- */

bool document_write(struct str *out, struct state_file *file, const struct state *state,
    const struct state_news *news, const struct host_list *list, double now)
{
	const struct output output = { out, file };
	struct subjects subjects;
	struct json_walk walk;
	struct json_part member;

	bool ok = subjects_init(&subjects, news);
	str_add(out, "{\"version\":1");
	add_servers(output, state, &subjects, now);
	ok = add_hosts(output, state, news, &subjects, list, now) && ok;
	subjects_done(&subjects);
	part_walk(&walk, &state->root);
	while (json_walk_next(&walk, &member))
		if (!part_is(&member, "version") && !part_is(&member, "servers") &&
		    !part_is(&member, "hosts"))
			copy_member(out, &member);
	str_add(out, "}\n");
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
	struct state state = { .text = STR_INIT };
	bool ok = state_file_init(&file, err) && state_file_lock(&file, err) &&
	    read_locked(&file, &state, err) && replace(&file, &state, news, list, state_now(), err);

	document_done(&state);
	state_file_done(&file);
	return ok;
}

/* ---- automatic calls ---- */

static enum state_call call_locked(struct state_file *file, struct state *state, const char *server,
    double *ago_s, struct err *err)
{
	struct state_news *news = state_news_new();
	double now = state_now();
	enum state_call answer = STATE_CALL_LATER;

	servers_sort(state);
	double ago = state_called_ago(state, server, now);
	if (ago >= 0 && ago < STATE_INTERVAL_S) {
		*ago_s = ago;
	} else {
		state_news_called(news, server, now, 1);
		answer = replace(file, state, news, NULL, now, err) ? STATE_CALL_NOW
								    : STATE_CALL_UNKNOWN;
	}
	state_news_free(news);
	return answer;
}

enum state_call state_call(const char *server, double *ago_s, struct err *err)
{
	struct state_file file;
	struct state state = { .text = STR_INIT };
	enum state_call answer = STATE_CALL_UNKNOWN;

	if (state_file_init(&file, err) && state_file_lock(&file, err) &&
	    read_locked(&file, &state, err))
		answer = call_locked(&file, &state, server, ago_s, err);
	document_done(&state);
	state_file_done(&file);
	return answer;
}
