/*
 * dns_query: asks a name server for the addresses of a name (A), then for its zone's SOA record, and prints the answers.
 *
 *     dns_query SERVER NAME [PORT]
 */
#define _GNU_SOURCE /* getaddrinfo, getrandom */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <steelpkt.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>

enum { TRIES = 3, WAIT_SECONDS = 2, MESSAGE_MAX = 65535 };

/* [question] */
static enum spk_status build_question(struct spk_build *build, uint16_t ident, const char *name, const char *type,
                                      const uint8_t **data, uint32_t *len, struct spk_error *error)
{
    const struct spk_registry *registry = spk_registry_default();

    spk_build_reset(build);
    spk_build_layer(build, spk_registry_find(registry, "dns"));
    spk_build_set_uint(build, spk_field_find(registry, "dns.id"), ident);
    spk_build_set_uint(build, spk_field_find(registry, "dns.flags.recdesired"), 1);

    /* A repeated group is entered once for each element; rows set then are the element's. */
    spk_build_enter(build, spk_field_find(registry, "dns.queries"));
    spk_build_set_text(build, spk_field_find(registry, "dns.qry.name"), name);
    spk_build_set_text(build, spk_field_find(registry, "dns.qry.type"), type);
    spk_build_set_text(build, spk_field_find(registry, "dns.question.class"), "IN");
    spk_build_leave(build);

    /* The header's count of questions is a length like any other. */
    return spk_build_finish(build, SPK_FIX_LENGTHS, data, len, error);
}
/* [end] */

/* [print] */
/* The name by which a row is called when a packet is built: its own, or the last part of the field's. */
static const char *word_of(const struct spk_row *row)
{
    const char *dot = strrchr(row->name, '.');

    return row->attr != NULL ? row->attr : dot != NULL ? dot + 1 : row->name;
}

static void print_answers(const struct spk_packet *message)
{
    const struct spk_field *answers = spk_field_find(message->registry, "dns.answers");
    enum spk_walk_event event;
    struct spk_walk walk;
    bool inside = false, first = false;

    spk_walk_begin(&walk, message);
    while ((event = spk_walk_next(&walk)) != SPK_EVENT_END) {
        struct spk_scratch scratch;
        struct spk_value value;
        char text[1024];

        if (event == SPK_EVENT_ENTER && walk.field == answers->index) {
            printf("%s(", walk.in->name);
            inside = first = true;
        } else if (event == SPK_EVENT_LEAVE && walk.field == answers->index) {
            printf(")\n");
            inside = false;
        } else if (inside && event == SPK_EVENT_VALUE && walk.row->name != NULL && walk.row->view.op == SPK_NOT_A_VIEW
                   && spk_walk_value(&walk, &scratch, &value)) {
            spk_value_text(walk.row, &value, text, sizeof text);
            printf("%s%s=%s", first ? "" : ", ", word_of(walk.row), text);
            first = false;
        }
    }
}
/* [end] */

/* [exchange] */
/* Whether what came is a response, and to our question. */
static bool is_reply(const struct spk_packet *message, uint16_t ident)
{
    uint64_t response, id;

    return spk_packet_uint(message, spk_field_find(message->registry, "dns.flags.response"), &response) && response == 1
           && spk_packet_uint(message, spk_field_find(message->registry, "dns.id"), &id) && id == ident;
}

/* Sends the question and waits for its answer, three times at most. reply's bytes are those of buffer. */
static bool exchange(int fd, const uint8_t *data, uint32_t len, uint16_t ident, uint8_t *buffer,
                     struct spk_packet *reply)
{
    const struct spk_registry *registry = spk_registry_default();

    for (int try = 0; try < TRIES; try++) {
        ssize_t got;

        if (send(fd, data, len, 0) != (ssize_t)len) {
            perror("dns_query: send");
            return false;
        }
        got = recv(fd, buffer, MESSAGE_MAX, 0);
        if (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
            perror("dns_query: recv");
            return false;
        }
        if (got > 0) {
            spk_decode_as(registry, spk_registry_find(registry, "dns"), buffer, (uint32_t)got, (uint32_t)got, reply);
            if (is_reply(reply, ident)) {
                return true;
            }
        }
    }
    fprintf(stderr, "dns_query: no answer\n");
    return false;
}
/* [end] */

/* [ask] */
static bool ask(int fd, struct spk_build *build, const char *name, const char *type)
{
    static uint8_t buffer[MESSAGE_MAX];
    struct spk_packet reply;
    struct spk_error error;
    const uint8_t *data;
    uint16_t ident = 0;
    uint32_t len;

    if (getrandom(&ident, sizeof ident, 0) != (ssize_t)sizeof ident) {
        perror("dns_query: getrandom");
        return false;
    }
    if (build_question(build, ident, name, type, &data, &len, &error) != SPK_OK) {
        char text[256];

        spk_error_text(&error, text, sizeof text);
        fprintf(stderr, "dns_query: %s\n", text);
        return false;
    }
    if (!exchange(fd, data, len, ident, buffer, &reply)) {
        return false;
    }
    print_answers(&reply);
    return true;
}
/* [end] */

/* [socket] */
/* A connected UDP socket: what comes from elsewhere is not for us. */
static int open_socket(const char *server, const char *port)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST };
    const struct timeval wait = { .tv_sec = WAIT_SECONDS };
    struct addrinfo *address;
    int code = getaddrinfo(server, port, &hints, &address);
    int fd = -1;

    if (code != 0) {
        fprintf(stderr, "dns_query: %s: %s\n", server, gai_strerror(code));
        return -1;
    }
    fd = socket(address->ai_family, SOCK_DGRAM, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0
        || connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        perror("dns_query: socket");
        if (fd >= 0) {
            close(fd);
        }
        fd = -1;
    }
    freeaddrinfo(address);
    return fd;
}
/* [end] */

int main(int argc, char **argv)
{
    struct spk_build *build;
    bool done;
    int fd;

    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: dns_query SERVER NAME [PORT]\n");
        return 1;
    }
    fd = open_socket(argv[1], argc == 4 ? argv[3] : "53");
    if (fd < 0) {
        return 1;
    }
    if (spk_build_new(spk_registry_default(), &build) != SPK_OK) {
        fprintf(stderr, "dns_query: out of memory\n");
        close(fd);
        return 1;
    }
    done = ask(fd, build, argv[2], "A") && ask(fd, build, argv[2], "SOA");
    spk_build_free(build);
    close(fd);
    return done ? 0 : 1;
}
