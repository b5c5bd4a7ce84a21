/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session's log: what the server sends to the terminal, byte for byte, appended to the file that session_log
 * names.  What is typed is in it only if the server echoes it.  A log that cannot be kept does not stop the session.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sallyport/hosts.h"
#include "session.h"

static void say_path(struct session *session, enum level level, const char *text)
{
	char *shown = path_show(session->log_path);

	say_line(&session->say, level, "sallyport: %s: %s: %s", session->say.name, text, shown);
	free(shown);
}

static void say_trouble(struct session *session, const struct err *err)
{
	say_line(&session->say, LEVEL_ERROR, _("sallyport: %s: the session is not logged: %s"),
	    session->say.name, err->text);
}

void session_log_begin(struct session *session)
{
	const struct host *host = session->options->host;
	time_t now = time(NULL);
	struct tm when = { 0 };
	struct err err = ERR_INIT;
	struct stat st;

	/* What passes without a terminal is data of programs: git, rsync, scp. */
	if (!host->session_log || !session->choice.pty)
		return;
	localtime_r(&now, &when);
	session->log_path = host_log_path(host, &when, &err);
	if (session->log_path)
		session->log = file_open_append(session->log_path, &err);
	if (session->log == -1) {
		say_trouble(session, &err);
		return;
	}
	say_path(session, LEVEL_VERBOSE, _("the session is logged"));
	if (fstat(session->log, &st) == 0 && st.st_mode & 077)
		say_path(session, LEVEL_INFO, _("the session's log can be read by others"));
}

/* A log that lacks something in the middle would be worse than one that ends. */
static void end_here(struct session *session, int why)
{
	struct err err = ERR_INIT;
	char *shown = path_show(session->log_path);

	close(session->log);
	session->log = -1;
	err_set(&err, ERR_IO, "%s: %s", shown, strerror(why));
	free(shown);
	say_trouble(session, &err);
}

void session_log_add(struct session *session, const char *data, size_t len)
{
	while (session->log != -1 && len > 0) {
		ssize_t put = write(session->log, data, len);

		if (put > 0) {
			data += put;
			len -= (size_t)put;
		} else if (put == 0 || errno != EINTR) {
			end_here(session, put == 0 ? ENOSPC : errno);
		}
	}
}

void session_log_end(struct session *session)
{
	if (session->log != -1)
		close(session->log);
	session->log = -1;
	free(session->log_path);
	session->log_path = NULL;
}
