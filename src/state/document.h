/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file as text and where its parts begin: what is not changed is copied as it stands, so that members which this
 * version does not know survive, and ten thousand hosts are never in memory as a tree.  Private to state.
 */
#ifndef SALLYPORT_STATE_DOCUMENT_H
#define SALLYPORT_STATE_DOCUMENT_H

#include <stdio.h>

#include "sallyport/hosts.h"
#include "sallyport/state.h"

struct state {
	struct str text; /* empty: there is nothing */
	struct str others; /* the members of the document that this version does not know */
	struct json_part hosts, servers; /* text NULL: not there */
	struct json_part *sorted; /* the members of servers, by name */
	size_t sorted_len;
};

/* Takes the text.  False with err: it is damaged or of a later version, and then state is empty. */
bool document_init(struct state *state, struct str *text, struct err *err);
void document_done(struct state *state);

/* Starts a walk over an object that may not be there: then there is nothing in it. */
void part_walk(struct json_walk *walk, const struct json_part *object);
/*
 * Finds members by their names in one walk, the first where there are several; text NULL: it is not there.  What has
 * none of the names is copied to others, if that is not NULL.
 */
void part_pick(const struct json_part *object, const char *const *names, size_t count,
    struct json_part *picked, struct str *others);
/* Its name, or its text, decoded; NULL: not a text, or not there.  Caller frees. */
char *part_name(const struct json_part *member);
char *part_text(const struct json_part *member);
/* 0: no number. */
double part_number(const struct json_part *member);

/* Text as a JSON string, quotes included, of at most max bytes of it; what is not UTF-8 becomes U+FFFD. */
void quote(struct str *out, const char *text, size_t max);
/* With three places after the point. */
void add_number(struct str *out, double seconds);
/* A comma, but not after an opening bracket; then the member as it stands, if one is given. */
void comma(struct str *out);
void copy_member(struct str *out, const struct json_part *member);

/* The same name of a depth, static; what is none is the furthest. */
const char *depth_static(const char *name);

/* One host, from its member of "hosts".  False: it is none.  host_done() is due in any case. */
bool host_read(const struct json_part *member, struct state_host *host);
void host_done(struct state_host *host);
/* When it was last checked or used; 0: never. */
double host_last(const struct json_part *member);

/* ---- servers ---- */

struct known_server {
	double called; /* when */
	double until; /* when it has forgotten what it holds against us */
};
/* Sorts them, once, which server_find() needs: a run asks for each of its servers, a writer for none. */
void servers_sort(struct state *state);
bool server_read(const struct json_part *member, struct known_server *server);
/* Nothing is left of it that anybody would ask for. */
bool server_is_old(const struct known_server *server, double now);
void server_called(struct known_server *server, double at, double unfinished);
double server_unfinished(const struct known_server *server, double now);
void server_add(struct str *out, const char *name, const struct known_server *server);
bool server_find(const struct state *state, const char *name, struct known_server *server);

/* ---- news ---- */

/* What is new of a host or a server, as it lies in the spool; its texts follow. */
struct news_record {
	enum { NEWS_HOST, NEWS_SERVER } kind;
	enum verdict verdict;
	const char *depth; /* static; NULL: it was not checked */
	double checked_at, used_at;
	long uses;
	double called_at, unfinished; /* of a server */
	size_t name_len, address_len, results_len, postponed_len;
};

/* With its texts. */
size_t news_len(const struct news_record *record);

struct state_news {
	size_t host_count, server_count, names_len;
	/* The records wait in a file without a name, and only the last in memory: all where there is no file. */
	FILE *spool; /* NULL: none yet, or none to be had */
	bool no_spool;
	size_t spooled; /* bytes in it */
	struct str unspooled; /* what comes after them */
	struct str results,
	    postponed; /* of the last host that was added: the memory is used again */
};

/* What the news are of, by name, each once. */
struct news_item {
	struct news_item *next; /* in the bucket */
	const char *name;
	size_t place, len; /* of the check of a host, in the spool; len 0: it was not checked */
	double used_at; /* ... and its use */
	long uses;
	double called_at, unfinished; /* of a server */
	bool written;
};

struct news_table {
	struct news_item *items, **buckets;
	size_t count, size; /* there is room for size in both */
};

struct news_index {
	struct news_table hosts, servers;
	char *names;
	size_t names_len;
	/* The part of the spool that was read last. */
	struct news_window {
		const struct state_news *news;
		char *data;
		size_t from, len, cap;
	} window;
};

/* False: the news cannot be read.  news_index_done() is due in any case. */
bool news_index_init(struct news_index *index, const struct state_news *news);
void news_index_done(struct news_index *index);
/* NULL: nothing is new of it. */
struct news_item *news_find(const struct news_table *table, const char *name);

/* The news of a host, read back. */
struct news_host {
	struct news_record record;
	const char *name, *address;
	struct json_part results; /* an array */
	struct json_part postponed; /* that are used only where there are none */
};

/* Valid until the next call.  False: they cannot be read. */
bool news_read_host(struct news_index *index, const struct news_item *item, struct news_host *host);

/* Writes a host: what is new, and what stays of what was there before (NULL: nothing was). */
void entry_write(struct str *out, const struct news_host *news, const struct json_part *before);

struct state_file;
/*
 * The whole document with the news.  file: what is written goes there piece by piece, so that it is never in memory as a
 * whole, and out holds the last of it; NULL: out holds it all.  False: the news cannot be read.
 */
bool document_write(struct str *out, struct state_file *file, const struct state *state,
    const struct state_news *news, const struct host_list *list, double now);

#endif
