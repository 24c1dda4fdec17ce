/* filter_time: dates and seconds as they stand in a filter, which are not those of the command line's --start. */
#include "query/filter.h"

#include "query/time.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A text with an end instead of a zero. */
struct reader {
    const char *at, *end;
};

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && *r->at == ' ') {
        r->at++;
    }
}

static bool take(struct reader *r, char c)
{
    bool there = r->at < r->end && *r->at == c;
    r->at += there;
    return there;
}

/* One to most digits. */
static bool take_number(struct reader *r, int most, int *number)
{
    int n = 0;
    *number = 0;
    for (; n < most && r->at < r->end && is_digit(*r->at); n++) {
        *number = *number * 10 + (*r->at++ - '0');
    }
    return n > 0;
}

/* Digits of a fraction; what is finer than a nanosecond is cut off. */
static bool take_fraction(struct reader *r, int64_t *ns, unsigned *digits)
{
    int64_t unit = 1000000000;
    for (*digits = 0; r->at < r->end && is_digit(*r->at); r->at++, (*digits)++) {
        unit /= 10;
        *ns += unit * (*r->at - '0');
    }
    return *digits > 0;
}

bool spk_filter_seconds(const char *text, size_t len, int64_t *ns)
{
    struct reader r = { text, text + len };
    int64_t seconds = 0;
    unsigned digits = 0;
    *ns = 0;
    if (len == 0 || !is_digit(*r.at)) {
        return false;
    }
    for (; r.at < r.end && is_digit(*r.at); r.at++) {
        if (seconds <= INT64_MAX / 1000000000) { /* more than any time there is is as good as that */
            seconds = seconds * 10 + (*r.at - '0');
        }
    }
    if (take(&r, '.') && (!take_fraction(&r, ns, &digits) || digits > 9)) {
        return false;
    }
    *ns = seconds >= INT64_MAX / 1000000000 ? INT64_MAX : *ns + seconds * 1000000000;
    return r.at == r.end;
}

/* hh:mm:ss and a fraction; minutes and seconds may be left out where all is false. */
static bool take_clock(struct reader *r, bool all, int *seconds, int64_t *ns)
{
    int hour = 0;
    int minute = 0;
    int second = 0;
    unsigned digits = 0;
    if (!take_number(r, 2, &hour) || hour > 23) {
        return false;
    }
    bool minutes = take(r, ':');
    if (minutes ? !take_number(r, 2, &minute) || minute > 59 : all) {
        return false;
    }
    bool with_seconds = minutes && take(r, ':');
    if (with_seconds ? !take_number(r, 2, &second) || second > 60 : all) {
        return false;
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return !with_seconds || !take(r, '.') || take_fraction(r, ns, &digits);
}

static bool take_month(struct reader *r, int *month)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int m = 0; m < 12 && r->end - r->at >= 3; m++) {
        bool same = true;
        for (int i = 0; i < 3; i++) {
            same = same && (r->at[i] | 0x20) == names[3 * m + i];
        }
        if (same) {
            r->at += 3;
            *month = m + 1;
            return true;
        }
    }
    return false;
}

/* Z, UTC, or +hh, +hhmm, +hh:mm right behind the clock; nothing is UTC too. */
static bool take_zone(struct reader *r, int *offset)
{
    int hours = 0;
    int minutes = 0;
    bool plus = take(r, '+');
    *offset = 0;
    if (plus || take(r, '-')) {
        if (!take_number(r, 2, &hours)) {
            return false;
        }
        take(r, ':');
        take_number(r, 2, &minutes);
        *offset = (hours * 3600 + minutes * 60) * (plus ? 1 : -1);
        return hours <= 23 && minutes <= 59;
    }
    if (take(r, 'Z')) {
        return true;
    }
    skip_blanks(r);
    return !take(r, 'U') || (take(r, 'T') && take(r, 'C'));
}

/* 2020-07-04, with T or blanks and a time behind it. */
static bool take_iso(struct reader *r, int date[3], int *clock, int64_t *ns)
{
    if (!take_number(r, 4, &date[0]) || !take(r, '-') || !take_number(r, 2, &date[1]) || !take(r, '-')
        || !take_number(r, 2, &date[2])) {
        return false;
    }
    bool more = take(r, 'T');
    skip_blanks(r);
    return r->at < r->end ? take_clock(r, false, clock, ns) : !more;
}

/* Jul 4, 2020 12:34:56 */
static bool take_named(struct reader *r, int date[3], int *clock, int64_t *ns)
{
    if (!take_month(r, &date[1])) {
        return false;
    }
    skip_blanks(r);
    if (!take_number(r, 2, &date[2]) || !take(r, ',')) {
        return false;
    }
    skip_blanks(r);
    if (!take_number(r, 4, &date[0])) {
        return false;
    }
    skip_blanks(r);
    return take_clock(r, true, clock, ns);
}

bool spk_filter_date(const char *text, size_t len, int64_t *ns)
{
    struct reader r = { text, text + len };
    int date[3] = { 0 };
    int clock = 0;
    int offset = 0;
    int64_t days = 0;
    *ns = 0;
    skip_blanks(&r);
    bool good = r.at < r.end && is_digit(*r.at) ? take_iso(&r, date, &clock, ns) : take_named(&r, date, &clock, ns);
    good = good && take_zone(&r, &offset);
    skip_blanks(&r);
    if (!good || r.at != r.end || !spk_days_to(date[0], date[1], date[2], &days) || date[0] < 1678 || date[0] > 2261) {
        return false;
    }
    *ns += (days * 86400 + clock - offset) * 1000000000;
    return true;
}
