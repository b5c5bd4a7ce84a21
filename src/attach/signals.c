/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include <signal.h>

#include "sallyport/term.h"

void session_resize(struct session *session)
{
	int cols, rows;

	if (!session->term)
		return;
	term_size(session->term, &cols, &rows);
	session->say.cols = cols;
	if (cols == session->cols && rows == session->rows)
		return;
	session->cols = cols;
	session->rows = rows;
	/* Also before the terminal is asked for: a prompt may be on the screen. */
	if (session->conn && !session->over && session->choice.pty)
		conn_resize(session->conn, cols, rows);
}

static void on_continue(struct session *session)
{
	if (session->prompt)
		prompt_redraw(session->prompt);
	else if (session->term)
		term_resume(session->term);
	session_resize(session);
}

static void on_stop(struct session *session)
{
	if (session->term)
		term_suspend(session->term);
	else
		raise(SIGSTOP);
}

/* quietly: as ssh does; who hangs up knows, and another program may have the terminal by now. */
static void on_kill(struct session *session, const char *reason, bool quietly)
{
	session->hung_up = quietly;
	/* Asked twice, or the output that is left to write has no reader. */
	if (session->over)
		loop_stop(session->loop);
	else
		conn_cancel(session->conn, END_KILLED, reason);
}

static void on_signal(void *ctx)
{
	struct caught *caught = ctx;
	struct session *session = caught->session;

	switch (caught->signum) {
	case SIGWINCH:
		session_resize(session);
		break;
	case SIGCONT:
		on_continue(session);
		break;
	case SIGTSTP:
		on_stop(session);
		break;
	case SIGINT:
		session_ask_cancel(session);
		if (session->over)
			loop_stop(session->loop);
		else
			session_interrupt(session);
		break;
	case SIGTERM:
		on_kill(session, _("ended by signal TERM"), false);
		break;
	case SIGHUP:
		on_kill(session, _("ended by signal HUP"), true);
		break;
	}
}

static bool is_ignored(int signum)
{
	struct sigaction now;

	return sigaction(signum, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void signals_catch(struct session *session)
{
	static const int wanted[CAUGHT_MAX] = { SIGWINCH, SIGCONT, SIGTSTP, SIGINT, SIGTERM,
		SIGHUP };

	for (size_t i = 0; i < CAUGHT_MAX; i++) {
		struct caught *caught = &session->caught[i];
		*caught = (struct caught){ .session = session, .signum = wanted[i] };
		if (!is_ignored(wanted[i]))
			caught->watch =
			    loop_signal_start(session->loop, wanted[i], on_signal, caught);
	}
}

void signals_release(struct session *session)
{
	for (size_t i = 0; i < CAUGHT_MAX; i++)
		loop_signal_cancel(session->caught[i].watch);
}
