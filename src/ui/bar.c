/* SPDX-License-Identifier: Apache-2.0 */
/* The top line: how many hosts of which kind, in which order, and the filter or the file. */
#include <curses.h>
#include <stdlib.h>

#include "menu.h"
#include "text.h"

enum { BRIEF_BELOW_COLS = 50, GAP = 2 };

/* Where the next piece goes. */
struct pen {
	const struct ui *ui;
	int y, x, end;
};

/* The whole line is underlined, whatever else its parts are. */
static unsigned top_attr(const struct ui *ui, enum role role)
{
	return theme_attr(ui->colours, role) | theme_attr(ui->colours, ROLE_TOP);
}

static void put(struct pen *pen, enum role role, const char *text)
{
	int room = pen->end - pen->x, width = text_width(text);

	pen->x +=
	    draw_text(pen->y, pen->x, width < room ? width : room, top_attr(pen->ui, role), text);
}

static char *count_text(const struct ui *ui, bool brief)
{
	if (ui->hosts.loader != NULL)
		return mem_strdup(_("reading"));
	if (brief)
		return mem_printf("%zu/%zu", ui->shown_len, ui->hosts.len);
	if (ui->filter.len > 0)
		return mem_printf(_("%zu of %zu hosts"), ui->shown_len, ui->hosts.len);
	return mem_printf(ngettext("%zu host", "%zu hosts", ui->hosts.len), ui->hosts.len);
}

/* ": 20 pass 2 warn 15 fail", brief "20✓ 2! 15✗", of those that are shown and that something is known of */
static void put_signs(struct pen *pen, bool brief)
{
	const struct ui *ui = pen->ui;
	size_t counts[SIGN_COUNT] = { 0 };
	const char *before = brief ? "  " : ": ";

	for (size_t i = 0; i < ui->shown_len; i++)
		counts[entry_sign(ui->shown[i])]++;
	for (enum sign sign = SIGN_UNKNOWN + 1; sign < SIGN_COUNT; sign++) {
		if (counts[sign] == 0)
			continue;
		char *text = brief ? mem_printf("%zu%s", counts[sign], sign_glyph(sign))
				   : mem_printf("%zu %s", counts[sign], sign_name(sign));
		put(pen, ROLE_TEXT, before);
		put(pen, sign_role(sign), text);
		before = " ";
		free(text);
	}
}

static void put_order(struct pen *pen)
{
	const struct ui *ui = pen->ui;

	if (ui->order == ORDER_FILE && !ui->reverse)
		return;
	char *text =
	    mem_printf(ui->reverse ? _("by %s, reversed") : _("by %s"), _(order_name(ui->order)));
	pen->x += GAP;
	put(pen, ROLE_DIM, text);
	free(text);
}

static void put_path(struct pen *pen)
{
	char *shown = path_show(pen->ui->hosts.path);
	int at = pen->end - text_width(shown);

	if (pen->x + GAP <= at) {
		pen->x = at;
		put(pen, ROLE_DIM, shown);
	}
	free(shown);
}

/* The end of what is typed is what one needs to see; the cursor stands behind it. */
static void put_filter(struct pen *pen)
{
	char *clean = text_clean(str_text(&pen->ui->filter));
	const char *shown = clean;

	pen->x += GAP;
	put(pen, ROLE_KEY, "/");
	while (pen->x < pen->end && text_width(shown) > pen->end - pen->x)
		shown += text_fit(shown, 1) > 0 ? text_fit(shown, 1) : text_fit(shown, 2);
	put(pen, ROLE_TITLE, shown);
	if (pen->ui->mode == MODE_FILTER)
		move(pen->y, pen->x);
	free(clean);
}

void bar_draw_top(struct ui *ui)
{
	const struct rect *rect = &ui->layout.top;
	bool brief = rect->cols < BRIEF_BELOW_COLS;
	bool is_filtered = ui->mode == MODE_FILTER || ui->filter.len > 0;
	struct pen pen = { ui, rect->y, 1, rect->cols - 1 };
	char *count = count_text(ui, brief);

	draw_text(rect->y, 0, rect->cols, top_attr(ui, ROLE_TEXT), "");
	if (!brief) {
		put(&pen, ROLE_TITLE, PACKAGE);
		pen.x += GAP;
	}
	put(&pen, ROLE_TEXT, count);
	if (!brief || !is_filtered)
		put_signs(&pen, brief);
	if (!brief)
		put_order(&pen);
	if (!is_filtered)
		put_path(&pen);
	else
		put_filter(&pen);
	free(count);
}
