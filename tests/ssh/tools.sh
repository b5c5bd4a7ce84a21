#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Programs that start ssh take sallyport-ssh in its place: git, scp, rsync.  The
# program of SSH_ASKPASS is asked where there is no terminal, and the report descriptor
# tells all that happens and disturbs nothing.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good password
export TMP
ssh=$TMP/sallyport-ssh
ln -s "$SALLYPORT" "$ssh"
head -c 300000 /dev/urandom >"$TMP/file"

expect 255 "$ssh"
expect_err 'no destination'
expect 3 "$ssh" good exit 3

git init -q "$TMP/repository"
git -C "$TMP/repository" -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m first
expect 0 env GIT_SSH="$ssh" git clone -q "good:$TMP/repository" "$TMP/clone"
[ "$(git -C "$TMP/clone" log --format=%s)" = first ] || fail "git clone"
expect 0 scp -q -S "$ssh" "good:$TMP/file" "$TMP/scp"
expect_same "$TMP/file" "$TMP/scp"
expect 0 scp -q -O -S "$ssh" "$TMP/file" "good:$TMP/scp-old"
expect_same "$TMP/file" "$TMP/scp-old"
expect 0 rsync -q -e "$ssh" "$TMP/file" "good:$TMP/rsync"
expect_same "$TMP/file" "$TMP/rsync"
# As Ansible calls it.
expect 0 "$ssh" -C -o ControlMaster=auto -o ControlPersist=60s -o StrictHostKeyChecking=no \
    -o KbdInteractiveAuthentication=no -o PreferredAuthentications=publickey -o PasswordAuthentication=no \
    -o 'User="'"$LAB_USER"'"' -o ConnectTimeout=10 -o "ControlPath=$TMP/cp" good '/bin/sh -c '"'"'echo ~ && sleep 0'"'"
[ ! -s "$TMP/err" ] || fail "not as silent as ssh"

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
