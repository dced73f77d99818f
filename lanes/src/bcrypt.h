/* bcrypt for several passwords of one cost at a time; knows nothing of Python. */

#ifndef GATEWORD_LANES_BCRYPT_H
#define GATEWORD_LANES_BCRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Measured: four chains keep a core busy; six gain five per cent at best, eight lose. Two threads
 * that share a first cache of 32 KiB nearly fit in it with four. */
#define WIDTH 4

#define MOST_PASSWORD_BYTES 72
#define HASH_CHARACTERS 60
#define KEY_WORDS 18
#define SALT_WORDS 4
#define DIGEST_WORDS 6

/* One password and the hash it is tried against, read into words of the cipher. */
struct job {
    uint32_t key[KEY_WORDS];
    uint32_t salt[SALT_WORDS];
    uint32_t digest[DIGEST_WORDS];
    unsigned cost;
};

/* Reads a job; false when the password is too long or the hash is no canonical one. */
bool read_job(struct job *job, const uint8_t *password, size_t password_bytes, const uint8_t *hash,
              size_t hash_characters);

/* Says of `count` jobs of one cost, 1 to WIDTH, whether each password fits. */
void judge(const struct job *jobs, size_t count, bool *fits);

/* Overwrites memory in a way that no compiler leaves out. */
void wipe(void *memory, size_t bytes);

#endif
