#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From the menu into sessions and back, with real servers.
. "$(dirname "$0")/menu.sh"
lab good password refused silent rsa
ASAN_OPTIONS=$ASAN_OPTIONS:handle_segv=0
PORT=0 # nothing to mask

# In the menu: the status line holds the text.
in_menu() {
	screen_wait "$1"
	screen_wait 'Enter connect'
}

# Longer than the 300 ms that the menu waits for.
silence() {
	sleep 0.5
}

# The last line is this prompt; the screen may still hold those of sessions before.
prompt() {
	screen_text | grep . | tail -n 1 | grep -qxF "$1"
}

select_host() {
	screen_keys Escape / C-u
	screen_type "$1"
	screen_wait "/$1"
	screen_keys Tab
	screen_wait '/ filter' # taken: a key of before would take a message away
}

menu_start 120 40
screen_wait '5 hosts'

# Enter, a shell, its exit status.
select_host good
screen_keys Enter
wait_for prompt 'good$'
screen_has '-- good (' || fail "no heading on the main screen"
screen_lacks '5 hosts' || fail "the menu is still there"
screen_type 'stty size; exit 7'
screen_keys Enter
in_menu 'good: exit status 7, after'
menu_wait_row good

# The session's output stayed on the main screen.
screen_keys q
screen_wait 'ended 0'
screen_has '40 120' || fail "the session's output is gone"
screen_stop

# E18: the remote program left the terminal in disorder, and the window has another size since.
# Alternate screen, mouse, paste, cursor, insert mode, scroll region, colours, charset; title, clipboard, focus,
# synchronized output, kitty's keyboard, modifyOtherKeys, keypad, cursor keys and shape.
menu_start 120 40 good
wait_for prompt 'good$'
title=$(screen_tmux display-message -p '#{pane_title}')
screen_resize 90 24
screen_type "printf '\\033]0;taken\\007\\033]52;c;dGFrZW4=\\007\\033[?1004h\\033[?2026h\\033[>1u\\033[>4;2m\\033=\\033[?1h\\033[3 q'"
screen_keys Enter
taken() {
	[ "$(screen_tmux display-message -p '#{pane_title}')" = "$1" ]
}
wait_for taken taken
screen_type "printf '\\033[?1049h\\033[?1000h\\033[?1006h\\033[?2004h\\033[?25l\\033[4h\\033[5;10r\\033[41m\\016'; exit"
screen_keys Enter
in_menu 'good: exit status 0, after'
[ "$(screen_text | grep -n 'Enter connect' | cut -d: -f1)" = 24 ] || fail "the menu has not 24 rows"
[ "$(screen_modes)" = 'alternate=1 cursor=0 mouse=0 keypad=1' ] || fail "modes: $(screen_modes)"
screen_tmux capture-pane -p -e | grep -q "$(printf '\033')"'\[41m' && fail "the remote's colour is still there"
wait_for taken "$title"
screen_keys j
menu_wait_row rsa
menu_quit

# A query that is a host's name connects at once.
menu_start 120 40 good
wait_for prompt 'good$'

# ~^Z stops the session, Enter resumes it.
screen_type 'echo before; cat'
screen_keys Enter
screen_wait_line before
screen_keys Enter '~' C-z
in_menu 'good: stopped: the server may drop it; Enter resumes'
screen_keys q
screen_wait '1 session is stopped; q again ends it and leaves'
screen_keys Enter
screen_wait_gone '5 hosts'
screen_type after
screen_keys Enter
screen_wait_line after

# E14: it crashes: a clean menu, that says so.  The sanitizer, if built in, must not take the crash for itself.
pid=$(session_pid)
kill -SEGV "$pid"
in_menu 'good: the session'"'"'s process died by signal 11 (Segmentation fault); the terminal is restored'
[ "$(screen_modes)" = 'alternate=1 cursor=0 mouse=0 keypad=1' ] || fail "modes: $(screen_modes)"
silence
screen_keys Enter
wait_for prompt 'good$'

# E13: kill -9 of it.
pid=$(session_pid)
kill -9 "$pid"
in_menu 'good: the session'"'"'s process died by signal 9 (Killed); the terminal is restored'
[ "$(screen_modes)" = 'alternate=1 cursor=0 mouse=0 keypad=1' ] || fail "modes: $(screen_modes)"

# What is typed on for the lost shell does nothing, until there was silence.
silence
screen_keys Enter
wait_for prompt 'good$'
pid=$(session_pid)
kill -9 "$pid"
screen_wait 'died by signal 9'
screen_keys q
screen_wait 'Enter connect'
screen_has '5 hosts' || fail "a key that was meant for the shell ended the menu"

# A connection that fails: back at once, the check and its hint in the panel.
silence
select_host refused
screen_keys Enter
in_menu 'refused: '
screen_wait '✗ net.connect'
screen_wait '→'

# Ctrl-C during a slow connect ends that connection and not the menu.
select_host silent
screen_keys Enter
screen_wait '-- silent ('
screen_wait_gone 'Enter connect'
screen_wait 'waiting for'
screen_keys C-c
in_menu 'silent: '
screen_has '✓ now silent' && fail "a server that said nothing has passed"

# Ctrl-C at a question too.
select_host password
screen_keys Enter
asked() {
	[ "$(screen_text | grep -c "'s password:")" -eq "$1" ]
}
wait_for asked 1
screen_keys C-c
in_menu 'password: '
screen_keys Enter
wait_for asked 2 # the first is still on the main screen
screen_type "$LAB_PASSWORD"
screen_keys Enter
wait_for prompt 'password$'
screen_keys C-d
in_menu 'password: exit status 0, after'
select_host good

# Two sessions: the stopped one, continued by somebody else, does not disturb the one in front.
screen_keys Enter
screen_wait_line 'good$'
screen_keys Enter '~' C-z
in_menu 'good: stopped'
stopped=$(session_pid)
select_host rsa
screen_keys Enter
screen_wait_line 'rsa$'
kill -CONT "$stopped"
is_stopped() {
	case $(ps -o stat= -p "$stopped") in
	T*) ;;
	*) return 1 ;;
	esac
}
wait_for is_stopped
screen_type 'echo still $((40 + 2)); exit 0'
screen_keys Enter
in_menu 'rsa: exit status 0, after'
select_host good
screen_wait 'session stopped'
kill -9 "$stopped"
screen_wait 'good: the session'"'"'s process died by signal 9'
silence

# The menu takes its stopped sessions with it.
screen_keys Enter
wait_for prompt 'good$'
screen_keys Enter '~' C-z
in_menu 'good: stopped'
pid=$(session_pid)
screen_keys q q
# Dead, whether or not somebody has taken note of it.
gone() {
	case $(ps -o stat= -p "$1") in
	'' | Z*) ;;
	*) return 1 ;;
	esac
}
wait_for gone "$pid"
menu_ended 0

# The menu ends under a session in front: the session ends too, and the terminal is in order.
for signal in 1 15; do
	menu_start 100 20 good
	wait_for prompt 'good$'
	screen_type 'stty -echo; sleep 1000'
	screen_keys Enter
	session=$(session_pid)
	kill -"$signal" "$(menu_pid)"
	menu_ended $((128 + signal))
	wait_for gone "$session"
done

# --exit leaves after the session, with its status.
menu_start 120 40 --exit good
wait_for prompt 'good$'
screen_type 'exit 9'
screen_keys Enter
menu_ended 9

# What is remembered is written by the way: who has the lock holds up neither a session nor a key, and what is still to
# be written is, before the menu is gone.
state=$XDG_STATE_HOME/sallyport/state.json

uses() {
	grep -o '"good":{.*' "$state" | grep -o '"uses":[0-9]*' | sed 's/.*://;q'
}

flock -F "$state.lock" sh -c "echo >'$TMP/locked'; exec sleep 1000" &
locker=$!
at_exit "kill $locker 2>/dev/null"
wait_for [ -e "$TMP/locked" ]
menu_start 120 40 good
wait_for prompt 'good$'
screen_type 'exit 3'
screen_keys Enter
in_menu 'good: exit status 3, after'
screen_keys '?'
screen_wait 'Everywhere'
kill "$locker"
screen_keys Escape
screen_wait 'Enter connect'
menu_quit
before=$(uses)
menu_start 120 40 --exit good
wait_for prompt 'good$'
screen_type 'exit 9'
screen_keys Enter
menu_ended 9
[ "$(uses)" -eq $((before + 1)) ] || fail "the session is not counted: $before, then $(uses)"
