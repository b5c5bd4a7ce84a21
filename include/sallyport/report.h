/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results of checks and stages, and the JSON that carries them: "check --json",
 * "check --json-lines", "connect --report-fd" and, read back, what the menu gets
 * from its children.  The reader treats every line as untrusted.  No event loop
 * here: the writer writes to a descriptor, the reader is fed bytes.
 */
#ifndef SALLYPORT_REPORT_H
#define SALLYPORT_REPORT_H

#include "sallyport/util.h"

/* In order of badness: a host's verdict is its worst, skip not counted. */
enum verdict { VERDICT_SKIP, VERDICT_PASS, VERDICT_WARN, VERDICT_FAIL };

/* "skip", "pass", "warn", "fail" */
const char *verdict_name(enum verdict verdict);
bool verdict_parse(const char *name, enum verdict *verdict);
enum verdict verdict_worse(enum verdict a, enum verdict b);

/* How deep a run of checks goes; each includes the ones before. */
enum depth { DEPTH_NONE, DEPTH_LOCAL, DEPTH_REACH, DEPTH_AUTH };

/* "", "local", "reach", "auth" */
const char *depth_name(enum depth depth);
/* False for other names, NULL and "" too. */
bool depth_parse(const char *name, enum depth *depth);
/* The least deep run that finds a result; DEPTH_AUTH for ids that are none of a check's. */
enum depth result_depth(const char *id);
/* Where it stands among a host's results; ids that are none of a check's, such as those of a session's end, come last. */
size_t result_rank(const char *id);

/* One fact; the same key again makes it an array of strings. */
struct detail {
	char *key;
	char *value;
};

/* What one check or one stage of a connection found. */
struct result {
	enum verdict verdict;
	char *summary; /* one line; may quote text that we did not write: clean it to show it */
	char *hint; /* what to do next; NULL: nothing */
	bool fixable;
	double duration_ms;
	struct detail *details;
	size_t detail_count;
	unsigned others; /* owners besides the first: see result_share() */
	char id[]; /* "net.connect" */
};

struct result *result_new(const char *id, enum verdict verdict);
void result_free(struct result *result);
struct result *result_dup(const struct result *result);
/* The same result for one more owner, who frees it, too; from now on nobody changes it. */
struct result *result_share(struct result *result);
/* printf-like; each replaces what was there. */
void result_summary(struct result *result, const char *fmt, ...) SP_PRINTF(2, 3);
void result_hint(struct result *result, const char *fmt, ...) SP_PRINTF(2, 3);
void result_detail(struct result *result, const char *key, const char *fmt, ...) SP_PRINTF(3, 4);
/* The first value of a detail, borrowed; NULL when there is none. */
const char *result_detail_get(const struct result *result, const char *key);
/*
 * Was the check left undone for no fault of the host's?  A detail says what would do: "postponed", another time
 * ("interrupted", "interval", "refused", "enough"), or "needs", a "login" or a "person" on the way.
 */
bool result_is_left(const struct result *result);
/* A failed result of a host whose checks killed their process, by a signal: id "checker". */
struct result *result_of_crash(int signum);
/* A failed result from an error: its sentence and hint. */
struct result *result_from_err(const char *id, const struct err *err);

/* ---- events: one JSON object a line ---- */

enum event_kind {
	EVENT_HELLO, /* connect: host, pid */
	EVENT_STAGE, /* connect: a stage starts (id) */
	EVENT_CHECK, /* a check or stage ended: result, host */
	EVENT_HOST, /* check: a host ended: host, verdict, depth, incomplete, duration_ms */
	EVENT_OPEN, /* connect: the shell or command runs */
	EVENT_END, /* connect: how it ended */
	EVENT_OTHER, /* an event that this version does not know: ignore */
};

enum end_cause {
	END_EXIT,
	END_SIGNAL,
	END_REFUSED,
	END_HOSTKEY,
	END_AUTH,
	END_TIMEOUT,
	END_CANCELLED,
	END_LOST,
	END_KILLED,
};
/* "exit", "signal", ... as in the manual page */
const char *end_cause_name(enum end_cause cause);

struct event {
	enum event_kind kind;
	char *host;
	char *id; /* EVENT_STAGE */
	long pid;
	struct result *result; /* EVENT_CHECK */
	enum verdict verdict; /* EVENT_HOST */
	char *depth; /* EVENT_HOST */
	bool incomplete; /* EVENT_HOST: see struct host_report */
	double duration_ms; /* EVENT_HOST */
	int status; /* EVENT_END; -1: none */
	char *signal; /* EVENT_END, NULL: none */
	enum end_cause cause; /* EVENT_END */
	char *reason; /* EVENT_END, may be NULL */
	uint64_t bytes_in, bytes_out;
};

void event_done(struct event *event);
/* One line with its newline, appended to out. */
void event_write(const struct event *event, struct str *out);
/* Parses one line without its newline.  False: not an event at all (broken JSON, wrong types). */
bool event_read(struct event *event, const char *line, size_t len);

/* Cuts a byte stream into lines; a line over 64 KiB is dropped whole. */
struct line_reader {
	struct str pending;
	bool dropping;
};
typedef void line_fn(void *ctx, const char *line, size_t len);
void line_reader_feed(
    struct line_reader *reader, const char *data, size_t len, line_fn *fn, void *ctx);
void line_reader_done(struct line_reader *reader);

/*
 * Writes event lines to a descriptor without ever blocking or raising SIGPIPE; the descriptor is made
 * non-blocking and close-on-exec.  A closed or full pipe only loses events (whole lines); nothing else happens.
 */
struct report_sink {
	int fd; /* -1: none */
	struct str pending;
};
void report_open(struct report_sink *sink, int fd);
void report_send(struct report_sink *sink, const struct event *event);
void report_close(struct report_sink *sink);

/* ---- whole documents ---- */

struct host_report {
	char *name;
	enum verdict verdict;
	bool incomplete; /* a check was left undone: result_is_left() */
	char *depth;
	double duration_ms;
	int64_t checked_at; /* seconds since 1970 */
	struct result **results;
	size_t count;
};

void host_report_done(struct host_report *report);
/* Takes the result and updates the verdict, and whether it is complete. */
void host_report_add(struct host_report *report, struct result *result);
/* The "check --json" document, with a final newline; reports without a name are left out. */
void reports_write(const struct host_report *reports, size_t count, struct str *out);

struct host;
struct host_list;
/* The "list --json" document of count hosts, with a final newline. */
void hosts_write(struct host *const *hosts, size_t count, struct str *out);
/* "show --json": one such host; explain adds where each value came from and the ssh command. */
void host_write(
    const struct host_list *list, const struct host *host, bool explain, struct str *out);

#endif
