#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# scp and sftp through sallyport-ssh (-S), scp's old protocol too: files, folders, 64 MiB,
# batches, and the statuses of what fails.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good rekey stranger
ssh=$TMP/sallyport-ssh
ln -s "$SALLYPORT" "$ssh"
head -c 67108864 /dev/urandom >"$TMP/big"
head -c 300000 "$TMP/big" >"$TMP/file"
mkdir -p "$TMP/tree/a b/ü"
cp "$TMP/file" "$TMP/tree/a b/ü/file"
: >"$TMP/tree/empty"
chmod 640 "$TMP/tree/empty"

# copies OPTION...: with this scp
copies() {
	rm -rf "$TMP/there" "$TMP/back"
	expect 0 scp -S "$ssh" "$@" "$TMP/file" "good:$TMP/there"
	[ ! -s "$TMP/err" ] || fail "scp $*: not silent"
	expect_same "$TMP/file" "$TMP/there"
	expect 0 scp -S "$ssh" "$@" "good:$TMP/there" "$TMP/back"
	expect_same "$TMP/file" "$TMP/back"
	rm -rf "$TMP/back"
	expect 0 scp -S "$ssh" "$@" -r -p "$TMP/tree" "good:$TMP/back"
	expect_same "$TMP/file" "$TMP/back/a b/ü/file"
	[ "$(stat -c %a "$TMP/back/empty")" = 640 ] || fail "scp $*: the mode"
	expect 0 scp -S "$ssh" "$@" -r "good:$TMP/back/a*/ü" "$TMP/back/again"
	expect_same "$TMP/file" "$TMP/back/again/file"
	expect 1 scp -S "$ssh" "$@" "good:$TMP/not-there" "$TMP/none"
	expect_err 'No such file'
	expect 1 scp -S "$ssh" "$@" "$TMP/file" "good:$TMP/no/folder"
	[ ! -e "$TMP/none" ] || fail "scp $*: something came"
}
copies -q
copies -q -O

expect 0 scp -q -S "$ssh" "$TMP/big" "good:$TMP/there"
expect_same "$TMP/big" "$TMP/there"
expect 0 scp -q -O -S "$ssh" "rekey:$TMP/there" "$TMP/back-big"
expect_same "$TMP/big" "$TMP/back-big"
# From host to host, through here, and as scp gives a user, a port and options.
expect 0 scp -q -3 -S "$ssh" "good:$TMP/file" "rekey:$TMP/third"
expect_same "$TMP/file" "$TMP/third"
expect 0 scp -q -S "$ssh" -P "$(lab_port "$LAB" good)" -i "$LAB/keys/ed25519" -c aes128-ctr -4 \
    -o "UserKnownHostsFile=$LAB/known_hosts" -l 1000000 "$TMP/file" "$LAB_USER@127.0.0.1:$TMP/fourth"
expect_same "$TMP/file" "$TMP/fourth"
expect 255 scp -S "$ssh" "stranger:$TMP/file" "$TMP/none"
expect_err 'sallyport: stranger: '

# sftp in a batch: the first failure ends it with status 1, but for lines that begin with "-".
cat >"$TMP/batch" <<-END
	-get $TMP/not-there $TMP/none
	put "$TMP/file" "$TMP/by sftp"
	get $TMP/there $TMP/big-by-sftp
	rename "$TMP/by sftp" $TMP/renamed
	ls -l $TMP/renamed
END
expect 0 sftp -q -S "$ssh" -b "$TMP/batch" good
expect_same "$TMP/file" "$TMP/renamed"
expect_same "$TMP/big" "$TMP/big-by-sftp"
expect_out renamed
echo "get $TMP/not-there $TMP/none" >"$TMP/batch"
expect 1 sftp -q -S "$ssh" -b "$TMP/batch" good
expect 255 sftp -S "$ssh" -b "$TMP/batch" stranger
expect_err 'sallyport: stranger: '
echo pwd | sftp -q -S "$ssh" -s sftp good >"$TMP/out" 2>"$TMP/err" || fail "sftp with input from a pipe"
expect_out 'Remote working directory'
