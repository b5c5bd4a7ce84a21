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
	struct json_part root;
	struct json_part hosts, servers; /* text NULL: not there */
	struct json_part *sorted; /* the members of servers, by name */
	size_t sorted_len;
};

/* Takes the text.  False with err: it is damaged or of a later version, and then state is empty. */
bool document_init(struct state *state, struct str *text, struct err *err);
void document_done(struct state *state);

/* Starts a walk over an object that may not be there: then there is nothing in it. */
void part_walk(struct json_walk *walk, const struct json_part *object);
/* The first member of this name; false: none. */
bool part_get(const struct json_part *object, const char *key, struct json_part *member);
/* Is the member's name this? */
bool part_is(const struct json_part *member, const char *key);
/* Its name, or its text, decoded; NULL: not a text.  Caller frees. */
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

/* How far a check has to go for a result: 0 this machine, 1 to the banner, 2 to the login. */
unsigned depth_of_result(const char *id);
unsigned depth_of_name(const char *depth);
/* The same name, static; what is none is the furthest. */
const char *depth_static(const char *depth);

/* One host, from its member of "hosts".  False: it is none.  state_host_done() is due in any case. */
bool host_read(const struct json_part *member, struct state_host *host);
void host_done(struct state_host *host);

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
	double checked_at, ms, used_at;
	long uses;
	double called_at, unfinished; /* of a server */
	size_t name_len, address_len, results_len, postponed_len;
};

/* The same, read back. */
struct news_host {
	struct news_record record;
	char *name; /* owns all that follows */
	const char *address;
	struct json_part results; /* an array */
	struct json_part postponed; /* that are used only where there are none */
};

struct state_news {
	size_t host_count, server_count;
	/* The records wait in a file without a name, and only the last in memory: all where there is no file. */
	FILE *spool; /* NULL: none yet, or none to be had */
	bool no_spool;
	size_t spooled; /* bytes in it */
	struct str unspooled; /* what comes after them */
};

/* The record at a place and its name, which the caller frees.  False: it cannot be read, and name is NULL. */
bool news_read(
    const struct state_news *news, size_t place, struct news_record *record, char **name);
/* Where the one after it is. */
size_t news_next(size_t place, const struct news_record *record);
size_t news_end(const struct state_news *news);
/* All of a host.  The name is due to be freed in any case. */
bool news_read_host(const struct state_news *news, size_t place, struct news_host *host);

/* The news by name, and which of them are written. */
struct sorted {
	char *name;
	size_t place; /* in the spool */
	bool written;
};

struct news_server {
	char *name;
	double at, unfinished;
};

/* What the news are of: hosts by name, servers as they came. */
struct subjects {
	struct sorted *hosts;
	struct news_server *servers;
	size_t host_count, server_count;
};

/* Reads what all the news are of.  False: they cannot be read.  subjects_done() is due in any case. */
bool subjects_init(struct subjects *subjects, const struct state_news *news);
void subjects_done(struct subjects *subjects);

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
