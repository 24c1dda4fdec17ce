/* What a walk knows beforehand of a group is what its rows say one by one. */
#include "support.h"

#include "wire/hints.h"
#include "wire/row.h"

/* Whether the row may be there as far as its conditions ask for the decider's number, one after the other. */
static bool may_be_there(const struct spk_row *row, int decider, uint32_t number)
{
    bool holds = true;
    for (int i = 0; i < 2; i++) {
        const struct spk_when *when = &row->when[i];
        bool asks = when->test != SPK_ALWAYS && when->test != SPK_ROOM && when->test != SPK_ABSENT;
        if (asks && when->row == decider && when->mask == 0) {
            holds = holds && spk_test_holds(when->test, number, 0, when->value);
        }
    }
    return holds || row->view.op == SPK_VIEW_EITHER;
}

static void decisions_are_those_of_the_conditions(void **state)
{
    const struct spk_registry *registry = spk_registry_default();
    unsigned decided = 0;
    (void)state;
    for (uint32_t g = 0; g < registry->group_count; g++) {
        const struct spk_cgroup *group = registry->groups[g];
        if (group->decider == group->count) {
            continue;
        }
        decided++;
        for (uint32_t number = 0; number <= UINT16_MAX; number++) {
            uint64_t rows = spk_decided_rows(group, number);
            for (uint16_t i = 0; i < group->count; i++) {
                bool expected = may_be_there(group->rows[i].row, group->decider, number);
                assert_int_equal(rows >> i & 1, expected);
            }
        }
    }
    assert_true(decided > 10);
}

/* No condition is lost: each is decided, or asked of the row. */
static void every_condition_is_asked(void **state)
{
    const struct spk_registry *registry = spk_registry_default();
    (void)state;
    for (uint32_t g = 0; g < registry->group_count; g++) {
        const struct spk_cgroup *group = registry->groups[g];
        for (uint16_t i = 0; i < group->count; i++) {
            const struct spk_crow *crow = &group->rows[i];
            for (int k = 0; k < 2; k++) {
                const struct spk_when *when = &crow->row->when[k];
                bool decided = group->decider < i && when->row == group->decider && when->mask == 0
                               && when->test != SPK_ROOM && when->test != SPK_ABSENT
                               && crow->row->view.op != SPK_VIEW_EITHER;
                assert_true(when->test == SPK_ALWAYS || decided || crow->asks);
            }
        }
    }
}

/* A view of 64 bits may hold what no decision tells from the largest number that one can be by. */
static void what_is_wider_than_decisions_decides_nothing(void **state)
{
    const struct spk_row rows[] = {
        { .name = "t.n", .kind = SPK_UINT, .bits = 64, .doc = "A wide number." },
        { .name = "t.same", .kind = SPK_UINT, .flags = SPK_OWN_NAME, .view = SPK_SPAN(0), .doc = "The same." },
        { .name = "t.a", .kind = SPK_UINT, .bits = 8, .when = { { SPK_EQ, 1, 0, UINT32_MAX } }, .doc = "One." },
        { .name = "t.b", .kind = SPK_UINT, .bits = 8, .when = { { SPK_LE, 1, 0, UINT32_MAX } }, .doc = "Two." },
    };
    const struct spk_proto proto = { .name = "t", .hdr = { .name = "T", SPK_ROWS(rows) } };
    const struct spk_proto *list[] = { &proto };
    struct spk_registry *registry = NULL;
    (void)state;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    const struct spk_cgroup *group = registry->protos[registry->proto_count - 1].hdr;
    assert_int_equal(group->count, SPK_COUNT_OF(rows));
    assert_int_equal(group->decider, group->count);
    assert_true(group->rows[2].asks && group->rows[3].asks);
    spk_registry_free(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_are_those_of_the_conditions),
        cmocka_unit_test(every_condition_is_asked),
        cmocka_unit_test(what_is_wider_than_decisions_decides_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
