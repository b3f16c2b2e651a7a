#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "command/shell_assignments.h"

/* One line a statement: "LINE NAME=VALUE", "LINE NAME+=VALUE" or "LINE NAME: WHY". */
static void expect(const char *text, const char *expected)
{
    struct shell_statements statements;
    char found[2048] = "";

    shell_statements_parse(&statements, text);
    for (size_t i = 0; i < statements.count; i++) {
        const struct shell_statement *statement = &statements.items[i];
        size_t used = strlen(found);

        assert_true((statement->value == NULL) == (statement->why != NULL));
        snprintf(found + used, sizeof(found) - used, "%u %s%s%s\n", statement->line, statement->name,
            statement->why       ? ": "
            : statement->appends ? "+="
                                 : "=",
            statement->why ? statement->why : statement->value);
    }
    assert_string_equal(found, expected);
    shell_statements_free(&statements);
}

static void reads_literal_values(void **state)
{
    (void)state;
    expect("", "");
    expect("# A=1\n\n  A=1 # B=2\n", "3 A=1\n");
    expect("A=\nB=''\nC=\"\"", "1 A=\n2 B=\n3 C=\n");
    expect("add_drivers+=\" nvme xfs \"\nadd_drivers+=' a'\n", "1 add_drivers+= nvme xfs \n2 add_drivers+= a\n");
    expect("A=a'b c'\"d e\"f", "1 A=ab cd ef\n");
    expect("A=\\ \\\"b\\\\ B='\\n' C=\"\\n\\$\\\"\"", "1 A= \"b\\\n1 B=\\n\n1 C=\\n$\"\n");
    expect("A=\"one\ntwo\"\nB='x\ny' C=3", "1 A=one\ntwo\n3 B=x\ny\n4 C=3\n");
    expect("A=on\\\ne; B=2;C=3", "1 A=one\n2 B=2\n2 C=3\n");
    expect("A=\"one \\\n two\"", "1 A=one  two\n");
    expect("A=1#2 B=3 #4", "1 A=1#2\n1 B=3\n");
    expect("A=1$ B=\"2$\"", "1 A=1$\n1 B=2$\n");
    expect("export A=1\nreadonly B=2", "1 A=1\n2 B=2\n");
    expect("A=1\r\nB=2\r\n", "1 A=1\n2 B=2\n");
    expect("\\\nA=1", "2 A=1\n");
    expect("A=1 && B=2", "1 A=1\n1 B=2\n");
}

static void tells_what_it_cannot(void **state)
{
    (void)state;
    expect("A=$B\nC=3", "1 A: the shell would have to work out its value\n2 C=3\n");
    expect("A=\"x $(echo \")\" ')' \\) ) y\" B=2", "1 A: the shell would have to work out its value\n1 B=2\n");
    expect("A=`echo \\` 1`\nB=${C:-a b}\nD=~/x\nE=\"`d`\"",
        "1 A: the shell would have to work out its value\n2 B: the shell would have to work out its value\n"
        "3 D: the shell would have to work out its value\n4 E: the shell would have to work out its value\n");
    expect("A=(1 '2)' 3)\nB=2", "1 A: it is an array\n2 B=2\n");
    expect("A='1\nB=2", "1 A: its quotes have no end\n");
    expect("A=\"1", "1 A: its quotes have no end\n");
    expect(". /etc/other B=2; C=3", "1 .: it is a command\n1 C=3\n");
    expect("A=1 run B=2\nC=3", "1 run: it is a command\n2 C=3\n");
    expect("[ -e /x ] && A=1", "1 [: it is a command\n1 A=1\n");
    expect("cat <<E >/x\nA=1\nE\nB=2", "1 cat: it is a here-document, and what follows it was not read\n");
    expect("cat <<<x\nA=1", "1 cat: it is a command\n2 A=1\n");
}

static void believes_nothing_on_a_condition(void **state)
{
    static const char *const why = "it depends on a condition, or stands in a function";
    char expected[1024];

    (void)state;
    snprintf(expected, sizeof(expected), "1 if: %s\n2 A: %s\n4 B=2\n", why, why);
    expect("if [ -e /x ]; then\nA=1\nfi\nB=2", expected);
    snprintf(expected, sizeof(expected), "1 case: %s\n2 A: %s\n2 B: %s\n3 C=3\n", why, why, why);
    expect("case $x in\na) A=1 ;; (b) B=2 ;; esac\nC=3", expected);
    snprintf(expected, sizeof(expected), "1 set_it: %s\n2 A: %s\n4 B=2\n", why, why);
    expect("set_it() {\n  A=1\n}\nB=2", expected);
    snprintf(expected, sizeof(expected), "1 A: %s\n1 B=2\n", why);
    expect("(A=1); B=2", expected);
    snprintf(expected, sizeof(expected), "1 for: %s\n1 A: %s\n1 B=2\n", why, why);
    expect("for x in a b; do if true; then A=$; fi; done; B=2", expected);
    expect("fi } done ) A=1", "1 A=1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_literal_values),
        cmocka_unit_test(tells_what_it_cannot),
        cmocka_unit_test(believes_nothing_on_a_condition),
    };

    return RUN_TESTS(tests);
}
