#ifndef CTIFF_H
#define CTIFF_H

#include <stddef.h>
#include <stdint.h>

// A thin shim over libtiff: its tags are read through variadic functions, which Swift cannot call. Pages are decoded to
// float32 as stored: no scaling, palette entries as indices.

#ifdef __cplusplus
extern "C" {
#endif

enum { CTIFF_OK = 0, CTIFF_CORRUPT = 1, CTIFF_UNSUPPORTED = 2, CTIFF_NO_MEMORY = 3 };
enum { CTIFF_UINT = 1, CTIFF_INT = 2, CTIFF_FLOAT = 3 };
enum { CTIFF_WHITE_IS_ZERO = 0, CTIFF_GREY = 1, CTIFF_RGB = 2, CTIFF_PALETTE = 3 };

typedef struct {
    uint32_t width;
    uint32_t height;
    uint16_t bits;              // per sample: 1, 2, 4, 8, 16, 32 or 64
    uint16_t kind;              // CTIFF_UINT, CTIFF_INT or CTIFF_FLOAT
    uint16_t samples;           // per pixel, including opacity and other extra ones
    uint16_t photometric;       // CTIFF_GREY …
    uint16_t palette_count;     // colors of `palette`
    uint16_t palette[256 * 3];  // red, green, blue; 0 to 65,535
} ctiff_page;

typedef struct ctiff_file ctiff_file;

/// Opens the file of `descriptor`, which is closed with it, also on failure. On failure `message` holds libtiff's
/// message; it must outlive the file, and later failures are written to it. With a nonzero `offset`, the page there is
/// the only one, and no other is read.
int ctiff_open(
    int descriptor, const char *path, uint64_t offset, char *message, size_t message_size, ctiff_file **file);

/// The number of pages, without reduced copies and masks.
uint32_t ctiff_page_count(const ctiff_file *file);

/// The offset of page `number` in the file, for `ctiff_open`.
uint64_t ctiff_page_offset(const ctiff_file *file, uint32_t number);

/// Describes page `number` without decoding it.
int ctiff_describe(ctiff_file *file, uint32_t number, ctiff_page *page);

/// Decodes a page into width · height · samples numbers, interleaved, row 0 first.
int ctiff_read(ctiff_file *file, uint32_t number, float *values);

void ctiff_close(ctiff_file *file);

#ifdef __cplusplus
}
#endif

#endif
