/* SPDX-License-Identifier: Apache-2.0 */
/* What keys can do: one function each, without arguments but the menu.  Bound in keymap.c. */
#ifndef UI_ACTIONS_H
#define UI_ACTIONS_H

struct ui;

/* action_move.c: in the list, or scrolling the panel or the help, whichever has the keys */
void action_up(struct ui *ui);
void action_down(struct ui *ui);
void action_page_up(struct ui *ui);
void action_page_down(struct ui *ui);
void action_half_up(struct ui *ui);
void action_half_down(struct ui *ui);
void action_first(struct ui *ui);
void action_last(struct ui *ui);

/* action_host.c */
void action_connect(struct ui *ui);
void action_check(struct ui *ui);
void action_fix(struct ui *ui);
void action_check_all(struct ui *ui);

/* action_filter.c */
void action_filter(struct ui *ui);
void action_filter_clear(struct ui *ui);
void action_filter_keep(struct ui *ui);
void action_erase_char(struct ui *ui);
void action_erase_word(struct ui *ui);
void action_erase_all(struct ui *ui);

/* action_view.c */
void action_panel(struct ui *ui);
void action_list(struct ui *ui);
void action_escape(struct ui *ui);
void action_sort(struct ui *ui);
void action_reverse(struct ui *ui);
void action_help(struct ui *ui);
void action_close_help(struct ui *ui);
void action_redraw(struct ui *ui);
void action_suspend(struct ui *ui);
void action_quit(struct ui *ui);

#endif
