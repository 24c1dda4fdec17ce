/*
 * filter: the numbers of the packets that a display filter keeps.
 *
 *     filter FILE EXPR
 */
#include <stdio.h>

#include <steelpkt.h>

static int complain(const struct spk_error *error)
{
    char text[512];

    spk_error_text(error, text, sizeof text);
    fprintf(stderr, "filter: %s\n", text);
    return 1;
}

/* [mark] */
/* The filter, and a mark under the word that is wrong. */
static int complain_filter(const struct spk_error *error, const struct spk_filter_fault *fault)
{
    complain(error);
    fprintf(stderr, "%s\n%*s^\n", error->who != NULL ? error->who : "", (int)fault->at, "");
    return 1;
}
/* [end] */

/* [ask] */
/* A filter is compiled once; a matcher, which belongs to one thread, asks it of packet after packet. */
static enum spk_status print_kept(const struct spk_filter *filter, struct spk_reader *reader, struct spk_error *error)
{
    struct spk_matcher *matcher = NULL;
    struct spk_record record;
    struct spk_packet packet;
    enum spk_status status = spk_matcher_new(filter, &matcher);

    *error = (struct spk_error){ .code = status, .what = "out of memory" };
    while (status == SPK_OK && (status = spk_reader_next(reader, &record, error)) == SPK_OK) {
        bool keeps = false;

        spk_decode_record(spk_registry_default(), &record, &packet);
        status = spk_matcher_match(matcher, &packet, &keeps);
        *error = (struct spk_error){ .code = status, .what = "the filter could not be asked" };
        if (status == SPK_OK && keeps) {
            printf("%llu\n", (unsigned long long)record.number);
        }
    }
    spk_matcher_free(matcher);
    return status == SPK_END ? SPK_OK : status;
}
/* [end] */

int main(int argc, char **argv)
{
    struct spk_filter *filter = NULL;
    struct spk_reader *reader = NULL;
    struct spk_filter_fault fault;
    struct spk_error error;
    enum spk_status status;

    if (argc != 3) {
        fprintf(stderr, "usage: filter FILE EXPR\n");
        return 1;
    }
    if (spk_filter_new(NULL, argv[2], &filter, &fault, &error) != SPK_OK) {
        return complain_filter(&error, &fault);
    }
    status = spk_reader_open(argv[1], &reader, &error);
    if (status == SPK_OK) {
        status = print_kept(filter, reader, &error);
    }
    spk_reader_close(reader);
    spk_filter_free(filter);
    return status == SPK_OK ? 0 : complain(&error);
}
