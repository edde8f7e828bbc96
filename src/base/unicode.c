#include "base/unicode.h"

#include <stddef.h>

#include "base/unicode_table.h"

enum {
    ASCII_END = 0x80,
    CODE_POINTS = 0x110000,
    RANGES = sizeof(unicode_ranges) / sizeof(unicode_ranges[0]),
    FOLDS = sizeof(unicode_folds) / sizeof(unicode_folds[0]),
};

static enum unicode_class class_of_ascii(uint32_t code_point)
{
    uint32_t letter = code_point | 0x20;
    if ((letter >= 'a' && letter <= 'z') || (code_point >= '0' && code_point <= '9'))
        return UNICODE_LETTER;
    switch (code_point) {
    case '$':
    case '+':
    case '<':
    case '=':
    case '>':
        return UNICODE_SYMBOL;
    default:
        return UNICODE_SPACE;
    }
}

enum unicode_class unicode_class_of(uint32_t code_point)
{
    if (code_point < ASCII_END)
        return class_of_ascii(code_point);
    if (code_point >= CODE_POINTS)
        return UNICODE_SPACE;
    size_t low = 0, high = RANGES;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (unicode_ranges[middle].first <= code_point)
            low = middle;
        else
            high = middle;
    }
    return (enum unicode_class)unicode_ranges[low].class_is;
}

uint32_t unicode_fold(uint32_t code_point)
{
    if (code_point < ASCII_END)
        return code_point >= 'A' && code_point <= 'Z' ? code_point | 0x20 : code_point;
    size_t low = 0, high = FOLDS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (unicode_folds[middle].last < code_point)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == FOLDS || unicode_folds[low].first > code_point)
        return code_point;
    uint32_t distance = code_point - unicode_folds[low].first, step = unicode_folds[low].step;
    if (step == 0)
        return unicode_folds[low].target;
    return distance % step == 0 ? unicode_folds[low].target + distance : code_point;
}
