#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# git through sallyport-ssh: by GIT_SSH (git asks such a program with -G what it
# understands), GIT_SSH_COMMAND and core.sshCommand; clone, push, fetch; what comes back when
# it fails.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good stranger
ssh=$TMP/sallyport-ssh
ln -s "$SALLYPORT" "$ssh"
GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
export GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

git init -q --bare "$TMP/bare.git"
git init -q "$TMP/work"
head -c 3000000 /dev/urandom >"$TMP/work/big"
printf 'a\0b\n' >"$TMP/work/a file"
git -C "$TMP/work" add .
git -C "$TMP/work" commit -q -m first

# head NAME: what the repository of that name is at
head() {
	git -C "$TMP/$1" rev-parse HEAD
}

# Push and clone by name; -G is asked for and understood, so the port of an address goes along.
GIT_SSH=$ssh
export GIT_SSH
expect 0 git -C "$TMP/work" push -q "good:$TMP/bare.git" HEAD:refs/heads/main
[ ! -s "$TMP/err" ] || fail "push: not silent"
git -C "$TMP/bare.git" symbolic-ref HEAD refs/heads/main
expect 0 git clone -q "good:$TMP/bare.git" "$TMP/clone"
[ ! -s "$TMP/err" ] || fail "clone: not silent"
[ "$(head clone)" = "$(head work)" ] || fail "clone"
expect_same "$TMP/work/big" "$TMP/clone/big"
expect_same "$TMP/work/a file" "$TMP/clone/a file"
cat >"$TMP/wrapper" <<-END
	#!/bin/sh
	echo "\$*" >>"$TMP/calls"
	exec "$ssh" -i "$LAB/keys/ed25519" -o "UserKnownHostsFile=$LAB/known_hosts" "\$@"
END
chmod +x "$TMP/wrapper"
GIT_SSH=$TMP/wrapper
address=ssh://$LAB_USER@127.0.0.1:$(lab_port "$LAB" good)
expect 0 git clone -q "$address$TMP/bare.git" "$TMP/clone-port"
[ "$(head clone-port)" = "$(head work)" ] || fail "clone by address and port"
grep -q -e '^-G ' "$TMP/calls" || fail "git did not ask with -G"
grep -q -e "-p $(lab_port "$LAB" good) " "$TMP/calls" || fail "git gave no port: it took us for a simple program"
unset GIT_SSH

# GIT_SSH_COMMAND with options, core.sshCommand; a fetch of a new commit, protocol 2 (SendEnv=GIT_PROTOCOL).
echo second >"$TMP/work/second"
git -C "$TMP/work" add .
git -C "$TMP/work" commit -q -m second
expect 0 env GIT_SSH_COMMAND="$ssh -o BatchMode=yes -o ControlMaster=no" \
    git -C "$TMP/work" push -q "good:$TMP/bare.git" HEAD:main
git -C "$TMP/clone" config core.sshCommand "$ssh -q"
expect 0 git -C "$TMP/clone" -c protocol.version=2 fetch -q
[ "$(git -C "$TMP/clone" rev-parse origin/main)" = "$(head work)" ] || fail "fetch"
expect 0 git -C "$TMP/clone" pull -q
expect_same "$TMP/work/second" "$TMP/clone/second"

# What fails fails with git's own status, and our reason in between.
expect 128 env GIT_SSH="$ssh" git clone -q "good:$TMP/not-there.git" "$TMP/none"
expect_err "'$TMP/not-there.git' does not appear to be a git repository"
expect 128 env GIT_SSH="$ssh" git clone -q "stranger:$TMP/bare.git" "$TMP/none"
expect_err 'sallyport: stranger: '
free_port
expect 128 env GIT_SSH="$TMP/wrapper" git clone -q "ssh://127.0.0.1:$PORT/x" "$TMP/none"
expect_err 'refuses connections'
[ ! -e "$TMP/none" ] || fail "something was cloned"
# A push that is refused on the other side.
printf '#!/bin/sh\necho not today >&2\nexit 1\n' >"$TMP/bare.git/hooks/pre-receive"
chmod +x "$TMP/bare.git/hooks/pre-receive"
expect 1 env GIT_SSH="$ssh" git -C "$TMP/work" push -q "good:$TMP/bare.git" HEAD:refs/heads/other
expect_err 'remote: not today'
