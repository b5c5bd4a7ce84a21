/* SPDX-License-Identifier: Apache-2.0 */
#include "actions.h"

#include "menu.h"

static void cut_to(struct ui *ui, size_t len)
{
	ui->filter.len = len;
	if (ui->filter.data != NULL)
		ui->filter.data[len] = '\0';
	model_filter(ui);
}

static void go_to_list(struct ui *ui)
{
	ui->mode = ui->focus = MODE_LIST;
	ui_dirty(ui, DIRTY_ALL);
}

void action_filter(struct ui *ui)
{
	ui->focus = MODE_LIST;
	ui->mode = MODE_FILTER;
	ui_dirty(ui, DIRTY_ALL);
}

void action_filter_clear(struct ui *ui)
{
	cut_to(ui, 0);
	go_to_list(ui);
}

void action_filter_keep(struct ui *ui)
{
	go_to_list(ui);
}

/* Bytes 10xxxxxx go on with a UTF-8 character (RFC 3629). */
void action_erase_char(struct ui *ui)
{
	size_t len = ui->filter.len;

	if (len == 0)
		return;
	do
		len--;
	while (len > 0 && (ui->filter.data[len] & 0xc0) == 0x80);
	cut_to(ui, len);
}

void action_erase_word(struct ui *ui)
{
	size_t len = ui->filter.len;

	while (len > 0 && ui->filter.data[len - 1] == ' ')
		len--;
	while (len > 0 && ui->filter.data[len - 1] != ' ')
		len--;
	cut_to(ui, len);
}

void action_erase_all(struct ui *ui)
{
	cut_to(ui, 0);
}
