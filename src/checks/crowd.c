/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/crowd.h"

#include <stdlib.h>

#include "sallyport/util.h"

struct crowd_place {
	struct crowd_place *next; /* in the bucket */
	unsigned bucket, count;
	struct crowd_guest *first, *last; /* who wait */
	char key[];
};

static struct crowd_place *place_get(struct crowd *crowd, const char *key)
{
	unsigned bucket = str_hash(key) % CROWD_BUCKETS;
	struct crowd_place *place = crowd->buckets[bucket];

	while (place && !str_eq(place->key, key))
		place = place->next;
	if (place)
		return place;
	place = mem_zalloc(1, sizeof *place + strlen(key) + 1);
	memcpy(place->key, key, strlen(key) + 1);
	place->bucket = bucket;
	place->next = crowd->buckets[bucket];
	crowd->buckets[bucket] = place;
	return place;
}

static void place_drop(struct crowd *crowd, struct crowd_place *place)
{
	struct crowd_place **link = &crowd->buckets[place->bucket];

	while (*link != place)
		link = &(*link)->next;
	*link = place->next;
	free(place);
}

static void stand_in_line(struct crowd_guest *guest)
{
	struct crowd_place *place = guest->place;

	guest->waits = true;
	guest->next = NULL;
	if (place->last)
		place->last->next = guest;
	else
		place->first = guest;
	place->last = guest;
}

static struct crowd_guest *next_in_line(struct crowd_place *place)
{
	struct crowd_guest *guest = place->first;

	if (!guest)
		return NULL;
	place->first = guest->next;
	if (!place->first)
		place->last = NULL;
	guest->waits = false;
	return guest;
}

bool crowd_is_in(const struct crowd_guest *guest, const char *key)
{
	return guest->place && !guest->waits && str_eq(guest->place->key, key);
}

bool crowd_enter(struct crowd *crowd, struct crowd_guest *guest, const char *key)
{
	if (crowd_is_in(guest, key))
		return true;
	guest->place = place_get(crowd, key);
	if (guest->place->count == CROWD_MAX)
		stand_in_line(guest);
	else
		guest->place->count++;
	return !guest->waits;
}

struct crowd_guest *crowd_leave(struct crowd *crowd, struct crowd_guest *guest)
{
	struct crowd_place *place = guest->place;
	struct crowd_guest *next;

	if (!place || guest->waits)
		return NULL;
	guest->place = NULL;
	next = next_in_line(place);
	if (!next && --place->count == 0)
		place_drop(crowd, place);
	return next;
}

void crowd_done(struct crowd *crowd)
{
	for (unsigned i = 0; i < CROWD_BUCKETS; i++) {
		for (struct crowd_place *place = crowd->buckets[i], *next; place; place = next) {
			next = place->next;
			free(place);
		}
		crowd->buckets[i] = NULL;
	}
}
