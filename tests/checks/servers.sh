#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Rows of matrix.txt that real servers cause (OpenSSH, Dropbear, TinySSH), with what known_hosts holds of them:
# faults S1 to S8, and N18 for servers that are too old or too new.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/checks/cells.sh"

lab good dropbear tinyssh new changed othertype revoked stranger weak post-quantum password kbdint locked
cp "$LAB/known_hosts" "$TMP/known_hosts.before"
before="\"user\": \"$LAB_USER\", \"identities_only\": true, \"identity_agent\": \"none\""
defaults "$before, \"user_known_hosts_file\": \"$LAB/known_hosts\""

at() { # NAME: the members that lead to this server of the lab
	printf '"hostname": "127.0.0.1", "port": %s' "$(lab_port "$LAB" "$1")"
}
server() { # NAME SERVER KEY [MEMBERS]
	host "$1" "$(at "$2"), \"identity_file\": \"$LAB/keys/$3\"${4:+, $4}"
}
# known NAME FILE-TEXT: another known_hosts for the server "good"
known() {
	printf '%b' "$2" >"$TMP/known.$1"
	server "$1" good ed25519 "\"user_known_hosts_file\": \"$TMP/known.$1\""
}

for name in good dropbear tinyssh new changed othertype revoked weak post-quantum locked; do
	server "$name" "$name" ed25519
done
server rsa good rsa.pem
server passphrase good passphrase
server stranger good stranger
server wrong-user good ed25519 '"user": "ecs-user"'
server password-only password ed25519
host no-key "$(at good)"
"$LAB_BIN/fakeagent" "$TMP/many.agent" many &
at_exit "kill $!"
wait_for test -S "$TMP/many.agent"
host many-keys "$(at good), \"identity_file\": \"none\", \"identities_only\": false, \"identity_agent\": \"$TMP/many.agent\""
# Old algorithms that the user lets in.
server weak-allowed weak ed25519 '"kex_algorithms": "+diffie-hellman-group14-sha1", "ciphers": "+aes128-cbc", "macs": "+hmac-sha1"'

# ---- known_hosts ----

line="[127.0.0.1]:$(lab_port "$LAB" good) $(cut -d' ' -f1,2 "$LAB/hostkeys/ed25519.pub")"
where=${line%% *} what=${line#* }
known hashed "$line\n"
ssh-keygen -q -H -f "$TMP/known.hashed" >/dev/null 2>&1 || fail "ssh-keygen -H"
known wildcard "[127.0.0.*]:* $what\n"
known authority "@cert-authority $where $what\n"
known revoked-too "$line\n@revoked * $what\n"
known no-newline "$line"
known carriage-return "$line\r\n"
known bad-base64 "$where ssh-ed25519 ????\n"
known nul-byte "$line\n$where ssh-ed\0000\n"
known empty ""
printf '%s ' "$where" >"$TMP/known.long"
head -c 1000000 /dev/zero | tr '\0' A >>"$TMP/known.long"
printf '\n%s\n' "$line" >>"$TMP/known.long"
server long-line good ed25519 "\"user_known_hosts_file\": \"$TMP/known.long\""
mkdir "$TMP/known.folder"
server known-folder good ed25519 "\"user_known_hosts_file\": \"$TMP/known.folder\""
server known-missing good ed25519 "\"user_known_hosts_file\": \"$TMP/nowhere/known_hosts\""
server strict new ed25519 '"strict_host_key_checking": "yes"'

# More logins at one server than one run asks for: each host is checked by itself.
cat >"$TMP/one_by_one" <<'END'
#!/bin/sh
shift 4
for name in $("$SALLYPORT" list --hosts "$CELLS" --json | tr '{' '\n' | sed -n 's/^"name":"\([^"]*\)".*/\1/p'); do
	"$SALLYPORT" check --hosts "$CELLS" "$@" "$name" || status=$?
done
exit ${status:-0}
END
chmod +x "$TMP/one_by_one"
CELLS=$TMP/cells.json CHECKER=$TMP/one_by_one
export CELLS

look

# ---- keys of ssh's own list, and another way in: the refusal only warns ----

cp "$LAB/keys/stranger" "$HOME/.ssh/id_ed25519"
host other-way "$(at dropbear)"
look

# ---- looking changed nothing ----

expect_same "$TMP/known_hosts.before" "$LAB/known_hosts"
[ ! -e "$HOME/.ssh/known_hosts" ] || fail "a known_hosts was made"
[ ! -e "$TMP/nowhere" ] || fail "a folder for known_hosts was made"
! grep -l '^Accepted .* for ' "$LAB"/log/*.log || fail "a check logged in"

cells
