/* SPDX-License-Identifier: Apache-2.0 */
#include "ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edit.h"
#include "sallyport/term.h"
#include "say.h"

/* Long enough for the rest of a key's sequence on a slow line, short for a finger. */
enum { ESC_WAIT_MS = 250 };

struct prompt {
	struct loop *loop;
	struct term *term;
	struct loop_watch *watch;
	struct loop_timer *esc_timer; /* NULL until an Esc came */
	struct edit edit;
	char *text;
	ask_done *done;
	void *ctx;
};

static void prompt_free(struct prompt *prompt)
{
	loop_watch_cancel(prompt->watch);
	loop_timer_cancel(prompt->esc_timer);
	/* The rest of a paste was not meant for the shell that comes next. */
	term_flush_input(prompt->term);
	term_set(prompt->term, TERM_COOKED);
	edit_done(&prompt->edit);
	free(prompt->text);
	free(prompt);
}

static void finish(struct prompt *prompt, enum edit_end end)
{
	ask_done *done = prompt->done;
	void *ctx = prompt->ctx;
	struct secret *answer = end == EDIT_LINE ? secret_dup(prompt->edit.text) : NULL;

	say_write(term_fd(prompt->term), "\n", 1);
	prompt_free(prompt);
	done(ctx, answer, end == EDIT_CANCEL);
}

static void on_esc_alone(void *ctx)
{
	struct prompt *prompt = ctx;

	if (edit_is_waiting(&prompt->edit))
		finish(prompt, EDIT_CANCEL);
}

static void wait_after_esc(struct prompt *prompt)
{
	if (!edit_is_waiting(&prompt->edit))
		return;
	if (prompt->esc_timer)
		loop_timer_set(prompt->esc_timer, ESC_WAIT_MS);
	else
		prompt->esc_timer =
		    loop_timer_start(prompt->loop, ESC_WAIT_MS, on_esc_alone, prompt);
}

static enum edit_end feed(struct prompt *prompt, const unsigned char *typed, size_t len)
{
	struct str shown = STR_INIT;
	enum edit_end end = EDIT_MORE;

	for (size_t i = 0; i < len && end == EDIT_MORE; i++)
		end = edit_feed(&prompt->edit, typed[i], &shown);
	if (shown.len > 0) {
		say_write(term_fd(prompt->term), str_text(&shown), shown.len);
		secret_wipe(shown.data, shown.len);
	}
	str_done(&shown);
	return end;
}

static void on_typed(void *ctx, unsigned events)
{
	struct prompt *prompt = ctx;
	unsigned char typed[256];
	ssize_t got = read(term_fd(prompt->term), typed, sizeof typed);
	enum edit_end end = EDIT_MORE;

	(void)events;
	if (got > 0)
		end = feed(prompt, typed, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		end = EDIT_EOF; /* the terminal is gone */
	secret_wipe(typed, sizeof typed);
	if (end != EDIT_MORE)
		finish(prompt, end);
	else
		wait_after_esc(prompt);
}

struct prompt *prompt_start(
    struct loop *loop, struct term *term, const char *text, bool echo, ask_done *done, void *ctx)
{
	struct prompt *prompt = mem_zalloc(1, sizeof *prompt);

	*prompt = (struct prompt){
		.loop = loop, .term = term, .text = mem_strdup(text), .done = done, .ctx = ctx
	};
	edit_init(&prompt->edit, echo);
	prompt->watch = loop_watch_start(loop, term_fd(term), LOOP_READ, on_typed, prompt);
	term_set(term, TERM_PROMPT);
	term_flush_input(term);
	say_write(term_fd(term), text, strlen(text));
	return prompt;
}

void prompt_redraw(struct prompt *prompt)
{
	term_resume(prompt->term);
	say_write(term_fd(prompt->term), prompt->text, strlen(prompt->text));
	if (prompt->edit.echo)
		say_write(term_fd(prompt->term), prompt->edit.text->data, prompt->edit.text->len);
}

void prompt_cancel(struct prompt *prompt)
{
	if (!prompt)
		return;
	say_write(term_fd(prompt->term), "\n", 1);
	prompt_free(prompt);
}
