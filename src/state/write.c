/* SPDX-License-Identifier: Apache-2.0 */
#include "state/document.h"
#include "state/file.h"

#include <stdlib.h>
#include <string.h>

enum {
	GONE_S = 7 * 24 *
	    3600, /* what is remembered of a host that is in no list is dropped after that */
	OUT_MAX = STATE_FILE_MAX / 4 * 3, /* the oldest are dropped beyond that */
};

/* ---- hosts ---- */

/* The news by name, and which of them are written. */
struct sorted {
	const struct news_host *news;
	bool written;
};

static int by_name(const void *left, const void *right)
{
	const struct sorted *a = left, *b = right;

	return strcmp(a->news->name, b->news->name);
}

/* The one with the name; NULL: none.  Of several with one name the first found is as good as another. */
static struct sorted *find(struct sorted *sorted, size_t count, const char *name)
{
	struct news_host wanted = { 0 };
	struct sorted key = { .news = &wanted };
	char *copy = mem_strdup(name);

	wanted.name = copy;
	struct sorted *found = bsearch(&key, sorted, count, sizeof *sorted, by_name);
	free(copy);
	return found;
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
	struct str *out;
	struct str kept; /* hosts of which there is nothing new: they stand after the others */
	struct sorted *sorted;
	size_t count;
	const struct host_list *list;
	double now;
};

static void write_old(struct hosts_writer *writer, const struct json_part *member)
{
	char *name = part_name(member);
	struct sorted *found = find(writer->sorted, writer->count, name);

	if (found && !found->written) {
		entry_write(writer->out, found->news, member);
		found->written = true;
	} else if (!found && member->type == JSON_OBJECT &&
	    !is_gone(member, name, writer->list, writer->now) &&
	    writer->kept.len + member->len < OUT_MAX) {
		copy_member(&writer->kept, member);
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
	for (size_t i = 0; i < writer->count; i++)
		if (!writer->sorted[i].written && writer->out->len < OUT_MAX)
			entry_write(writer->out, writer->sorted[i].news, NULL);
	if (writer->kept.len == 0 || writer->out->len + writer->kept.len > OUT_MAX)
		return;
	comma(writer->out);
	str_add_mem(writer->out, writer->kept.data, writer->kept.len);
}

static void add_hosts(struct str *out, const struct state *state, const struct state_news *news,
    const struct host_list *list, double now)
{
	struct hosts_writer writer = { out, STR_INIT, NULL, news->host_count, list, now };

	writer.sorted = mem_zalloc(news->host_count + 1, sizeof *writer.sorted);
	for (size_t i = 0; i < news->host_count; i++)
		writer.sorted[i].news = &news->hosts[i];
	qsort(writer.sorted, writer.count, sizeof *writer.sorted, by_name);
	str_add(out, ",\n\"hosts\":{");
	write_hosts(&writer, &state->hosts);
	str_add_char(out, '}');
	free(writer.sorted);
	str_done(&writer.kept);
}

/* ---- servers ---- */

static int by_server(const void *left, const void *right)
{
	const struct news_server *a = left, *b = right;

	return strcmp(a->name, b->name);
}

/* One for each server, sorted: its last call, and what all of them left.  The names are borrowed; returns how many. */
static size_t sort_calls(struct news_server *calls, const struct state_news *news)
{
	size_t count = 0;

	for (size_t i = 0; i < news->server_count; i++)
		calls[i] = news->servers[i];
	qsort(calls, news->server_count, sizeof *calls, by_server);
	for (size_t i = 0; i < news->server_count; i++) {
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
    struct str *out, const struct state *state, const struct state_news *news, double now)
{
	struct news_server *calls = mem_zalloc(news->server_count + 1, sizeof *calls);
	size_t count = sort_calls(calls, news);
	struct json_walk walk;
	struct json_part member;

	str_add(out, ",\n\"servers\":{");
	part_walk(&walk, &state->servers);
	while (json_walk_next(&walk, &member))
		write_old_server(out, &member, calls, count, now);
	for (size_t i = 0; i < count; i++)
		if (calls[i].at > 0)
			add_call(out, &calls[i], (struct known_server){ 0, 0 });
	str_add_char(out, '}');
	free(calls);
}

/* ---- the whole ---- */

void document_write(struct str *out, const struct state *state, const struct state_news *news,
    const struct host_list *list, double now)
{
	struct json_walk walk;
	struct json_part member;

	str_add(out, "{\"version\":1");
	add_servers(out, state, news, now);
	add_hosts(out, state, news, list, now);
	part_walk(&walk, &state->root);
	while (json_walk_next(&walk, &member))
		if (!part_is(&member, "version") && !part_is(&member, "servers") &&
		    !part_is(&member, "hosts"))
			copy_member(out, &member);
	str_add(out, "}\n");
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
	struct str out = STR_INIT;
	bool ok = state_file_init(&file, err) && state_file_lock(&file, err) &&
	    read_locked(&file, &state, err);

	if (ok) {
		document_write(&out, &state, news, list, state_now());
		ok = state_file_replace(&file, &out, err);
	}
	document_done(&state);
	str_done(&out);
	state_file_done(&file);
	return ok;
}

/* ---- automatic calls ---- */

static enum state_call call_locked(const struct state_file *file, struct state *state,
    const char *server, double *ago_s, struct err *err)
{
	struct news_server call = { mem_strdup(server), state_now(), 1 };
	const struct state_news news = { .servers = &call, .server_count = 1 };
	struct str out = STR_INIT;
	double ago = state_called_ago(state, server, call.at);
	enum state_call answer = STATE_CALL_LATER;

	if (ago >= 0 && ago < STATE_INTERVAL_S) {
		*ago_s = ago;
	} else {
		document_write(&out, state, &news, NULL, call.at);
		answer = state_file_replace(file, &out, err) ? STATE_CALL_NOW : STATE_CALL_UNKNOWN;
	}
	free(call.name);
	str_done(&out);
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
