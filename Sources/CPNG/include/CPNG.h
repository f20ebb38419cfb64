#ifndef CPNG_H
#define CPNG_H

#include <stddef.h>
#include <stdint.h>

// A thin shim over libpng, which reports errors through longjmp; Swift cannot call setjmp. Samples come out as the
// file stores them: palette entries as indices, gray of 1, 2 and 4 bits unpacked but not scaled.

#ifdef __cplusplus
extern "C" {
#endif

enum { CPNG_OK = 0, CPNG_TRUNCATED = 1, CPNG_CORRUPT = 2, CPNG_NO_MEMORY = 3 };

typedef struct {
    uint32_t width;
    uint32_t height;
    uint8_t bit_depth;        // 1, 2, 4, 8 or 16, as in the file
    uint8_t color_type;       // as in the file: 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGBA
    uint8_t channels;         // samples per pixel
    uint16_t palette_count;   // entries of `palette`
    uint8_t palette[256 * 3]; // red, green, blue
} cpng_info;

/// Decodes `size` bytes of PNG. Samples are 16-bit, native order, interleaved, row by row, at `*samples`, which the
/// caller frees with `cpng_free`. On failure `message` holds libpng's message and `*samples` is NULL.
int cpng_read(
    const uint8_t *data, size_t size, cpng_info *info, uint16_t **samples, char *message, size_t message_size);

/// Encodes samples laid out as `cpng_read` returns them. The bytes are at `*data`, which the caller frees with
/// `cpng_free`.
int cpng_write(
    const cpng_info *info, const uint16_t *samples, uint8_t **data, size_t *size, char *message, size_t message_size);

void cpng_free(void *memory);

#ifdef __cplusplus
}
#endif

#endif
