#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// State shared by the callbacks and the function that called libpng. It owns everything to be freed, so that this can
// be done after a longjmp.
typedef struct {
    const uint8_t *input;
    size_t input_size;
    size_t position;
    uint8_t *output;
    size_t output_size;
    size_t output_capacity;
    uint8_t *row;
    uint16_t *samples;
    png_bytep *rows;
    uint8_t *bytes;
    int status;
    char *message;
    size_t message_size;
} state;

static void fail(png_structp png, png_const_charp text) {
    state *s = (state *)png_get_error_ptr(png);
    if (s->status == CPNG_OK) s->status = CPNG_CORRUPT;
    if (s->message_size > 0) {
        strncpy(s->message, text, s->message_size - 1);
        s->message[s->message_size - 1] = 0;
    }
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void read_bytes(png_structp png, png_bytep bytes, png_size_t count) {
    state *s = (state *)png_get_io_ptr(png);
    if (count > s->input_size - s->position) {
        s->status = CPNG_TRUNCATED;
        png_error(png, "the file ends early");
    }
    memcpy(bytes, s->input + s->position, count);
    s->position += count;
}

static void write_bytes(png_structp png, png_bytep bytes, png_size_t count) {
    state *s = (state *)png_get_io_ptr(png);
    if (count > s->output_capacity - s->output_size) {
        size_t capacity = 2 * s->output_capacity + count;
        uint8_t *larger = realloc(s->output, capacity);
        if (larger == NULL) {
            s->status = CPNG_NO_MEMORY;
            png_error(png, "out of memory");
        }
        s->output = larger;
        s->output_capacity = capacity;
    }
    memcpy(s->output + s->output_size, bytes, count);
    s->output_size += count;
}

static void flush_bytes(png_structp png) { (void)png; }

static void *room(png_structp png, state *s, size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL) {
        s->status = CPNG_NO_MEMORY;
        png_error(png, "out of memory");
    }
    return memory;
}

static void read_image(png_structp png, png_infop info, state *s, cpng_info *result) {
    png_set_read_fn(png, s, read_bytes);
    // The limit of inflated texts and color profiles.
    png_set_chunk_malloc_max(png, 1 << 23);
    png_read_info(png, info);
    result->width = png_get_image_width(png, info);
    result->height = png_get_image_height(png, info);
    result->bit_depth = png_get_bit_depth(png, info);
    result->color_type = png_get_color_type(png, info);
    result->channels = png_get_channels(png, info);
    png_colorp colors = NULL;
    int count = 0;
    if (png_get_PLTE(png, info, &colors, &count) && result->color_type == PNG_COLOR_TYPE_PALETTE) {
        result->palette_count = (uint16_t)count;
        for (int i = 0; i < count; i++) {
            result->palette[3 * i] = colors[i].red;
            result->palette[3 * i + 1] = colors[i].green;
            result->palette[3 * i + 2] = colors[i].blue;
        }
    }
    if (result->bit_depth < 8) png_set_packing(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);

    size_t row_bytes = png_get_rowbytes(png, info);
    size_t row_samples = (size_t)result->width * result->channels;
    s->bytes = room(png, s, result->height, row_bytes);
    s->rows = room(png, s, result->height, sizeof(png_bytep));
    for (size_t y = 0; y < result->height; y++) s->rows[y] = s->bytes + y * row_bytes;
    png_read_image(png, s->rows);
    png_read_end(png, NULL);

    s->samples = room(png, s, result->height * row_samples, sizeof(uint16_t));
    for (size_t y = 0; y < result->height; y++) {
        const uint8_t *row = s->rows[y];
        uint16_t *out = s->samples + y * row_samples;
        if (result->bit_depth == 16) {
            for (size_t i = 0; i < row_samples; i++) out[i] = (uint16_t)(row[2 * i] << 8 | row[2 * i + 1]);
        } else {
            for (size_t i = 0; i < row_samples; i++) out[i] = row[i];
        }
    }
}

// Whether every chunk up to the last is inside the file. libpng allocates what a chunk claims before it notices missing
// bytes: two gigabytes for a file of a hundred bytes.
static int is_whole(const uint8_t *data, size_t size) {
    size_t position = 8;
    while (size - position >= 12) {
        const uint8_t *chunk = data + position;
        size_t length = (size_t)chunk[0] << 24 | (size_t)chunk[1] << 16 | (size_t)chunk[2] << 8 | chunk[3];
        if (length > size - position - 12) return 0;
        if (memcmp(chunk + 4, "IEND", 4) == 0) return 1;
        position += length + 12;
    }
    return 0;
}

// setjmp has a function of its own because it leaves variables of its caller undefined.
static void guarded_read(png_structp png, png_infop info, state *s, cpng_info *result) {
    if (setjmp(png_jmpbuf(png)) == 0) read_image(png, info, s, result);
}

int cpng_read(
    const uint8_t *data, size_t size, cpng_info *result, uint16_t **samples, char *message, size_t message_size
) {
    state s = {.input = data, .input_size = size, .message = message, .message_size = message_size};
    memset(result, 0, sizeof *result);
    *samples = NULL;
    if (size < 8 || !is_whole(data, size)) return CPNG_TRUNCATED;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &s, fail, ignore);
    if (png == NULL) return CPNG_NO_MEMORY;
    png_infop info = png_create_info_struct(png);
    if (info == NULL) {
        png_destroy_read_struct(&png, NULL, NULL);
        return CPNG_NO_MEMORY;
    }
    guarded_read(png, info, &s, result);
    png_destroy_read_struct(&png, &info, NULL);
    free(s.bytes);
    free(s.rows);
    if (s.status == CPNG_OK) {
        *samples = s.samples;
    } else {
        free(s.samples);
    }
    return s.status;
}

static void write_image(png_structp png, png_infop info, state *s, const cpng_info *image, const uint16_t *samples) {
    png_set_write_fn(png, s, write_bytes, flush_bytes);
    png_set_IHDR(
        png, info, image->width, image->height, image->bit_depth, image->color_type, PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (image->color_type == PNG_COLOR_TYPE_PALETTE) {
        png_color colors[256];
        for (int i = 0; i < image->palette_count; i++) {
            colors[i].red = image->palette[3 * i];
            colors[i].green = image->palette[3 * i + 1];
            colors[i].blue = image->palette[3 * i + 2];
        }
        png_set_PLTE(png, info, colors, image->palette_count);
    }
    png_write_info(png, info);
    if (image->bit_depth < 8) png_set_packing(png);

    size_t row_samples = (size_t)image->width * image->channels;
    s->row = room(png, s, row_samples, 2);
    for (size_t y = 0; y < image->height; y++) {
        const uint16_t *in = samples + y * row_samples;
        if (image->bit_depth == 16) {
            for (size_t i = 0; i < row_samples; i++) {
                s->row[2 * i] = (uint8_t)(in[i] >> 8);
                s->row[2 * i + 1] = (uint8_t)in[i];
            }
        } else {
            for (size_t i = 0; i < row_samples; i++) s->row[i] = (uint8_t)in[i];
        }
        png_write_row(png, s->row);
    }
    png_write_end(png, info);
}

static void guarded_write(png_structp png, png_infop info, state *s, const cpng_info *image, const uint16_t *samples) {
    if (setjmp(png_jmpbuf(png)) == 0) write_image(png, info, s, image, samples);
}

int cpng_write(
    const cpng_info *image, const uint16_t *samples, uint8_t **data, size_t *size, char *message, size_t message_size
) {
    state s = {.message = message, .message_size = message_size};
    *data = NULL;
    *size = 0;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &s, fail, ignore);
    if (png == NULL) return CPNG_NO_MEMORY;
    png_infop info = png_create_info_struct(png);
    if (info == NULL) {
        png_destroy_write_struct(&png, NULL);
        return CPNG_NO_MEMORY;
    }
    guarded_write(png, info, &s, image, samples);
    png_destroy_write_struct(&png, &info);
    free(s.row);
    if (s.status == CPNG_OK) {
        *data = s.output;
        *size = s.output_size;
    } else {
        free(s.output);
    }
    return s.status;
}

void cpng_free(void *memory) { free(memory); }
