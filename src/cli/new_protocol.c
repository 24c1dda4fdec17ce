/* new-protocol: the files that a protocol of one's own begins with, from src/cli/template. */
#define _POSIX_C_SOURCE 200809L
#include "file.h"
#include "output.h"
#include "templates.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME_MAX_LEN = 32, PATH_LEN = 160, FIRST_PORT = 4300 };

struct project {
    char name[NAME_MAX_LEN + 1];
    char class[NAME_MAX_LEN + 1]; /* the name with capitals: "my_proto" is MyProto */
    char port[8];                 /* one that nobody sits at */
};

/* What C, Wireshark's filters and file names all take. */
static bool is_good_name(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return len > 0 && len <= NAME_MAX_LEN && name[len] == '\0' && name[0] >= 'a' && name[0] <= 'z';
}

static void fill_in(struct project *project, const struct spk_registry *registry, const char *name)
{
    size_t len = 0;
    bool capital = true;
    unsigned port = FIRST_PORT;
    snprintf(project->name, sizeof project->name, "%s", name);
    for (const char *letter = name; *letter != '\0'; letter++) {
        if (*letter != '_') {
            bool small = *letter >= 'a' && *letter <= 'z';
            project->class[len++] = (char)(capital && small ? *letter - 'a' + 'A' : *letter);
        }
        capital = *letter == '_';
    }
    while (spk_registry_at(registry, "udp.port", port) != NULL) {
        port++;
    }
    snprintf(project->port, sizeof project->port, "%u", port);
}

/* A line with @name@, @Class@ and @port@ in it. */
static void put_line(FILE *file, const struct project *project, const char *text)
{
    const struct {
        const char *mark, *text;
    } marks[] = { { "@name@", project->name }, { "@Class@", project->class }, { "@port@", project->port } };
    while (*text != '\0') {
        size_t plain = strcspn(text, "@");
        fwrite(text, 1, plain, file);
        text += plain;
        const char *with = NULL;
        for (size_t i = 0; i < SPK_COUNT_OF(marks) && with == NULL; i++) {
            size_t len = strlen(marks[i].mark);
            if (strncmp(text, marks[i].mark, len) == 0) {
                with = marks[i].text;
                text += len;
            }
        }
        if (with != NULL) {
            fputs(with, file);
        } else if (*text != '\0') {
            fputc(*text++, file);
        }
    }
}

static int unwritten(const char *path)
{
    spk_cli_error(
        &(struct spk_error){ .code = SPK_ERR_IO, .who = path, .what = "cannot be written", .sys_errno = errno });
    return UNWRITTEN;
}

/* One file of the folder: before, the protocol's name, after; where after is NULL it is called before alone. */
struct file {
    const char *before, *after;
    const char *const *lines;
};

static int write_file(const struct project *project, const struct file *what)
{
    char path[PATH_LEN];
    bool named = what->after != NULL;
    snprintf(path, sizeof path, "%s/%s%s%s", project->name, what->before, named ? project->name : "",
             named ? what->after : "");
    FILE *file = spk_cli_fopen(path, "wx");
    if (file == NULL) {
        return unwritten(path);
    }
    for (const char *const *line = what->lines; *line != NULL; line++) {
        put_line(file, project, *line);
    }
    bool bad = fflush(file) != 0 || ferror(file) != 0;
    bad = (fclose(file) != 0 && errno != EINTR) || bad; /* EINTR: it is closed all the same */
    return bad ? unwritten(path) : DONE;
}

static int run_new_protocol(const struct given *given)
{
    struct project project = { .port = "" };
    if (given->operand_count != 1) {
        return spk_cli_usage(NULL, "one name is needed: steelpkt new-protocol NAME", NULL);
    }
    const char *name = given->operands[0];
    if (!is_good_name(name)) {
        return spk_cli_usage(name,
                             "a protocol's name has small letters, digits and _, begins with a letter and has at "
                             "most 32 of them",
                             NULL);
    }
    if (spk_registry_find(given->registry, name) != NULL) {
        return spk_cli_usage(name, "there is a protocol of that name", NULL);
    }
    fill_in(&project, given->registry, name);
    if (mkdir(name, 0777) != 0) {
        int number = errno;
        spk_cli_error(
            &(struct spk_error){ .code = SPK_ERR_IO, .who = name, .what = "cannot be made", .sys_errno = number });
        return number == EEXIST ? USAGE : UNWRITTEN;
    }
    static const struct file files[] = {
        { "", ".c", template_protocol_c },
        { "", ".txt", template_vectors_txt },
        { "test_", ".c", template_test_c },
        { "meson.build", NULL, template_meson_build },
    };
    int code = DONE;
    for (size_t i = 0; i < SPK_COUNT_OF(files) && code == DONE; i++) {
        code = write_file(&project, &files[i]);
    }
    struct output output;
    code = code == DONE ? spk_cli_output_begin(&output, NULL) : code;
    if (code != DONE) {
        return code;
    }
    spk_cli_put_format(&output,
                       "%s: a protocol over UDP port %s; it is built and tested by\n"
                       "    cd %s && meson setup build && meson test -C build\n",
                       project.name, project.port, project.name);
    return spk_cli_output_end(&output, false);
}

static const struct example examples[] = {
    { "steelpkt new-protocol sensor", "Makes sensor/ with sensor.c, its test vectors, a test and a meson.build." },
    { NULL, NULL },
};

const struct command spk_cli_new_protocol = {
    .name = "new-protocol",
    .operands = "NAME",
    .operand_takes = TAKES_TEXT,
    .summary = "The files that a protocol of one's own begins with.",
    .about =
        "Makes a folder NAME with a protocol plug-in as rows in C (NAME.c), messages with what they hold (NAME.txt), a "
        "test of the one against the other (test_NAME.c) and a meson.build. It builds and passes as it is; what "
        "comes next is changing the rows. -P loads the plug-in into every other sub-command.",
    .examples = examples,
    .run = run_new_protocol,
};
