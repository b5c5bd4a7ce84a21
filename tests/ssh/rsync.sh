#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# rsync through sallyport-ssh, both ways: 2,000 files with modes, times, symlinks and names of
# every kind; nothing is left to do afterwards.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good rekey stranger
ssh=$TMP/sallyport-ssh
ln -s "$SALLYPORT" "$ssh"

here=$TMP/here
mkdir -p "$here/deep/er/est" "$here/empty" "$here/a name with blanks" "$here/größe"
head -c 2000000 /dev/urandom >"$TMP/bytes"
(cd "$here/deep" && split -a 3 -b 1000 "$TMP/bytes" file-)
[ "$(find "$here" -type f | wc -l)" -eq 2000 ] || fail "not 2,000 files"
cp "$TMP/bytes" "$here/deep/er/est/big"
: >"$here/empty file"
printf 'a\0b' >"$here/a name with blanks/"'quotes "and" $dollars; `more`'
echo umlaut >"$here/größe/日本 — ünïcode"
echo dash >"$here/-dash"
ln -s ../deep/file-aaa "$here/empty/link"
ln -s nowhere "$here/dangling"
chmod 600 "$here/-dash"
chmod 755 "$here/empty file"
chmod 500 "$here/deep/er"
touch -d '2001-02-03 04:05:06' "$here/deep/file-aaa"

# listing FOLDER: type, mode, name and target of all in it, and the times and sums of the files
listing() {
	(
		cd "$1"
		find . -printf '%y %m %P -> %l\n' | sort
		find . -type f -printf '%T@ %P\n' | sort -k 2
		find . -type f -print0 | sort -z | xargs -0 sha256sum
	)
}

# copied FROM TO THERE
copied() {
	listing "$1" >"$TMP/wanted"
	listing "$2" >"$TMP/listing"
	cmp -s "$TMP/wanted" "$TMP/listing" || fail "$(diff "$TMP/wanted" "$TMP/listing" | head -n 10)"
}

# nothing_to_do ARGUMENT...
nothing_to_do() {
	expect 0 rsync -a --dry-run --itemize-changes --delete --checksum -e "$ssh" "$@"
	[ ! -s "$TMP/out" ] && [ ! -s "$TMP/err" ] || fail "something is left to do"
}

expect 0 rsync -a -e "$ssh" "$here/" "good:$TMP/there/"
[ ! -s "$TMP/err" ] || fail "not silent"
copied "$here" "$TMP/there"
nothing_to_do "$here/" "good:$TMP/there/"
expect 0 rsync -a -z -e "$ssh -o Compression=yes" "good:$TMP/there/" "$TMP/back/"
copied "$here" "$TMP/back"
nothing_to_do "good:$TMP/there/" "$TMP/back/"

# A change goes over, what is gone goes, and new session keys come in between.
echo more >>"$here/deep/file-aab"
rm "$here/-dash"
expect 0 rsync -a --delete -e "$ssh" "$here/" "rekey:$TMP/there/"
copied "$here" "$TMP/there"

# RSYNC_RSH, a user and a port, and what fails: rsync passes on the 255, or says 12 if it sees the end first.
port=$(lab_port "$LAB" good)
expect 0 env RSYNC_RSH="$ssh -p $port -i $LAB/keys/ed25519 -o UserKnownHostsFile=$LAB/known_hosts" \
    rsync "$TMP/bytes" "$LAB_USER@127.0.0.1:$TMP/one file"
expect_same "$TMP/bytes" "$TMP/one file"
got=0
rsync -e "$ssh" "$TMP/bytes" "stranger:$TMP/none" 2>"$TMP/err" || got=$?
[ "$got" -eq 255 ] || [ "$got" -eq 12 ] || fail "a refused login: status $got"
expect_err 'sallyport: stranger: '
expect 23 rsync -e "$ssh" "good:$TMP/not-there" "$TMP/none"
expect_err 'No such file'
chmod -R u+w "$TMP"
