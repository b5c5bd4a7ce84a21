# SPDX-License-Identifier: Apache-2.0
# Lines of a terminal with colours (tmux capture-pane -e) to SVG.  Set: cols, rows.

BEGIN {
	split("2e3440 e06c75 98c379 e5c07b 61afef c678dd 56b6c2 d8dee9 " \
		"6b7486 ff7b86 b5e08f ffd68a 82c4ff e08bf5 74d7e4 ffffff", palette, " ")
	width = 8.4
	height = 18
	paper = "1e222a"
	ink = "d8dee9"
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" ", cols * width + 24, rows * height + 24
	print "font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" font-size=\"14\">"
	printf "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#%s\"/>\n", paper
	reset()
}

function reset() {
	front = back = ""
	bold = dim = reverse = underline = 0
}

# One SGR parameter (ECMA-48 8.3.117); the palette's sixteen colours only.
function apply(n) {
	if (n == 0) reset()
	else if (n == 1) bold = 1
	else if (n == 2) dim = 1
	else if (n == 4) underline = 1
	else if (n == 7) reverse = 1
	else if (n == 22) bold = dim = 0
	else if (n == 24) underline = 0
	else if (n == 27) reverse = 0
	else if (n >= 30 && n <= 37) front = palette[n - 29]
	else if (n == 39) front = ""
	else if (n >= 40 && n <= 47) back = palette[n - 39]
	else if (n == 49) back = ""
	else if (n >= 90 && n <= 97) front = palette[n - 81]
	else if (n >= 100 && n <= 107) back = palette[n - 91]
}

# Characters, not bytes: those that continue a UTF-8 sequence are not counted.
function columns(text) {
	gsub(/[\200-\277]/, "", text)
	return length(text)
}

function escape(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	return text
}

function draw_run(text, row, column, count, fg, bg, style) {
	count = columns(text)
	fg = front ? front : ink
	bg = back
	if (reverse) {
		bg = fg
		fg = back ? back : paper
	}
	if (bg)
		printf "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#%s\"/>\n", \
			12 + column * width, 12 + row * height, count * width, height, bg
	if (text ~ /^ *$/)
		return
	style = (bold ? " font-weight=\"bold\"" : "") (dim ? " opacity=\"0.6\"" : "") \
		(underline ? " text-decoration=\"underline\"" : "")
	printf "<text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\" xml:space=\"preserve\" fill=\"#%s\"%s>%s</text>\n", \
		12 + column * width, 12 + row * height + 13, count * width, fg, style, escape(text)
}

{
	column = 0
	while (length($0)) {
		if (match($0, /^\033\[[0-9;]*m/)) {
			n = split(substr($0, 3, RLENGTH - 3), codes, ";")
			if (n == 0)
				reset()
			for (i = 1; i <= n; i++)
				apply(codes[i] + 0)
			$0 = substr($0, RLENGTH + 1)
			continue
		}
		stop = index($0, "\033[")
		text = stop > 1 ? substr($0, 1, stop - 1) : $0
		draw_run(text, NR - 1, column)
		column += columns(text)
		$0 = substr($0, length(text) + 1)
	}
}

END { print "</svg>" }
