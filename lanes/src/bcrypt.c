/* bcrypt, as Provos and Mazieres describe it ("A Future-Adaptable Password Scheme", USENIX 1999),
 * with the sign-correct key of $2b$ (and of $2a$ and $2y$ as PyPI `bcrypt` reads them).
 *
 * All lanes take each step together, so that the processor always has the next lane's step at hand
 * while it waits for a table of this one. The number of lanes is a constant wherever it counts:
 * only then do their halves of a block stay in registers.
 */

#include "bcrypt.h"

#include <string.h>

#include "pi_words.h"

#define BOX_WORDS 256
#define STATE_WORDS (KEY_WORDS + 4 * BOX_WORDS)
#define ROUNDS 16
#define DIGEST_TURNS 64
#define PREFIX_CHARACTERS 7
#define SALT_CHARACTERS 22
#define SALT_BYTES 16
#define DIGEST_BYTES 23
#define DIGEST_CHARACTERS 31

#if defined(_MSC_VER)
#define INLINED static __forceinline
#else
#define INLINED static inline __attribute__((always_inline))
#endif
#if !defined(UNROLLED) && !defined(_MSC_VER)
#define UNROLLED _Pragma("GCC unroll 16")
#elif !defined(UNROLLED)
#define UNROLLED
#endif
#define EACH_LANE UNROLLED for (size_t lane = 0; lane < lanes; lane++)

/* Half of a block: 32 bits in a wider register, which spares an instruction at each look-up. */
typedef uint64_t half;

struct state {
    uint32_t boxes[WIDTH][4 * BOX_WORDS];
    uint32_t subkeys[WIDTH][KEY_WORDS];
};

/* "OrpheanBeholderScryDoubt", big-endian. */
static const uint32_t TEXT[DIGEST_WORDS] = {0x4f727068, 0x65616e42, 0x65686f6c,
                                            0x64657253, 0x63727944, 0x6f756274};

static void *(*const volatile overwrite)(void *, int, size_t) = memset;

void wipe(void *memory, size_t bytes) {
    overwrite(memory, 0, bytes);
}

INLINED uint32_t mixed(const uint32_t *box, half x) {
    uint32_t high = box[(x >> 24) & 255] + box[BOX_WORDS + ((x >> 16) & 255)];
    return (high ^ box[2 * BOX_WORDS + ((x >> 8) & 255)]) + box[3 * BOX_WORDS + (x & 255)];
}

INLINED void encipher(const struct state *state, half *left, half *right, size_t lanes) {
    EACH_LANE left[lane] ^= state->subkeys[lane][0];
    UNROLLED for (size_t round = 1; round <= ROUNDS; round += 2) {
        EACH_LANE {
            right[lane] ^= state->subkeys[lane][round];
            right[lane] ^= mixed(state->boxes[lane], left[lane]);
        }
        EACH_LANE {
            left[lane] ^= state->subkeys[lane][round + 1];
            left[lane] ^= mixed(state->boxes[lane], right[lane]);
        }
    }
    EACH_LANE {
        half last = right[lane] ^ state->subkeys[lane][ROUNDS + 1];
        right[lane] = left[lane];
        left[lane] = last;
    }
}

/* ExpandKey: all words of the state are replaced by a chain of encryptions under it. */
INLINED void expand(struct state *state, const struct job *jobs, bool is_salted, size_t lanes) {
    half left[WIDTH] = {0};
    half right[WIDTH] = {0};
    for (size_t word = 0; word < STATE_WORDS; word += 2) {
        if (is_salted) {
            EACH_LANE {
                left[lane] ^= jobs[lane].salt[word % SALT_WORDS];
                right[lane] ^= jobs[lane].salt[word % SALT_WORDS + 1];
            }
        }
        encipher(state, left, right, lanes);
        EACH_LANE {
            uint32_t *made = word < KEY_WORDS ? &state->subkeys[lane][word]
                                              : &state->boxes[lane][word - KEY_WORDS];
            made[0] = (uint32_t)left[lane];
            made[1] = (uint32_t)right[lane];
        }
    }
}

/* What the subkeys are mixed with before the next chain. */
enum side { KEY, SALT };

INLINED void mix_in(struct state *state, const struct job *jobs, enum side side, size_t lanes) {
    for (size_t lane = 0; lane < lanes; lane++) {
        for (size_t word = 0; word < KEY_WORDS; word++) {
            state->subkeys[lane][word] ^=
                side == KEY ? jobs[lane].key[word] : jobs[lane].salt[word % SALT_WORDS];
        }
    }
}

/* EksBlowfishSetup: a state that only password and salt lead to, after 2^cost rounds. */
INLINED void set_up(struct state *state, const struct job *jobs, size_t lanes) {
    for (size_t lane = 0; lane < lanes; lane++) {
        memcpy(state->subkeys[lane], PI_WORDS, sizeof state->subkeys[lane]);
        memcpy(state->boxes[lane], PI_WORDS + KEY_WORDS, sizeof state->boxes[lane]);
    }
    mix_in(state, jobs, KEY, lanes);
    expand(state, jobs, true, lanes);
    for (uint64_t half_round = UINT64_C(2) << jobs[0].cost; half_round > 0; half_round--) {
        mix_in(state, jobs, half_round % 2 == 0 ? KEY : SALT, lanes);
        expand(state, jobs, false, lanes);
    }
}

INLINED void judge_lanes(struct state *state, const struct job *jobs, bool *fits, size_t lanes) {
    uint32_t difference[WIDTH] = {0};
    set_up(state, jobs, lanes);
    for (size_t word = 0; word < DIGEST_WORDS; word += 2) {
        half left[WIDTH];
        half right[WIDTH];
        EACH_LANE {
            left[lane] = TEXT[word];
            right[lane] = TEXT[word + 1];
        }
        for (size_t turn = 0; turn < DIGEST_TURNS; turn++) {
            encipher(state, left, right, lanes);
        }
        /* The 24th byte is no part of the digest. */
        uint32_t kept = word + 2 < DIGEST_WORDS ? UINT32_MAX : ~UINT32_C(255);
        EACH_LANE {
            difference[lane] |= (uint32_t)left[lane] ^ jobs[lane].digest[word];
            difference[lane] |= ((uint32_t)right[lane] ^ jobs[lane].digest[word + 1]) & kept;
        }
    }
    EACH_LANE fits[lane] = difference[lane] == 0;
}

void judge(const struct job *jobs, size_t count, bool *fits) {
    struct state state;
    switch (count) {
        case 1: judge_lanes(&state, jobs, fits, 1); break;
        case 2: judge_lanes(&state, jobs, fits, 2); break;
        case 3: judge_lanes(&state, jobs, fits, 3); break;
        case WIDTH: judge_lanes(&state, jobs, fits, WIDTH); break;
        default: return;
    }
    wipe(&state, sizeof state);
}

/* All ones when low <= c <= high, without asking. */
static uint32_t is_within(uint32_t c, uint32_t low, uint32_t high) {
    return 0u - (((low - 1 - c) & (c - high - 1)) >> 31);
}

/* The six bits that a character stands for, or more than 63. */
static uint32_t sextet(uint32_t c) {
    uint32_t other = ~UINT32_C(0);
    uint32_t value = 0;
    value |= is_within(c, '.', '/') & (c - '.');
    value |= is_within(c, 'A', 'Z') & (c - 'A' + 2);
    value |= is_within(c, 'a', 'z') & (c - 'a' + 28);
    value |= is_within(c, '0', '9') & (c - '0' + 54);
    other ^= is_within(c, '.', '9') | is_within(c, 'A', 'Z') | is_within(c, 'a', 'z');
    return value | (other & 64);
}

/* Reads bcrypt's base64; false for a foreign character and for bits behind the last byte. */
static bool decode(const uint8_t *text, size_t characters, uint8_t *bytes, size_t size) {
    uint32_t pending = 0;
    uint32_t foreign = 0;
    unsigned bits = 0;
    size_t written = 0;
    for (size_t place = 0; place < characters; place++) {
        uint32_t six = sextet(text[place]);
        foreign |= six & 64;
        pending = pending << 6 | (six & 63);
        bits += 6;
        if (bits >= 8 && written < size) {
            bits -= 8;
            bytes[written++] = (uint8_t)(pending >> bits);
            pending &= (UINT32_C(1) << bits) - 1;
        }
    }
    return foreign == 0 && pending == 0 && written == size;
}

static void words_of(uint32_t *words, size_t count, const uint8_t *bytes) {
    for (size_t word = 0; word < count; word++, bytes += 4) {
        words[word] = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                      (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3];
    }
}

/* The password and a NUL, over and over, fill the key; the 73rd byte of both has no place in it. */
static void read_password(struct job *job, const uint8_t *password, size_t bytes) {
    uint8_t filled[4 * KEY_WORDS];
    size_t from = 0;
    for (size_t place = 0; place < sizeof filled; place++) {
        filled[place] = from < bytes ? password[from] : 0;
        from = from < bytes ? from + 1 : 0;
    }
    words_of(job->key, KEY_WORDS, filled);
    wipe(filled, sizeof filled);
}

static bool is_digit(uint8_t c) {
    return c >= '0' && c <= '9';
}

/* Reads "$2b$10$"; false when it is something else. */
static bool read_cost(struct job *job, const uint8_t *hash) {
    bool is_known = hash[0] == '$' && hash[1] == '2' && hash[3] == '$' && hash[6] == '$' &&
                    (hash[2] == 'a' || hash[2] == 'b' || hash[2] == 'y');
    if (!is_known || !is_digit(hash[4]) || !is_digit(hash[5])) {
        return false;
    }
    job->cost = (unsigned)(hash[4] - '0') * 10 + (unsigned)(hash[5] - '0');
    return job->cost >= 4 && job->cost <= 31;
}

bool read_job(struct job *job, const uint8_t *password, size_t password_bytes, const uint8_t *hash,
              size_t hash_characters) {
    uint8_t salt[SALT_BYTES];
    uint8_t digest[DIGEST_BYTES + 1] = {0};
    if (password_bytes > MOST_PASSWORD_BYTES || hash_characters != HASH_CHARACTERS) {
        return false;
    }
    const uint8_t *written_salt = hash + PREFIX_CHARACTERS;
    const uint8_t *written_digest = written_salt + SALT_CHARACTERS;
    bool is_read = read_cost(job, hash) &&
                   decode(written_salt, SALT_CHARACTERS, salt, SALT_BYTES) &&
                   decode(written_digest, DIGEST_CHARACTERS, digest, DIGEST_BYTES);
    if (is_read) {
        words_of(job->salt, SALT_WORDS, salt);
        words_of(job->digest, DIGEST_WORDS, digest);
        read_password(job, password, password_bytes);
    }
    wipe(digest, sizeof digest);
    return is_read;
}
