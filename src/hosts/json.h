/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict JSON as text: is a document valid, where is its first fault, and where do
 * its members begin and end.  Offsets only: what a value means is read with cJSON,
 * which alone would cut strings at \u0000 and let broken documents through.
 */
#ifndef SALLYPORT_HOSTS_JSON_H
#define SALLYPORT_HOSTS_JSON_H

#include "sallyport/hosts.h"

/* Deeper nesting is refused. */
#define JSON_DEPTH_MAX 64

/* A place in a text for people: both count from 1, columns in characters. */
struct json_place {
	size_t at; /* the same as a byte offset */
	int line, col;
};

#define JSON_PLACE_START                                                                           \
	{                                                                                          \
		0, 1, 1                                                                            \
	}

/*
 * Moves a place to the offset at: cheap when that is a little further on in the text, so walk forwards.
 */
void json_place_move(struct json_place *place, const char *text, size_t at);

/*
 * True when text is one valid document.  Else false with the place of the first fault and, in
 * err, a sentence without the place.
 */
bool json_scan(const char *text, size_t len, struct json_place *fault, struct err *err);

/*
 * What strings in a text as written hold that C strings and UTF-8 cannot: "\u0000" or half of a
 * surrogate pair.  NULL: nothing of the kind; else the escape's name for a message, translated.
 */
const char *json_flaw(const char *text, size_t len);

#endif
