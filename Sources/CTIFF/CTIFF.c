#include "CTIFF.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

// Tiles of up to 64 MB are read whatever the size of the page.
enum { CTIFF_LARGEST_TILE = 1 << 26 };

struct ctiff_file {
    TIFF *tiff;
    char *message;
    size_t message_size;
    uint64_t *offsets; // of the pages' directories
    uint32_t count;
};

#if TIFFLIB_VERSION >= 20221213
#define HAS_OWN_HANDLERS 1
#else
// Before 4.5, libtiff has one handler for the whole process; this is the file that it serves.
static _Thread_local ctiff_file *current;
#define HAS_OWN_HANDLERS 0
#endif

static void keep(ctiff_file *file, const char *format, va_list arguments) {
    // The first message is the cause, later ones are its consequences.
    if (file->message_size > 0 && file->message[0] == 0) vsnprintf(file->message, file->message_size, format, arguments);
}

// libtiff only warns about a tag past the end of the file, and then takes a palette for gray.
static int is_cut_off(const char *format) {
    static const char start[] = "IO error during reading";
    return strncmp(format, start, sizeof start - 1) == 0;
}

static void say(ctiff_file *file, const char *text) {
    if (file->message_size > 0) snprintf(file->message, file->message_size, "%s", text);
}

#if HAS_OWN_HANDLERS
static int on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments) {
    (void)tiff;
    (void)module;
    keep(user, format, arguments);
    return 1;
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments) {
    (void)tiff;
    (void)module;
    if (is_cut_off(format)) keep(user, format, arguments);
    return 1;
}
#else
static void on_any_error(const char *module, const char *format, va_list arguments) {
    (void)module;
    if (current != NULL) keep(current, format, arguments);
}

static void on_any_warning(const char *module, const char *format, va_list arguments) {
    (void)module;
    if (current != NULL && is_cut_off(format)) keep(current, format, arguments);
}
#endif

// 'h': no directory is read before it is asked for. 'm': no memory mapping; reading a mapped file that another process
// truncates would end this one. Strips are decoded one at a time.
static TIFF *open_tiff(int descriptor, const char *path, ctiff_file *file) {
#if HAS_OWN_HANDLERS
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (options == NULL) return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, file);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, file);
    TIFF *tiff = TIFFFdOpenExt(descriptor, path, "rhm", options);
    TIFFOpenOptionsFree(options);
    return tiff;
#else
    current = file;
    TIFFSetErrorHandler(on_any_error);
    TIFFSetWarningHandler(on_any_warning);
    return TIFFFdOpen(descriptor, path, "rhm");
#endif
}

static void begin(ctiff_file *file) {
    if (file->message_size > 0) file->message[0] = 0;
#if !HAS_OWN_HANDLERS
    current = file;
#endif
}

// Remembers where the pages are, so that page n is found without walking through all pages before it again.
static int list_pages(ctiff_file *file) {
    uint32_t capacity = 0;
    while (TIFFReadDirectory(file->tiff)) {
        uint32_t kind = 0;
        TIFFGetFieldDefaulted(file->tiff, TIFFTAG_SUBFILETYPE, &kind);
        if (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) continue;
        if (file->count == capacity) {
            capacity = capacity == 0 ? 64 : 2 * capacity;
            uint64_t *larger = realloc(file->offsets, capacity * sizeof *larger);
            if (larger == NULL) return CTIFF_NO_MEMORY;
            file->offsets = larger;
        }
        file->offsets[file->count++] = TIFFCurrentDirOffset(file->tiff);
    }
    // Stopping at a directory that cannot be read is not the end of the file.
    if (file->message_size > 0 && file->message[0] != 0) return CTIFF_CORRUPT;
    if (file->count == 0) {
        say(file, "it contains no picture");
        return CTIFF_CORRUPT;
    }
    return CTIFF_OK;
}

// Treats the directory at `offset` as the only page.
static int take_page(ctiff_file *file, uint64_t offset) {
    file->offsets = malloc(sizeof *file->offsets);
    if (file->offsets == NULL) return CTIFF_NO_MEMORY;
    file->offsets[0] = offset;
    file->count = 1;
    return TIFFSetSubDirectory(file->tiff, offset) ? CTIFF_OK : CTIFF_CORRUPT;
}

int ctiff_open(
    int descriptor, const char *path, uint64_t offset, char *message, size_t message_size, ctiff_file **result
) {
    *result = NULL;
    ctiff_file *file = calloc(1, sizeof *file);
    if (file == NULL) {
        close(descriptor);
        return CTIFF_NO_MEMORY;
    }
    file->message = message;
    file->message_size = message_size;
    begin(file);
    file->tiff = open_tiff(descriptor, path, file);
    if (file->tiff == NULL) {
        close(descriptor);
        free(file);
        return CTIFF_CORRUPT;
    }
    int status = offset == 0 ? list_pages(file) : take_page(file, offset);
    if (status != CTIFF_OK) {
        ctiff_close(file);
        return status;
    }
    *result = file;
    return CTIFF_OK;
}

uint32_t ctiff_page_count(const ctiff_file *file) { return file->count; }

uint64_t ctiff_page_offset(const ctiff_file *file, uint32_t number) { return file->offsets[number]; }

void ctiff_close(ctiff_file *file) {
    begin(file);
    TIFFClose(file->tiff);
    free(file->offsets);
    free(file);
}

static int describe(ctiff_file *file, ctiff_page *page) {
    TIFF *tiff = file->tiff;
    uint16_t format = SAMPLEFORMAT_UINT, photometric = PHOTOMETRIC_MINISBLACK, compression = COMPRESSION_NONE;
    memset(page, 0, sizeof *page);
    page->samples = 1;
    page->bits = 1;
    if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &page->width) || !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &page->height)) {
        say(file, "it does not state the size of its picture");
        return CTIFF_CORRUPT;
    }
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &page->bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &page->samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
    if (compression == COMPRESSION_JPEG && photometric == PHOTOMETRIC_YCBCR) {
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        photometric = PHOTOMETRIC_RGB;
    }
    switch (photometric) {
    case PHOTOMETRIC_MINISWHITE: page->photometric = CTIFF_WHITE_IS_ZERO; break;
    case PHOTOMETRIC_MINISBLACK: page->photometric = CTIFF_GREY; break;
    case PHOTOMETRIC_RGB: page->photometric = CTIFF_RGB; break;
    case PHOTOMETRIC_PALETTE: page->photometric = CTIFF_PALETTE; break;
    default: say(file, "its colors are not gray, RGB, or a palette"); return CTIFF_UNSUPPORTED;
    }
    switch (format) {
    case SAMPLEFORMAT_UINT:
    case SAMPLEFORMAT_VOID: page->kind = CTIFF_UINT; break;
    case SAMPLEFORMAT_INT: page->kind = CTIFF_INT; break;
    case SAMPLEFORMAT_IEEEFP: page->kind = CTIFF_FLOAT; break;
    default: say(file, "its samples are complex numbers"); return CTIFF_UNSUPPORTED;
    }
    int is_known = page->kind == CTIFF_FLOAT ? page->bits == 32 || page->bits == 64
        : page->kind == CTIFF_INT            ? page->bits == 8 || page->bits == 16 || page->bits == 32
        : page->bits == 1 || page->bits == 2 || page->bits == 4 || page->bits == 8 || page->bits == 16 || page->bits == 32;
    if (!is_known) {
        if (file->message_size > 0) snprintf(file->message, file->message_size, "its samples have %d bits", page->bits);
        return CTIFF_UNSUPPORTED;
    }
    if (page->samples == 0 || (page->photometric == CTIFF_RGB && page->samples < 3)) {
        say(file, "it has fewer samples per pixel than its colors need");
        return CTIFF_CORRUPT;
    }
    if (page->photometric == CTIFF_PALETTE) {
        uint16_t *red = NULL, *green = NULL, *blue = NULL;
        if (page->bits <= 8 && TIFFGetField(tiff, TIFFTAG_COLORMAP, &red, &green, &blue)) {
            page->palette_count = (uint16_t)(1 << page->bits);
            for (int i = 0; i < page->palette_count; i++) {
                page->palette[3 * i] = red[i];
                page->palette[3 * i + 1] = green[i];
                page->palette[3 * i + 2] = blue[i];
            }
        } else {
            say(file, "its palette has no colors, or more than 256");
            return CTIFF_UNSUPPORTED;
        }
    }
    return CTIFF_OK;
}

static int go_to(ctiff_file *file, uint32_t number) {
    begin(file);
    if (TIFFCurrentDirOffset(file->tiff) == file->offsets[number]) return CTIFF_OK;
    return TIFFSetSubDirectory(file->tiff, file->offsets[number]) ? CTIFF_OK : CTIFF_CORRUPT;
}

int ctiff_describe(ctiff_file *file, uint32_t number, ctiff_page *page) {
    int status = go_to(file, number);
    return status == CTIFF_OK ? describe(file, page) : status;
}

// Unpacks one row of `count` samples of one plane; `step` is the distance between results.
static void unpack(const ctiff_page *page, const uint8_t *bytes, size_t count, float *out, size_t step) {
#define EACH(TYPE) \
    do { \
        for (size_t i = 0; i < count; i++) { \
            TYPE value; \
            memcpy(&value, bytes + i * sizeof value, sizeof value); \
            out[i * step] = (float)value; \
        } \
    } while (0)
    if (page->kind == CTIFF_FLOAT) {
        if (page->bits == 32) EACH(float);
        else EACH(double);
    } else if (page->kind == CTIFF_INT) {
        if (page->bits == 8) EACH(int8_t);
        else if (page->bits == 16) EACH(int16_t);
        else EACH(int32_t);
    } else if (page->bits == 8) {
        EACH(uint8_t);
    } else if (page->bits == 16) {
        EACH(uint16_t);
    } else if (page->bits == 32) {
        EACH(uint32_t);
    } else {
        // Samples smaller than a byte are packed from the highest bit down.
        unsigned bits = page->bits, mask = (1u << bits) - 1, each = 8 / bits;
        for (size_t i = 0; i < count; i++) {
            out[i * step] = (float)(bytes[i / each] >> (8 - bits * (i % each + 1)) & mask);
        }
    }
#undef EACH
}

// Decodes strip by strip or tile by tile; files that store each channel separately have them one after another.
static int read_chunks(ctiff_file *file, const ctiff_page *page, uint8_t *buffer, size_t size, float *values) {
    TIFF *tiff = file->tiff;
    uint16_t planar = PLANARCONFIG_CONTIG;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    int is_apart = planar == PLANARCONFIG_SEPARATE && page->samples > 1;
    int is_tiled = TIFFIsTiled(tiff);
    uint32_t width = page->width, height = page->height;
    if (is_tiled) {
        TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width);
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &height);
    } else {
        uint32_t rows = page->height;
        if (TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows) && rows < height) height = rows;
    }
    if (width == 0 || height == 0) {
        say(file, "its tiles or strips are empty");
        return CTIFF_CORRUPT;
    }
    size_t row_bytes = is_tiled ? (size_t)TIFFTileRowSize(tiff) : (size_t)TIFFScanlineSize(tiff);
    size_t together = is_apart ? 1 : page->samples;
    if (row_bytes < ((size_t)width * together * page->bits + 7) / 8) {
        say(file, "its rows are shorter than its width");
        return CTIFF_UNSUPPORTED;
    }
    for (uint16_t plane = 0; plane < (is_apart ? page->samples : 1); plane++) {
        for (uint64_t top = 0; top < page->height; top += height) {
            for (uint64_t left = 0; left < page->width; left += width) {
                uint32_t rows = page->height - top < height ? (uint32_t)(page->height - top) : height;
                uint32_t columns = page->width - left < width ? (uint32_t)(page->width - left) : width;
                uint32_t chunk = is_tiled ? TIFFComputeTile(tiff, (uint32_t)left, (uint32_t)top, 0, plane)
                                          : TIFFComputeStrip(tiff, (uint32_t)top, plane);
                // If a file lists fewer strips than its height needs, libtiff reads the others from the file's
                // beginning.
                if (TIFFGetStrileOffset(tiff, chunk) == 0) {
                    say(file, "it lists fewer strips or tiles than its picture needs");
                    return CTIFF_CORRUPT;
                }
                tmsize_t wanted = (tmsize_t)(row_bytes * (is_tiled ? height : rows));
                if ((size_t)wanted > size) {
                    say(file, "its tiles or strips are larger than their stated size");
                    return CTIFF_CORRUPT;
                }
                tmsize_t got = is_tiled ? TIFFReadEncodedTile(tiff, chunk, buffer, wanted)
                                        : TIFFReadEncodedStrip(tiff, chunk, buffer, wanted);
                if (got < wanted) {
                    if (file->message_size > 0 && file->message[0] == 0) say(file, "a strip ends early");
                    return CTIFF_CORRUPT;
                }
                for (uint32_t row = 0; row < rows; row++) {
                    float *out = values + ((top + row) * page->width + left) * page->samples + plane;
                    unpack(page, buffer + row * row_bytes, columns * together, out, is_apart ? page->samples : 1);
                }
            }
        }
    }
    return CTIFF_OK;
}

int ctiff_read(ctiff_file *file, uint32_t number, float *values) {
    ctiff_page page;
    int status = ctiff_describe(file, number, &page);
    if (status != CTIFF_OK) return status;
    tmsize_t size = TIFFIsTiled(file->tiff) ? TIFFTileSize(file->tiff) : TIFFStripSize(file->tiff);
    if (size <= 0) {
        if (file->message_size > 0 && file->message[0] == 0) say(file, "it does not describe its strips");
        return CTIFF_CORRUPT;
    }
    // A tile can be larger than its page, but a strip cannot.
    size_t pixels = (size_t)page.width * page.height * page.samples * page.bits / 8;
    if ((size_t)size > CTIFF_LARGEST_TILE && (size_t)size > 2 * pixels) {
        say(file, "its tiles are larger than its picture");
        return CTIFF_CORRUPT;
    }
    uint8_t *buffer = malloc((size_t)size);
    if (buffer == NULL) return CTIFF_NO_MEMORY;
    status = read_chunks(file, &page, buffer, (size_t)size, values);
    free(buffer);
    return status;
}
