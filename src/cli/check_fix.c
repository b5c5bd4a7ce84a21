/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/check.h"

#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "sallyport/hosts.h"

/* What became of the offers. */
struct fixing {
	const struct check_selection *selection;
	struct host_report *reports;
	size_t offered, made;
	bool no_terminal, failed;
};

/* Lines of text about what follows, cleaned. */
static void say(const char *text)
{
	struct str clean = STR_INIT;

	str_add_char(&clean, '\n');
	clean_text(&clean, text, strlen(text), CLEAN_LINES | clean_locale_flags());
	str_add_char(&clean, '\n');
	cli_print(&clean);
	str_done(&clean);
}

static bool agreed(const struct fix *fix, const struct host *host, bool *yes, struct err *err)
{
	const char *word = fix_word(fix);
	char *question;
	bool asked;

	if (fix_about(fix))
		say(fix_about(fix));
	question = word
	    ? mem_printf(_("%s: %s?  Type the host's name to do it:"), host->name, fix_what(fix))
	    : mem_printf(_("%s: %s? (yes/no)"), host->name, fix_what(fix));
	asked =
	    word ? cli_ask_word(question, word, yes, err) : cli_ask_yes(question, NULL, yes, err);
	free(question);
	return asked;
}

/* Of one offer among several: with the host it was about. */
static void say_outcome(const struct host *host, const char *what)
{
	char *text = mem_printf("%s: %s", host->name, what);

	say(text);
	free(text);
}

static void offer(struct fixing *fixing, const struct host *host, const struct fix *fix)
{
	struct err err = ERR_INIT;
	bool yes = false;

	fixing->offered++;
	if (!agreed(fix, host, &yes, &err)) {
		fixing->no_terminal = true;
		err_context(&err, _("%s: nothing was changed"), host->name);
		cli_error(&err);
	} else if (yes && fix_apply(fix, &err)) {
		fixing->made++;
		say_outcome(host, _("done."));
	} else if (yes) {
		fixing->failed = true;
		cli_error(&err);
	} else {
		say_outcome(host,
		    fix_word(fix) ? _("nothing was changed: the host's name was not typed.")
				  : _("nothing was changed."));
	}
}

static bool is_fixable(const struct host_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->results[i]->fixable)
			return true;
	return false;
}

/* As things stand when its turn comes: the fix of a key that hosts share is made once. */
static void offer_all(struct fixing *fixing)
{
	for (size_t i = 0; i < fixing->selection->len && !fixing->no_terminal; i++) {
		struct fixes fixes = { NULL, 0 };

		fixes_find(&fixes, fixing->selection->hosts[i], &fixing->reports[i]);
		for (size_t k = 0; k < fixes.len && !fixing->no_terminal; k++)
			offer(fixing, fixing->selection->hosts[i], fixes.items[k]);
		fixes_done(&fixes);
	}
}

/* The hosts that a fix may have changed, and what is known of the others. */
static struct text_tally split(const struct fixing *fixing, struct check_selection *again)
{
	struct text_tally others = { { 0 }, 0 };

	for (size_t i = 0; i < fixing->selection->len; i++) {
		if (!is_fixable(&fixing->reports[i])) {
			text_tally_add(&others, &fixing->reports[i]);
			continue;
		}
		check_selection_add(again, fixing->selection->hosts[i]);
		again->named += i < fixing->selection->named;
	}
	if (again->len == 1)
		again->named = 1;
	return others;
}

static int check_again(const struct cli *cli, const struct check_wanted *wanted,
    const struct fixing *fixing, const struct host_list *list)
{
	struct check_selection again = { 0 };
	struct text_tally others = split(fixing, &again);
	int status;

	say(_("Checking again:"));
	status = check_run(cli, wanted, &again, list, NULL);
	if (status == EXIT_OK && !text_tally_fine(&others, wanted->strict))
		status = EXIT_FAILED;
	check_selection_done(&again);
	return status;
}

int check_fix(const struct cli *cli, const struct check_wanted *wanted,
    const struct check_selection *selection, const struct host_list *list)
{
	struct fixing fixing = { .selection = selection,
		.reports = mem_zalloc(selection->len, sizeof *fixing.reports) };
	int status = check_run(cli, wanted, selection, list, fixing.reports);

	if (status != EXIT_INTERRUPTED) {
		offer_all(&fixing);
		if (fixing.offered == 0)
			say(_("There is nothing here that sallyport can mend."));
		if (fixing.made > 0)
			status = check_again(cli, wanted, &fixing, list);
		if (fixing.no_terminal || fixing.failed)
			status = EXIT_FAILED;
	}
	if (wanted->report_fd != -1)
		cli_ask_enter(_("Enter goes back to the menu."));
	for (size_t i = 0; i < selection->len; i++)
		host_report_done(&fixing.reports[i]);
	free(fixing.reports);
	return status;
}
