# SPDX-License-Identifier: Apache-2.0
# One line of the table, from "round=name=number" lines of both sides: see bench.sh.
$2 == value {
	if (FILENAME == ours)
		our[++our_count] = our_round[$1] = $3 / divisor
	else if (anchor != "")
		their[++their_count] = their_round[$1] = $3 / divisor
}

function sort(list, count,    i, j, kept) {
	for (i = 2; i <= count; i++) {
		kept = list[i]
		for (j = i - 1; j > 0 && list[j] > kept; j--)
			list[j + 1] = list[j]
		list[j + 1] = kept
	}
}

function median(list, count) {
	return (list[int((count + 1) / 2)] + list[int(count / 2) + 1]) / 2
}

function number(x) {
	return sprintf(x < 10 ? "%.2f" : x < 100 ? "%.1f" : "%.0f", x)
}

function shown(list, count) {
	if (count == 0)
		return "-"
	sort(list, count)
	return sprintf("%s [%s-%s] %s", number(median(list, count)), number(list[1]), number(list[count]), unit)
}

function verdict(measured, limit) {
	if (measured == "-")
		return "not measured"
	return measured + 0 <= limit + 0 ? "ok" : "MISSED"
}

END {
	our_text = shown(our, our_count)
	their_text = shown(their, their_count)
	for (round in our_round)
		if (their_round[round] > 0)
			ratios[++ratio_count] = our_round[round] / their_round[round]
	sort(ratios, ratio_count)
	ratio = ratio_count ? sprintf("%.2f", median(ratios, ratio_count)) : "-"
	result = "-"
	if (budget ~ /^x/)
		result = verdict(ratio, substr(budget, 2))
	else if (budget != "-")
		result = verdict(our_count ? median(our, our_count) : "-", budget)
	printf "%-60s %-26s %-62s %-26s %6s %8s  %s\n", what, our_text, anchor == "" ? "-" : anchor, their_text,
	    ratio, budget ~ /^[0-9]/ ? budget " " unit : budget, result
}
