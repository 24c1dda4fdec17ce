/* time: what people type for a moment, exact to the nanosecond. */
#include <steelpkt/query.h>

#include "base/error.h"
#include "query/time.h"

enum { SECOND_NS = 1000000000 };

/* A moment being read: whole seconds since 1970, and the fraction above them. */
struct moment {
    int64_t seconds;
    int64_t ns; /* 0 to 999999999 */
    bool finer; /* something below a nanosecond was cut off */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads exactly count digits. */
static bool take_digits(const char **text, int count, int *number)
{
    *number = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit((*text)[i])) {
            return false;
        }
        *number = *number * 10 + ((*text)[i] - '0');
    }
    *text += count;
    return true;
}

static bool take(const char **text, char c)
{
    if (**text != c) {
        return false;
    }
    (*text)++;
    return true;
}

/* Digits behind the point, at least one. */
static bool take_fraction(const char **text, struct moment *moment)
{
    int64_t unit = SECOND_NS;
    if (!is_digit(**text)) {
        return false;
    }
    for (; is_digit(**text); (*text)++) {
        int digit = **text - '0';
        unit /= 10;
        moment->ns += unit * digit;
        moment->finer |= unit == 0 && digit != 0;
    }
    return true;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && is_leap(year));
}

bool spk_days_to(int year, int month, int day, int64_t *days)
{
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > month_days(year, month)) {
        return false;
    }
    int64_t before = year - 1;
    *days = before * 365 + before / 4 - before / 100 + before / 400 - 719162;
    for (int m = 1; m < month; m++) {
        *days += month_days(year, m);
    }
    *days += day - 1;
    return true;
}

static bool read_date(const char **text, struct moment *moment)
{
    int year = 0;
    int month = 0;
    int day = 0;
    if (!take_digits(text, 4, &year) || !take(text, '-') || !take_digits(text, 2, &month) || !take(text, '-')
        || !take_digits(text, 2, &day)) {
        return false;
    }
    if (!spk_days_to(year, month, day, &moment->seconds)) {
        return false;
    }
    moment->seconds *= 86400;
    return true;
}

static bool read_clock(const char **text, struct moment *moment)
{
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take_digits(text, 2, &hour) || !take(text, ':') || !take_digits(text, 2, &minute)) {
        return false;
    }
    if (take(text, ':')) {
        if (!take_digits(text, 2, &second)) {
            return false;
        }
        if ((take(text, '.') || take(text, ',')) && !take_fraction(text, moment)) {
            return false;
        }
    }
    /* ISO 8601 knows 24:00:00; a leap second is the next minute's first */
    bool midnight = hour == 24 && minute == 0 && second == 0 && moment->ns == 0 && !moment->finer;
    if ((hour > 23 && !midnight) || minute > 59 || second > 60) {
        return false;
    }
    moment->seconds += hour * 3600 + minute * 60 + second;
    return true;
}

/* Z, +hh, +hhmm or +hh:mm; nothing means UTC. */
static bool read_zone(const char **text, struct moment *moment)
{
    if (**text == '\0') {
        return true;
    }
    if (take(text, 'Z') || take(text, 'z')) {
        return true;
    }
    int sign = **text == '-' ? -1 : 1;
    int hours = 0;
    int minutes = 0;
    if ((!take(text, '+') && !take(text, '-')) || !take_digits(text, 2, &hours)) {
        return false;
    }
    if (**text != '\0') {
        take(text, ':');
        if (!take_digits(text, 2, &minutes)) {
            return false;
        }
    }
    if (hours > 23 || minutes > 59) {
        return false;
    }
    moment->seconds -= sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool read_iso(const char *text, struct moment *moment)
{
    if (!read_date(&text, moment)) {
        return false;
    }
    if (*text == '\0') {
        return true;
    }
    if (!take(&text, 'T') && !take(&text, 't') && !take(&text, ' ')) {
        return false;
    }
    return read_clock(&text, moment) && read_zone(&text, moment) && *text == '\0';
}

static bool read_epoch(const char *text, struct moment *moment)
{
    bool negative = take(&text, '-');
    if (!is_digit(*text)) {
        return false;
    }
    for (; is_digit(*text); text++) {
        if (moment->seconds > INT64_MAX / 100) {
            return false;
        }
        moment->seconds = moment->seconds * 10 + (*text - '0');
    }
    if (take(&text, '.') && !take_fraction(&text, moment)) {
        return false;
    }
    if (negative) { /* seconds and fraction count upwards from a whole second below */
        int64_t below = moment->ns > 0 || moment->finer;
        moment->seconds = -moment->seconds - below;
        if (below) {
            moment->ns = SECOND_NS - moment->ns - moment->finer;
        }
    }
    return *text == '\0';
}

static bool looks_like_date(const char *text)
{
    int digits = 0;
    while (is_digit(text[digits])) {
        digits++;
    }
    return digits > 0 && text[digits] == '-';
}

enum spk_status spk_time_parse(const char *text, bool up, int64_t *ns, struct spk_error *error)
{
    struct moment moment = { 0 };
    if (looks_like_date(text) ? !read_iso(text, &moment) : !read_epoch(text, &moment)) {
        return spk_fail(
            error, (struct spk_error){ .code = SPK_ERR_USAGE,
                                       .who = text,
                                       .what = "not a time",
                                       .hint = "write seconds since 1970 (1493834478.39) or 2017-05-03T18:01:18.39Z" });
    }
    if (up && moment.finer) {
        moment.ns++;
    }
    moment.seconds += moment.ns / SECOND_NS;
    moment.ns %= SECOND_NS;
    bool late = moment.seconds > INT64_MAX / SECOND_NS
                || (moment.seconds == INT64_MAX / SECOND_NS && moment.ns > INT64_MAX % SECOND_NS);
    if (late || moment.seconds < INT64_MIN / SECOND_NS) {
        return spk_fail(
            error,
            (struct spk_error){ .code = SPK_ERR_USAGE, .who = text, .what = "a time beyond the years 1677 to 2262" });
    }
    *ns = moment.seconds * SECOND_NS + moment.ns;
    return SPK_OK;
}
