/* time: days of the calendar, for all that reads dates. */
#ifndef QUERY_TIME_H
#define QUERY_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* Days from 1970-01-01 to a date of the Gregorian calendar. False: there is no such date. */
bool spk_days_to(int year, int month, int day, int64_t *days);

#endif
