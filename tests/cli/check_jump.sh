#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Checks of hosts behind jump hosts: the first hop without a login, and with --through-jumps every hop and the
# host behind; how often the servers are called, that nothing is asked, written, or signed on the target, and
# what is said when a hop does not let us through (faults N24).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good rsa ecdsa dropbear changed password partial stranger passphrase new

port() {
	lab_port "$LAB" "$1"
}

# hosts: "NAME SERVER PROXY_JUMP [MEMBERS]" a line on standard input; "-" for no jump host
hosts() {
	printf '{ "version": 1, "defaults": { "user_known_hosts_file": "%s", "identity_agent": "none" }, "hosts": [\n' \
		"$LAB/known_hosts"
	between=
	while read -r name server jump members; do
		printf '%s{ "name": "%s", "hostname": "127.0.0.1", "port": %s, "proxy_jump": "%s", %s }\n' "$between" "$name" \
			"$(port "$server")" "$([ "$jump" = - ] && echo none || echo "$jump")" \
			"${members:-\"identity_file\": \"$LAB/keys/ed25519\"}"
		between=,
	done
	echo ']}'
}
told() { # HOST ID: its line of the last run
	grep -F "\"host\":\"$1\",\"id\":\"$2\"" "$TMP/out"
}
is() { # HOST ID VERDICT [WORDS]
	told "$1" "$2" >"$TMP/line" || fail "nothing about $2 of $1"
	grep -q "\"verdict\":\"$3\"" "$TMP/line" || fail "$2 of $1 is not $3: $(cat "$TMP/line")"
	grep -qF -- "${4:-}" "$TMP/line" || fail "$2 of $1 does not say \"$4\": $(cat "$TMP/line")"
}
count() { # SERVER WORDS: how often its log says so
	cat "$LAB/log/$1.log"* 2>/dev/null | grep -c "$2" || :
}
visits() {
	count "$1" '^Connection from 127'
}
check() { # STATUS OPTION...
	wanted=$1
	shift
	expect "$wanted" "$SALLYPORT" check --json-lines "$@"
}
before() { # of SERVER, until the next "after"
	visits_before=$(visits "$1") logins_before=$(count "$1" '^Accepted publickey')
}
after() { # SERVER VISITS LOGINS
	made=$(($(visits "$1") - visits_before)) logins=$(($(count "$1" '^Accepted publickey') - logins_before))
	[ "$made" -eq "$2" ] || fail "$made connections to $1, not $2"
	[ "$logins" -eq "$3" ] || fail "$logins logins on $1, not $3"
}

SALLYPORT_HOSTS=$TMP/hosts.json
fake deaf
deaf=$PORT
fake no-channel
no_channel=$PORT
cp "$LAB/known_hosts" "$TMP/known_before"

# ---- many hosts behind one ----

# Six ways to write one address are six servers to us.
n=0
{
	echo 'good good -'
	for address in 127.0.0.1 127.1 127.0.1 0177.1 0x7f.1 2130706433; do
		for server in rsa ecdsa dropbear stranger; do
			n=$((n + 1))
			echo "h$n $server good \"host_key_alias\": \"[127.0.0.1]:$(port $server)\"," \
				"\"identity_file\": \"$LAB/keys/ed25519\", \"note\": \"$address\""
		done
	done
} | hosts | sed 's/"hostname": "127.0.0.1"\(.*"note": "\([^"]*\)"\)/"hostname": "\2"\1/' >"$SALLYPORT_HOSTS"

for depth in reach auth; do
	before good
	check 0 --all --depth $depth
	after good 1 0
	[ "$(grep -c '"id":"jump.1","verdict":"pass"' "$TMP/out")" -eq 24 ] || fail "the first hop is not told to all"
	is h24 jump.1 pass 'good: 127.0.0.1 port'
	is h24 net.connect skip 'needs a login on good: press c'
	is good ssh.banner pass
done
before good
check 0 h1 h2 h3
after good 1 0
is h3 jump.1 pass OpenSSH
expect 0 "$SALLYPORT" check h1
expect_out 'skip  ssh.banner      needs a login on good: --through-jumps'

before good
check 0 --all --through-jumps
after good 2 1 # its own check never logs in, so it is another connection
[ "$(grep -c '"id":"auth.publickey","verdict":"pass"' "$TMP/out")" -eq 25 ] || fail "not all 25 keys would be accepted"
is h24 jump.1 pass ', as '
is h24 net.resolve skip 'good looks the name up'
is h24 net.connect pass 'through good'
before good
check 0 h1 h2 h3 h4 --through-jumps --depth reach
after good 1 1
is h4 ssh.banner pass
for server in rsa ecdsa stranger; do
	[ "$(visits $server)" -ge 6 ] || fail "the log of $server is not what this test thinks"
	! cat "$LAB/log/$server.log"* | grep -q '^Accepted publickey\|^Failed publickey' || fail "something was signed on $server"
done

# ---- three hops ----

hosts >"$SALLYPORT_HOSTS" <<END
good good -
ecdsa ecdsa -
dropbear dropbear -
three rsa good,ecdsa,dropbear
nested rsa way
way ecdsa good
changed changed -
wrong rsa good,changed,ecdsa
wrong2 dropbear good,changed
stranger stranger - "identity_file": "$LAB/keys/stranger"
s1 rsa stranger
s2 ecdsa stranger
s3 dropbear stranger,good
END
check 0 three
is three jump.1 pass
is three jump.2 skip 'needs a login on good'
is three jump.3 skip 'needs a login on good'
check 0 three nested --through-jumps
is three jump.1 pass '1 of 3 hops: good, 127.0.0.1 port'
is three jump.2 pass '2 of 3 hops: ecdsa, 127.0.0.1 port'
is three jump.3 pass '3 of 3 hops: dropbear, 127.0.0.1 port'
is three net.connect pass 'through dropbear'
is three auth.publickey pass
is nested jump.2 pass '2 of 2 hops: way'
expect 0 "$SALLYPORT" check three --through-jumps --json
grep -o '"id":"[a-z.0-9]*"' "$TMP/out" | cut -d'"' -f4 | tr '\n' ' ' >"$TMP/ids"
grep -q 'jump.1 jump.2 jump.3 net.resolve net.connect ssh.banner ssh.kex ssh.hostkey auth.methods auth.publickey $' "$TMP/ids" ||
	fail "not in order: $(cat "$TMP/ids")"
expect_out '"ssh.hostkey":"known ssh-ed25519 key'
expect 0 "$SALLYPORT" check three nested --through-jumps -v
expect_out 'pass  jump.3          3 of 3 hops: dropbear'

# A wrong host key in the middle: nobody logs in there or goes on from there.
before changed
check 1 wrong wrong2 --through-jumps
after changed 1 0
is wrong jump.1 pass
is wrong jump.2 fail '1 of 3 hops, then changed: the host key of'
is wrong jump.2 fail 'has CHANGED'
is wrong jump.3 skip 'not reached: jump.2 failed'
is wrong auth.publickey skip 'not reached: jump.2 failed'
is wrong2 jump.2 fail '1 of 2 hops, then changed: '

# A login that is refused is not tried again for the other hosts behind it.
before stranger
check 1 s1 s2 s3 --through-jumps
after stranger 1 0
for host in s1 s2 s3; do
	is $host jump.1 fail 'permission denied'
	is $host net.connect skip 'not reached: jump.1 failed'
	told $host jump.1 | grep -q '"hint":"Is .* the right user' || fail "no hint for $host"
done

# A hop that lets nobody on, and servers that fall silent in the login: there is an end to each host's time.
hosts >"$SALLYPORT_HOSTS" <<END
good good -
deaf good -
mute good -
x rsa mute
y rsa good,deaf
z good good
END
sed -i -e "/\"name\": \"\(deaf\|z\)\"/s/\"port\": [0-9]*/\"port\": $deaf/" -e "/\"name\": \"mute\"/s/\"port\": [0-9]*/\"port\": $no_channel/" \
	"$SALLYPORT_HOSTS"
check 1 x y z --through-jumps --timeout 2
is x jump.1 warn 'by nothing at all'
is x net.connect fail 'jump host mute cannot reach'
is y jump.2 fail '1 of 2 hops, then deaf: '
is y jump.2 fail 'took too long during the login'
is z auth.methods fail 'took too long during the login'

# ---- what would need a person ----

hosts >"$SALLYPORT_HOSTS" <<END
locked passphrase - "identity_file": "$LAB/keys/passphrase"
agent passphrase - "identity_file": "$LAB/keys/passphrase", "identity_agent": "$TMP/agent"
add passphrase - "identity_file": "$LAB/keys/ed25519", "identity_agent": "$TMP/agent", "add_keys_to_agent": "yes"
word password - "identity_file": "none"
fresh new - "identity_file": "$LAB/keys/ed25519", "strict_host_key_checking": "accept-new"
fido good - "identity_file": "none", "identity_agent": "$TMP/fido"
half partial -
own dropbear -
a rsa locked
b rsa agent
c rsa word
d rsa fresh
e rsa fido
f rsa add
h rsa half
i rsa own
slow good - "identity_file": "none", "identity_agent": "$TMP/agent2"
g rsa slow
END
got=0
ptyrun --same-termios --timeout 30 --output "$TMP/out" -- "$SALLYPORT" check a c --json-lines --through-jumps || got=$?
[ $got -eq 0 ] || fail "status $got"
! grep -q 'sallyport>' "$TMP/out" || fail "it asks"
is a jump.1 skip "locked: the login needs a person: "
is a jump.1 skip "needs its passphrase"
is a auth.publickey skip 'not reached: see jump.1'
is c jump.1 skip 'the server asks for a password'
check 0 h --through-jumps
is h jump.1 skip 'the server asks for a password'
# Refused keys of ssh's own list say nothing about the password; a refused key that the host names does.
cp "$LAB/keys/stranger" "$HOME/.ssh/id_ed25519"
sed 's|"name": "own",\(.*\), "identity_file": "[^"]*"|"name": "own",\1|' "$SALLYPORT_HOSTS" >"$TMP/own.json"
check 0 i --through-jumps --hosts "$TMP/own.json"
is i jump.1 skip 'the server asks for a password'
sed "s|\(\"name\": \"own\",.*\)keys/ed25519|\\1keys/stranger|" "$SALLYPORT_HOSTS" >"$TMP/own.json"
check 1 i --through-jumps --hosts "$TMP/own.json"
is i jump.1 fail 'permission denied'
rm "$HOME/.ssh/id_ed25519"
check 0 d --through-jumps
is d jump.1 warn 'nobody could be asked'
is d jump.1 warn 'sallyport trust fresh'
check 1 d --through-jumps --strict

ssh-agent -D -a "$TMP/agent" >/dev/null 2>&1 &
at_exit "kill $!"
wait_for test -S "$TMP/agent"
check 0 b f --through-jumps
is b jump.1 skip
is f auth.publickey pass
SSH_AUTH_SOCK=$TMP/agent ssh-add -l >"$TMP/out" || : # 1: it has none
expect_out 'no identities'
printf '#!/bin/sh\necho %s\n' "$LAB_PASSPHRASE" >"$TMP/askpass"
chmod 755 "$TMP/askpass"
SSH_AUTH_SOCK=$TMP/agent SSH_ASKPASS=$TMP/askpass SSH_ASKPASS_REQUIRE=force ssh-add -q "$LAB/keys/passphrase"
check 0 b --through-jumps
is b jump.1 pass
is b auth.publickey pass

# A key that has to be touched is not offered to the finger; one that waits for a yes is left alone.
"$LAB_BIN/fakeagent" "$TMP/fido" sk &
at_exit "kill $!"
wait_for test -S "$TMP/fido"
"$LAB_BIN/fakeagent" --keys >>"$LAB/home/.ssh/authorized_keys"
check 0 e --through-jumps
is e jump.1 skip 'somebody would have to touch it'

SSH_AUTH_SOCK=$TMP/agent ssh-add -q -D
# Nobody answers the agent's question, and the check does not wait for that.
cat >"$TMP/confirm" <<END
#!/bin/sh
echo \$\$ >"$TMP/confirm.pid"
exec sleep 60
END
chmod 755 "$TMP/confirm"
SSH_ASKPASS=$TMP/confirm SSH_ASKPASS_REQUIRE=force DISPLAY=:none ssh-agent -D -a "$TMP/agent2" >/dev/null 2>&1 &
at_exit "kill $!; kill \$(cat $TMP/confirm.pid)"
wait_for test -S "$TMP/agent2"
SSH_AUTH_SOCK=$TMP/agent2 ssh-add -q -c "$LAB/keys/ed25519"
check 0 g --through-jumps
is g jump.1 skip 'the agent does not sign at once'

cmp "$LAB/known_hosts" "$TMP/known_before" || fail "known_hosts was written to"
[ -z "$(ls "$HOME/.ssh")" ] || fail "there is something new in ~/.ssh"

# To a person it is said that the pass of a host behind another says nothing of itself.
printf 'good good -\ninside rsa good\n' | hosts >"$TMP/hosts.json"
expect 0 "$SALLYPORT" check --all --depth reach
expect_out '2 hosts: 2 pass; not looked at to the end: 1'
expect 1 "$SALLYPORT" check --all --depth reach --strict
expect 0 "$SALLYPORT" check --all --depth reach --json
expect_out '"name":"inside","verdict":"pass"'
expect_out '"complete":false'
expect_out '"needs":"login"'
expect 0 "$SALLYPORT" check --all --depth reach
expect_out 'inside: pass, not looked at to the end'
expect_out 'needs a login on good: --through-jumps'
expect 0 "$SALLYPORT" check --all --depth local
expect_no_out 'not looked at'
expect 0 "$SALLYPORT" check --all --depth reach --through-jumps
expect_no_out 'not looked at'

# Nor has one passed whose jump host asks for a person.
printf 'good good - "identity_file": "%s"\ninside rsa good\n' "$LAB/keys/passphrase" | hosts >"$TMP/hosts.json"
expect 0 "$SALLYPORT" check --all --depth reach --through-jumps
expect_out 'inside: skip, not looked at to the end'
expect_out 'the login needs a person'
