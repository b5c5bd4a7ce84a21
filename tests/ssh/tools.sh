#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Programs that start ssh take sallyport-ssh in its place: as Ansible and autossh call it, as
# ssh's ProxyCommand; git, rsync and scp have tests of their own.  The program of SSH_ASKPASS is
# asked where there is no terminal, and the report descriptor tells all that happens and
# disturbs nothing.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good rekey password
export TMP
ssh=$TMP/sallyport-ssh
ln -s "$SALLYPORT" "$ssh"
head -c 300000 /dev/urandom >"$TMP/file"

expect 255 "$ssh"
expect_err 'no destination'
expect 3 "$ssh" good exit 3

# As Ansible calls it; what it does not support is named only under -v.
ansible() {
	expect "$1" "$ssh" $verbose -C -o ControlMaster=auto -o ControlPersist=60s -o StrictHostKeyChecking=no \
	    -o KbdInteractiveAuthentication=no \
	    -o PreferredAuthentications=gssapi-with-mic,gssapi-keyex,hostbased,publickey -o PasswordAuthentication=no \
	    -o 'User="'"$LAB_USER"'"' -o ConnectTimeout=10 -o "ControlPath=$TMP/cp" $tty good "$2"
}
verbose='' tty=''
ansible 0 '/bin/sh -c '"'"'echo ~ && sleep 0'"'"
[ ! -s "$TMP/err" ] || fail "not as silent as ssh"
[ "$(wc -l <"$TMP/out")" -eq 1 ] || fail "the output of the command"
tty=-tt
ansible 3 '/bin/sh -c '"'"'tty; exit 3'"'"
expect_out /dev/pts/
verbose=-v
ansible 0 true
expect_err 'ControlMaster=auto: ignored'
expect_err 'Compression=yes: ignored'
# A module comes in by standard input, its answer and its complaints go out apart.
printf 'echo out; echo err >&2; exit 5\n' >"$TMP/module"
got=0
"$ssh" -o BatchMode=yes good '/bin/sh -c "sh -s"' <"$TMP/module" >"$TMP/out" 2>"$TMP/err" || got=$?
[ "$got" -eq 5 ] && [ "$(cat "$TMP/out")" = out ] && [ "$(cat "$TMP/err")" = err ] || fail "a piped module: $got"
"$ssh" good "dd bs=64K of=$TMP/piped 2>/dev/null" <"$TMP/file" || fail "a file through standard input"
expect_same "$TMP/file" "$TMP/piped"

# Options as others write them: behind the host, glued, in one word; a subsystem; -E and LogLevel.
expect 4 "$ssh" good -T -oBatchMode=yes -o "ConnectTimeout 5" -- exit 4
expect 0 "$ssh" -x -oPermitLocalCommand=no -oClearAllForwardings=yes -oRemoteCommand=none -oRequestTTY=no \
    -l "$LAB_USER" -s -- good sftp
expect 255 "$ssh" -q -o PubkeyAuthentication=yes -o 'LogLevel QUIET' refused.invalid true
[ ! -s "$TMP/err" ] || fail "-q is not quiet"
free_port
expect 255 "$ssh" -E "$TMP/log" -p "$PORT" 127.0.0.1 true
[ ! -s "$TMP/err" ] || fail "-E: on standard error"
grep -q '^sallyport: 127.0.0.1: .*refuses connections' "$TMP/log" || fail "-E: not in the log"
expect 6 "$ssh" -E "$TMP/log" good 'echo remote >&2; exit 6'
expect_err remote
# Variables, and a command of the settings with tokens in it.
sent() {
	expect 0 env LC_A=1 LAB_B=2 "$ssh" "$@" good 'echo "$LC_A.$LAB_B.$LC_SET."'
	cat "$TMP/out"
}
[ "$(sent)" = 1... ] && [ "$(sent -o SetEnv=LC_SET=3)" = 1..3. ] && [ "$(sent -o 'SendEnv -LC_* LAB_?')" = .2.. ] ||
	fail "variables"
expect 0 "$ssh" -o 'RemoteCommand=echo %n %r %%' good
expect_out "good $LAB_USER %"

# autossh and the like: -N runs until it is told to end; -n reads nothing.
: >"$TMP/report"
"$ssh" -N -n -T good </dev/null >"$TMP/out" 2>"$TMP/err" 3>"$TMP/report" --report-fd 3 &
pid=$!
is_open() {
	grep -q '"event":"open"' "$TMP/report"
}
wait_for is_open
kill "$pid"
got=0
wait "$pid" || got=$?
[ "$got" -eq 255 ] || fail "-N ended with $got"

# sshfs and mosh: an old flag; a terminal although standard input is none.
expect 0 "$ssh" -x -a -oClearAllForwardings=yes -2 good -s sftp
expect 0 "$ssh" -n -tt -S none good -- sh -c "'tty; echo MOSH CONNECT 60001 x'"
expect_out 'MOSH CONNECT'
expect_out /dev/pts/

# ssh goes through us to another server.
expect 7 ssh -F "$LAB/ssh_config" -o "ProxyCommand=$ssh -W %h:%p good" rekey 'exit 7'
expect 0 sh -c 'ssh -F "$LAB/ssh_config" -o "ProxyCommand=$0 -q -W %h:%p good" rekey "cat $TMP/file" >"$TMP/through"' "$ssh"
expect_same "$TMP/file" "$TMP/through"

# Three streams that are closed, end at once or are the same.
expect 0 sh -c '"$SALLYPORT" connect good "echo nothing to see" >&-'
expect 0 sh -c '"$SALLYPORT" connect good "echo nothing to see >&2" 2>&-'
expect 0 sh -c '"$SALLYPORT" connect good "cat; echo end" <&- >&- 2>&-'
expect 0 sh -c '"$SALLYPORT" connect good "echo out; echo err >&2" 2>&1'
[ "$(sort "$TMP/out" | tr '\n' ' ')" = 'err out ' ] || fail "both in one"
expect 0 "$ssh" good 'cat; echo end'
[ "$(cat "$TMP/out")" = end ] || fail "standard input that has ended"

# SSH_ASKPASS: without a terminal, run without a shell; what it says is the answer.
cat >"$TMP/askpass" <<-END
	#!/bin/sh
	echo "asked: \$1" >>"$TMP/asked"
	echo "$LAB_PASSWORD"
END
chmod +x "$TMP/askpass"
export SSH_ASKPASS="$TMP/askpass"
expect 255 setsid -w "$SALLYPORT" connect password true
[ ! -e "$TMP/asked" ] || fail "asked without DISPLAY"
expect 7 env DISPLAY=:9 setsid -w "$SALLYPORT" connect password 'exit 7'
grep -q "asked: .*'s password: " "$TMP/asked" || fail "not asked"
expect 7 env SSH_ASKPASS_REQUIRE=force "$SALLYPORT" connect password 'exit 7'
expect 255 env SSH_ASKPASS_REQUIRE=force "$SALLYPORT" connect -o BatchMode=yes password true
expect 255 env SSH_ASKPASS=/bin/false SSH_ASKPASS_REQUIRE=force "$SALLYPORT" connect password true

# The report: what happens, in order, and the end; nothing on the other streams.
"$SALLYPORT" connect --report-fd 3 good 'exit 4' </dev/null >"$TMP/out" 2>"$TMP/err" 3>"$TMP/report" || [ $? -eq 4 ]
[ ! -s "$TMP/out" ] && [ ! -s "$TMP/err" ] || fail "the report made it talk"
sed -n 's/.*"event":"stage","id":"\([^"]*\)".*/\1/p' "$TMP/report" >"$TMP/stages"
cat >"$TMP/wanted" <<-END
	net.resolve
	net.connect
	ssh.banner
	ssh.kex
	ssh.hostkey
	auth.methods
	auth.login
	session.channel
	session.start
END
expect_same "$TMP/wanted" "$TMP/stages"
head -n 1 "$TMP/report" | grep -q '{"event":"hello","version":1,"host":"good","pid":' || fail "hello"
tail -n 1 "$TMP/report" | grep -q '{"event":"end","status":4,"signal":null,"cause":"exit",' || fail "end"
free_port
"$SALLYPORT" connect --report-fd 3 "127.0.0.1:$PORT" </dev/null 2>"$TMP/err" 3>"$TMP/report" || [ $? -eq 255 ]
tail -n 1 "$TMP/report" | grep -q '"cause":"refused","reason":"' || fail "the end of what did not begin"
"$SALLYPORT" connect --report-fd 3 -o Nonsense=1 good </dev/null 2>"$TMP/err" 3>"$TMP/report" || [ $? -eq 255 ]
grep -q '"event":"end","status":255,.*Bad configuration option: Nonsense' "$TMP/report" || fail "no end of a wrong option"
expect 255 sh -c '"$SALLYPORT" connect --report-fd 3 good true 3>&-'
expect_err 'no such descriptor'
# A closed or full pipe is nobody's trouble.
mkfifo "$TMP/closed"
head -n 1 <"$TMP/closed" >"$TMP/first" &
expect 4 sh -c '"$SALLYPORT" connect --report-fd 3 good "sleep 0.1; exit 4" 3>"$TMP/closed"'
mkfifo "$TMP/full"
sleep 60 <>"$TMP/full" &
at_exit "kill $!"
dd if=/dev/zero of="$TMP/full" bs=4096 count=16 2>"$TMP/err"
expect 4 sh -c '"$SALLYPORT" connect --report-fd 3 good "exit 4" 3>"$TMP/full"'

# Others share our descriptors: they stay blocking while we run.
cat >"$TMP/flags" <<-'END'
	for fd in 0 1 2; do
		flags=$(sed -n 's/^flags:[[:space:]]*//p' "/proc/self/fdinfo/$fd")
		[ $((0$flags & 04000)) -eq 0 ] || echo "descriptor $fd is non-blocking" >>"$TMP/wrong"
	done
END
: >"$TMP/wrong"
{ echo text; sleep 0.2; } | {
	"$SALLYPORT" connect good 'cat; echo end' <&0 &
	sh "$TMP/flags"
	wait
	sh "$TMP/flags"
} 2>&1 | cat >"$TMP/out"
[ ! -s "$TMP/wrong" ] || fail "$(cat "$TMP/wrong")"
