/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/crowd.h"

#include <stdlib.h>

#include "sallyport/util.h"

/* FNV-1a: thousands of addresses are looked through for each that comes. */
static unsigned hash_of(const char *key)
{
	unsigned hash = 2166136261u;

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 16777619u;
	return hash;
}

static struct crowd_place *find(const struct crowd *crowd, const char *key, unsigned hash)
{
	for (size_t i = 0; i < crowd->len; i++)
		if (crowd->places[i].hash == hash && str_eq(crowd->places[i].key, key))
			return &crowd->places[i];
	return NULL;
}

bool crowd_enter(struct crowd *crowd, const char *key)
{
	unsigned hash = hash_of(key);
	struct crowd_place *place = find(crowd, key, hash);

	if (place)
		return place->count < CROWD_MAX && ++place->count;
	if (crowd->len == crowd->cap) {
		crowd->cap = crowd->cap ? crowd->cap * 2 : 16;
		crowd->places = mem_realloc(crowd->places, crowd->cap, sizeof *crowd->places);
	}
	crowd->places[crowd->len++] = (struct crowd_place){ mem_strdup(key), hash, 1 };
	return true;
}

void crowd_leave(struct crowd *crowd, const char *key)
{
	struct crowd_place *place = find(crowd, key, hash_of(key));

	if (!place || --place->count > 0)
		return;
	free(place->key);
	*place = crowd->places[--crowd->len];
}

void crowd_done(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->len; i++)
		free(crowd->places[i].key);
	free(crowd->places);
	*crowd = (struct crowd){ 0 };
}
