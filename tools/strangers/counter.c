/* Count the bytes that a process asks its allocators for between two marks, and their peak.

   Preloaded into a Python with PYTHONMALLOC=malloc, in which every object is a block of malloc's
   own. A block counts if it was allocated after counter_start; what is freed and was there before
   is not taken off. What mmap hands out counts as it was asked for, used or not.

   For glibc: the real allocator is called by the names that it has beside malloc and free. */

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

enum { BITS = 23, SLOTS = 1 << BITS, MOST_BLOCKS = SLOTS / 2, MOST_MAPPINGS = 1 << 16 };
#define PAGE 4096ul

typedef struct { uintptr_t at; size_t size; } Block;

static Block *blocks; /* a hash table, with linear probing */
static size_t used;
static Block mappings[MOST_MAPPINGS];
static size_t mapped;
static size_t live, peak, live_mapped, peak_mapped;
static int counting;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void fail(const char *why) {
    if (write(2, why, strlen(why)) >= 0) _exit(70);
}

static void grow(size_t size, size_t by_mmap) {
    live += size;
    live_mapped += by_mmap;
    if (live > peak) {
        peak = live;
        peak_mapped = live_mapped;
    }
}

static size_t home(uintptr_t at) { return (at >> 4) * 0x9E3779B97F4A7C15ull >> (64 - BITS); }

static size_t slot_of(uintptr_t at) {
    size_t slot = home(at);
    while (blocks[slot].at && blocks[slot].at != at) slot = (slot + 1) % SLOTS;
    return slot;
}

static void add(void *pointer, size_t size) {
    if (!pointer || !counting) return;
    size_t slot = slot_of((uintptr_t)pointer);
    if (blocks[slot].at) { /* freed where it was not seen */
        live -= blocks[slot].size;
    } else if (++used > MOST_BLOCKS) {
        fail("counter: too many blocks\n");
    }
    blocks[slot] = (Block){(uintptr_t)pointer, size};
    grow(size, 0);
}

/* Take a block out, and move up those that stand behind it for want of a free slot. */
static int take(void *pointer, size_t *size) {
    if (!pointer || !counting) return 0;
    size_t hole = slot_of((uintptr_t)pointer);
    if (!blocks[hole].at) return 0;
    *size = blocks[hole].size;
    live -= *size;
    used--;
    for (size_t slot = (hole + 1) % SLOTS; blocks[slot].at; slot = (slot + 1) % SLOTS) {
        size_t from_home = (slot - home(blocks[slot].at)) % SLOTS;
        if (from_home >= (slot - hole) % SLOTS) {
            blocks[hole] = blocks[slot];
            hole = slot;
        }
    }
    blocks[hole].at = 0;
    return 1;
}

/* Forget what is mapped in a range; the parts of a mapping before and behind it remain. */
static void unmap(uintptr_t start, uintptr_t end) {
    for (size_t nth = mapped; nth-- > 0;) {
        uintptr_t from = mappings[nth].at, to = from + mappings[nth].size;
        if (to <= start || from >= end) continue;
        size_t gone = (to < end ? to : end) - (from > start ? from : start);
        live -= gone;
        live_mapped -= gone;
        mappings[nth] = mappings[--mapped];
        if (mapped + 2 > MOST_MAPPINGS) fail("counter: too many mappings\n");
        if (from < start) mappings[mapped++] = (Block){from, start - from};
        if (to > end) mappings[mapped++] = (Block){end, to - end};
    }
}

static void map(void *pointer, size_t size) {
    if (!counting) return;
    uintptr_t start = (uintptr_t)pointer;
    unmap(start, start + size); /* a fixed mapping takes the place of what was there */
    if (mapped == MOST_MAPPINGS) fail("counter: too many mappings\n");
    mappings[mapped++] = (Block){start, size};
    grow(size, size);
}

void counter_start(void) {
    if (!blocks) {
        long made = syscall(SYS_mmap, 0, SLOTS * sizeof(Block), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (made < 0) fail("counter: no memory for its table\n");
        blocks = (Block *)made;
    }
    counting = 1;
}

/* Write what is live, the most that was, and the part of each that mmap handed out. */
void counter_stop(size_t figures[4]) {
    counting = 0;
    size_t found[] = {live, peak, live_mapped, peak_mapped};
    memcpy(figures, found, sizeof found);
}

#define LOCKED(statement)           \
    do {                            \
        pthread_mutex_lock(&lock);  \
        statement;                  \
        pthread_mutex_unlock(&lock); \
    } while (0)

void *malloc(size_t size) {
    void *made = __libc_malloc(size);
    LOCKED(add(made, size));
    return made;
}

void *calloc(size_t count, size_t size) {
    void *made = __libc_calloc(count, size);
    LOCKED(add(made, count * size));
    return made;
}

void free(void *pointer) {
    size_t size;
    LOCKED(take(pointer, &size)); /* before its address can be another's */
    __libc_free(pointer);
}

void *realloc(void *pointer, size_t size) {
    size_t before;
    void *made;
    pthread_mutex_lock(&lock);
    int was_counted = take(pointer, &before);
    made = __libc_realloc(pointer, size);
    if (made) add(made, size);
    else if (size && was_counted) add(pointer, before);
    pthread_mutex_unlock(&lock);
    return made;
}

void *memalign(size_t alignment, size_t size) {
    void *made = __libc_memalign(alignment, size);
    LOCKED(add(made, size));
    return made;
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
void *valloc(size_t size) { return memalign(PAGE, size); }
void *pvalloc(size_t size) { return memalign(PAGE, (size + PAGE - 1) / PAGE * PAGE); }

int posix_memalign(void **place, size_t alignment, size_t size) {
    void *made = memalign(alignment, size);
    if (!made) return ENOMEM;
    *place = made;
    return 0;
}

void *mmap(void *at, size_t size, int protection, int flags, int file, off_t offset) {
    long made = syscall(SYS_mmap, at, size, protection, flags, file, offset);
    if (made == -1) return MAP_FAILED;
    LOCKED(map((void *)made, size));
    return (void *)made;
}

void *mmap64(void *, size_t, int, int, int, off_t) __attribute__((alias("mmap")));

int munmap(void *at, size_t size) {
    LOCKED(if (counting) unmap((uintptr_t)at, (uintptr_t)at + size));
    return (int)syscall(SYS_munmap, at, size);
}
